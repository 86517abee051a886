#!/usr/bin/env bash
# Installs what is missing, builds, runs the server and prints its address. Arguments go to the server, e.g. ./start.sh --urls http://0.0.0.0:80
# The database lies in .data beside this script.
set -euo pipefail
cd "$(dirname "$0")"
. tools/requirements.sh
ensure_sdk
echo "Building ... (the first time takes a minute or two)"
dotnet build src/MediaServer.Server --configuration Release --nologo -v quiet
exec dotnet src/MediaServer.Server/bin/Release/net10.0/MediaServer.Server.dll --contentRoot "$PWD/src/MediaServer.Server" "$@"
