#!/usr/bin/env bash
# check.sh FOLDER: packs Contracts and Client, which are built already, into the folder and looks into the packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=${1:?usage: check.sh FOLDER}

# has PACKAGE FILE: the whole list is read before it is searched, or the one who lists it dies of a broken pipe
has() {
  local files
  files=$(python3 -m zipfile -l "$1")
  grep -q "^$2 " <<<"$files" || { echo "$1 has no $2"; exit 1; }
}

for project in Contracts Client; do
  dotnet pack "$project" -c Release --no-build -o "$folder" -v quiet
  package=$(echo "$folder"/WsCluster."$project".[0-9]*.nupkg)
  for file in "lib/net10.0/WsCluster.$project.dll" "lib/net10.0/WsCluster.$project.xml" README.md "WsCluster.$project.nuspec"; do
    has "$package" "$file"
  done
  has "${package%.nupkg}.snupkg" "lib/net10.0/WsCluster.$project.pdb"
  python3 -m zipfile -e "$package" "$folder/$project"
  grep -q '<license type="expression">MIT</license>' "$folder/$project/WsCluster.$project.nuspec" || { echo "WsCluster.$project has no licence"; exit 1; }
done
