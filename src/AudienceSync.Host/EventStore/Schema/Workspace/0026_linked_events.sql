-- A rebuild must know who is linked to whom before it reads the first event. Links are few and the log is long: without this they are found
-- by reading all of it once more. An append pays for it only when the event is a link.
create index mt_events_linked on mt_events (seq_id) where type = 'person_linked';
