-- What was sent, for as long as it is needed to answer "was this person sent, when, and what did the platform answer": the exposure log, the run log and
-- a resend read it. The ledger only has the latest state, and calls have no people. Written in the transaction of each outcome, so one row a call, not one a member.

-- A run is the work of one lane from its first intent to empty or stopped; a run that a crash or another Host interrupts goes on.
-- lane: 1 adds, 2 removals. cause, state: AudienceSync.Host.Storage.Syncing.RunCause, RunState. The counts are those of members, by kind: [1] add, [2] remove, [3] refresh.
create table runs (
  run_id      bigint generated always as identity primary key,
  binding_id  int not null,
  lane        smallint not null check (lane in (1, 2)),
  cause       smallint not null,
  state       smallint not null default 1 check (state between 1 and 4),
  code        text null,
  started_at  timestamptz not null,
  last_at     timestamptz not null,
  ended_at    timestamptz null,
  calls       int not null default 0,
  planned     bigint[] not null default '{0,0,0}',
  attempted   bigint[] not null default '{0,0,0}',
  accepted    bigint[] not null default '{0,0,0}',
  rejected    bigint[] not null default '{0,0,0}'
) with (fillfactor = 50);
create unique index runs_open on runs (binding_id, lane) where ended_at is null;

alter table calls add column run_id bigint null, add column kind smallint null;
create index calls_by_run on calls (run_id, call_id) where run_id is not null;

-- delivery_id grows in commit order within an account, which has one writer: a reader keeps one cursor for each account. A job's end is a row of its own.
-- results: the distinct results of the call; codes: for each person which of them, from 1; null when there is only one. By the day of the database's clock.
create sequence delivery_ids;
create table deliveries (
  recorded_at  timestamptz not null default now(),
  delivery_id  bigint not null default nextval('delivery_ids'),
  destination  text not null,
  binding_id   int not null,
  run_id       bigint null,
  call_id      bigint null,
  job_id       bigint null,
  kind         smallint not null check (kind between 1 and 3),
  outcome      smallint not null,
  code         text not null,
  at           timestamptz not null,
  people       uuid[] not null,
  results      text[] not null,
  codes        smallint[] null
) partition by range (recorded_at);
-- Random numbers do not compress, so PostgreSQL must not try.
alter table deliveries alter column people set storage external;
create index deliveries_by_account on deliveries (destination, delivery_id);
create index deliveries_by_run on deliveries (run_id);

-- Of each call the request and the response, without identifiers, digests and tokens, and encrypted nevertheless.
create table call_exchanges (
  recorded_at  timestamptz not null default now(),
  call_id      bigint not null,
  at           timestamptz not null,
  key_version  smallint not null,
  cipher       bytea not null
) partition by range (recorded_at);
alter table call_exchanges alter column cipher set storage external;
create index call_exchanges_by_call on call_exchanges (call_id);

-- How long removals took, from the acceptance of the webhook to the platform's acknowledgement, in slots of ten minutes: bucket b holds what took at most 0.01 s * 1.1^b.
create table removal_latencies (
  destination  text not null,
  slot         timestamptz not null,
  bucket       smallint not null,
  removals     bigint not null,
  primary key (destination, slot, bucket)
) with (fillfactor = 50);

-- Made and dropped under the owner's rights: the process's role may not change the schema.
create function ensure_day_partitions(parent text, days int) returns void language plpgsql security definer set search_path = ${schema}, pg_temp as $$
declare
  day date;
  name text;
begin
  if parent not in ('deliveries', 'call_exchanges') then raise exception 'no such table'; end if;
  for day in select (now() at time zone 'UTC')::date + n from generate_series(0, days) n loop
    name := parent || '_' || to_char(day, 'YYYYMMDD');
    if to_regclass(format('%I', name)) is null then
      begin
        execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
          name, parent, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
      exception when duplicate_table then null;
      end;
    end if;
  end loop;
end $$;

create function drop_day_partitions(parent text, days int) returns int language plpgsql security definer set search_path = ${schema}, pg_temp as $$
declare
  partition_name text;
  dropped int := 0;
begin
  if parent not in ('deliveries', 'call_exchanges') then raise exception 'no such table'; end if;
  for partition_name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = format('%I', parent)::regclass and c.relname < parent || '_' || to_char((now() at time zone 'UTC')::date - days, 'YYYYMMDD')
  loop
    execute format('drop table %I', partition_name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

select ensure_day_partitions('deliveries', 2);
select ensure_day_partitions('call_exchanges', 2);

grant select, insert, update, delete on runs, removal_latencies to ${app_role};
grant select, insert on deliveries, call_exchanges to ${app_role};
grant usage, select on sequence runs_run_id_seq, delivery_ids to ${app_role};
