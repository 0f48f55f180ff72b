-- A version may take over what its predecessor was told. Until all of the predecessor's rows have been gone through, inherit_place says how far the
-- projector has come; events of the predecessor count for both from the moment the projector knows of the heir.
alter table audience_keys
  add column inherits_from int null references audience_keys (key_id),
  add column inherit_place uuid not null default '00000000-0000-0000-0000-000000000000',
  add column inherit_done boolean not null default false;
