-- The event log, in the table layout of Marten 9 (bigint sequence, guid streams, single tenant), so that a .NET team can open this schema
-- with Marten and fetch, aggregate and subscribe. Column names, types and order are Marten's, which adds what it lacks of its own after
-- these files (MartenSchema.cs). The optional unique index on id is our dedupe, forever.
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

-- What few events among many are asked for by. Partial: an append pays for an index only when the event is in it, every other event costs
-- one comparison. From a person to all who were ever linked to them; a rebuild must know all links before it reads the first event; and
-- its swap must know who got new identifiers behind the position of the live generation.
create index mt_events_links on mt_events ((data ->> 'owner')) where type = 'person_linked';
create index mt_events_linked on mt_events (seq_id) where type = 'person_linked';
create index mt_events_identifiers on mt_events (seq_id) where type = 'person_identifiers_changed';

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

-- Position order is commit order only if every writer takes the append lock before it draws positions. With Marten, programs append that
-- are not ours, so it is no habit of code: the lock is a function that marks its transaction, and the log refuses an insert without the
-- mark. The key is derived from the schema: locks of two workspaces in one database do not meet.
create function append_lock_key() returns bigint language sql immutable
as $$ select hashtextextended('audiencesync append ${schema}', 0) $$;

create function append_lock() returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(${schema}.append_lock_key());
  perform set_config('audiencesync.append_lock', '${schema}', true);
end $$;

create function refuse_unlocked_append() returns trigger language plpgsql as $$
begin
  if current_setting('audiencesync.append_lock', true) is distinct from '${schema}' then
    raise exception 'an append without append_lock()' using errcode = 'AS003';
  end if;
  return null;
end $$;

create trigger mt_events_append_lock before insert on mt_events for each statement execute function refuse_unlocked_append();

-- Takes the lock, then refuses when the positions are not where the caller believes them to be, so that one statement in a batch is enough
-- to undo all of it. Each statement in here has a snapshot of its own, and a sequence is read as it is, so what is compared is what holds
-- under the lock. Nor may anybody be named who was erased: where tombstones (0009) are known to exist, none of those asked for may be
-- there; where none is known, none at all.
create function append_after(head bigint, any_erased boolean, named uuid[]) returns void language plpgsql as $$
declare
  current_head bigint;
begin
  perform ${schema}.append_lock();
  select case when is_called then last_value else 0 end into current_head from mt_events_sequence;
  if current_head <> head then
    raise exception 'the log is at %, not at %', current_head, head using errcode = 'AS002';
  end if;
  if any_erased then
    if exists (select from tombstones t where t.digest = any (named)) then
      raise exception 'an erased person was named' using errcode = 'AS002';
    end if;
  elsif exists (select from tombstones) then
    raise exception 'a first tombstone was set' using errcode = 'AS002';
  end if;
end $$;
