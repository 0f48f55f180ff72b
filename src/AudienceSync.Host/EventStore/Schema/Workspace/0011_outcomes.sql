-- Reporting webhooks, as they were sent: their sender retries for a week and sends nothing again after that, so their bodies are kept
-- longer than others, for replay after a mapping fault. A table of its own, because retention drops whole days. The rows are like those of
-- raw_bodies and cover the same positions: see Ingest/Append/AppendColumnsSql.cs.
create table reporting_bodies (
  received_at     timestamptz not null,
  first_position  bigint not null,
  last_position   bigint not null,
  key_version     smallint not null,
  cipher          bytea not null
) partition by range (received_at);
alter table reporting_bodies alter column cipher set storage external;
alter table reporting_bodies alter column cipher set statistics 0;
create index reporting_bodies_position on reporting_bodies (first_position);

create function ensure_reporting_body_partition(day date) returns void
language plpgsql security definer set search_path = ${schema}, pg_temp as $$
declare
  partition_name text := 'reporting_bodies_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass(partition_name) is not null then
    return;
  end if;
  execute format('create table %I partition of reporting_bodies for values from (%L) to (%L)',
    partition_name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
  execute format('alter table %I alter column cipher set statistics 0', partition_name);
exception when duplicate_table then null;
end $$;

create function drop_reporting_body_partitions(before date) returns int
language plpgsql security definer set search_path = ${schema}, pg_temp as $$
declare
  partition_name text;
  dropped int := 0;
begin
  for partition_name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'reporting_bodies'::regclass and c.relname < 'reporting_bodies_' || to_char(before, 'YYYYMMDD')
  loop
    execute format('drop table %I', partition_name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

grant select, insert, update on reporting_bodies to ${app_role};
