#!/usr/bin/env bash
# Installs what is missing, builds, checks formatting and runs every test.
# Ends with a line of its own, "N passed, N failed, N skipped"; exits non-zero on any failure.
# TEST_ONLY=dotnet|web|browser runs one part.
set -uo pipefail
cd "$(dirname "$0")"
. tools/requirements.sh
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=$PWD/artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
only=${TEST_ONLY:-all}
broken=0

part() { [ "$only" = all ] || [ "$only" = "$1" ]; }

# step NAME COMMAND... : runs a check that must succeed; a failure is reported and counted.
step() {
  local name=$1
  shift
  echo "== $name"
  if ! "$@"; then
    echo "FAILED: $name" >&2
    broken=$((broken + 1))
    return 1
  fi
}

ensure_sdk || exit 1
ensure_command python3 python3
if part dotnet || part browser; then ensure_command turnserver coturn; fi

if part dotnet || part browser; then
  step "build" dotnet build MediaServer.sln --configuration Release --nologo -v quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
fi

if part dotnet; then
  step "format (C#)" dotnet format whitespace MediaServer.sln --no-restore --verify-no-changes
  step "dotnet test" dotnet test MediaServer.sln --configuration Release --no-build --nologo -v quiet \
    --logger "trx" --results-directory "$results" -- RunConfiguration.TestSessionTimeout=600000
fi

if part web; then
  pushd src/web >/dev/null
  [ -d node_modules ] || step "npm ci" npm ci --no-audit --no-fund
  step "lint (web)" npm run --silent lint
  step "format (web)" npm run --silent format:check
  step "web unit tests" npx vitest run --reporter=default --reporter=junit --outputFile.junit="$results/web.xml"
  popd >/dev/null
fi

if part browser; then
  ensure_command chromium chromium
  ensure_command firefox-esr firefox-esr
  ensure_command ffmpeg ffmpeg
  pushd tests/browser >/dev/null
  step "npm ci (browser tests)" npm ci --no-audit --no-fund --ignore-scripts
  step "browser tests" timeout 1500 node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=junit --test-reporter-destination="$results/browser.xml" ./*.test.mjs
  popd >/dev/null
fi

python3 tools/summarise_tests.py "$results" "$broken"
