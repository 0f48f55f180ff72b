-- Audience keys by a small number, because membership has a row for each person and key and a text there would be most of the row.
-- What is in a row never changes: a change is a new version of the key.
create table audience_keys (
  key_id        int generated always as identity primary key,
  audience_key  text not null unique,
  audience      text not null,
  version       int not null check (version > 0),
  window_s      bigint null check (window_s > 0),
  purpose       text null,
  owner         text null,
  definition    text null,
  published_at  timestamptz not null,
  unique (audience, version)
);
