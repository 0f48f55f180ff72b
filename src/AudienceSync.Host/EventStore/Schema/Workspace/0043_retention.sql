-- Records that ended are removed by age (Storage/Maintenance/RetentionTable.cs): the oldest are found by index, not by reading the table.
create index calls_sent on calls (sent_at);
create index jobs_ended on jobs (ended_at) where ended_at is not null;
create index quarantine_closed on quarantine (last_seen_at) where state <> 1;

-- A call stays as long as its job; and the job of the call that ended a replacement of all members is asked for in every round. Partial, so
-- that nothing that looks for a job by its number can take it for a small table's only index.
create index jobs_call on jobs (call_id) where call_id is not null;
