-- What operators had sent again of a time in which deliveries failed: who asked, for which time, why, and how many members it was. One row
-- a request, kept like those of resyncs; members are not listed, because the deliveries of that time name them. remote: null for the whole
-- ad account; to_at: null for until then. adds, removals: members who were marked for the lanes; former: removals of former addresses;
-- waiting: members who are to be sent anyway; settled: members of whom nothing is left to send; kept: of adds and removals, those of lists
-- that are paused or stopped.
create table resends (
  resend_id    bigint generated always as identity primary key,
  destination  text not null,
  remote       text null,
  from_at      timestamptz not null,
  to_at        timestamptz null,
  asked_by     text not null,
  why          text null,
  asked_at     timestamptz not null,
  adds         bigint not null,
  removals     bigint not null,
  former       bigint not null,
  waiting      bigint not null,
  settled      bigint not null,
  kept         bigint not null
);

grant select, insert on resends to ${app_role};
grant usage, select on sequence resends_resend_id_seq to ${app_role};
