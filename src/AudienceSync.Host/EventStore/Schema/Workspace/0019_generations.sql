-- Generations of the membership projection (docs/decisions/0012): a row a rebuild or undo, the last one is the one that counts. Its tables are
-- in the schema rebuild_NAME while it is built, in this schema when it is live, in former_NAME while it can be brought back.
-- phase: filling (nothing of it is kept), following (whole, and catching up), live, dropped.
create table generations (
  generation    bigint generated always as identity primary key,
  kind          text not null check (kind in ('rebuild', 'undo')),
  key_id        int null, -- only this key's rows; null for all
  phase         text not null check (phase in ('filling', 'following', 'live', 'dropped')),
  layout        text not null, -- the last schema file applied when its tables were made
  position      bigint not null default 0, -- read so far while filling
  head          bigint not null default 0, -- the end of the log when it began
  seen          bigint not null default 0, -- live rows up to this changed_pos were compared while filling
  base          bigint not null default 0, -- numbers above it are this generation's own
  filled        bigint not null default 0, -- the last number given while filling
  row_count     bigint not null default 0,
  checksum      bigint not null default 0,
  drift         text not null default '{}',
  looked_again  bigint not null default 0,
  started_at    timestamptz not null default now(),
  ended_at      timestamptz null
);
grant select on generations to ${app_role};
