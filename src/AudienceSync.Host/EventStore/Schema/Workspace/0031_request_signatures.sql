-- Signed requests whose events take their ids from headers, which are not signed: by the digest of the signature, with the receipts that were given, so that
-- the same signed bytes sent again are a duplicate whatever their headers say. Written in the transaction of the request's events. By the day of the
-- signed timestamp: the same bytes are of the same day, so the key is unique over all partitions, and a day is dropped when its signatures are refused for their age.
create table request_signatures (
  signed_on  date not null,
  digest     uuid not null,
  receipts   bytea not null,
  primary key (signed_on, digest)
) partition by range (signed_on);

-- Made and dropped under the owner's rights: the process's role may not change the schema.
create function ensure_signature_partition(day date) returns void language plpgsql security definer set search_path = ${schema}, pg_temp as $$
begin
  if to_regclass(format('%I', 'request_signatures_' || to_char(day, 'YYYYMMDD'))) is null then
    execute format('create table if not exists %I partition of request_signatures for values from (%L) to (%L)',
      'request_signatures_' || to_char(day, 'YYYYMMDD'), day, day + 1);
  end if;
exception when duplicate_table then null;
end $$;

create function drop_signature_partitions(before date) returns int language plpgsql security definer set search_path = ${schema}, pg_temp as $$
declare
  partition_name text;
  dropped int := 0;
begin
  for partition_name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'request_signatures'::regclass and c.relname < 'request_signatures_' || to_char(before, 'YYYYMMDD')
  loop
    execute format('drop table %I', partition_name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

grant select, insert on request_signatures to ${app_role};
