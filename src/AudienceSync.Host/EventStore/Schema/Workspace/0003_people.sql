-- Who a person is is beside the log, in mutable rows, because it must be possible to destroy it: the log itself has only their uuid.
-- A row of people is an anchor (docs/decisions/0009): one identifier that was some webhook's strongest, with its event stream. owner leads
-- from a linked anchor to the one it belongs to; who has none is a person. email, phone and details are the digests of what their current
-- revision holds, so that a webhook without news is recognized without opening the vault.
create table people (
  person      uuid primary key,
  salt        bytea not null check (octet_length(salt) = 16),
  kind        smallint not null,
  anchor      uuid not null,
  owner       uuid null check (owner <> person),
  revision    int not null check (revision > 0),
  email       uuid null,
  phone       uuid null,
  details     uuid null,
  created_at  timestamptz not null
) with (fillfactor = 90);
create index people_owner on people (owner) where owner is not null;

-- An alias is a keyed digest (HMAC-SHA-256 cut to 128 bits, held as a uuid because that is the fixed-length type PostgreSQL compares
-- fastest): anchor is the row it is the anchor of, owner who claimed it best. parser is the version of the reader of persons
-- (IdentifierReader.ParserVersion) that made the form of which it is the digest. Customer ids have one form under every version, so only
-- the others are counted as older, and digested again by people realias.
create table person_aliases (
  digest      uuid primary key,
  kind        smallint not null,
  anchor      uuid null,
  owner       uuid null,
  claimed_at  timestamptz null,
  parser      smallint not null default 1,
  check (anchor is not null or owner is not null)
);
create index person_aliases_older on person_aliases (digest) where kind <> 1 and parser < 2;

-- The identifiers, encrypted under a key derived from the master key and the person's salt: without the salt they are noise. email and
-- phone are the digests of the addresses that this revision was reached by: a removal asks whether another person has them now.
create table vault (
  person       uuid not null,
  revision     int not null,
  key_version  smallint not null,
  cipher       bytea not null,
  email        uuid null,
  phone        uuid null,
  created_at   timestamptz not null,
  primary key (person, revision)
);

-- From a person to all identifiers they ever had, and from an address to all who were ever reached by it. Four entries more for a person
-- who is new, none for an event of one who is known.
create index person_aliases_anchor on person_aliases (anchor) where anchor is not null;
create index person_aliases_owner on person_aliases (owner) where owner is not null;
create index vault_email on vault (email) where email is not null;
create index vault_phone on vault (phone) where phone is not null;

-- Planner statistics are samples of rows: a digest, a salt or a box would lie in pg_statistic until the next analyze, long after its row
-- was erased. A target of 0 samples nothing, here and wherever such a column follows. These columns are unique or never compared with a
-- constant, so the planner loses nothing.
alter table people alter column salt set statistics 0, alter column anchor set statistics 0, alter column email set statistics 0,
  alter column phone set statistics 0, alter column details set statistics 0;
alter table person_aliases alter column digest set statistics 0;
alter table vault alter column cipher set statistics 0, alter column email set statistics 0, alter column phone set statistics 0;

-- An identifier that is sent with implausibly many emails or phones is not one person's: it stops linking until a human looks at it. State
-- 1: stopped, adds with new addresses wait in quarantine; 2: an operator found that it is one person's after all, and it links without a
-- limit.
create table link_stops (
  person      uuid primary key,
  kind        smallint not null, -- of the addresses that were too many
  state       smallint not null check (state in (1, 2)),
  stopped_at  timestamptz not null,
  allowed_by  text null,
  allowed_at  timestamptz null
);
create index link_stops_open on link_stops (stopped_at) where state = 1;

-- Secrets that must survive a new master key: a digest made with one is kept forever, so the secret itself is random, lies here sealed
-- under a version of the master key, and is only ever wrapped again. In each workspace's schema and not in the global one, because the
-- digests of one workspace must not be comparable with another's, and because a workspace's dump is whole with them. The process may not
-- delete a row: without `alias` everybody is a stranger.
create table wrapped_secrets (
  name         text primary key,
  key_version  smallint not null,
  cipher       bytea not null,
  created_at   timestamptz not null default now()
);

-- How far the vault has been sealed again under a master key version: the position of the pass in the vault's primary key, so that a
-- killed pass goes on where it was, and what became of the rows it met. What it skipped, somebody else was writing: then one more pass
-- follows.
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
