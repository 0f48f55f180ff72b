-- What happened to the people of a source is reported to its sender. Nothing here is about a person by an identifier: pages are ranges
-- of numbers, and what is sent is
-- read again from the deliveries, the log and the vault when it is sent.

-- How far each stream of a source was turned into pages. Streams: deliveries/NAME of an ad account (numbers of deliveries), traits
-- (positions of the log), steps.
-- since: the reading of deliveries need not look at partitions that are older.
create table feedback_cursors (
  source    text not null,
  stream    text not null,
  position  bigint not null,
  since     timestamptz not null default now(),
  primary key (source, stream)
) with (fillfactor = 50);

-- A page is what lies in (from_pos, to_pos]. It is written with the cursor and the message, in one transaction, and ends when the
-- service accepted it.
-- state: 1 open, 2 sent, 3 dead. Accepted is not applied: the service does not answer that. codes: how many items were not accepted, by
-- code.
create table feedback_sends (
  source       text not null,
  stream       text not null,
  from_pos     bigint not null,
  to_pos       bigint not null,
  since        timestamptz not null,
  state        smallint not null default 1 check (state in (1, 2, 3)),
  opened_at    timestamptz not null,
  enlisted_at  timestamptz not null,
  attempts     int not null default 0,
  retry_at     timestamptz null,
  ended_at     timestamptz null,
  items        int not null default 0,
  accepted     int not null default 0,
  codes        jsonb not null default '{}',
  http_status  int not null default 0,
  code         text null,
  primary key (source, stream, from_pos)
) with (fillfactor = 50);
create index feedback_sends_unsent on feedback_sends (source, state) where state <> 2;
create index feedback_sends_opened on feedback_sends (opened_at);

-- A source whose credentials or address are refused sends nothing but one page at intervals, until that is accepted.
create table feedback_stops (
  source      text primary key,
  code        text not null,
  stopped_at  timestamptz not null,
  retry_at    timestamptz not null
) with (fillfactor = 50);

-- What was last accepted of a person's attributes, as a hash, so that they are sent when they change.
create table feedback_traits (
  source  text not null,
  person  uuid not null,
  traits  bigint not null,
  at      timestamptz not null,
  primary key (source, person)
) with (fillfactor = 50);

-- The step of a journey whose outcome is reported by its delivery id, which is a capability: sealed, and gone when it was reported, or
-- after an hour. Written with the
-- step's event, so numbers grow in commit order. kind: 1 add, 2 remove.
create table feedback_steps (
  step_id       bigint generated always as identity primary key,
  source        text not null,
  event_id      uuid not null,
  person        uuid not null,
  audience_key  text not null,
  kind          smallint not null check (kind in (1, 2)),
  recorded_at   timestamptz not null,
  key_version   smallint not null,
  cipher        bytea not null,
  next_at       timestamptz not null,
  reported      text null
) with (fillfactor = 70);
alter table feedback_steps alter column cipher set statistics 0;
create index feedback_steps_due on feedback_steps (source, next_at);

grant select, insert, update, delete on feedback_cursors, feedback_sends, feedback_stops, feedback_traits, feedback_steps to ${app_role};
grant usage, select on sequence feedback_steps_step_id_seq to ${app_role};
