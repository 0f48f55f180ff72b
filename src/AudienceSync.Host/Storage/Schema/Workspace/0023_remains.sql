-- Former sayings of people that may still be at a platform because their removal was refused by name while another saying took their row in the ledger
-- (AudienceSync.Domain.Syncing.Refusals). Few rows, mostly none. They are tried again by themselves.
create table remains (
  binding_id  int not null,
  person      uuid not null,
  revision    int not null,
  normaliser  smallint not null,
  reason      text not null,
  try_at      timestamptz not null,
  primary key (binding_id, person, revision, normaliser)
);
create index remains_due on remains (binding_id, try_at);
create index remains_person on remains (person);

grant select, insert, update, delete on remains to ${app_role};
