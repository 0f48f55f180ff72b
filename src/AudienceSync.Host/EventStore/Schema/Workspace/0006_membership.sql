-- The projection: person x audience key. added_at and removed_at are the fold's two maxima; state, since_at and until_at follow from them
-- and are stored to be queried. The sum of a person's restrictions is beside each membership, so that reading a lane asks nobody else.
-- changed_pos is drawn from one counter by the one writer that holds the projector's lease, so its order is commit order and a binding
-- reads what changed as a range of membership_changed: there is no outbox. States: 1 present, 2 removed, 3 expired, 4 withheld (present
-- but restricted everywhere), 5 linked, 6 limited (present but restricted at some destinations).
create table membership (
  key_id         int not null,
  person         uuid not null,
  added_at       timestamptz null,
  removed_at     timestamptz null,
  state          smallint not null check (state between 1 and 6),
  since_at       timestamptz not null,
  until_at       timestamptz null,
  event_pos      bigint not null,
  changed_pos    bigint not null,
  restrictions   smallint not null default 0,
  restricted_at  text[] null,
  primary key (key_id, person)
) with (fillfactor = 85);
create index membership_changed on membership (key_id, state, changed_pos);
create index membership_until on membership (until_at) where state in (1, 4, 6);

-- Beside Marten's progression row: the counter of changed_pos, and what became of every event read. applied and superseded add up to the
-- position's events.
create table projection_counts (
  name         text primary key,
  changed_pos  bigint not null default 0,
  applied      bigint not null default 0,
  superseded   bigint not null default 0
) with (fillfactor = 50);
insert into projection_counts (name) values ('membership:All');
insert into mt_event_progression (name, last_seq_id, last_updated) values ('membership:All', 0, now());

-- Who is linked to whom, as the projector has read it from the log: the fold over a person's anchors must not see a link before its event.
create table person_links (
  person  uuid primary key,
  owner   uuid not null
);
create index person_links_owner on person_links (owner);

-- What people allow, and who is restricted. A row an anchor, as the projector has read it from the log: the latest yes and the latest no
-- to each question. `exact`: every yes was kept since; until somebody of the group answers no, one yes is as good as the latest and no
-- later one is written.
create table person_permissions (
  person               uuid primary key,
  user_data_yes        timestamptz null,
  user_data_no         timestamptz null,
  personalization_yes  timestamptz null,
  personalization_no   timestamptz null,
  lifted_at            timestamptz null,
  suppressed_at        timestamptz null,
  erasing_at           timestamptz null,
  destinations         jsonb null, -- {"name": ["lifted_at", "suppressed_at"]}: suppression at single destinations
  exact                boolean not null
);

-- Who comes to a key and goes, by the hour in which it was heard; see HourBook in Domain/History. Written by the projector with its rows,
-- as additions. An hour of the future holds the windows that will end in it. Size is the sum of all hours up to one, so it is not stored.
create table key_hours (
  key_id    int not null,
  hour      timestamptz not null,
  adds      bigint not null default 0,
  removes   bigint not null default 0,
  expiries  bigint not null default 0,
  joined    bigint not null default 0, -- fewer people, because two turned out to be one
  primary key (key_id, hour)
) with (fillfactor = 50);

-- Generations of the projection (docs/decisions/0012): a row a rebuild or undo, the last one is the one that counts. Its tables are in the
-- schema rebuild_NAME while it is built, in this schema when it is live, in former_NAME while it can be brought back. phase: filling
-- (nothing of it is kept), following (whole, and catching up), live, dropped.
create table generations (
  generation  bigint generated always as identity primary key,
  kind        text not null check (kind in ('rebuild', 'undo')),
  key_id      int null, -- only this key's rows; null for all
  phase       text not null check (phase in ('filling', 'following', 'live', 'dropped')),
  layout      text not null, -- the last schema file applied when its tables were made
  position    bigint not null default 0, -- read so far while filling
  head        bigint not null default 0, -- the end of the log when it began
  seen        bigint not null default 0, -- live rows up to this changed_pos were compared while filling
  base        bigint not null default 0, -- numbers above it are this generation's own
  filled      bigint not null default 0, -- the last number given while filling
  row_count   bigint not null default 0,
  checksum    bigint not null default 0,
  drift       text not null default '{}',
  rechecked   bigint not null default 0,
  started_at  timestamptz not null default now(),
  ended_at    timestamptz null
);
