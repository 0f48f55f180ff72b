-- A job's answer names the rows it refused by their numbers, up to all of ten thousand. Each is found by its number: by the job alone, each would
-- be looked for among all rows of the job.
drop index ledger_job;
create index ledger_job on ledger (job_id, job_row) where job_id is not null;
