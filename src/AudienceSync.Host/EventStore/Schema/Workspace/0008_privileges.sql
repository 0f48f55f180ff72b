-- The log is append-only by permission, not by convention: the role under which the process works may insert into and read the log, and
-- nothing else. It owns nothing, so it can neither drop nor alter. The migrator alone is the owner.
grant usage on schema ${schema} to ${app_role};
grant select, insert, update, delete on all tables in schema ${schema} to ${app_role};
grant usage, select on all sequences in schema ${schema} to ${app_role};
revoke update, delete, truncate on mt_events from ${app_role};
revoke insert, update, delete on schema_versions from ${app_role};
