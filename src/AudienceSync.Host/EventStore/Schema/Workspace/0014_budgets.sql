-- Calls of an account, counted in slots of a twentieth of each of its windows. Written with the intent, before the call leaves, by whoever
-- holds the account's lease: a crash counts a call too many and never one too few.
create table budgets (
  destination  text not null,
  allowance    text not null,
  slot         bigint not null,
  calls        int not null,
  primary key (destination, allowance, slot)
) with (fillfactor = 50);

-- Why the account waits, and when the platform last told how much is used.
alter table accounts
  add column blocked_code text null,
  add column usage_at timestamptz null;

grant select, insert, update, delete on budgets to ${app_role};
