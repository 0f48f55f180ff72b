-- Sayings of people that may be, or may yet come to be, at a platform beside what the ledger's row says. Few rows, mostly none; each is looked at again by itself.
-- kind: 1 its removal was refused by name while another saying took the row (AudienceSync.Domain.Syncing.Refusals); 2 an add, 3 a removal whose answer was lost and
-- which may be carried out late (AudienceSync.Domain.Syncing.LateCalls).
create table remains (
  binding_id  int not null,
  person      uuid not null,
  revision    int not null,
  normaliser  smallint not null,
  kind        smallint not null check (kind between 1 and 3),
  reason      text null,
  try_at      timestamptz not null,
  primary key (binding_id, person, revision, normaliser, kind)
) with (fillfactor = 80);
create index remains_due on remains (binding_id, try_at);
create index remains_person on remains (person);

grant select, insert, update, delete on remains to ${app_role};
