-- Which normaliser a remote audience was last gone through for. Another one than the destination's means: look at everybody once more.
alter table bindings add column normaliser smallint null;

-- What a platform has accepted and not yet done. The handle is stored with the ledger's outcome or not at all.
-- state: 1 running, 2 confirmed, 3 failed, 4 lost, 5 parked (nobody ever said what became of it).
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
  looks         int not null default 0,
  accepted_at   timestamptz not null,
  next_look_at  timestamptz not null,
  ended_at      timestamptz null
) with (fillfactor = 80);
create index jobs_open on jobs (destination, next_look_at) where state = 1;
create index jobs_parked on jobs (binding_id) where state = 5;

-- job_id: the open job that took the row; null means confirmed, as every row delivered before there were jobs is. job_row: his place in it.
-- job_tries: jobs in a row that failed with him. again: he is to be looked at apart from the lanes, as soon as no job holds him.
alter table ledger
  add column job_id bigint null,
  add column job_row int null,
  add column job_tries smallint not null default 0,
  add column again boolean not null default false;
create index ledger_job on ledger (job_id) where job_id is not null;
create index ledger_again on ledger (binding_id, person) where again and job_id is null;

grant select, insert, update, delete on jobs to ${app_role};
grant usage, select on sequence jobs_job_id_seq to ${app_role};
