#!/usr/bin/env bash
# Starts the cluster of docker-compose.yml with three silos and three gateways, uses it through the load balancer, scales
# the gateways down and up under traffic; then uses the samples of samples/compose.yml in a browser; and takes everything down again.
# Needs a Docker engine: the running one, or, where WSCLUSTER_DOCKER_SETUP names a program, what `eval "$(program up)"` brings.
# Prints one line per check and "N passed, N failed" at the end; without an engine it checks the files and says so.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
export COMPOSE_PROJECT_NAME=wscluster-test
export WSCLUSTER_PORT=${WSCLUSTER_PORT:-18000}
export WSCLUSTER_API_KEY=compose-test-key

passed=0 failed=0 skipped=0
ok() { passed=$((passed + 1)); echo "ok: $1"; }
not_ok() { failed=$((failed + 1)); echo "FAILED: $1"; }

# check WHAT COMMAND…
check() {
  local what=$1 output; shift
  if output=$("$@" 2>&1); then ok "$what"; else not_ok "$what"; tail -n 30 <<<"$output"; fi
}

finish() {
  if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  [ "$failed" -eq 0 ]
  exit
}

if command -v haproxy >/dev/null; then
  check "haproxy takes its configuration" haproxy -c -f deploy/compose/haproxy.cfg
fi

if [ -n "${WSCLUSTER_DOCKER_SETUP:-}" ]; then
  eval "$("$WSCLUSTER_DOCKER_SETUP" up)"
fi
if ! docker info >/dev/null 2>&1 || ! docker compose version >/dev/null 2>&1; then
  skipped=1
  echo "SKIPPED: the cluster in containers: no Docker engine with compose is running here"
  finish
fi

down() { docker compose -f docker-compose.yml -f samples/compose.yml down --volumes --timeout 20 >/dev/null 2>&1; }
client=
stop() {
  [ -n "$client" ] && kill "$client" 2>/dev/null
  down
}
trap stop EXIT
trap 'exit 130' INT TERM HUP
down

scale() { docker compose up --detach --wait --wait-timeout 240 --no-recreate --scale silo=3 --scale gateway="$1"; }
replicas() { docker compose ps --quiet "$1" | wc -l; }

check "the images build" docker compose build
[ "$failed" -eq 0 ] || finish
check "three silos and three gateways become healthy" scale 3
if [ "$failed" -gt 0 ]; then
  docker compose ps --all
  docker compose logs --tail 30
  finish
fi

for service in silo gateway ticker loadbalancer; do
  check "$service runs as an ordinary user" docker compose exec -T "$service" sh -c 'test "$(id -u)" -ne 0'
done
for service in redis silo gateway ticker loadbalancer; do
  check "$service has a health check that passes" sh -c \
    "docker compose ps --quiet $service | xargs docker inspect --format '{{.State.Health.Status}}' | sort -u | grep -qx healthy"
done
check "three replicas each" test "$(replicas silo) $(replicas gateway)" = "3 3"

[ -d tests/EndToEnd/node/node_modules ] || npm ci --prefix tests/EndToEnd/node --no-audit --no-fund >/dev/null

# scenario NAME SETTINGS WHAT: what is done is in tests/EndToEnd/node/scenarios/NAME.mjs; this script scales when it asks
scenario() {
  local name=$1 settings=$2 what=$3 line count outcome=
  coproc CLIENT { cd tests/EndToEnd/node && exec node run.mjs "$name" "$settings"; }
  client=$CLIENT_PID
  exec {answers}<&"${CLIENT[0]}" {orders}>&"${CLIENT[1]}"
  while read -r -t 300 line <&"$answers"; do
    case $line in
      *'"kind":"checked"'*) ok "$(sed -E 's/.*"what":"([^"]*)".*/\1/' <<<"$line")" ;;
      *'"kind":"scale"'*)
        count=$(sed -E 's/.*"gateways":([0-9]+).*/\1/' <<<"$line")
        check "$count gateways become healthy" scale "$count"
        echo "scaled $count" >&"$orders" ;;
      *'"outcome":"passed"'*) outcome=passed; break ;;
      *'"outcome"'*) echo -e "$line"; break ;;
    esac
  done
  exec {answers}<&- {orders}>&-
  kill "$client" 2>/dev/null
  wait "$client" 2>/dev/null
  client=
  if [ "$outcome" = passed ]; then
    ok "$what"
  else
    not_ok "$what"
    docker compose ps --all
    docker compose logs --tail 40
  fi
}

gateways="\"protocol\":\"json\",\"gateways\":[\"http://127.0.0.1:$WSCLUSTER_PORT\"],\"apiKey\":\"$WSCLUSTER_API_KEY\",\"secret\":\"\""
scenario compose "{$gateways}" "the clients' scenario ended well"
[ "$failed" -eq 0 ] || finish
down

# The samples on the same cluster, their pages on ports of their own.
export WSCLUSTER_PAGES=${WSCLUSTER_PAGES:-1808} COMPOSE_FILE=docker-compose.yml:samples/compose.yml
export WSCLUSTER_PAGES_CONNECT=ws://127.0.0.1:$WSCLUSTER_PORT/connection/websocket
check "the samples' images build" docker compose build
[ "$failed" -eq 0 ] || finish
check "the cluster with the samples becomes healthy" docker compose up --detach --wait --wait-timeout 240 --scale silo=2 --scale gateway=2
for service in silo chat game ticker auction; do
  check "$service has a health check that passes" sh -c \
    "docker compose ps --quiet $service | xargs docker inspect --format '{{.State.Health.Status}}' | sort -u | grep -qx healthy"
done
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
  skipped=1
  echo "SKIPPED: the samples' pages: no Chromium is installed here"
  finish
fi
pages="\"chat\":\"http://127.0.0.1:${WSCLUSTER_PAGES}0/\",\"game\":\"http://127.0.0.1:${WSCLUSTER_PAGES}1/\""
pages="$pages,\"ticker\":\"http://127.0.0.1:${WSCLUSTER_PAGES}2/\",\"auction\":\"http://127.0.0.1:${WSCLUSTER_PAGES}3/\""
scenario compose-samples "{$gateways,\"pages\":{$pages}}" "the samples' scenario ended well"
finish
