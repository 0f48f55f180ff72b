-- Members who are said again though nothing about them changed (Syncing/SayAgain.cs): by an operator who does not trust a list any more, one open resync a
-- binding. walked_to: the ledger's people up to here were marked to be looked at.
create table resyncs (
  resync_id    bigint generated always as identity primary key,
  binding_id   int not null,
  asked_by     text not null,
  why          text null,
  asked_at     timestamptz not null,
  planned      bigint not null,
  walked_to    uuid not null default '00000000-0000-0000-0000-000000000000',
  marked       bigint not null default 0,
  finished_at  timestamptz null,
  cancelled    boolean not null default false
) with (fillfactor = 50);
create unique index resyncs_open on resyncs (binding_id) where finished_at is null;

-- And before a platform forgets them: how far the round over a binding's ledger has come, and when the next one begins.
create table refreshes (
  binding_id   int primary key,
  walked_to    uuid not null default '00000000-0000-0000-0000-000000000000',
  marked       bigint not null default 0,
  next_at      timestamptz not null
) with (fillfactor = 50);

grant select, insert, update on resyncs, refreshes to ${app_role};
