-- How often journeys ask about people, what they were answered and how long it took, so that an analyst can count decisions by audience and
-- an operator sees time-outs. There is no person, identifier or digest in it: who was asked about is in the sender's own log. Written in
-- the background, once a second; a crash may lose what was not written yet.
-- via: 1 a question, 2 the response to a webhook. outcome: 1 answered, 2 fallback because of the time-out, 3 fallback because storage did
-- not answer. fields: the bits of AudienceSync.Domain.Decisions.DecisionFields. asked: the published audiences and keys that were asked
-- for; present: those of them the person was in; unknown: how many names were neither.
create table decisions (
  decided_at   timestamptz not null,
  source       text not null,
  via          smallint not null check (via in (1, 2)),
  outcome      smallint not null check (outcome between 1 and 3),
  known        boolean null,
  duration_us  int not null,
  fields       int not null,
  asked        text[] not null,
  present      text[] not null,
  unknown      int not null
) partition by range (decided_at);
create index decisions_by_time on decisions (decided_at);

-- Made and dropped under the owner's rights: the process's role may not change the schema.
create function ensure_decision_partitions(first date, days int) returns void
language plpgsql security definer set search_path = ${schema}, pg_temp as $$
declare
  day date;
  name text;
begin
  for day in select first + n from generate_series(0, days) n loop
    name := 'decisions_' || to_char(day, 'YYYYMMDD');
    if to_regclass(format('%I', name)) is null then
      begin
        execute format('create table if not exists %I partition of decisions for values from (%L) to (%L)',
          name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
      exception when duplicate_table then null;
      end;
    end if;
  end loop;
end $$;

create function drop_decision_partitions(before date) returns int
language plpgsql security definer set search_path = ${schema}, pg_temp as $$
declare
  partition_name text;
  dropped int := 0;
begin
  for partition_name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'decisions'::regclass and c.relname < 'decisions_' || to_char(before, 'YYYYMMDD')
  loop
    execute format('drop table %I', partition_name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

grant select, insert on decisions to ${app_role};
