# shellcheck shell=bash
# The .NET SDK: found and new enough, and told to keep to itself. To be sourced.

DOTNET_OLDEST_SDK=10.0.100

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# No build server outlives the script: it would hold memory, and the caller's output pipe.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

# Exits 2 with one line when there is no SDK that can build this.
ensure_dotnet() {
  local root newest
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  if ! command -v dotnet >/dev/null && [ -x "$HOME/.dotnet/dotnet" ]; then
    export PATH="$HOME/.dotnet:$PATH"
  fi
  # In the repository's root, where global.json applies.
  newest=$(cd "$root" && dotnet --version 2>/dev/null) || newest=
  if [ -z "$newest" ] || [ "$(printf '%s\n' "$DOTNET_OLDEST_SDK" "$newest" | sort -V | head -n 1)" != "$DOTNET_OLDEST_SDK" ]; then
    echo "The .NET SDK $DOTNET_OLDEST_SDK or newer is needed${newest:+ (found $newest)}: install it from https://dot.net/download" >&2
    exit 2
  fi
}

# build TARGET [ARGUMENT...]: in Release, silent unless it fails or is the first.
build() {
  local log root
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  [ -d "$root/src/AudienceSync.Host/obj/Release" ] || echo "Building; the first time takes a few minutes" >&2
  log=$(mktemp)
  # In the repository's root: the caller's folder may have a global.json that names another SDK.
  if ! (cd "$root" && dotnet build "$@" -c Release -v quiet -nodeReuse:false) >"$log" 2>&1 </dev/null; then
    { grep -E '(error|warning) [A-Z]+[0-9]+' "$log" | sort -u || true; } | head -n 50 >&2
    grep -qE 'error [A-Z]+[0-9]+' "$log" || tail -n 30 "$log" >&2
    rm -f "$log"
    echo "The build of $(basename "$1") failed" >&2
    return 1
  fi
  rm -f "$log"
}
