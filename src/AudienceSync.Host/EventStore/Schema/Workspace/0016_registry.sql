-- The registry's read side, written in the transaction of the events it follows from (docs/decisions/0011): audiences as they stand now, the
-- terms of each key, and who bound a remote audience. The stream is the truth; these rows answer questions and feed the sync.
create table audiences (
  audience         text primary key,
  purpose          text null,
  owner            text null,
  definition       text null,
  expected_volume  bigint null check (expected_volume >= 0),
  paused           bool not null default false,
  registered_at    timestamptz not null,
  changed_at       timestamptz not null
);

-- What older builds published: their keys are audiences already, by what the latest version said.
insert into audiences (audience, purpose, owner, definition, registered_at, changed_at)
select distinct on (k.audience) k.audience, k.purpose, k.owner, k.definition, min(k.published_at) over (partition by k.audience), k.published_at
from audience_keys k order by k.audience, k.version desc;

-- match_keys: bits 1 email, 2 phone, 4 customer_id, 8 device_id, 16 details. consent_policy: 1 assumed, 2 required. Neither ever changes.
alter table audience_keys add column match_keys int not null default 31 check (match_keys between 1 and 31);
alter table audience_keys add column consent_policy smallint not null default 1 check (consent_policy in (1, 2));
alter table audience_keys add column retired_at timestamptz null;

-- bound false: it is fed no more, and what was delivered through it is still known.
alter table bindings add column bound bool not null default true;
update bindings set bound = false where stopped_code = 'not_declared';

grant select, insert, update, delete on audiences to ${app_role};
