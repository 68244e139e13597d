#!/usr/bin/env bash
# Runs the tests.
#   ./test.sh          everything: installs what is missing (with sudo where needed), builds, runs every suite
#   ./test.sh --fast   the unit tests alone, which need no other process
# The last line is "N passed, N failed", with ", N skipped" when something was; the exit code is 0 only if nothing failed.
# A suite that crashes, hangs or yields no result counts as one failure.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

fast=false
case ${1:-} in
  --fast) fast=true ;;
  "") ;;
  *) echo "usage: ./test.sh [--fast]" >&2; exit 2 ;;
esac

passed=0 failed=0 skipped=0
failures=() # what went wrong, by suite
job=        # the process group of what runs now
results=$(mktemp -d)
export TMPDIR=$results # what a stopped suite could not delete goes with it

say() { printf '\n== %s\n' "$*"; }

# Everything a suite starts is in its process group, so this leaves nothing behind.
stop_job() {
  if [ -n "$job" ]; then
    kill -TERM -- "-$job" 2>/dev/null && sleep 1
    kill -KILL -- "-$job" 2>/dev/null
    job=
  fi
}

finish() {
  stop_job
  rm -rf "$results"
}
trap finish EXIT
trap 'echo; echo "interrupted"; exit 130' INT TERM HUP

# run SECONDS COMMAND…: in a process group of its own, stopped as a whole when it ends or takes longer
run() {
  local seconds=$1 status; shift
  set -m
  timeout --kill-after=15 "$seconds" "$@" </dev/null &
  job=$!
  set +m
  wait "$job"
  status=$?
  [ "$status" -eq 124 ] && echo "stopped after $seconds s: $*"
  kill -KILL -- "-$job" 2>/dev/null # what it may have left running
  job=
  return "$status"
}

fail() {
  failed=$((failed + 1))
  failures+=("$1")
  echo "FAILED: $1"
}

# step NAME SECONDS COMMAND…: something that must work but is no test; counted only when it does not
step() {
  local name=$1; shift
  say "$name"
  run "$@" || { fail "$name"; return 1; }
}

# suite NAME SECONDS: runs the test program of tests/NAME
suite() {
  local name=$1 seconds=$2 program result status counts p f s
  program=$(echo tests/"$name"/bin/Release/net*/WsCluster.Tests."$name")
  result=$results/$name.xml
  say "tests/$name"
  if [ ! -x "$program" ]; then
    fail "tests/$name: was not built"
    return
  fi

  run "$seconds" "$program" -noLogo -noColor -result-xml "$result"
  status=$?
  counts=$(count "$result")
  if [ -z "$counts" ]; then
    fail "tests/$name: ended with code $status and no result"
    return
  fi

  read -r p f s <<<"$counts"
  add "tests/$name" "$p" "$f" "$s"
  while IFS= read -r line; do failures+=("$line"); done < <(reasons "$result")
  if [ "$f" -eq 0 ] && [ "$status" -ne 0 ]; then
    fail "tests/$name: ended with code $status"
  elif [ $((p + f)) -eq 0 ]; then
    fail "tests/$name: has no test"
  fi
}

# add NAME PASSED FAILED SKIPPED
add() {
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
  if [ "$3" -gt 0 ]; then
    failures+=("$1: $3 failed")
  fi
  echo "$1: $2 passed, $3 failed, $4 skipped"
}

# The counts in an xunit result file: "PASSED FAILED SKIPPED", errors outside of tests counted as failed
count() {
  [ -s "$1" ] || return
  grep -o '<assembly [^>]*>' "$1" | head -n 1 | awk '
    function value(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
    { print value("passed"), value("failed") + value("errors"), value("skipped") }'
}

# What failed in an xunit result file, by name and with the beginning of its message: the end of a long output must tell it
reasons() {
  tr '\n\t' '  ' <"$1" | sed 's/<test /\n<test /g' | grep '^<test [^>]*result="Fail"' \
    | sed -E 's/^<test .* name="([^"]*)" result="Fail".*<message>(<!\[CDATA\[)?(.{0,300}).*/  \1: \3/; s/&quot;/"/g; s/(\]\]>)?<\/message>.*//' | cut -c 1-500
}

# Installs the Debian packages whose command is missing: install COMMAND:PACKAGE…
install() {
  local missing=() pair sudo=
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || [ -e "${pair%%:*}" ] || missing+=("${pair#*:}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  say "installing ${missing[*]}"
  run 600 $sudo apt-get update -qq
  run 900 $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$results/apt.log" 2>&1 \
    || { tail -n 20 "$results/apt.log"; fail "apt-get install ${missing[*]}"; }
}

summary() {
  say "result"
  local line
  for line in "${failures[@]}"; do
    echo "FAILED: $line"
  done
  if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  [ "$failed" -eq 0 ]
  exit
}

if $fast; then
  step "building tests/Unit" 600 dotnet build tests/Unit -c Release --disable-build-servers -v quiet && suite Unit 300
  summary
fi

install redis-server:redis-server ip:iproute2 haproxy:haproxy nginx:nginx-light /usr/bin/chromium:chromium node:nodejs npm:npm php:php-cli curl:curl \
  /usr/lib/python3/dist-packages/websockets:python3-websockets
step "building the solution" 900 dotnet build WsCluster.sln -c Release --disable-build-servers -v quiet || summary
step "packages" 120 tests/Packages/check.sh "$results/packages"
say "style"
if run 300 dotnet format WsCluster.sln --verify-no-changes --no-restore; then add style 1 0 0; else add style 0 1 0; fi
suite Unit 300
suite Simulation 900
suite Cluster 420
step "npm ci" 300 npm ci --prefix tests/EndToEnd/node --no-audit --no-fund
suite EndToEnd 720
suite Hostile 180
suite Chaos 1200
say "tests/Compose"
run 900 tests/Compose/run.sh | tee "$results/compose"
counts=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 0\4/p' "$results/compose" | tail -n 1)
if [ -n "$counts" ]; then
  read -r p f s <<<"$counts"
  add tests/Compose "$p" "$f" "$((10#$s))"
else
  fail "tests/Compose: ended without a result"
fi
summary
