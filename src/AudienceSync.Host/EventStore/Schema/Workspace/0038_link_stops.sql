-- An identifier that is sent with implausibly many emails or phones is not one person's: it stops linking until a human looks at it. State 1:
-- stopped, adds with new addresses wait in quarantine; 2: an operator found that it is one person's after all, and it links without a limit.
create table link_stops (
  person      uuid primary key,
  kind        smallint not null, -- of the addresses that were too many
  state       smallint not null check (state in (1, 2)),
  stopped_at  timestamptz not null,
  allowed_by  text null,
  allowed_at  timestamptz null
);
create index link_stops_open on link_stops (stopped_at) where state = 1;

grant select, insert, update, delete on link_stops to ${app_role};
