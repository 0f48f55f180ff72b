-- The registry's read side, written in the transaction of the events it follows from (docs/decisions/0011): the audiences as they are now,
-- and the terms of each key. The stream is the truth; these rows answer questions and feed the sync.
create table audiences (
  audience         text primary key,
  purpose          text null,
  owner            text null,
  definition       text null,
  expected_volume  bigint null check (expected_volume >= 0),
  paused           bool not null default false,
  registered_at    timestamptz not null,
  changed_at       timestamptz not null
);

-- Audience keys by a small number, because membership has a row for each person and key and a text there would be most of the row. The
-- terms of a key never change: a change is a new version. match_keys: bits 1 email, 2 phone, 4 customer_id, 8 device_id, 16 details.
-- consent_policy: 1 assumed, 2 required. A version may take over the members of its predecessor (inherits_from). Until all of the
-- predecessor's rows have been gone through, inherit_place is how far the projector has come; events of the predecessor count for both
-- from the moment the projector knows of the new version.
create table audience_keys (
  key_id          int generated always as identity primary key,
  audience_key    text not null unique,
  audience        text not null,
  version         int not null check (version > 0),
  window_s        bigint null check (window_s > 0),
  purpose         text null,
  owner           text null,
  definition      text null,
  published_at    timestamptz not null,
  match_keys      int not null default 31 check (match_keys between 1 and 31),
  consent_policy  smallint not null default 1 check (consent_policy in (1, 2)),
  retired_at      timestamptz null,
  inherits_from   int null references audience_keys (key_id),
  inherit_place   uuid not null default '00000000-0000-0000-0000-000000000000',
  inherit_done    boolean not null default false,
  unique (audience, version)
);

-- Versions that fed a remote audience until another was switched in: from the event at since_pos to that at until_pos an add or remove of
-- theirs is late. late_events counts those in between as the projector passes them, with its cursor, so the count follows from the log
-- alone. What a policy of 2 (quarantine) holds back never gets into the log.
create table drains (
  drain_id     bigint generated always as identity primary key,
  key_id       int not null references audience_keys (key_id),
  policy       smallint not null check (policy in (1, 2)), -- keep, quarantine
  since_pos    bigint not null,
  since_at     timestamptz not null,
  until_pos    bigint null,
  until_at     timestamptz null,
  late_events  bigint not null default 0,
  last_at      timestamptz null
) with (fillfactor = 50);
create unique index drains_open on drains (key_id) where until_pos is null;
