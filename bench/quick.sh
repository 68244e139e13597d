#!/usr/bin/env bash
# First figures of a whole cluster on this machine: Redis, 2 silos, 2 gateways and the load generator.
#   bench/quick.sh [--history] [--save]
#     --history   the same steps once more on channels with history (kept in the silos' memory)
#     --save      writes the tables to docs/performance.md too
#   WARMUP and DURATION are the seconds of each step (3 and 10).
# The processes' logs and the figures as JSON lines are in artifacts/bench. The exit code is 1 when a delivery was wrong.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

history=false save=false
for argument in "$@"; do
  case $argument in
    --history) history=true ;;
    --save) save=true ;;
    *) echo "usage: bench/quick.sh [--history] [--save]" >&2; exit 2 ;;
  esac
done

warmup=${WARMUP:-3} duration=${DURATION:-10}
root=$PWD
out=$root/artifacts/bench
pids=()
names=()
status=0

say() { echo "== $*" >&2; }
die() { say "$*"; exit 2; }

# In reverse order: gateways, silos, Redis; each by its own id.
stop_all() {
  local i
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill -TERM "${pids[i]}" 2>/dev/null || continue
    for _ in $(seq 100); do kill -0 "${pids[i]}" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "${pids[i]}" 2>/dev/null
  done
  wait 2>/dev/null
  pids=()
}
trap stop_all EXIT
trap 'exit 130' INT TERM HUP

# Below the range the kernel takes for outgoing connections
free_port() {
  local port
  while :; do
    port=$((15000 + RANDOM % 17000))
    [ -n "${taken[$port]:-}" ] && continue
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    taken[$port]=1
    REPLY=$port
    return
  done
}
declare -A taken=()

# start NAME COMMAND…
start() {
  local name=$1; shift
  "$@" >"$out/$name.log" 2>&1 </dev/null &
  pids+=($!)
  names+=("$name")
}

# server NAME PROJECT PORT ARGUMENT…: from its build folder, with the settings of the images
server() {
  local name=$1 project=$2 port=$3; shift 3
  start "$name" env -u ASPNETCORE_URLS -u ASPNETCORE_ENVIRONMENT -u DOTNET_ENVIRONMENT \
    DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0 DOTNET_gcServer=0 \
    dotnet "$root/$project/bin/Release/net10.0/WsCluster.$project.dll" --urls "http://127.0.0.1:$port" \
    "--WsCluster:Redis=127.0.0.1:$redis" --WsCluster:ClusterId=bench "--WsCluster:ConfigFile=$root/bench/cluster.json" "$@"
  for _ in $(seq 300); do
    curl -fs -o /dev/null "http://127.0.0.1:$port/health/ready" && return
    kill -0 "${pids[-1]}" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 20 "$out/$name.log" >&2
  die "$name did not become ready"
}

# step NAME ARGUMENT…: one run of the load generator; its table goes to $out/NAME.table
step() {
  local name=$1 code; shift
  say "$name: $*"
  # Its receive loops never block, so they may run on the thread that waits for the sockets.
  DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0 \
    dotnet "$root/bench/Load/bin/Release/net10.0/WsCluster.Load.dll" --url "$urls" \
    --server-pid "$(IFS=,; echo "${pids[*]}")" --warmup "$warmup" --duration "$duration" "$@" >"$out/$name.out"
  code=$?
  grep '^|' "$out/$name.out" >"$out/$name.table"
  grep '^{' "$out/$name.out" | sed "s/^{/{\"step\":\"$name\",/" >>"$out/results.jsonl"
  if [ $code -gt 1 ]; then die "$name could not be run"; fi
  if [ $code -eq 1 ]; then status=1; say "$name: something went wrong, see its table"; fi
}

# table STEP…: the tables of several steps side by side
table() {
  echo "| | Fan-out | Latency | Many channels |"
  echo "|---|---:|---:|---:|"
  paste -d '|' "$@" | awk -F '|' '{ for (i = 1; i <= NF; i++) gsub(/^ +| +$/, "", $i); print "| " $2 " | " $3 " | " $7 " | " $11 " |" }'
}

# steps PREFIX SUFFIX: the three steps on the channels of a namespace, into $out/tablesSUFFIX
steps() {
  step "fan-out$2" --channel-prefix "$1" --connections 1000 --window 8
  step "latency$2" --channel-prefix "$1" --connections 1000 --rate 20
  step "channels$2" --channel-prefix "$1" --connections 1000 --channels 500 --publishers 8 --window 64
  table "$out/fan-out$2.table" "$out/latency$2.table" "$out/channels$2.table" >"$out/table$2.md"
}

# How often each process logged a warning or worse, but for the expected one about anonymous clients
remarks() {
  local name count
  for name in "${names[@]}"; do
    count=$(grep -E '(^| )(warn|fail|crit): |Unhandled exception' "$out/$name.log" | grep -cv 'AllowAnonymous')
    [ "$count" -gt 0 ] && echo "- $name logged $count warnings or errors."
  done
}

tables() {
  echo "## Channels without history"
  echo
  cat "$out/table.md"
  if $history; then
    echo
    echo "## Channels with history (1,000 publications kept in the silos' memory, recovery on)"
    echo
    cat "$out/table-history.md"
  fi
}

page() {
  cat <<END
# Performance: first figures

Made by \`bench/quick.sh$($history && echo " --history") --save\` on $(date -u +%Y-%m-%d); [bench/README.md](../bench/README.md) says how to read
them and how to make your own.

| | |
|---|---|
| Machine | $(nproc) cores ($(awk -F ': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)), $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r | cut -d - -f 1) |
| Versions | WsCluster $(sed -nE 's:.*<Version>(.*)</Version>.*:\1:p' Directory.Build.props) ($(git rev-parse --short HEAD)), .NET $(dotnet --list-runtimes | awk '/^Microsoft.NETCore.App 10/ { v = $2 } END { print v }'), Orleans $(sed -nE 's:.*Microsoft.Orleans.Server" Version="([^"]*)".*:\1:p' Directory.Packages.props), Redis $(redis-server --version | sed -nE 's/.*v=([0-9.]+).*/\1/p') |
| Processes | 1 Redis, 2 silos, 2 gateways and the load generator, all on this machine over loopback |
| Seconds per step | $warmup warm-up, $duration measured |

What these figures are not: a limit. One small machine runs everything, the load generator included, and shares its cores
with other work (the last row tells how much), so throughput is what was left over and the highest latencies are mostly
waiting for a core. Single runs vary by tens of percent; the figures per server CPU second vary less.

The steps follow each other in the same processes, from left to right and table by table. The first ones include the
time .NET takes to compile and optimise code, so do not read the second table as "history makes it faster".

$(tables)

Server CPU and memory are those of Redis, both silos and both gateways together.
$(remarks)
END
}

rm -rf "$out" && mkdir -p "$out"
for command in dotnet redis-server curl; do
  command -v $command >/dev/null || die "$command is not installed"
done
for project in Silo Gateway bench/Load; do
  say "building $project"
  dotnet build "$project" -c Release --disable-build-servers -v quiet -nologo >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log" >&2; die "the build failed"; }
done

free_port; redis=$REPLY
start redis redis-server --bind 127.0.0.1 --port "$redis" --dir "$out" --save "" --appendonly yes --maxmemory-policy noeviction
for i in 1 2; do
  free_port; health=$REPLY
  free_port; silo=$REPLY
  free_port
  server "silo-$i" Silo "$health" "--WsCluster:Silo:Port=$silo" "--WsCluster:Silo:GatewayPort=$REPLY" --WsCluster:Silo:AdvertisedAddress=127.0.0.1
done
urls=
for i in 1 2; do
  free_port
  server "gateway-$i" Gateway "$REPLY" --WsCluster:Gateway:AllowAnonymous=true --WsCluster:Gateway:DrainWindow=00:00:00
  urls+=${urls:+,}ws://127.0.0.1:$REPLY
done

steps plain: ""
$history && steps kept: -history
stop_all

tables
remarks
if $save; then
  page >docs/performance.md
  say "saved to docs/performance.md"
fi
exit $status
