-- What people are alerted about, and what became of each notice: whether somebody was alerted must have an answer. Nothing here is about
-- a person: subjects are names of the configuration, facts are codes, counts and times.

-- Alerts that are not ok. status: 1 pending, 2 firing, 3 recovering. severity: 1 warning, 2 critical.
create table alerts (
  rule         text not null,
  subject      text not null,
  status       smallint not null check (status between 1 and 3),
  severity     smallint not null check (severity in (1, 2)),
  since        timestamptz not null,
  changed_at   timestamptz not null,
  destination  text null,
  audience     text null,
  owner        text null,
  facts        jsonb not null,
  primary key (rule, subject)
) with (fillfactor = 50);

-- Alerts of one rule at one destination: people hear of them together. announced: the worst severity that they know of; null for nothing.
create table alert_incidents (
  rule       text not null,
  grouping   text not null,
  began_at   timestamptz not null,
  announced  smallint null check (announced in (1, 2)),
  members    text[] not null,
  owner      text null,
  update_at  timestamptz not null,
  remind_at  timestamptz not null,
  primary key (rule, grouping)
) with (fillfactor = 50);

-- What people were to be sent. kind: NoticeKind of Domain/Alerts. content: the whole notice.
create table alert_notices (
  notice_id  bigint generated always as identity primary key,
  kind       smallint not null,
  severity   smallint not null,
  rule       text not null,
  grouping   text not null,
  at         timestamptz not null,
  content    jsonb not null
);
create index alert_notices_at on alert_notices (at);

-- A notice to a channel. Written with the notice and the message that sends it; attempts and unanswered are raised before the call, so a
-- kill between the call and its answer is known as an attempt without an answer. state: AlertSendState of Host/Alerts.
create table alert_sends (
  send_id      uuid primary key,
  notice_id    bigint not null references alert_notices (notice_id) on delete cascade,
  channel      text not null,
  rule         text not null,
  grouping     text not null,
  state        smallint not null default 1 check (state between 1 and 6),
  opened_at    timestamptz not null,
  enlisted_at  timestamptz null,
  retry_at     timestamptz null,
  attempts     int not null default 0,
  unanswered   int not null default 0,
  ended_at     timestamptz null,
  code         text null,
  status       int not null default 0
) with (fillfactor = 50);
create index alert_sends_notice on alert_sends (notice_id);
create index alert_sends_open on alert_sends (channel, opened_at) where state = 1;

-- Channels that take no notice until somebody corrects them.
create table alert_channels (
  channel  text primary key,
  code     text not null,
  since    timestamptz not null
);

-- What nobody wants to hear of for a while. A row stays when it is over: who silenced it, and why.
create table alert_silences (
  silence_id   bigint generated always as identity primary key,
  rule         text null,
  destination  text null,
  subject      text null,
  silenced_by  text not null,
  why          text null,
  silenced_at  timestamptz not null,
  until        timestamptz not null,
  ended_by     text null,
  check (rule is not null or destination is not null or subject is not null)
);
create index alert_silences_until on alert_silences (until);

-- The rhythm of sources: how many events came in an hour, counted behind a cursor over the log.
create table alert_flows (
  source   text not null,
  hour     timestamptz not null,
  events   bigint not null,
  last_at  timestamptz not null,
  primary key (source, hour)
) with (fillfactor = 50);
create table alert_cursors (
  name      text primary key,
  position  bigint not null
) with (fillfactor = 50);

grant select, insert, update, delete on alerts, alert_incidents, alert_notices, alert_sends, alert_channels, alert_flows, alert_cursors
  to ${app_role};
grant select, insert, update on alert_silences to ${app_role};
grant usage, select on sequence alert_notices_notice_id_seq, alert_silences_silence_id_seq to ${app_role};
