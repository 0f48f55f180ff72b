-- Why a lane waits, where that is no failure (an audience too small or being computed), and how many answers in a row nobody knows.
alter table bindings
  add column removal_code text null,
  add column add_code text null,
  add column removal_unknowns int not null default 0,
  add column add_unknowns int not null default 0;
