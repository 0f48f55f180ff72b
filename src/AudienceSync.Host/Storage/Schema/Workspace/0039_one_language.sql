-- Tables and columns get the names that the code and the documents use. Only names change; no row is rewritten, except reasons that named the old spelling.
alter table ledger rename column normaliser to normalizer;
alter table remains rename column normaliser to normalizer;
alter table bindings rename column normaliser to normalizer;
update ledger set reason = 'unknown_normalizer_version' where reason = 'unknown_normaliser_version';
alter table membership rename column bars to restrictions;
alter table membership rename column barred_at to restricted_at;
alter table cutovers rename column walked_to to swept_to;
alter table resyncs rename column walked_to to swept_to;
alter table refreshes rename column walked_to to swept_to;
alter table generations rename column looked_again to rechecked;
alter table remains rename to residual_deliveries;
alter table residual_deliveries rename column said_at to sent_at;
alter index remains_pkey rename to residual_deliveries_pkey;
alter index remains_due rename to residual_deliveries_due;
alter index remains_person rename to residual_deliveries_person;
alter table ledger rename column again to redeliver;
alter index ledger_again rename to ledger_redeliver;
