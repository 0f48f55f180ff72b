-- Nothing is tried again without an end. A lane remembers since when it has had no answer that is an end, and when the last one came; a lane that is parked has
-- 'infinity' as its next time, so every loop passes by it as by a lane that waits, and whatever lifts a wait lifts this.
alter table bindings
  add column removal_failing_since timestamptz null,
  add column removal_answer_at timestamptz null,
  add column add_failing_since timestamptz null,
  add column add_answer_at timestamptz null,
  add column stopped_at timestamptz null;

-- Throttling is counted by the account: how often in a row, and since when.
alter table accounts
  add column throttles int not null default 0,
  add column throttled_since timestamptz null,
  add column stopped_at timestamptz null;
