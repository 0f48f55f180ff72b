-- What an operator holds: an ad account (remote null) or one remote audience. Nothing is called for it until it is resumed. A row stays when it
-- is over: who held it, who let it go, and why.
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

-- Removals that are too many at once and wait for a human (Syncing/PlanGuard.cs). Either a range of the removal lane, whose place has moved past it:
-- the members who changed above after_pos and up to upto_pos; or the walk of a switch (cutover_id). sifted_to: whose own will it is to be removed is
-- out up to here. done_to: removed up to here. ended: done, below (not too many any more), superseded (another key feeds).
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

grant select, insert, update on pauses, removal_plans to ${app_role};
