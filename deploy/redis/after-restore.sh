#!/usr/bin/env bash
# Run once after Redis came back with an older copy of its data, while no silo runs (docs/operations.md, "Restore").
# Removes the members of then and gives every durable stream a new epoch, so that no offset is given out twice under one name.
#   after-restore.sh CLUSTER_ID [OPTIONS OF redis-cli…]      such as: after-restore.sh wscluster -h redis -p 6379
set -euo pipefail
cluster=${1:?usage: after-restore.sh CLUSTER_ID [OPTIONS OF redis-cli…]}
shift

redis-cli "$@" del "$cluster/members/$cluster" >/dev/null
streams=0
while IFS= read -r key; do
  [ -n "$key" ] || continue
  epoch=$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
  redis-cli "$@" hset "$key" epoch "$epoch" >/dev/null
  streams=$((streams + 1))
done < <(redis-cli "$@" --scan --pattern "wscluster:{$cluster:*}:meta")
echo "$streams streams have a new epoch."
