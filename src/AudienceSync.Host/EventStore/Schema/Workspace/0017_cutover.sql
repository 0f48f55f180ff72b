-- A remote audience whose feeding key was switched: the walk over its ledger that takes out whoever the new key does not have. One open walk a
-- binding; a switch during a walk ends that one and begins another. See Storage/Cutover/CutoverTable.cs.
create table cutovers (
  cutover_id   bigint generated always as identity primary key,
  binding_id   int not null,
  key_id       int not null,
  walked_to    uuid not null default '00000000-0000-0000-0000-000000000000',
  removed      bigint not null default 0,
  superseded   bool not null default false,
  started_at   timestamptz not null,
  finished_at  timestamptz null
) with (fillfactor = 50);
create unique index cutovers_open on cutovers (binding_id) where finished_at is null;

grant select, insert, update on cutovers to ${app_role};
