-- What was sent, as it was sent, encrypted: for replay after a mapping fault and for forensics. One row a group commit, which covers the
-- positions first..last, because a row a webhook would cost more than the event itself. By day, so that retention drops a partition
-- instead of deleting rows. EXTERNAL: ciphertext does not compress, so PostgreSQL must not try.
create table raw_bodies (
  received_at     timestamptz not null,
  first_position  bigint not null,
  last_position   bigint not null,
  key_version     smallint not null,
  cipher          bytea not null
) partition by range (received_at);
alter table raw_bodies alter column cipher set storage external;
create index raw_bodies_position on raw_bodies (first_position);

-- Partitions are made and dropped by these two, under the owner's rights: the process's role may not change the schema.
create function ensure_body_partition(day date) returns void language plpgsql security definer set search_path = ${schema}, pg_temp as $$
begin
  execute format('create table if not exists %I partition of raw_bodies for values from (%L) to (%L)',
    'raw_bodies_' || to_char(day, 'YYYYMMDD'), day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
exception when duplicate_table then null;
end $$;

create function drop_body_partitions(before date) returns int language plpgsql security definer set search_path = ${schema}, pg_temp as $$
declare
  partition_name text;
  dropped int := 0;
begin
  for partition_name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'raw_bodies'::regclass and c.relname < 'raw_bodies_' || to_char(before, 'YYYYMMDD')
  loop
    execute format('drop table %I', partition_name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- What could not be applied, with its body: nothing that an authenticated sender said is lost. One row for the same thing said again.
create table quarantine (
  id             uuid primary key,
  source         text not null,
  refused        bool not null, -- the sender was told so (4xx); otherwise he was told that it waits (202)
  reason         text not null,
  detail         text not null,
  audience_key   text null,
  event_id       uuid null,
  first_seen_at  timestamptz not null,
  last_seen_at   timestamptz not null,
  seen           int not null default 1,
  state          smallint not null default 1 check (state in (1, 2, 3)), -- open, released, discarded
  key_version    smallint not null,
  body_bytes     int not null,
  cipher         bytea not null
);
alter table quarantine alter column cipher set storage external;
create index quarantine_open on quarantine (last_seen_at) where state = 1;
