# shellcheck shell=bash
# Breaks the program on purpose, one small change at a time, and runs the tests that must notice. To be sourced.
# A mutation is a file of tests/mutations: a text that stands exactly once in a source file, what replaces it, and the filter of the tests that kill it.

# Analyzers would refuse some mutations for their style, and take longer than the compiler.
MUTATION_BUILD=(-p:RunAnalyzers=false)

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

# failed_tests TREE PROJECT FILTER [SETTING...]: prints how many tests of a project that was built failed, how many ran, and the first that failed.
failed_tests() {
  local results trx tree=$1 project=$2 filter=$3
  shift 3
  results=$(mktemp -d)
  dotnet test "$tree/tests/AudienceSync.$project/bin/Release/net10.0/AudienceSync.$project.dll" --filter "$filter" --results-directory "$results" \
    --logger "trx;LogFileName=run.trx" --blame-hang-timeout 10m --blame-hang-dump-type none ${1:+-- "$@"} >"$results/out" 2>&1 </dev/null || true
  trx=$results/run.trx
  if [ -f "$trx" ]; then
    sed -n 's/.*<Counters.* executed="\([0-9]*\)" passed="\([0-9]*\)".*/\1 \2/p' "$trx" | {
      read -r executed passed || executed=0 passed=0
      echo "$((executed - passed)) $executed $({ grep -o '<UnitTestResult [^>]*outcome="Failed"' "$trx" || true; } | sed -n '1s/.*testName="[^"(]*\.\([^".(]*\.[^".(]*\)[("].*/\1/p')"
    }
  else
    echo "0 0"
  fi
  rm -rf "$results"
}

# A copy of the sources as they are now, beside which work goes on; only what git knows or would add.
copy_tree() {
  (cd "$1" && git ls-files -z --cached --others --exclude-standard | tar --null --files-from - --ignore-failed-read -cf - 2>/dev/null) | tar -C "$2" -xf -
}

# build_changed TREE PROJECT FILE: compiles only the assembly that a source file is of, and puts it beside the tests. The tests keep the constants that they were
# compiled with, and so does every other assembly.
build_changed() {
  local changed
  changed=$(cut -d / -f 2 <<<"$3")
  build "$1/src/$changed/$changed.csproj" --no-restore --no-dependencies "${MUTATION_BUILD[@]}" || return 1
  cp "$1/src/$changed/bin/Release/net10.0/$changed.dll" "$1/tests/AudienceSync.$2/bin/Release/net10.0/$changed.dll"
}

# try_mutation ROOT TREE MUTATION: changes a tree that was built, runs the tests up to the first that fails, and changes it back. Prints a line; fails unless
# the mutation was killed.
try_mutation() {
  local root=$1 tree=$2 mutation=$3 file project name failed executed by result assembly began=$SECONDS
  file=$(mutation_field "$mutation" file) project=$(mutation_field "$mutation" project) name=$(basename "$mutation" .mutation)
  assembly=$tree/tests/AudienceSync.$project/bin/Release/net10.0/$(cut -d / -f 2 <<<"$file").dll
  cp "$assembly" "$assembly.unchanged"
  if ! mutate "$mutation" "$tree"; then
    result="BROKEN    $name: its text is not in $file exactly once"
  elif ! build_changed "$tree" "$project" "$file"; then
    result="BROKEN    $name: it does not build"
  else
    read -r failed executed by < <(failed_tests "$tree" "$project" "$(mutation_field "$mutation" test)" xUnit.StopOnFail=true)
    if [ "$executed" -eq 0 ]; then
      result="BROKEN    $name: no test ran"
    elif [ "$failed" -eq 0 ]; then
      result="SURVIVED  $name: $executed tests pass"
    else
      result="killed    $name: $by"
    fi
  fi
  cp "$root/$file" "$tree/$file" && touch "$tree/$file" # A build looks at the time.
  mv "$assembly.unchanged" "$assembly"
  echo "  $result, $((SECONDS - began)) s"
  [[ $result = killed* ]]
}

# mutations_of PROJECT ROOT TREE NAME...: builds the tree once, sees to it that the tests pass there, and tries one mutation after the other. Adds to
# killed and wrong.
mutations_of() {
  local project=$1 root=$2 tree=$3 mutation filter failed executed by
  shift 3
  build "$tree/tests/AudienceSync.$project/AudienceSync.$project.csproj" "${MUTATION_BUILD[@]}" || return 1
  # A test that fails anyway would kill everything: first it has to pass.
  filter=$(sed -n 's/^test: //p' "$@" | tr '|' '\n' | sort -u | paste -sd '|')
  read -r failed executed by < <(failed_tests "$tree" "$project" "$filter")
  echo "  unchanged: $failed of $executed tests of $project fail${by:+, first $by}"
  [ "$failed" -eq 0 ] && [ "$executed" -gt 0 ] || return 1
  for mutation in "$@"; do
    if try_mutation "$root" "$tree" "$mutation"; then killed=$((killed + 1)); else wrong=$((wrong + 1)); fi
  done
}

# run_mutations ROOT [NAME]: those whose name contains NAME. Prints a line each; fails unless all are killed.
run_mutations() {
  local root=$1 name=${2:-} tree project killed=0 wrong=0 code=0 mutations
  tree=$(mktemp -d)
  copy_tree "$root" "$tree"
  for project in Domain.Tests Host.Tests; do
    mapfile -t mutations < <(grep -l "^project: $project$" "$root"/tests/mutations/*"$name"*.mutation 2>/dev/null)
    [ "${#mutations[@]}" -eq 0 ] || mutations_of "$project" "$root" "$tree" "${mutations[@]}" || code=1
  done
  rm -rf "$tree"
  echo "  $killed killed, $wrong survived or broken"
  [ "$code" -eq 0 ] && [ "$wrong" -eq 0 ] && [ "$killed" -gt 0 ]
}
