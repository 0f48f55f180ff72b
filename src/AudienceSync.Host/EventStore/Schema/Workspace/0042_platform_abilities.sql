-- The match keys of an audience key decide which identifiers of its members a platform receives. omitted has those that were left out of a delivery (the numbers of
-- MatchKeys), so that it is removed by the identifiers that it had, and delivered again when a key with other match keys feeds the binding.
alter table ledger add column omitted smallint not null default 0;
alter table residual_deliveries add column omitted smallint not null default 0;

-- Until now every identifier was delivered. 31 are all match keys.
update bindings b set add_pos = 0 from audience_keys k where k.key_id = b.key_id and k.match_keys <> 31;

-- Where a platform can, an erased person is removed from every list of the account, also from lists that we do not know. One row for each account; part of the receipt.
create table erasure_accounts (
  erasure      uuid not null,
  destination  text not null,
  outcome      text not null, -- removed, or the code of the last failed call
  request_id   text null,
  called_at    timestamptz not null,
  attempts     int not null,
  next_try_at  timestamptz null,
  erased_at    timestamptz null,
  primary key (erasure, destination)
);
grant select, insert, update on erasure_accounts to ${app_role};

-- A remote audience that is ours alone: only there a resync removes members that others added.
alter table bindings add column exclusive boolean not null default false;

-- The replacement by which such a resync is done: its session at the platform, the batches of it, and the call that ended it.
alter table resyncs
  add column session_id bigint null,
  add column session_at timestamptz null,
  add column batches int not null default 0,
  add column batch int not null default 0,
  add column members bigint not null default 0,
  add column end_call bigint null;
