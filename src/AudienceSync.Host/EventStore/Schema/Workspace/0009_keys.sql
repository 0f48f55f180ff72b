-- Secrets that must survive a new master key: a digest made with one is kept for ever, so the secret itself is random, lies here sealed
-- under a version of the master key, and is only ever wrapped anew. In each workspace's schema and not in the global one, because the
-- digests of one workspace must not be comparable with another's, and because a workspace's dump is whole with them. The process may not
-- delete a row: without `alias` everybody is a stranger.
create table wrapped_secrets (
  name         text primary key,
  key_version  smallint not null,
  cipher       bytea not null,
  created_at   timestamptz not null default now()
);

-- How far the vault has been sealed anew under a master key version: the place of the pass in the vault's primary key, so that a killed
-- pass goes on where it stood, and what became of the rows it met. What it skipped, somebody else was writing: then one more pass follows.
create table key_rotations (
  to_version   smallint primary key,
  person       uuid not null default '00000000-0000-0000-0000-000000000000',
  revision     int not null default 0,
  passes       int not null default 1,
  seen         bigint not null default 0,
  resealed     bigint not null default 0,
  skipped      bigint not null default 0,
  unreadable   bigint not null default 0,
  started_at   timestamptz not null default now(),
  finished_at  timestamptz null
) with (fillfactor = 50);

grant select, insert, update on wrapped_secrets, key_rotations to ${app_role};
