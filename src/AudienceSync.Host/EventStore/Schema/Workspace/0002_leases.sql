-- Who may do a piece of work that only one may do. The fence grows with every change of owner; each write of that work names the fence it
-- was claimed with in the same transaction, and a row count of 0 means: stop, another owns it now.
create table leases (
  name   text primary key,
  owner  text not null,
  fence  bigint not null,
  until  timestamptz not null
) with (fillfactor = 50);

-- Keeps a lease and proves that it is still ours, in the transaction of the work it guards. A lost lease is its own SQLSTATE, so that
-- one statement in a batch is enough to undo all of it. Database time: a Host's clock may jump, this one is everybody's.
create function hold_lease(lease_name text, lease_fence bigint, lease_time interval) returns void language plpgsql as $$
begin
  update leases set until = clock_timestamp() + lease_time where name = lease_name and fence = lease_fence;
  if not found then
    raise exception 'lease % with fence % is held by another', lease_name, lease_fence using errcode = 'AS001';
  end if;
end $$;
