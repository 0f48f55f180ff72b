-- Whom a quarantined body may name, as keyed digests, so that an export or an erasure finds its entries by index and does not open every body that is kept.
-- mention_state: 0 not yet indexed (written before this file, or by a Host of the version before), 1 indexed, 2 cannot be: too many texts, or it does
-- not open. What is not 1 is opened and read each time, as before. No fast update: its list would be merged under the append lock.
alter table quarantine add column mentions uuid[] null, add column mention_state smallint not null default 0 check (mention_state in (0, 1, 2));
alter table quarantine alter column mentions set statistics 0; -- Samples would outlive their row: see 0012.
create index quarantine_mentions on quarantine using gin (mentions) with (fastupdate = off);
create index quarantine_unindexed on quarantine (id) where mention_state <> 1;

-- From a person to all identifiers they ever had, and from an address to all who were ever reached by it. Four entries more for a person who is new, none for
-- an event of one who is known.
create index person_aliases_anchor on person_aliases (anchor) where anchor is not null;
create index person_aliases_owner on person_aliases (owner) where owner is not null;
create index vault_email on vault (email) where email is not null;
create index vault_phone on vault (phone) where phone is not null;
