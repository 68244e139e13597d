#!/usr/bin/env bash
# check.sh FOLDER: packs Contracts and Client, which are built already, into the folder and looks into the packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=$1

for project in Contracts Client; do
  dotnet pack "$project" -c Release --no-build -o "$folder" -v quiet
  for pattern in "lib/net10.0/WsCluster.$project.dll" "lib/net10.0/WsCluster.$project.xml" README.md "WsCluster.$project.nuspec"; do
    python3 -m zipfile -l "$folder"/WsCluster."$project".[0-9]*.nupkg | grep -q "^$pattern " || { echo "WsCluster.$project has no $pattern"; exit 1; }
  done
  python3 -m zipfile -l "$folder"/WsCluster."$project".[0-9]*.snupkg | grep -q "^lib/net10.0/WsCluster.$project.pdb " || { echo "WsCluster.$project has no symbols"; exit 1; }
  python3 -m zipfile -e "$folder"/WsCluster."$project".[0-9]*.nupkg "$folder/$project"
  grep -q '<license type="expression">MIT</license>' "$folder/$project/WsCluster.$project.nuspec" || { echo "WsCluster.$project has no licence"; exit 1; }
done
