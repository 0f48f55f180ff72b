-- What was delivered of people and may have been delivered for others, too: nobody owns a device id, or a name with an address, as a person owns an email address
-- (person_aliases). cell is a keyed digest of what the platform received, part what of the person it is (Connectors/SayingParts: 4 name and place, 8 device id).
-- A removal asks it whom else a list holds by the same (Syncing/SharedCells.cs). Of people of whom nothing of the kind is known it holds nothing.
create table delivered_cells (
  cell      uuid not null,
  person    uuid not null,
  revision  int not null,
  part      smallint not null,
  primary key (cell, person, revision)
);
create index delivered_cells_person on delivered_cells (person, revision);
alter table delivered_cells alter column cell set statistics 0;
grant select, insert, delete on delivered_cells to ${app_role};

-- What of an erased person's a list still holds because it is another member's: email, phone, details, device_id.
alter table erasure_removals add column kept_for_another text[] not null default '{}';

-- Until now a removal was skipped when email and phone were another's, and what else had been delivered stayed at the platform. These are removed now.
update ledger set status = 3, again = true, reason = null where status = 0 and job_id is null and reason = 'address_of_another';
