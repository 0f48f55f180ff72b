-- Requests to forget somebody, and what became of them: who asked, when, until when, and each platform that ever got the person. A row is
-- the receipt and holds no personal data: persons are uuids to which nothing leads any more once their aliases are gone.
create table erasures (
  erasure          uuid primary key,
  state            smallint not null check (state in (1, 2, 3)), -- waiting, erased, unknown
  asked_by         text not null,
  asked_at         timestamptz not null,
  deadline         timestamptz not null,
  anchors          uuid[] not null,
  position         bigint not null, -- of the last event of the request: the projector must have passed it
  tombstones       int not null,
  bodies           int not null default 0,
  quarantined      int not null default 0,
  ended_at         timestamptz null,
  refused_events   bigint not null default 0,
  last_refused_at  timestamptz null
);
create index erasures_waiting on erasures (asked_at) where state = 1;

-- Where the person had been sent, and the call that removed them. request_id is the platform's name of that call. kept_for_another: what of
-- theirs a list still holds because it is another member's: email, phone, details, device_id.
create table erasure_removals (
  erasure           uuid not null,
  binding_id        int not null,
  person            uuid not null,
  destination       text not null,
  platform          text not null,
  audience          text not null,
  remote            text not null,
  outcome           text not null,
  call_id           bigint null,
  request_id        text null,
  called_at         timestamptz null,
  removed_at        timestamptz not null,
  kept_for_another  text[] not null default '{}',
  primary key (erasure, binding_id, person)
);

-- Where a platform can, an erased person is removed from every list of the account, also from lists that we do not know. One row for each
-- account; part of the receipt.
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

-- What is left of an erased identifier: a digest of its digest, under a secret of its own, by which a later webhook is refused. Forever.
create table tombstones (
  digest   uuid primary key,
  erasure  uuid not null
);
