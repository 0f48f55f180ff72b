-- Tables and columns get the names that the code and the documents use. Only names change; no row is rewritten, except reasons that named the old spelling.
alter table ledger rename column normaliser to normalizer;
alter table remains rename column normaliser to normalizer;
alter table bindings rename column normaliser to normalizer;
update ledger set reason = 'unknown_normalizer_version' where reason = 'unknown_normaliser_version';
alter table membership rename column bars to restrictions;
alter table membership rename column barred_at to restricted_at;
