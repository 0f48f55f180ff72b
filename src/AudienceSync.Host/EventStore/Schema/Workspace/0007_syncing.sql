-- Where each remote audience stands. A binding has two lanes over membership's changed_pos, one for removals and one for adds, so that a
-- removal never waits behind an add. Each lane has tries and a waiting time of its own, so that failing adds hold up no removal.
create table accounts (
  destination    text primary key,
  platform       text not null,
  blocked_until  timestamptz null,
  stopped_code   text null,
  used_percent   int not null default 0,
  updated_at     timestamptz not null default now()
);

create table bindings (
  binding_id    int generated always as identity primary key,
  audience      text not null,
  destination   text not null references accounts (destination),
  remote        text not null,
  key_id        int not null references audience_keys (key_id),
  removal_pos   bigint not null default 0,
  add_pos       bigint not null default 0,
  removal_attempts  int not null default 0,
  removal_next_at   timestamptz null,
  add_attempts      int not null default 0,
  add_next_at       timestamptz null,
  stopped_code  text null,
  unique (destination, remote)
) with (fillfactor = 50);

-- What was delivered, and by what: a member can only be removed by the identifier revision and normaliser version of his add.
-- status: 0 absent, 1 adding, 2 delivered, 3 removing, 4 rejected, 5 invalid (AudienceSync.Domain.Syncing.LedgerStatus).
create table ledger (
  binding_id  int not null,
  person      uuid not null,
  status      smallint not null check (status between 0 and 5),
  revision    int not null,
  normaliser  smallint not null,
  reason      text null,
  updated_at  timestamptz not null,
  primary key (binding_id, person)
) with (fillfactor = 80);

-- Every call and its answer, for whoever is called on Sunday evening. Codes, never a platform's text: it may quote what we sent.
create table calls (
  call_id       bigint generated always as identity primary key,
  binding_id    int not null,
  fence         bigint not null,
  operation     smallint not null,
  members       int not null,
  refused       int not null default 0,
  outcome       smallint not null,
  code          text not null,
  http_status   int not null,
  request_id    text null,
  sent_at       timestamptz not null,
  latency_ms    int not null
);
create index calls_by_binding on calls (binding_id, call_id);
