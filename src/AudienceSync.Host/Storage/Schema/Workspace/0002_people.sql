-- Who a person is stands beside the log, in mutable rows, because it must be possible to destroy it: the log itself has only his uuid.
-- An alias is a keyed digest (HMAC-SHA-256 cut to 128 bits, held as a uuid because that is the fixed-length type PostgreSQL compares
-- fastest). The vault holds identifiers encrypted under a key derived from the master key and the person's salt: without the salt they are
-- noise. kinds is a bit set: bit n for identifier kind n (1 customer id, 2 e-mail, 3 phone).
create table people (
  person      uuid primary key,
  salt        bytea not null check (octet_length(salt) = 16),
  kinds       smallint not null,
  revision    int not null check (revision > 0),
  created_at  timestamptz not null
) with (fillfactor = 90);

create table person_aliases (
  digest   uuid primary key,
  person   uuid not null,
  kind     smallint not null,
  seen_at  timestamptz not null
);

create table vault (
  person       uuid not null,
  revision     int not null,
  key_version  smallint not null,
  cipher       bytea not null,
  created_at   timestamptz not null,
  primary key (person, revision)
);
