-- What the doctor asks of the past and nothing else keeps. Nothing here is about a person.

-- The counts of source_counts by day, so that a fault of last year is not found today: of how many events a source something could not be
-- used, by the code of the warning. Written with the events; a row is a day, and only of a source that sends such a thing.
create table source_days (
  source  text not null,
  code    text not null,
  day     date not null,
  events  bigint not null,
  primary key (day, source, code)
) with (fillfactor = 50);

grant select, insert, update, delete on source_days to ${app_role};
