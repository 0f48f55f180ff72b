-- The version of the reader of persons (IdentifierReader.ParserVersion) that made the form of which an alias is the digest. What is there already
-- was made by the one before. Customer ids have one form under every version, so only the others are counted and made again by people realias.
alter table person_aliases add column parser smallint not null default 1;
create index person_aliases_older on person_aliases (digest) where kind <> 1 and parser < 2;
