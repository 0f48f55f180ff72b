-- Who is linked to whom, as the projector has read it from the log: the fold over a person's anchors must not see a link before its event.
create table person_links (
  person  uuid primary key,
  owner   uuid not null
);
create index person_links_owner on person_links (owner);
alter table membership drop constraint membership_state_check;
alter table membership add constraint membership_state_check check (state in (1, 2, 3, 5)); -- present, removed, expired, linked

grant select, insert, update, delete on person_links to ${app_role};
