-- The exposure log: what an analyst needs to measure lift, in one place, append-only, and without anything that names a person. Written by
-- one projector from the event log and the deliveries, each page with its cursors in one transaction under the lease `exposures`.

-- Where the log ends. Counters and not sequences: what a page draws is given back when it is rolled back, so there are no gaps.
-- recorded_at never goes back, whatever the clocks of Hosts do: a day that it has passed gets no more rows.
-- links_under: a digest of the key under which customer ids were hashed.
create table exposure_head (
  one          boolean primary key default true check (one),
  position     bigint not null default 0,
  spell_id     bigint not null default 0,
  recorded_at  timestamptz not null default '2000-01-01T00:00Z',
  links_under  bytea null
) with (fillfactor = 50);
insert into exposure_head default values;

-- How far each stream was read: log, and deliveries/NAME of an ad account. since: nothing behind the position was recorded earlier.
create table exposure_cursors (
  stream    text primary key,
  position  bigint not null default 0,
  since     timestamptz not null default '2000-01-01T00:00Z'
) with (fillfactor = 50);

-- The token of each anchor: random, so that without this row it leads nowhere. owner: the person it was linked to, as of the cursor;
-- always a root. customer: the keyed digest of their customer id, under a key that the tenant holds; gone when they are erased. links_due:
-- it may be missing or another one by now.
create table exposure_people (
  person      uuid primary key,
  person_key  uuid not null unique,
  owner       uuid null check (owner <> person),
  erased      boolean not null default false,
  customer    bytea null check (octet_length(customer) = 32),
  links_due   boolean not null default true
) with (fillfactor = 70);
alter table exposure_people alter column customer set statistics 0;
create index exposure_people_owner on exposure_people (owner) where owner is not null;
create index exposure_people_due on exposure_people (person) where links_due;

-- The fold of memberships, as of the cursor. spell_id: their last spell; open: it has not ended.
create table exposure_members (
  person      uuid not null,
  key_id      int not null,
  added_at    timestamptz null,
  removed_at  timestamptz null,
  open        boolean not null,
  until_at    timestamptz null,
  spell_id    bigint null,
  primary key (person, key_id)
) with (fillfactor = 70);
create index exposure_members_until on exposure_members (until_at) where open;
create index exposure_members_key on exposure_members (key_id, person);

-- Which key fed a remote audience from when on: a delivery names its binding, and that may be fed by another key by now.
create table exposure_feeds (
  destination  text not null,
  remote       text not null,
  since        timestamptz not null,
  key_id       int not null,
  primary key (destination, remote, since)
);

-- A version that takes over the members of another, until all were gone through: the log is not read further meanwhile.
create table exposure_takeovers (
  key_id    int primary key,
  from_key  int not null,
  at        timestamptz not null,
  place     uuid not null default '00000000-0000-0000-0000-000000000000'
) with (fillfactor = 50);

-- A spell is the time from when a person is eligible for a key until they are not. opened_at, closed_at: when we learned of it; the others
-- are the sender's times. arm: 0 none, 1 treatment, 2 holdout.
create table exposure_periods (
  spell_id       bigint primary key,
  person_key     uuid not null,
  key_id         int not null,
  experiment     text null,
  arm            smallint not null default 0 check (arm between 0 and 2),
  eligible_from  timestamptz not null,
  opened_at      timestamptz not null,
  eligible_to    timestamptz null,
  closed_at      timestamptz null,
  end_reason     text null
) with (fillfactor = 70);
create index exposure_periods_person on exposure_periods (person_key, key_id, opened_at);
create index exposure_periods_closed on exposure_periods (closed_at) where closed_at is not null;

-- What was delivered of a spell, by binding.
create table exposure_sends (
  spell_id                 bigint not null,
  binding_id               int not null,
  sent_at                  timestamptz null,
  acknowledged_at          timestamptz null,
  removed_at               timestamptz null,
  removed_acknowledged_at  timestamptz null,
  primary key (spell_id, binding_id)
) with (fillfactor = 70);

-- kind: ExposureKind of Domain/Exposures. destination: of what is about a destination and not about a binding.
create table exposure_log (
  position     bigint primary key,
  recorded_at  timestamptz not null,
  occurred_at  timestamptz not null,
  received_at  timestamptz null,
  person_key   uuid not null,
  kind         smallint not null check (kind between 1 and 22),
  arm          smallint not null default 0 check (arm between 0 and 2),
  key_id       int null,
  binding_id   int null,
  run_id       bigint null,
  call_id      bigint null,
  latency_ms   bigint null,
  experiment   text null,
  reason       text null,
  destination  text null,
  source       text null,
  campaign_id  text null,
  journey_id   text null,
  action_id    text null
);
create index exposure_log_person on exposure_log (person_key);

-- The positions of each day, so that a day is read, exported and dropped without searching for it.
create table exposure_days (
  day             date primary key,
  first_position  bigint not null,
  last_position   bigint not null
) with (fillfactor = 50);

-- What an analyst reads, schema 1: columns are only ever added, at the end.
create view exposure_events as
select substr('${schema}', 4) || ':' || l.position as event_id, l.position, 1 as schema_version, substr('${schema}', 4) as workspace,
  k.audience, k.audience_key, k.version as key_version, l.person_key,
  (array['exposed', 'message_sent', 'message_delivered', 'message_opened', 'message_clicked', 'message_bounced', 'message_complained',
    'message_unsubscribed', 'assigned', 'eligible', 'ineligible', 'sent', 'acknowledged', 'confirmed', 'rejected', 'invalid', 'parked',
    'removed_sent', 'removed_acknowledged', 'expired', 'suppressed', 'erased'])[l.kind] as kind,
  (array['none', 'treatment', 'holdout'])[l.arm + 1] as arm, l.experiment, l.occurred_at, l.received_at, l.recorded_at, l.reason,
  a.platform, coalesce(b.destination, l.destination) as destination, l.binding_id as binding, b.remote as remote_audience_id, l.run_id,
  l.call_id, l.latency_ms, l.source, l.campaign_id, l.journey_id, l.action_id
from exposure_log l left join audience_keys k on k.key_id = l.key_id left join bindings b on b.binding_id = l.binding_id
left join accounts a on a.destination = b.destination;

create view exposure_spells as
select substr('${schema}', 4) || ':' || p.spell_id || coalesce(':' || s.binding_id, '') as spell_id, 1 as schema_version,
  substr('${schema}', 4) as workspace, p.person_key, k.audience, k.audience_key, p.experiment,
  (array['none', 'treatment', 'holdout'])[p.arm + 1] as arm, p.eligible_from, p.eligible_to, p.end_reason, a.platform, b.destination,
  s.binding_id as binding, s.sent_at, s.acknowledged_at, s.removed_at, s.removed_acknowledged_at, true as was_eligible,
  s.sent_at is not null as was_sent, s.acknowledged_at is not null as was_acknowledged,
  extract(epoch from s.removed_acknowledged_at - p.eligible_to)::float8 as stale_seconds, p.eligible_to is null as open
from exposure_periods p join audience_keys k on k.key_id = p.key_id left join exposure_sends s on s.spell_id = p.spell_id
left join bindings b on b.binding_id = s.binding_id left join accounts a on a.destination = b.destination;

-- The only way from a token to a customer of the tenant. A row for each token of the person: of linked anchors, too.
create view exposure_person_links as
select p.person_key, r.customer as customer_hmac from exposure_people p join exposure_people r on r.person = coalesce(p.owner, p.person)
where r.customer is not null and not r.erased and not p.erased;

grant select, update on exposure_head to ${app_role};
grant select, insert, update, delete on exposure_cursors, exposure_people, exposure_members, exposure_feeds, exposure_takeovers,
  exposure_periods, exposure_sends, exposure_log, exposure_days to ${app_role};
grant select on exposure_events, exposure_spells, exposure_person_links to ${app_role};
