-- The event log, in the table layout of Marten 9 (bigint sequence, guid streams, single tenant), so that a .NET team can open this schema
-- with Marten and fetch, aggregate and subscribe. Column names, types and order are Marten's. Two deliberate differences, both invisible to
-- a reader: no foreign key to mt_streams (both rows are written by one statement list, and the check would cost a row lock an event),
-- and the optional unique index on id, which is our dedupe, for ever.
create sequence mt_events_sequence;

create table mt_streams (
  id           uuid primary key,
  type         varchar null,
  version      bigint null,
  timestamp    timestamptz not null default now(),
  created      timestamptz not null default now(),
  tenant_id    varchar null default '*DEFAULT*',
  is_archived  bool null default false
) with (fillfactor = 80);

create table mt_events (
  seq_id          bigint not null default nextval('mt_events_sequence'),
  id              uuid not null,
  stream_id       uuid not null,
  version         bigint not null,
  data            jsonb not null,
  bdata           bytea null,
  type            varchar(500) not null,
  timestamp       timestamptz not null default now(),
  tenant_id       varchar null default '*DEFAULT*',
  mt_dotnet_type  varchar null,
  is_archived     bool null default false,
  constraint pkey_mt_events_seq_id primary key (seq_id)
);
alter sequence mt_events_sequence owned by mt_events.seq_id;
create unique index pk_mt_events_stream_and_version on mt_events (stream_id, version);
create unique index idx_mt_events_event_id on mt_events (id);

create table mt_event_progression (
  name          varchar primary key,
  last_seq_id   bigint null,
  last_updated  timestamptz null default now()
) with (fillfactor = 50);

create table mt_high_water_skips (
  ending_sequence    bigint primary key,
  starting_sequence  bigint not null,
  timestamp          timestamptz null default now()
);
