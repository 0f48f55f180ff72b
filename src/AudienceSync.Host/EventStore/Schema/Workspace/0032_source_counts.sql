-- What sources send that had to be read around, counted in the transaction that appends the event: a clock that runs ahead, a field that cannot be
-- read, an id that came again with something else. The raw time of a clock that runs ahead is in the event itself.
create table source_counts (
  source       text not null,
  code         text not null,
  events       bigint not null,
  last_seen_at timestamptz not null,
  primary key (source, code)
);
grant select, insert, update on source_counts to ${app_role};

-- A removal from a key that nobody has published waits for the key and not for a human: it is released by itself when the key is there.
alter table quarantine add column removal boolean not null default false;
create index quarantine_removals on quarantine (audience_key) where state = 1 and removal;
