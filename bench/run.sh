#!/usr/bin/env bash
# Measures the product in embedded mode (one process), and as 2 gateways + 1 silo + Redis, side by side with whatever other servers are
# installed: every step is run against each server in turn, round by round, so that what else the machine does hits all of them.
#   bench/run.sh             everything, about 15 minutes; prints the table
#   bench/run.sh --quick     one short round of three steps, without idle memory: about 3 minutes with all peers, 1 without
#   bench/run.sh --save      also puts the table into docs/performance.md
#   bench/run.sh --no-peers  the product alone
# ROUNDS (2), DURATION (3), WARMUP (1) and STEPS ("fan1 kept fan5 lat fast chan conn durable idle") change what is run.
# Needs .NET, a C compiler, python3, curl and redis-server. Peers, where installed: nats-server, mosquitto, nginx with nchan, node with
# npm (ws, socket.io), and ASP.NET Core SignalR, which is built here. Logs and all figures are in artifacts/bench.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

save=false peers=true quick=false
for argument in "$@"; do
  case $argument in
    --save) save=true ;;
    --quick) quick=true ;;
    --no-peers) peers=false ;;
    *) sed -n '2,11p' "$0"; exit 2 ;;
  esac
done

if $quick; then
  rounds=${ROUNDS:-1} duration=${DURATION:-2} steps=${STEPS:-fan1 lat chan}
else
  rounds=${ROUNDS:-2} duration=${DURATION:-3} steps=${STEPS:-fan1 kept fan5 lat fast chan conn durable idle}
fi
warmup=${WARMUP:-1}
root=$PWD out=$PWD/artifacts/bench
results=$out/results.jsonl
declare -A proto=() url=() pub=() ids=() taken=()
servers=() versions=() pids=()
ulimit -n "$(ulimit -Hn)"

say() { echo "== $*" >&2; }
die() { say "$*"; exit 2; }

stop() { # PID…: the last started first, Redis last of all
  local i pid
  for ((i = $#; i > 0; i--)); do
    pid=${!i}
    kill -TERM "$pid" 2>/dev/null || continue
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
}
trap 'stop "${pids[@]}"' EXIT
trap 'exit 130' INT TERM HUP

# Below the range the kernel takes for outgoing connections
free_port() {
  while :; do
    REPLY=$((15000 + RANDOM % 17000))
    [ -n "${taken[$REPLY]:-}" ] && continue
    (exec 3<>"/dev/tcp/127.0.0.1/$REPLY") 2>/dev/null && continue
    taken[$REPLY]=1
    return
  done
}

# run NAME COMMAND…: in the background; its id is in $started
run() {
  local name=$1; shift
  "$@" >>"$out/$name.log" 2>&1 </dev/null &
  started=$!
  pids+=("$started")
}

# listening NAME PORT
listening() {
  for _ in $(seq 200); do
    (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null && return 0
    kill -0 "$started" 2>/dev/null || break
    sleep 0.1
  done
  say "$1 does not listen; see $out/$1.log"
  return 1
}

# product NAME PROJECT PORT ARGUMENT…: with the settings of the images, until it is ready
product() {
  local name=$1 project=$2 port=$3; shift 3
  run "$name" env -u ASPNETCORE_URLS -u ASPNETCORE_ENVIRONMENT -u DOTNET_ENVIRONMENT \
    DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0 DOTNET_gcServer=0 \
    dotnet "$root/$project/bin/Release/net10.0/WsCluster.$project.dll" --urls "http://127.0.0.1:$port" \
    "--WsCluster:ConfigFile=$root/bench/cluster.json" "$@"
  for _ in $(seq 300); do
    curl -fs -o /dev/null "http://127.0.0.1:$port/health/ready" && return
    kill -0 "$started" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 20 "$out/$name.log" >&2
  die "$name did not become ready"
}

# Each start_X starts a server and fills proto, url, pub and ids.
start_embedded() {
  free_port; local port=$REPLY
  free_port; local silo=$REPLY
  free_port
  product embedded Gateway "$port" --WsCluster:Gateway:AllowAnonymous=true "--WsCluster:Silo:Port=$silo" "--WsCluster:Silo:GatewayPort=$REPLY"
  proto[embedded]=centrifuge url[embedded]=ws://127.0.0.1:$port/connection/websocket ids[embedded]=$started
}

start_cluster() {
  local redis all i
  free_port; redis=$REPLY
  run redis redis-server --bind 127.0.0.1 --port "$redis" --dir "$out" --save "" --appendonly yes --appendfilename "cluster-$redis.aof" --maxmemory-policy noeviction
  all=$started
  listening redis "$redis" || exit 2
  local durable=--WsCluster:Channels:Namespaces:durable
  local shared=("--WsCluster:Redis=127.0.0.1:$redis" --WsCluster:ClusterId=bench "$durable:Durability=Redis" "$durable:HistorySize=100" "$durable:HistoryTtl=00:05:00"
    "$durable:AllowPublishForClient=true" "$durable:AllowPublishForAnonymous=true" "$durable:AllowSubscribeForClient=true" "$durable:AllowSubscribeForAnonymous=true")
  free_port; local health=$REPLY
  free_port; local silo=$REPLY
  free_port
  product silo Silo "$health" "${shared[@]}" "--WsCluster:Silo:Port=$silo" "--WsCluster:Silo:GatewayPort=$REPLY" --WsCluster:Silo:AdvertisedAddress=127.0.0.1
  all+=,$started
  local urls=
  for i in 1 2; do
    free_port
    product "gateway-$i" Gateway "$REPLY" "${shared[@]}" --WsCluster:Gateway:AllowAnonymous=true --WsCluster:Gateway:DrainWindow=00:00:00
    all+=,$started
    urls+=${urls:+,}ws://127.0.0.1:$REPLY/connection/websocket
  done
  proto[cluster]=centrifuge url[cluster]=$urls ids[cluster]=$all
}

# peer NAME PROTOCOL URL PORT
peer() {
  listening "$1" "$4" || return 1
  proto[$1]=$2 url[$1]=$3 ids[$1]=$started
}

start_nats() {
  free_port; local port=$REPLY; free_port
  BENCH_PORT=$port BENCH_PORT2=$REPLY run nats nats-server -c bench/peers/nats.conf
  peer nats nats "ws://127.0.0.1:$port/" "$port"
}

start_mosquitto() {
  free_port; local port=$REPLY; free_port
  sed "s/BENCH_PORT2/$REPLY/; s/BENCH_PORT/$port/" bench/peers/mosquitto.conf >"$out/mosquitto.conf"
  run mosquitto mosquitto -c "$out/mosquitto.conf"
  peer mosquitto mqtt "ws://127.0.0.1:$port/" "$port"
}

start_nchan() {
  free_port
  { echo "load_module $nchan;"; sed "s/BENCH_PORT/$REPLY/; s#BENCH_DIR#$out#g" bench/peers/nginx.conf; } >"$out/nginx.conf"
  run nchan nginx -e stderr -p "$out/" -c "$out/nginx.conf"
  peer nchan raw "ws://127.0.0.1:$REPLY/sub/{ch}" "$REPLY" || return
  ids[nchan]+=,$(tr ' ' ',' <"/proc/$started/task/$started/children" | sed 's/,$//')
  pub[nchan]=http://127.0.0.1:$REPLY/pub/{ch}
}

start_ws() {
  free_port
  NODE_PATH=$out/node/node_modules run ws node bench/peers/ws.js "$REPLY"
  peer ws raw "ws://127.0.0.1:$REPLY/?{ch}" "$REPLY"
}

start_socketio() {
  free_port
  NODE_PATH=$out/node/node_modules run socketio node bench/peers/socketio.js "$REPLY"
  peer socketio socketio "ws://127.0.0.1:$REPLY/socket.io/?EIO=4&transport=websocket" "$REPLY"
}

start_signalr() {
  free_port
  run signalr dotnet bench/peers/SignalR/bin/Release/net10.0/WsCluster.Bench.SignalR.dll --urls "http://127.0.0.1:$REPLY"
  peer signalr signalr "ws://127.0.0.1:$REPLY/hub" "$REPLY"
}

# load STEP SERVER ARGUMENT…
load() {
  local step=$1 server=$2 line; shift 2
  line=$(timeout 120 "$out/wsbench" --proto "${proto[$server]}" --url "${url[$server]}" ${pub[$server]:+--pub-url "${pub[$server]}"} \
    --server-pid "${ids[$server]}" --warmup "$warmup" --duration "$duration" --label "$server/$step" "$@" 2>>"$out/wsbench.log")
  local code=$?
  [ -n "$line" ] && [ "$step" != warm ] && echo "$line" >>"$results"
  [ $code = 0 ] || say "$server/$step: exit code $code: ${line:-$(tail -n 1 "$out/wsbench.log")}"
}

# step STEP SERVER [LABEL]
step() {
  local few=1 many=8 plain=() label=${3:-$1}
  is_ours "$2" && plain=(--prefix plain:)
  [ -n "${pub[$2]:-}" ] && few=8 many=64 # one request at a time on each of its connections
  case $1 in
    fan1) load "$label" "$2" "${plain[@]}" --conns 1000 --window 8 --publishers $few ;;
    fan5) load "$label" "$2" "${plain[@]}" --conns 5000 --window 8 --publishers $few ;;
    lat) load "$label" "$2" "${plain[@]}" --conns 1000 --rate 20 --publishers $few ;;
    fast) load "$label" "$2" "${plain[@]}" --conns 1000 --rate 200 --publishers $few ;;
    chan) load "$label" "$2" "${plain[@]}" --conns 1000 --channels 500 --window 64 --publishers $many ;;
    conn) load "$label" "$2" "${plain[@]}" --mode connect --conns 5000 --conc 128 ;;
    idle) load "$label" "$2" "${plain[@]}" --mode idle --conns 10000 ;;
    kept) is_ours "$2" && load "$label" "$2" --conns 1000 --window 8 --prefix kept: ;;
    durable) [ "$2" = cluster ] && load "$label" "$2" --conns 0 --channels 64 --publishers 64 --window 1024 --ack --prefix durable: ;;
  esac
}

warm_up() {
  local duration=6 step
  for step in fan1 chan kept fast chan durable conn chan; do # many channels take longest until everything is compiled for good
    step "$step" "$1" warm
  done
}

is_ours() { [ "$1" = embedded ] || [ "$1" = cluster ]; }

# add NAME VERSION: a server to measure
add() { servers+=("$1"); versions+=("$1: $2"); }

rm -rf "$out"; mkdir -p "$out"
for command in dotnet cc python3 curl redis-server; do
  command -v $command >/dev/null || die "$command is not installed"
done
say "building"
cc -O2 -o "$out/wsbench" bench/wsbench.c || die "wsbench.c does not build"
projects=(Silo Gateway)
$peers && projects+=(bench/peers/SignalR)
for project in "${projects[@]}"; do
  dotnet build "$project" -c Release -v quiet -nologo >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log" >&2; die "$project does not build"; }
done
version=$(sed -nE 's:.*<Version>(.*)</Version>.*:\1:p' Directory.Build.props)
add embedded "WsCluster $version ($(git rev-parse --short HEAD)), one process"
add cluster "WsCluster $version, 2 gateways, 1 silo, Redis $(redis-server --version | sed -nE 's/.*v=([0-9.]+).*/\1/p')"
if $peers; then
  nchan=$(ls /usr/lib/nginx/modules/ngx_nchan_module.so /usr/share/nginx/modules/ngx_nchan_module.so 2>/dev/null | head -n 1)
  add signalr "ASP.NET Core $(dotnet --list-runtimes | awk '/^Microsoft.AspNetCore.App 10/ { v = $2 } END { print v }')"
  command -v nats-server >/dev/null && add nats "$(nats-server --version 2>&1)"
  command -v mosquitto >/dev/null && add mosquitto "$(mosquitto -h | sed -nE 's/.*version ([0-9.]+).*/\1/p' | head -n 1)"
  command -v nginx >/dev/null && [ -n "$nchan" ] && add nchan "$(nginx -v 2>&1 | sed 's/.*: //'), one worker"
  if command -v npm >/dev/null && mkdir "$out/node" && cp bench/peers/package.json "$out/node/" && (cd "$out/node" && npm install --silent >"$out/npm.log" 2>&1); then
    add ws "$(sed -nE 's/.*"version": "(.*)".*/\1/p' "$out/node/node_modules/ws/package.json"), Node.js $(node --version)"
    add socketio "$(sed -nE 's/.*"version": "(.*)".*/\1/p' "$out/node/node_modules/socket.io/package.json"), Node.js $(node --version)"
  fi
fi

running=()
for server in "${servers[@]}"; do
  say "starting $server"
  if "start_$server"; then
    running+=("$server")
    case $server in nats | mosquitto | nchan) ;; *) # what compiles at run time gets an unmeasured run
      warm_up "$server" ;;
    esac
  fi
done

for ((round = 1; round <= rounds; round++)); do
  for step in $steps; do
    [ "$step" = idle ] && continue
    say "round $round: $step"
    for server in "${running[@]}"; do
      step "$step" "$server"
    done
  done
done
stop "${pids[@]}"; pids=()

case " $steps " in *" idle "*)
  for server in "${running[@]}"; do
    say "idle: $server"
    "start_$server" && step idle "$server"
    stop "${pids[@]}"; pids=()
  done ;;
esac

printf '%s\n' "${versions[@]}" >"$out/versions.txt"
python3 bench/table.py "$results" "$out/versions.txt" | tee "$out/table.md"
if $save; then
  python3 bench/table.py --into docs/performance.md "$out/table.md"
  say "docs/performance.md has the new table"
fi
