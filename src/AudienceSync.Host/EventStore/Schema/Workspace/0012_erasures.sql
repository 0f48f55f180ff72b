-- Requests to forget somebody, and what became of them: who asked, when, until when, and each platform that ever got him. A row is the receipt
-- and holds no personal data: persons are uuids to which nothing leads any more once his aliases are gone.
create table erasures (
  erasure          uuid primary key,
  state            smallint not null check (state in (1, 2, 3)), -- waiting, erased, unknown
  asked_by         text not null,
  asked_at         timestamptz not null,
  deadline         timestamptz not null,
  anchors          uuid[] not null,
  position         bigint not null, -- of the last event of the request: the projector must have passed it
  tombstones       int not null,
  bodies           int not null default 0,
  quarantined      int not null default 0,
  ended_at         timestamptz null,
  refused_events   bigint not null default 0,
  last_refused_at  timestamptz null
);
create index erasures_waiting on erasures (asked_at) where state = 1;

-- Where he had been sent, and the call that took him away. request_id is the platform's word for that call.
create table erasure_removals (
  erasure      uuid not null,
  binding_id   int not null,
  person       uuid not null,
  destination  text not null,
  platform     text not null,
  audience     text not null,
  remote       text not null,
  outcome      text not null,
  call_id      bigint null,
  request_id   text null,
  called_at    timestamptz null,
  removed_at   timestamptz not null,
  primary key (erasure, binding_id, person)
);

-- What is left of an erased identifier: a digest of its digest, under a secret of its own, by which a later webhook is refused. For ever.
create table tombstones (
  digest   uuid primary key,
  erasure  uuid not null
);

grant select, insert, update on erasures to ${app_role};
grant select, insert on erasure_removals, tombstones to ${app_role};

-- Planner statistics are samples of rows: a digest, a salt or a box would lie in pg_statistic until the next analyze, long after its row
-- was erased. Changing a column to the type it has drops what was sampled of it; a target of 0 samples no more. These columns are unique or
-- never compared with a constant, so the planner loses nothing.
alter table people alter column salt type bytea, alter column anchor type uuid, alter column email type uuid, alter column phone type uuid,
  alter column details type uuid;
alter table people alter column salt set statistics 0, alter column anchor set statistics 0, alter column email set statistics 0,
  alter column phone set statistics 0, alter column details set statistics 0;
alter table person_aliases alter column digest type uuid, alter column digest set statistics 0;
alter table vault alter column cipher type bytea, alter column email type uuid, alter column phone type uuid;
alter table vault alter column cipher set statistics 0, alter column email set statistics 0, alter column phone set statistics 0;
alter table quarantine alter column cipher type bytea, alter column cipher set statistics 0;

do $$
declare partition_name text;
begin
  for partition_name in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'raw_bodies'::regclass
  loop
    execute format('alter table %I alter column cipher set statistics 0', partition_name);
  end loop;
end $$;
alter table raw_bodies alter column cipher set statistics 0;

create or replace function ensure_body_partition(day date) returns void language plpgsql security definer set search_path = ${schema}, pg_temp as $$
declare
  partition_name text := 'raw_bodies_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass(partition_name) is not null then
    return;
  end if;
  execute format('create table %I partition of raw_bodies for values from (%L) to (%L)',
    partition_name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
  execute format('alter table %I alter column cipher set statistics 0', partition_name);
exception when duplicate_table then null;
end $$;
