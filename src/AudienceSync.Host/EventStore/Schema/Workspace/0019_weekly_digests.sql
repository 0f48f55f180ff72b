-- Which weeks a channel has had its weekly digest of: one row a week and channel, whatever Hosts are restarted, killed or set otherwise.
-- Written with the notice. week: the Monday of the week in which it was due. send_id: of alert_sends, which goes after 400 days while this
-- row stays; null for the week in which the channel was first seen after the hour had passed, of which it gets none.
create table weekly_digests (
  channel  text not null,
  week     date not null,
  send_id  uuid null,
  made_at  timestamptz not null,
  primary key (channel, week)
);

grant select, insert on weekly_digests to ${app_role};
