-- What is measured from time to time and kept as a series: by us of sources, and by platforms of remote audiences. Nothing here is about a
-- person.

-- The counts of source_counts by day, so that a fault of last year is not found today: of how many events a source something could not be
-- used, by the code of the warning. Written with the events; a row is a day, and only of a source that sends such a thing.
create table source_days (
  source  text not null,
  code    text not null,
  day     date not null,
  events  bigint not null,
  primary key (day, source, code)
) with (fillfactor = 50);

-- What a platform reported of a remote audience, once an hour: a size far below what was delivered is an alert, and the series shows since
-- when. state: of AudienceState in snake case, or failed. delivered: members that were acknowledged at that time, because a platform needs
-- a day or two to match them.
create table platform_readings (
  binding_id  int not null,
  read_at     timestamptz not null,
  state       text not null,
  code        text not null,
  at_least    bigint null,
  at_most     bigint null,
  eligible    boolean null,
  match_rate  smallint null,
  updated_at  timestamptz null,
  delivered   bigint not null,
  primary key (binding_id, read_at)
);
create index platform_readings_at on platform_readings (read_at);

grant select, insert, update, delete on source_days to ${app_role};
grant select, insert, delete on platform_readings to ${app_role};
