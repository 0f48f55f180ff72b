-- When a start without this version found nothing sealed under it in any workspace. From then on no start looks for such rows again: to be
-- sure that there are none means reading the vault whole.
alter table master_keys add column retired_at timestamptz null;
