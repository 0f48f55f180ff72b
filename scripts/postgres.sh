# shellcheck shell=bash
# PostgreSQL's own programs: found, or installed from the distribution. To be sourced.
# The places are those of src/AudienceSync.Host/EventStore/Embedded/PostgresBinaries.cs.

PG_OLDEST_MAJOR=14

# The folders to look in, best first. AUDIENCESYNC_PG_BIN, when set, is the only one.
pg_folders() {
  if [ -n "${AUDIENCESYNC_PG_BIN:-}" ]; then
    printf '%s\n' "$AUDIENCESYNC_PG_BIN"
    return
  fi
  printf '%s\n' "$PATH" | tr ':' '\n'
  local folder
  for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* \
    /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    [ -d "$folder" ] && printf '%s\n' "$folder"
  done | sort -rV
  printf '%s\n' /usr/local/pgsql/bin
}

# Prints the first folder that has initdb, pg_ctl, postgres and the programs named, of a version that will do.
find_postgres() {
  local folder program major
  while IFS= read -r folder; do
    for program in initdb pg_ctl postgres "$@"; do
      [ -x "$folder/$program" ] || continue 2
    done
    major=$("$folder/postgres" --version 2>/dev/null | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
    [ "${major:-0}" -ge "$PG_OLDEST_MAJOR" ] || continue
    printf '%s\n' "$folder"
    return
  done < <(pg_folders)
  return 1
}

# The distribution's packages, without a default server that would run beside ours.
install_postgres() {
  if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -q -y --no-install-recommends postgresql-common || return
    local settings=/etc/postgresql-common/createcluster.conf
    sed -i 's/^#* *create_main_cluster.*/create_main_cluster = false/' "$settings" || return
    grep -q '^create_main_cluster = false' "$settings" || echo 'create_main_cluster = false' >>"$settings"
    apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold postgresql
  elif command -v dnf >/dev/null; then
    dnf install -q -y postgresql-server postgresql-contrib
  elif command -v apk >/dev/null; then
    apk add -q postgresql postgresql-contrib
  else
    return 1
  fi
}

# ensure_postgres [PROGRAM...]: quiet when all is there; else installs it (as root) or says what to install and exits 2.
ensure_postgres() {
  find_postgres "$@" >/dev/null && return
  if [ -n "${AUDIENCESYNC_PG_BIN:-}" ]; then
    echo "AUDIENCESYNC_PG_BIN says $AUDIENCESYNC_PG_BIN, which lacks one of initdb pg_ctl postgres $* of version $PG_OLDEST_MAJOR or newer: correct or unset it" >&2
    exit 2
  fi
  if [ "$(id -u)" = 0 ]; then
    echo "PostgreSQL is not here: installing the distribution's package" >&2
    local log
    log=$(mktemp)
    if install_postgres >"$log" 2>&1 && find_postgres "$@" >/dev/null; then
      rm -f "$log"
      return
    fi
    tail -n 20 "$log" >&2
    rm -f "$log"
  fi
  cat >&2 <<TEXT
PostgreSQL $PG_OLDEST_MAJOR or newer is needed (initdb pg_ctl postgres${*:+ $*}). Install it and start again:
  Debian, Ubuntu   sudo apt-get install postgresql
  Fedora, RHEL     sudo dnf install postgresql-server postgresql-contrib
  Alpine           sudo apk add postgresql postgresql-contrib
  macOS            brew install postgresql@17
or set AUDIENCESYNC_PG_BIN to the folder that holds its programs.
TEXT
  exit 2
}
