-- Who a person is stands beside the log, in mutable rows, because it must be possible to destroy it: the log itself has only his uuid.
-- A row of people is an anchor (docs/decisions/0009): one identifier that was some webhook's strongest, with its event stream. owner leads from
-- a linked anchor to the one it belongs to; who has none is a person. email, phone and details are the digests of what his current revision
-- holds, so that a webhook that says nothing new is told without opening the vault.
-- An alias is a keyed digest (HMAC-SHA-256 cut to 128 bits, held as a uuid because that is the fixed-length type PostgreSQL compares
-- fastest): anchor is the row it is the anchor of, owner who claimed it best. The vault holds identifiers encrypted under a key derived from
-- the master key and the person's salt: without the salt they are noise.
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

create table person_aliases (
  digest      uuid primary key,
  kind        smallint not null,
  anchor      uuid null,
  owner       uuid null,
  claimed_at  timestamptz null,
  check (anchor is not null or owner is not null)
);

-- email and phone are the digests of the addresses that this revision was reached by: a removal asks whether another person has them now.
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
