-- Where each ad account and each remote audience is: everything that decides whether a call may be made now. An account that a platform
-- throttles remembers how often in a row, and since when. A destination whose calls claim that consent was granted must have it of each
-- person (consent_required).
create table accounts (
  destination       text primary key,
  platform          text not null,
  blocked_until     timestamptz null,
  stopped_code      text null,
  used_percent      int not null default 0,
  updated_at        timestamptz not null default now(),
  consent_required  boolean not null default false,
  blocked_code      text null, -- why it waits
  usage_at          timestamptz null, -- when the platform last reported used_percent
  throttles         int not null default 0,
  throttled_since   timestamptz null,
  stopped_at        timestamptz null
);

-- A binding has two lanes over membership's changed_pos, one for removals and one for adds, so that a removal never waits behind an add,
-- and failing adds delay no removal: each has its own position, attempts and wait. *_code: why a lane waits where that is no failure (an
-- audience too small or being computed); *_unknowns: responses in a row that nobody knows. Nothing is tried again without an end: a lane
-- remembers since when it has had no final response (*_failing_since), and when the last one came (*_answer_at). A lane that is parked has
-- 'infinity' as its next time, so every loop passes by it as by a lane that waits, and whatever lifts a wait lifts this. normalizer: the
-- version that the remote audience was last gone through for. bound false: it is fed no more, and what was delivered through it is still
-- known. exclusive: it is ours alone, and only there a resync removes members that others added.
create table bindings (
  binding_id             int generated always as identity primary key,
  audience               text not null,
  destination            text not null references accounts (destination),
  remote                 text not null,
  key_id                 int not null references audience_keys (key_id),
  removal_pos            bigint not null default 0,
  add_pos                bigint not null default 0,
  removal_attempts       int not null default 0,
  removal_next_at        timestamptz null,
  add_attempts           int not null default 0,
  add_next_at            timestamptz null,
  stopped_code           text null,
  normalizer             smallint null,
  removal_code           text null,
  add_code               text null,
  removal_unknowns       int not null default 0,
  add_unknowns           int not null default 0,
  bound                  bool not null default true,
  removal_failing_since  timestamptz null,
  removal_answer_at      timestamptz null,
  add_failing_since      timestamptz null,
  add_answer_at          timestamptz null,
  stopped_at             timestamptz null,
  exclusive              boolean not null default false,
  unique (destination, remote)
) with (fillfactor = 50);

-- Calls of an account, counted in slots of a twentieth of each of its windows. Written with the intent, before the call leaves, by the
-- Host that holds the account's lease: a crash counts a call too many and never one too few.
create table budgets (
  destination  text not null,
  allowance    text not null,
  slot         bigint not null,
  calls        int not null,
  primary key (destination, allowance, slot)
) with (fillfactor = 50);

-- What an operator holds: an ad account (remote null) or one remote audience. Nothing is called for it until it is resumed. A row stays
-- when it is over: who held it, who let it go, and why.
create table pauses (
  pause_id     bigint generated always as identity primary key,
  destination  text not null references accounts (destination),
  remote       text null,
  paused_by    text not null,
  why          text null,
  paused_at    timestamptz not null,
  resumed_by   text null,
  resumed_at   timestamptz null
);
create unique index pauses_open on pauses (destination, coalesce(remote, '')) where resumed_at is null;

-- A remote audience whose feeding key was switched: the sweep over its ledger that removes those whom the new key does not have. One open
-- sweep a binding; a switch during a sweep ends that one and begins another (Sync/Cutover/CutoverStore.cs). swept_to: the ledger's people
-- up to here are done.
create table cutovers (
  cutover_id   bigint generated always as identity primary key,
  binding_id   int not null,
  key_id       int not null,
  swept_to     uuid not null default '00000000-0000-0000-0000-000000000000',
  removed      bigint not null default 0,
  superseded   bool not null default false,
  started_at   timestamptz not null,
  finished_at  timestamptz null
) with (fillfactor = 50);
create unique index cutovers_open on cutovers (binding_id) where finished_at is null;

-- Removals that are too many at once and wait for a human (Sync/Holds/PlanGuard.cs). Either a range of the removal lane, whose position has
-- moved past it: the members who changed above after_pos and up to upto_pos; or the sweep of a switch (cutover_id). sifted_to: who asked
-- themselves to be removed is out up to here. done_to: removed up to here. ended: done, below (not too many any more), superseded (another
-- key feeds).
create table removal_plans (
  plan_id         bigint generated always as identity primary key,
  binding_id      int not null,
  key_id          int not null,
  cutover_id      bigint null unique,
  after_pos       bigint not null,
  upto_pos        bigint not null,
  removals        bigint not null,
  members         bigint not null,
  sifted_to       bigint not null,
  done_to         bigint not null,
  removed         bigint not null default 0,
  held_at         timestamptz not null,
  approved_by     text null,
  approved_why    text null,
  approved_at     timestamptz null,
  approved_until  timestamptz null,
  ended_at        timestamptz null,
  ended           text null check (ended in ('done', 'below', 'superseded'))
) with (fillfactor = 50);
create index removal_plans_open on removal_plans (binding_id, plan_id) where ended_at is null;

-- Members who are delivered again though nothing about them changed (Sync/Resyncs/Redelivery.cs): by an operator who does not trust a list
-- any more, one open resync a binding. swept_to: the ledger's people up to here were marked. Of an exclusive binding it is a replacement
-- of all members: its session at the platform, the batches of it, and the call that ended it.
create table resyncs (
  resync_id    bigint generated always as identity primary key,
  binding_id   int not null,
  asked_by     text not null,
  why          text null,
  asked_at     timestamptz not null,
  planned      bigint not null,
  swept_to     uuid not null default '00000000-0000-0000-0000-000000000000',
  marked       bigint not null default 0,
  finished_at  timestamptz null,
  canceled     boolean not null default false,
  session_id   bigint null,
  session_at   timestamptz null,
  batches      int not null default 0,
  batch        int not null default 0,
  members      bigint not null default 0,
  end_call     bigint null
) with (fillfactor = 50);
create unique index resyncs_open on resyncs (binding_id) where finished_at is null;

-- And before a platform forgets them: how far the round over a binding's ledger has come, and when the next one begins.
create table refreshes (
  binding_id  int primary key,
  swept_to    uuid not null default '00000000-0000-0000-0000-000000000000',
  marked      bigint not null default 0,
  next_at     timestamptz not null
) with (fillfactor = 50);
