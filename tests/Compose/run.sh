#!/usr/bin/env bash
# Starts the cluster of docker-compose.yml with three silos and three gateways, uses it through the load balancer, scales
# the gateways down and up under traffic, and takes everything down again.
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

down() { docker compose down --volumes --timeout 20 >/dev/null 2>&1; }
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

# The rest happens in tests/EndToEnd/node/scenarios/compose.mjs; this script scales when it asks.
settings="{\"protocol\":\"json\",\"gateways\":[\"http://127.0.0.1:$WSCLUSTER_PORT\"],\"apiKey\":\"$WSCLUSTER_API_KEY\",\"secret\":\"\"}"
[ -d tests/EndToEnd/node/node_modules ] || npm ci --prefix tests/EndToEnd/node --no-audit --no-fund >/dev/null
coproc CLIENT { cd tests/EndToEnd/node && exec node run.mjs compose "$settings"; }
client=$CLIENT_PID
exec {answers}<&"${CLIENT[0]}" {orders}>&"${CLIENT[1]}"
outcome=
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
if [ "$outcome" = passed ]; then
  ok "the clients' scenario ended well"
else
  not_ok "the clients' scenario"
  docker compose ps --all
  docker compose logs --tail 40
fi
finish
