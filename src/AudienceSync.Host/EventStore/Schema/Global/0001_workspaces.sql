-- What is global, and nothing else: which workspaces exist. Everything that belongs to one is in its own schema (design section 5),
-- so that isolation is by construction and no statement needs a tenant column.
create table workspaces (
  name        text primary key check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  created_at  timestamptz not null default now()
);

-- A value that only the right master key computes, so that a wrong key stops the process at start instead of making people unreadable.
create table master_keys (
  version     smallint primary key,
  check_value bytea not null,
  first_seen  timestamptz not null default now()
);
