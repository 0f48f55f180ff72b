# shellcheck shell=bash
# Breaks the program on purpose, one small change at a time, and runs the tests that must notice. To be sourced.
# A mutation is a file of tests/mutations: a text that stands exactly once in a source file, what replaces it, and the filter of the tests that kill it.

# mutation_field FILE NAME
mutation_field() { sed -n "s/^$2: //p" "$1" | head -n 1; }

# mutation_part FILE find|replace: the text between its marks, without the last line break.
mutation_part() {
  case $2 in
    find) awk '/^--- replace$/ { exit } on { print } /^--- find$/ { on = 1 }' "$1" ;;
    replace) awk '/^--- end$/ { exit } on { print } /^--- replace$/ { on = 1 }' "$1" ;;
  esac
}

# mutate MUTATION TREE: changes the tree's file. Fails unless the text stands there exactly once.
mutate() {
  local file=$2/$(mutation_field "$1" file) find replace text rest
  find=$(mutation_part "$1" find) replace=$(mutation_part "$1" replace)
  [ -f "$file" ] && [ -n "$find" ] || return 1
  text=$(cat "$file"; printf x) && text=${text%x}
  rest=${text/"$find"/}
  [ "$rest" != "$text" ] && [ "${rest/"$find"/}" = "$rest" ] || return 1
  printf '%s%s%s' "${text%%"$find"*}" "$replace" "${text#*"$find"}" >"$file"
}

# failed_tests TREE PROJECT FILTER [KEEP]: prints "failed executed" of the tests of a project that was built. KEEP is a folder
# for what the run printed (out), its results (run.trx) and its exit code (code); tests may then be silent for an hour.
failed_tests() {
  local results trx code=0
  results=$(mktemp -d)
  dotnet test "$1/tests/AudienceSync.$2/AudienceSync.$2.csproj" --no-build -c Release --filter "$3" --results-directory "$results" \
    --logger "trx;LogFileName=run.trx" --blame-hang-timeout "$([ -n "${4:-}" ] && echo 60m || echo 10m)" --blame-hang-dump-type none \
    >"$results/out" 2>&1 </dev/null || code=$?
  trx=$results/run.trx
  if [ -n "${4:-}" ]; then
    echo "$code" >"$4/code"
    find "$results" -maxdepth 1 -type f -exec cp {} "$4/" \;
  fi
  if [ -f "$trx" ]; then
    sed -n 's/.*<Counters.* executed="\([0-9]*\)" passed="\([0-9]*\)".*/\1 \2/p' "$trx" | { read -r executed passed && echo "$((executed - passed)) $executed"; }
  else
    echo "0 0"
  fi
  rm -rf "$results"
}

# A copy of the sources as they are now, beside which work goes on; only what git knows or would add.
copy_tree() {
  (cd "$1" && git ls-files -z --cached --others --exclude-standard | tar --null --files-from - --ignore-failed-read -cf - 2>/dev/null) | tar -C "$2" -xf -
}

# run_mutations ROOT [NAME]: those whose name contains NAME. Prints a line each; fails unless all are killed.
run_mutations() {
  local root=$1 name=${2:-} tree mutation project filter counts began killed=0 wrong=0
  tree=$(mktemp -d)
  copy_tree "$root" "$tree"
  for project in Domain.Tests Host.Tests; do
    grep -lq "^project: $project" "$root"/tests/mutations/*"$name"*.mutation 2>/dev/null || continue
    build "$tree/tests/AudienceSync.$project/AudienceSync.$project.csproj" || { rm -rf "$tree"; return 1; }
    # A test that fails anyway would kill everything: first it has to pass.
    filter=$(sed -n 's/^test: //p' $(grep -l "^project: $project" "$root"/tests/mutations/*"$name"*.mutation) | tr '|' '\n' | sort -u | paste -sd '|')
    counts=$(failed_tests "$tree" "$project" "$filter")
    [ "${counts% *}" = 0 ] && [ "${counts#* }" != 0 ] || { echo "  unchanged: ${counts% *} of ${counts#* } tests of $project fail"; rm -rf "$tree"; return 1; }
    for mutation in $(grep -l "^project: $project" "$root"/tests/mutations/*"$name"*.mutation); do
      began=$SECONDS
      local file
      file=$(mutation_field "$mutation" file)
      if ! mutate "$mutation" "$tree"; then
        echo "  BROKEN    $(basename "$mutation" .mutation): its text is not in $file exactly once"
        wrong=$((wrong + 1))
        continue
      fi
      if ! build "$tree/tests/AudienceSync.$project/AudienceSync.$project.csproj" 2>/dev/null; then
        echo "  BROKEN    $(basename "$mutation" .mutation): it does not build"
        wrong=$((wrong + 1))
      else
        counts=$(failed_tests "$tree" "$project" "$(mutation_field "$mutation" test)")
        if [ "${counts% *}" -gt 0 ]; then
          echo "  killed    $(basename "$mutation" .mutation): ${counts% *} of ${counts#* } tests fail, $((SECONDS - began)) s"
          killed=$((killed + 1))
        else
          echo "  SURVIVED  $(basename "$mutation" .mutation): ${counts#* } tests pass"
          wrong=$((wrong + 1))
        fi
      fi
      cp "$root/$file" "$tree/$file"
      touch "$tree/$file"
    done
  done
  rm -rf "$tree"
  echo "  $killed killed, $wrong survived or broken"
  [ "$wrong" -eq 0 ] && [ "$killed" -gt 0 ]
}
