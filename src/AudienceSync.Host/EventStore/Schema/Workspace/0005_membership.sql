-- The projection: person x audience key. added_at and removed_at are the fold's two maxima; state, since_at and until_at follow from them
-- and are stored to be queried. changed_pos is drawn from one counter by the one writer that holds the projector's lease, so its order is
-- commit order and a binding reads what changed as a range of membership_changed: there is no outbox.
create table membership (
  key_id       int not null,
  person       uuid not null,
  added_at     timestamptz null,
  removed_at   timestamptz null,
  state        smallint not null check (state in (1, 2, 3)), -- present, removed, expired
  since_at     timestamptz not null,
  until_at     timestamptz null,
  event_pos    bigint not null,
  changed_pos  bigint not null,
  primary key (key_id, person)
) with (fillfactor = 85);
create index membership_changed on membership (key_id, state, changed_pos);
create index membership_until on membership (until_at) where state = 1;

-- Beside Marten's progression row: the counter of changed_pos, and what became of every event read. The three add up to the position's events.
create table projection_counts (
  name         text primary key,
  changed_pos  bigint not null default 0,
  applied      bigint not null default 0,
  superseded   bigint not null default 0
) with (fillfactor = 50);
insert into projection_counts (name) values ('membership:All');
insert into mt_event_progression (name, last_seq_id, last_updated) values ('membership:All', 0, now());
