-- Versions that fed a remote audience until another was switched in: from the event at since_pos to that at until_pos an add or remove of
-- theirs is late. late_events counts those in between as the projector passes them, with its cursor, so the count follows from the log alone. What a policy of 2
-- (quarantine) holds back never gets into the log.
create table drains (
  drain_id     bigint generated always as identity primary key,
  key_id       int not null references audience_keys (key_id),
  policy       smallint not null check (policy in (1, 2)), -- keep, quarantine
  since_pos    bigint not null,
  since_at     timestamptz not null,
  until_pos    bigint null,
  until_at     timestamptz null,
  late_events  bigint not null default 0,
  last_at      timestamptz null
) with (fillfactor = 50);
create unique index drains_open on drains (key_id) where until_pos is null;
grant select, insert, update on drains to ${app_role};

-- What drains already, from the last switch that took it from its last remote audience. The log is read only where there is such a version.
insert into drains (key_id, policy, since_pos, since_at)
select k.key_id, 1, s.seq_id, s.timestamp from audience_keys k
cross join lateral (
  select e.seq_id, e.timestamp from mt_events e join mt_streams t on t.id = e.stream_id
  where t.type = 'audience' and e.type in ('audience_key_promoted', 'audience_key_rolled_back') and e.data ->> 'from' = k.audience_key
  order by e.seq_id desc limit 1) s
where k.retired_at is null and not exists (select from bindings b where b.key_id = k.key_id)
  and exists (select from cutovers c join bindings b on b.binding_id = c.binding_id where b.audience = k.audience);
update drains d set (late_events, last_at) = (
  select count(*), max(e.timestamp) from mt_events e, audience_keys k, mt_event_progression p
  where k.key_id = d.key_id and p.name = 'membership:All' and e.seq_id > d.since_pos and e.seq_id <= p.last_seq_id
    and e.type in ('audience_member_added', 'audience_member_removed') and e.data ->> 'audienceKey' = k.audience_key);
