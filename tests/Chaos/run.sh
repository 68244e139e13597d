#!/usr/bin/env bash
# A long chaos run: real processes, load that never stops, one fault after the other, every invariant checked.
#   tests/Chaos/run.sh [--minutes N] [--seed S] [--connections N] [--rate N] [--faults NAME,NAME…]
# --faults: only those whose names contain one of these, such as "SIGKILL silo" (run with an unknown name to see them all).
# The last fault is finished after the time is over. The same seed makes the same choices. The report is printed; with the logs of
# all processes it is in artifacts/Chaos. The exit code is 0 only if nothing was violated.
# Needs redis-server; root and the ip command for partitions between silos.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

usage() { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --minutes) export CHAOS_MINUTES=$2 ;;
    --seed) export CHAOS_SEED=$2 ;;
    --connections) export CHAOS_CONNECTIONS=$2 ;;
    --rate) export CHAOS_RATE=$2 ;;
    --faults) export CHAOS_FAULTS=$2 ;;
    *) usage ;;
  esac
  shift 2
done

ulimit -n "$(ulimit -H -n)" # a file for each connection
dotnet build tests/Chaos -c Release --disable-build-servers -v quiet
exec tests/Chaos/bin/Release/net10.0/WsCluster.Tests.Chaos -noLogo -noColor -explicit only -class WsCluster.Tests.Chaos.LongRun
