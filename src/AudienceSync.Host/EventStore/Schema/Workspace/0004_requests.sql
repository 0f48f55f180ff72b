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
alter table raw_bodies alter column cipher set storage external, alter column cipher set statistics 0;
create index raw_bodies_position on raw_bodies (first_position);

-- Partitions are made and dropped by functions, here and below, under the owner's rights: the process's role may not change the schema. A
-- statistics target is not inherited.
create function ensure_body_partition(day date) returns void language plpgsql security definer
set search_path = ${schema}, pg_temp as $$
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

create function drop_body_partitions(before date) returns int language plpgsql security definer
set search_path = ${schema}, pg_temp as $$
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

-- What could not be applied, with its body: nothing that an authenticated sender sent is lost. One row for the same thing sent again.
-- removal: a removal from a key that nobody has published waits for the key and not for a human. It is released by itself when the key is
-- there. mentions: whom the body may name, as keyed digests, so that an export or an erasure finds its entries by index and does not open
-- every body that is kept. mention_state: 0 not indexed, 1 indexed, 2 cannot be, because it has too many texts. What is not 1 is opened
-- and read each time. Samples would outlive their row: see 0003.
create table quarantine (
  id             uuid primary key,
  source         text not null,
  refused        bool not null, -- the sender got an error (4xx); otherwise a receipt that it waits (202)
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
  cipher         bytea not null,
  removal        boolean not null default false,
  mentions       uuid[] null,
  mention_state  smallint not null default 0 check (mention_state in (0, 1, 2))
);
alter table quarantine alter column cipher set storage external, alter column cipher set statistics 0,
  alter column mentions set statistics 0;
create index quarantine_open on quarantine (last_seen_at) where state = 1;
create index quarantine_closed on quarantine (last_seen_at) where state <> 1;
create index quarantine_removals on quarantine (audience_key) where state = 1 and removal;
create index quarantine_unindexed on quarantine (id) where mention_state <> 1;
-- No fast update: its list would be merged under the append lock.
create index quarantine_mentions on quarantine using gin (mentions) with (fastupdate = off);

-- Signed requests whose events take their ids from headers, which are not signed: by the digest of the signature, with the receipts that
-- were given, so that the same signed bytes sent again are a duplicate whatever their headers are. Written in the transaction of the
-- request's events. By the day of the signed timestamp: the same bytes are of the same day, so the key is unique over all partitions, and
-- a day is dropped when its signatures are refused for their age.
create table request_signatures (
  signed_on  date not null,
  digest     uuid not null,
  receipts   bytea not null,
  primary key (signed_on, digest)
) partition by range (signed_on);

create function ensure_signature_partition(day date) returns void language plpgsql security definer
set search_path = ${schema}, pg_temp as $$
begin
  if to_regclass(format('%I', 'request_signatures_' || to_char(day, 'YYYYMMDD'))) is null then
    execute format('create table if not exists %I partition of request_signatures for values from (%L) to (%L)',
      'request_signatures_' || to_char(day, 'YYYYMMDD'), day, day + 1);
  end if;
exception when duplicate_table then null;
end $$;

create function drop_signature_partitions(before date) returns int language plpgsql security definer
set search_path = ${schema}, pg_temp as $$
declare
  partition_name text;
  dropped int := 0;
begin
  for partition_name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'request_signatures'::regclass and c.relname < 'request_signatures_' || to_char(before, 'YYYYMMDD')
  loop
    execute format('drop table %I', partition_name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- What sources send that had to be read around, counted in the transaction that appends the event: a clock that runs ahead, a field that
-- cannot be read, an id that came again with something else. The raw time of a clock that runs ahead is in the event itself.
create table source_counts (
  source        text not null,
  code          text not null,
  events        bigint not null,
  last_seen_at  timestamptz not null,
  primary key (source, code)
);
