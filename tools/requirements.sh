# Sourced by start.sh and test.sh: installs what a fresh Debian 12 machine with the .NET SDK and Node.js lacks.

need_root_or_sudo() {
  if [ "$(id -u)" -eq 0 ]; then echo ""; elif command -v sudo >/dev/null; then echo "sudo"; else
    echo "This step needs root (or sudo) to install: $*" >&2
    exit 1
  fi
}

# ensure_command COMMAND PACKAGE... : installs the Debian packages when the command is missing.
ensure_command() {
  local command=$1
  shift
  command -v "$command" >/dev/null 2>&1 && return 0
  echo "Installing $* ..."
  local as_root
  as_root=$(need_root_or_sudo "$@")
  if [ -z "${apt_updated:-}" ]; then
    $as_root apt-get update -qq
    apt_updated=1
  fi
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

ensure_sdk() {
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    echo "The .NET 10 SDK is missing: see https://dotnet.microsoft.com/download" >&2
    exit 1
  fi
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    ensure_command npm nodejs npm
  fi
  if ! ldconfig -p 2>/dev/null | grep -q 'libssl\.so\.3'; then
    ensure_command openssl openssl libssl3
  fi
}
