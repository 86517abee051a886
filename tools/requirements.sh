# Sourced by start.sh and test.sh: installs what a fresh Debian 12 machine with the .NET SDK and Node.js lacks.
# What is missing is gathered first and installed by one apt-get call: either all of it is there afterwards or a message says what is not.

# Debian keeps ldconfig where an ordinary user's PATH does not look, and dotnet-install.sh puts the SDK into the home directory.
PATH=$PATH:/usr/sbin:/sbin:${DOTNET_ROOT:-$HOME/.dotnet}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

node_needed=20.19

# has_library NAME : true when the dynamic linker knows it. No pipe into grep -q: with pipefail that fails when grep is the faster one.
has_library() {
  case "$(ldconfig -p 2>/dev/null)" in *"$1"*) return 0 ;; esac
  return 1
}

has_sdk() {
  case "$(dotnet --list-sdks 2>/dev/null)" in 10.* | *$'\n'10.*) return 0 ;; esac
  return 1
}

has_node() {
  command -v npm >/dev/null && node -e "
    const [have, need] = [process.versions.node, '$node_needed'].map((v) => v.split('.').map(Number));
    process.exit(have[0] > need[0] || (have[0] === need[0] && have[1] >= need[1]) ? 0 : 1);" 2>/dev/null
}

# The name of ICU's package carries its version: libicu72 in Debian 12, libicu76 in Debian 13, libicu74 in Ubuntu 24.04.
icu_package() {
  apt-cache pkgnames libicu | grep -E '^libicu[0-9]+(t64)?$' | sort -V | tail -n 1
}

# apt_get ARGUMENTS... : as root, quiet, patient with a slow mirror and with another apt-get that runs.
apt_get() {
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@"
}

# install_packages PACKAGE... : "libicu" stands for the package of the present release. Three attempts; false with the end of apt's log.
install_packages() {
  if ! command -v apt-get >/dev/null; then
    echo "This is not Debian or Ubuntu: please install what these packages hold: $*" >&2
    return 1
  fi
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    echo "Missing: $*. Only root can install them: run this script once as root, or ask your administrator for these packages." >&2
    return 1
  fi

  echo "Installing $* ..."
  local log attempt package packages
  log=$(mktemp)
  for attempt in 1 2 3; do
    # A third-party source that does not answer must not be in the way of Debian's own packages.
    apt_get update >"$log" 2>&1 || true
    packages=()
    for package in "$@"; do
      [ "$package" != libicu ] || package=$(icu_package)
      packages+=("$package")
    done
    if apt_get install --no-install-recommends "${packages[@]}" >>"$log" 2>&1; then
      rm -f "$log"
      return 0
    fi
    [ "$attempt" -eq 3 ] || sleep 3
  done

  echo "apt-get could not install $*. The end of its log ($log):" >&2
  tail -n 15 "$log" >&2
  return 1
}

# ensure_command COMMAND PACKAGE... : installs the packages when the command is missing.
ensure_command() {
  local command=$1
  shift
  command -v "$command" >/dev/null 2>&1 || install_packages "$@"
}

# What building and running need. The web client's tools only where there is a web client.
ensure_sdk() {
  local missing=()
  has_library libssl.so.3 || missing+=(libssl3)
  has_library libicuuc.so || missing+=(libicu)
  [ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}" || return 1

  if ! has_sdk; then
    echo "The .NET 10 SDK is missing: see https://dotnet.microsoft.com/download (or https://dot.net/v1/dotnet-install.sh --channel 10.0)" >&2
    return 1
  fi
  if [ -e src/web/package.json ] && ! has_node; then
    echo "Node.js $node_needed or newer with npm is missing: see https://nodejs.org (Debian 12's own nodejs is too old)" >&2
    return 1
  fi
}
