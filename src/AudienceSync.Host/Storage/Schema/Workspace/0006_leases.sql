-- Who may do a piece of work that only one may do. The fence grows with every change of owner; each write of that work names the fence it
-- was claimed with in the same transaction, and a row count of 0 means: stop, another owns it now.
create table leases (
  name   text primary key,
  owner  text not null,
  fence  bigint not null,
  until  timestamptz not null
) with (fillfactor = 50);
