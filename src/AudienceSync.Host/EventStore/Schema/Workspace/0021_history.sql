-- Who comes to a key and goes, by the hour in which it was heard; see HourBook in Domain/History. Written by the projector with its rows, as
-- additions. An hour of the future holds the windows that will end in it. Size is the sum of all hours up to one, so it is not stored.
create table key_hours (
  key_id    int not null,
  hour      timestamptz not null,
  adds      bigint not null default 0,
  removes   bigint not null default 0,
  expiries  bigint not null default 0,
  joined    bigint not null default 0, -- fewer people, because two turned out to be one
  primary key (key_id, hour)
) with (fillfactor = 50);

-- What was folded before there were counts is the balance they begin with.
insert into key_hours (key_id, hour, joined)
select key_id, date_trunc('hour', now(), 'UTC'), -count(*) from membership where state in (1, 4, 6) group by key_id;
insert into key_hours (key_id, hour, expiries)
select key_id, greatest(date_trunc('hour', until_at, 'UTC'), date_trunc('hour', now(), 'UTC')) as ends, count(*)
from membership where state in (1, 4, 6) and until_at is not null group by key_id, ends
on conflict (key_id, hour) do update set expiries = excluded.expiries;

grant select, insert, update on key_hours to ${app_role};

-- From a person to all who were ever linked to him. Partial: only a link pays for it, every other event costs one comparison.
create index mt_events_links on mt_events ((data ->> 'owner')) where type = 'person_linked';
