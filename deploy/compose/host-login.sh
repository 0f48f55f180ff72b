#!/usr/bin/env bash
# Run once by the image of PostgreSQL, when it makes its cluster: the login of the Host, which owns nothing. migrate gives it its rights.
set -euo pipefail
psql --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --set=ON_ERROR_STOP=1 --set=password="$(cat /run/secrets/host.password)" <<'SQL'
create role audiencesync_host login password :'password';
SQL
