-- A removal of what remains is said without a word in the ledger, whose row says something else. So it is told here when it was said and not yet answered: should it
-- be said again, the former call was lost, and may take out later who has come back meanwhile (AudienceSync.Domain.Syncing.LateCalls).
alter table remains add column said_at timestamptz null;
