-- The swap of a rebuild must know who got new identifiers behind the live generation's place. They are few and the log is long: without this
-- they are found by reading all that the live generation has not read. An append pays for it only when the event is one of them.
create index mt_events_identifiers on mt_events (seq_id) where type = 'person_identifiers_changed';
