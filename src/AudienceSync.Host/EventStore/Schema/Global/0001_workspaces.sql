-- What is global, and nothing else: which workspaces exist. Everything that belongs to one is in its own schema (design section 5),
-- so that isolation is by construction and no statement needs a tenant column.
create table workspaces (
  name        text primary key check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  created_at  timestamptz not null default now()
);

-- A value that only the right master key computes, so that a wrong key stops the process at start instead of making people unreadable.
-- retired_at: when a start without this version found nothing sealed under it in any workspace. From then on no start looks for such rows
-- again: to be sure that there are none means reading the whole vault.
create table master_keys (
  version      smallint primary key,
  check_value  bytea not null,
  first_seen   timestamptz not null default now(),
  retired_at   timestamptz null
);

-- A Host whose login owns nothing remembers a master key that it starts with, and that a key was retired. It never changes a check value.
-- That it may read every table of this schema is granted with each migration (Migrations.cs).
grant insert on master_keys to ${app_role};
grant update (retired_at) on master_keys to ${app_role};
