-- Position order is commit order only if every writer takes the append lock before it draws positions. Until now that was a habit of our own
-- code; with Marten, other programs append, too. So the lock is a function that marks its transaction, and the log refuses an insert
-- without the mark. The key is derived from the schema: locks of two workspaces in one database do not meet.
create function append_lock_key() returns bigint language sql immutable as $$ select hashtextextended('audiencesync append ${schema}', 0) $$;

create function append_lock() returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(${schema}.append_lock_key());
  perform set_config('audiencesync.append_lock', '${schema}', true);
end $$;

create function refuse_unlocked_append() returns trigger language plpgsql as $$
begin
  if current_setting('audiencesync.append_lock', true) is distinct from '${schema}' then
    raise exception 'an append without append_lock()' using errcode = 'AS003';
  end if;
  return null;
end $$;

create trigger mt_events_append_lock before insert on mt_events for each statement execute function refuse_unlocked_append();

-- Takes the lock, then refuses when the positions are not where the caller believes them to be, so that one statement in a batch is enough
-- to undo all of it. Each statement in here has a snapshot of its own, and a sequence is read as it is, so what is compared is what holds
-- under the lock. Nor may anybody be named who was erased: where tombstones are known to exist, none of those asked for may be there; where
-- none is known, none at all.
drop function append_after(bigint, bigint, boolean, uuid[]);
create function append_after(head bigint, any_erased boolean, named uuid[]) returns void language plpgsql as $$
declare
  current_head bigint;
begin
  perform ${schema}.append_lock();
  select case when is_called then last_value else 0 end into current_head from mt_events_sequence;
  if current_head <> head then
    raise exception 'the log is at %, not at %', current_head, head using errcode = 'AS002';
  end if;
  if any_erased then
    if exists (select from tombstones t where t.digest = any (named)) then
      raise exception 'an erased person was named' using errcode = 'AS002';
    end if;
  elsif exists (select from tombstones) then
    raise exception 'a first tombstone was set' using errcode = 'AS002';
  end if;
end $$;

-- The stream type that Marten gives to the registry's aggregate.
update mt_streams set type = 'audience_stream' where type = 'audience';
