-- What was delivered, and by what: a member can only be removed by the identifier revision and normalizer version of their add, and by the
-- identifiers that were part of it. omitted has those that were left out because of the key's match keys (the numbers of MatchKeys).
-- status: 0 absent, 1 adding, 2 delivered, 3 removing, 4 rejected, 5 invalid (LedgerStatus of Domain/Syncing).
-- job_id: the open job that took the row; null means confirmed. job_row: its position in the job. job_tries: jobs in a row that failed with
-- it. redeliver: the member is to be delivered again apart from the lanes, as soon as no job holds them.
-- A row is inserted with the intent and updated with the outcome a moment later. Half-filled pages keep both: of pages filled to four
-- fifths, 38,700 of 56,300 updates went to another page, with a new entry in the index.
create table ledger (
  binding_id  int not null,
  person      uuid not null,
  status      smallint not null check (status between 0 and 5),
  revision    int not null,
  normalizer  smallint not null,
  reason      text null,
  updated_at  timestamptz not null,
  job_id      bigint null,
  job_row     int null,
  job_tries   smallint not null default 0,
  redeliver   boolean not null default false,
  omitted     smallint not null default 0,
  primary key (binding_id, person)
) with (fillfactor = 50);
-- A job's response names the rows it refused by their numbers, up to all of ten thousand. Each is found by its number: by the job alone,
-- each would be looked for among all rows of the job.
create index ledger_job on ledger (job_id, job_row) where job_id is not null;
create index ledger_redeliver on ledger (binding_id, person) where redeliver and job_id is null;

-- Deliveries of people that may be, or may yet come to be, at a platform beside the one that the ledger's row describes. Few rows, mostly
-- none; each is handled by itself. kind: 1 its removal was refused by name while another delivery took the row (Refusals of
-- Domain/Syncing); 2 an add, 3 a removal whose response was lost and which may be carried out late (InDoubtCalls of Domain/Syncing).
-- sent_at: when its removal was sent and not yet answered, which the ledger's row cannot hold. Should it be sent again, the former call was
-- lost, and may take out later who has come back meanwhile.
create table residual_deliveries (
  binding_id  int not null,
  person      uuid not null,
  revision    int not null,
  normalizer  smallint not null,
  kind        smallint not null check (kind between 1 and 3),
  reason      text null,
  try_at      timestamptz not null,
  sent_at     timestamptz null,
  omitted     smallint not null default 0,
  primary key (binding_id, person, revision, normalizer, kind)
) with (fillfactor = 80);
create index residual_deliveries_due on residual_deliveries (binding_id, try_at);
create index residual_deliveries_person on residual_deliveries (person);

-- What was delivered of people and may have been delivered for others, too: nobody owns a device id, or a name with an address, as a
-- person owns an email address (person_aliases). cell is a keyed digest of what the platform received, part what of the person it is
-- (4 name and place, 8 device id). A removal asks it whom else a list holds by the same (Sync/Lanes/SharedCells.cs). Of people of whom
-- nothing of the kind is known it holds nothing.
create table delivered_cells (
  cell      uuid not null,
  person    uuid not null,
  revision  int not null,
  part      smallint not null,
  primary key (cell, person, revision)
);
alter table delivered_cells alter column cell set statistics 0;
create index delivered_cells_person on delivered_cells (person, revision);

-- A run is the work of one lane from its first intent to empty or stopped; a run that a crash or another Host interrupts goes on.
-- lane: 1 adds, 2 removals. cause, state: RunCause and RunState in Sync/Runs/Run.cs. The counts are those of members, by kind: [1] add,
-- [2] remove, [3] refresh.
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

-- Every call and its response, for the person on duty on Sunday evening. Codes, never a platform's text: it may quote what we sent.
-- calls_sent: records that ended are removed by age (Maintenance/RetentionStore.cs), and the oldest are found by index, not by reading the
-- table.
create table calls (
  call_id      bigint generated always as identity primary key,
  binding_id   int not null,
  fence        bigint not null,
  operation    smallint not null,
  members      int not null,
  refused      int not null default 0,
  outcome      smallint not null,
  code         text not null,
  http_status  int not null,
  request_id   text null,
  sent_at      timestamptz not null,
  latency_ms   int not null,
  run_id       bigint null,
  kind         smallint null
);
create index calls_by_binding on calls (binding_id, call_id);
create index calls_by_run on calls (run_id, call_id) where run_id is not null;
create index calls_sent on calls (sent_at);

-- What a platform has accepted and not yet done. The handle is stored with the ledger's outcome or not at all.
-- state: 1 running, 2 confirmed, 3 failed, 4 lost, 5 parked (nobody ever learned what became of it).
create table jobs (
  job_id        bigint generated always as identity primary key,
  binding_id    int not null,
  destination   text not null,
  call_id       bigint not null,
  operation     smallint not null,
  handle        text not null,
  members       int not null,
  refused       int not null default 0,
  state         smallint not null default 1 check (state between 1 and 5),
  code          text null,
  polls         int not null default 0,
  accepted_at   timestamptz not null,
  next_poll_at  timestamptz not null,
  ended_at      timestamptz null
) with (fillfactor = 80);
create index jobs_open on jobs (destination, next_poll_at) where state = 1;
create index jobs_parked on jobs (binding_id) where state = 5;
create index jobs_ended on jobs (ended_at) where ended_at is not null;
-- A call stays as long as its job; and the job of the call that ended a replacement of all members is asked for in every round. Partial, so
-- that nothing that looks for a job by its number can take it for a small table's only index.
create index jobs_call on jobs (call_id) where call_id is not null;

-- What was sent, for as long as it is needed to answer "was this person sent, when, and what did the platform answer": the exposure log,
-- the run log and a resend read it. The ledger only has the latest state, and calls have no people. Written in the transaction of each
-- outcome, so one row a call, not one a member. delivery_id grows in commit order within an account, which has one writer: a reader keeps
-- one cursor for each account. A job's end is a row of its own. results: the distinct results of the call; codes: for each person which of
-- them, from 1; null when there is only one. By the day of the database's clock.
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

-- Made and dropped under the owner's rights: the process's role may not change the schema.
create function ensure_day_partitions(parent text, days int) returns void language plpgsql security definer
set search_path = ${schema}, pg_temp as $$
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

create function drop_day_partitions(parent text, days int) returns int language plpgsql security definer
set search_path = ${schema}, pg_temp as $$
declare
  partition_name text;
  dropped int := 0;
begin
  if parent not in ('deliveries', 'call_exchanges') then raise exception 'no such table'; end if;
  for partition_name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = format('%I', parent)::regclass
      and c.relname < parent || '_' || to_char((now() at time zone 'UTC')::date - days, 'YYYYMMDD')
  loop
    execute format('drop table %I', partition_name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

select ensure_day_partitions('deliveries', 2);
select ensure_day_partitions('call_exchanges', 2);

-- How long removals took, from the acceptance of the webhook to the platform's acknowledgment, in slots of ten minutes: bucket b holds
-- what took at most 0.01 s * 1.1^b.
create table removal_latencies (
  destination  text not null,
  slot         timestamptz not null,
  bucket       smallint not null,
  removals     bigint not null,
  primary key (destination, slot, bucket)
) with (fillfactor = 50);
