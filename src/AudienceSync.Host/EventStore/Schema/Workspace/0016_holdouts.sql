-- Experiments: a share of an audience's members is held out, so that the lift of the rest can be measured. Who is held out follows from the
-- salt and the person (Domain/Experiments/ArmRule.cs) and is stored as a state of the membership, 7: present, but held out. So a lane that
-- reads members by their state neither computes nor looks up anything for an experiment, and nothing at all where there is none.
-- Checked for new rows only: every row that exists was checked by the former constraint, which is a part of this one.
alter table membership drop constraint membership_state_check;
alter table membership add constraint membership_state_check check (state between 1 and 7) not valid;

-- With those who are held out: their windows end, too.
drop index membership_until;
create index membership_until on membership (until_at) where state in (1, 4, 6, 7);

-- The registry's read side of experiments. starts_at, ends_at: when it really starts and ends: not before it was declared, and not after an
-- operator ended it. phase: 1 waiting, 2 running, 3 over, as the projector folds it: it moves with one decision for every Host, whatever
-- their clocks. turned_at: when the projector last moved it.
create table experiments (
  audience         text not null,
  name             text not null,
  salt             text not null,
  treatment_share  int not null check (treatment_share > 0),
  holdout_share    int not null check (holdout_share > 0 and treatment_share + holdout_share = 10000),
  starts_at        timestamptz not null,
  ends_at          timestamptz null,
  phase            smallint not null default 1 check (phase between 1 and 3),
  turned_at        timestamptz null,
  primary key (audience, name)
) with (fillfactor = 50);
create unique index experiments_running on experiments (audience) where phase = 2;

-- Keys whose members must be gone through, because an experiment started or ended, or another generation of the projection went live.
-- place: up to here they were. Written by the projector, in the transaction of its page; a key that is done has no row.
create table holdout_sweeps (
  key_id  int primary key,
  place   uuid not null default '00000000-0000-0000-0000-000000000000'
) with (fillfactor = 50);

-- The same for the exposure log, which has its own pace: the start (1) or end (2) of an experiment, by key. Rows stay, so that a start that
-- was gone through is not gone through again.
create table exposure_assignments (
  key_id      int not null,
  experiment  text not null,
  change      smallint not null check (change in (1, 2)),
  place       uuid not null default '00000000-0000-0000-0000-000000000000',
  done        boolean not null default false,
  primary key (key_id, experiment, change)
) with (fillfactor = 50);

grant select, insert, update on experiments, exposure_assignments to ${app_role};
grant select, insert, update, delete on holdout_sweeps to ${app_role};
