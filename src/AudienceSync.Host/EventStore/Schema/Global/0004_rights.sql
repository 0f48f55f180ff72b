-- A Host whose login owns nothing remembers a master key that it starts with, and that a key was retired. It never changes a check value.
grant insert on master_keys to ${app_role};
grant update (retired_at) on master_keys to ${app_role};
