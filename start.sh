#!/usr/bin/env bash
# Installs what is missing, builds and runs the server. Arguments go to the server, e.g. ./start.sh --urls http://0.0.0.0:80
set -euo pipefail
cd "$(dirname "$0")"
. tools/requirements.sh
ensure_sdk
exec dotnet run --project src/MediaServer.Server --configuration Release -- "$@"
