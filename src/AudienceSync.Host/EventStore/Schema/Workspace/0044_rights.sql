-- The terms of a key never change, and the role of the process is one that cannot change them: a key is retired, and takes over its
-- predecessor's members, nothing else. Nor does the process ever delete what these tables hold.
revoke update, delete, truncate on audience_keys from ${app_role};
grant update (retired_at, inherit_place, inherit_done) on audience_keys to ${app_role};
revoke delete, truncate on mt_streams, bindings, accounts from ${app_role};
