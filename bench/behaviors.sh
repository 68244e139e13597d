#!/usr/bin/env bash
# Measures what a behavior adds to publishing in its channels, and whether it adds anything to others: 500 channels with two subscribers
# each, in embedded mode, by turns in channels with a behavior (ruled), in others of the same process (kept), and in those of a process
# that has no behaviors (alone). bench/behaviors.sh [ROUNDS (4)] [SECONDS (3)]; prints publishes per CPU second, medians of the rounds.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0
rounds=${1:-4} seconds=${2:-3} out=$PWD/artifacts/bench
mkdir -p "$out"
ulimit -n "$(ulimit -Hn)"
pids=()
trap 'kill -TERM "${pids[@]}" 2>/dev/null; wait' EXIT
trap 'exit 130' INT TERM HUP

if [ -z "${NO_BUILD:-}" ]; then
  cc -O2 -o "$out/wsbench" bench/wsbench.c || exit 2
  dotnet build bench/Behaviors -c Release -v quiet -nologo >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log" >&2; exit 2; }
fi

# start NAME WITH: a process with behaviors, or without; its address and id are in $url and $pid
start() {
  local port=$((15000 + RANDOM % 4000)) options=()
  local namespace
  for namespace in kept ruled; do
    local key=--WsCluster:Channels:Namespaces:$namespace
    options+=("$key:HistorySize=1000" "$key:HistoryTtl=00:01:00" "$key:AllowPublishForClient=true" "$key:AllowPublishForAnonymous=true"
      "$key:AllowSubscribeForClient=true" "$key:AllowSubscribeForAnonymous=true")
  done
  dotnet bench/Behaviors/bin/Release/net10.0/WsCluster.Bench.Behaviors.dll --urls "http://127.0.0.1:$port" "--WithBehaviors=$2" \
    --WsCluster:Gateway:AllowAnonymous=true "--WsCluster:Channels:Namespaces:ruled:Behavior=$2" "--WsCluster:Silo:Port=$((port + 4000))" \
    "--WsCluster:Silo:GatewayPort=$((port + 8000))" "${options[@]}" >"$out/behaviors-$1.log" 2>&1 </dev/null &
  pid=$!
  pids+=("$pid")
  url=ws://127.0.0.1:$port/connection/websocket
  for _ in $(seq 300); do
    curl -fs -o /dev/null "http://127.0.0.1:$port/health/ready" && return
    sleep 0.1
  done
  tail -n 20 "$out/behaviors-$1.log" >&2
  exit 2
}

# load LABEL URL PID PREFIX SECONDS
load() {
  "$out/wsbench" --proto centrifuge --url "$2" --server-pid "$3" --warmup 1 --duration "$5" --label "$1" \
    --conns 1000 --channels 500 --window 64 --publishers 8 --prefix "$4:"
}

start with true; with_url=$url with_pid=$pid
start without false
for step in "ruled $with_url $with_pid ruled" "kept $with_url $with_pid kept" "alone $url $pid kept"; do
  load $step 5 >/dev/null 2>"$out/behaviors-load.log" || exit 1 # what compiles at run time
done
for ((round = 1; round <= rounds; round++)); do
  load alone "$url" "$pid" kept "$seconds"
  load ruled "$with_url" "$with_pid" ruled "$seconds"
  load kept "$with_url" "$with_pid" kept "$seconds"
done 2>"$out/behaviors-load.log" | tee "$out/behaviors.jsonl" >/dev/null
python3 - "$out/behaviors.jsonl" <<'PYTHON'
import collections, json, statistics, sys
figures = collections.defaultdict(list)
wrong = 0
for line in open(sys.argv[1]):
    run = json.loads(line)
    figures[run["label"]].append(run)
    wrong += sum(run[name] for name in ("lost", "dups", "misrouted", "errors", "closed"))
median = lambda label, name: statistics.median(run[name] for run in figures[label])
base = median("alone", "pub_per_cpu_s")
for label in ("alone", "kept", "ruled"):
    value = median(label, "pub_per_cpu_s")
    print(f"{label}: {value:.0f} publishes per CPU second ({1e6 / value:.1f} µs each, {(base / value - 1) * 100:+.0f} %), {median(label, 'pub_per_s'):.0f}/s, p50 {median(label, 'p50_ms')} ms")
print(f"lost, doubled, misrouted, refused or closed: {wrong}")
PYTHON
