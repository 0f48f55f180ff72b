-- What people allow, and who is barred. A row an anchor, as the projector has read it from the log: the latest yes and the latest no to each
-- question. `exact` says that every yes was kept since; until somebody of the group says no, one yes is as good as the latest and no later
-- one is written.
create table person_permissions (
  person               uuid primary key,
  user_data_yes        timestamptz null,
  user_data_no         timestamptz null,
  personalization_yes  timestamptz null,
  personalization_no   timestamptz null,
  lifted_at            timestamptz null,
  suppressed_at        timestamptz null,
  erasing_at           timestamptz null,
  destinations         jsonb null, -- {"name": ["lifted_at", "suppressed_at"]}: suppression at single destinations
  exact                boolean not null
);
grant select, insert, update, delete on person_permissions to ${app_role};

-- The sum of it stands beside each membership, so that reading a lane asks nobody else. States: 1 present, 2 removed, 3 expired,
-- 4 withheld (present but barred everywhere), 5 linked, 6 limited (present but barred at some destinations).
alter table membership add column bars smallint not null default 0, add column barred_at text[] null;
alter table membership drop constraint membership_state_check;
alter table membership add constraint membership_state_check check (state between 1 and 6);
drop index membership_until;
create index membership_until on membership (until_at) where state in (1, 4, 6);

-- A destination that tells its platform "consent was granted" must have it of each person.
alter table accounts add column consent_required boolean not null default false;
