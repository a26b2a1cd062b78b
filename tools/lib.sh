# What the commands in tools/ share; sourced, not run. Leaves the shell in the root of the tree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '== %s\n' "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# usage FILE: the comment at the head of a command is its help.
usage() { sed -n '2,/^$/{s/^# \{0,1\}//;p}' "$1"; }

# packages GROUP...: the packages of these groups, one a line.
packages() {
  local group
  for group in "$@"; do
    awk -v group="$group" '$1 == group {print $2}' tools/packages
  done | sort -u
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# apt_get ARGUMENT...: apt-get, as root or through sudo.
apt_get() {
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@"
}

# install_packages GROUP...: installs what is missing, and touches nothing when nothing is.
install_packages() {
  command -v dpkg-query >/dev/null ||
    die "this is not Debian: install what corresponds to tools/packages, then use the CMake presets"
  local missing=() package
  for package in $(packages "$@"); do
    installed "$package" || missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    die "as root, run: apt-get install ${missing[*]}"
  fi
  say "installing ${missing[*]}"
  # Package lists that are missing or old make the first attempt fail: only then are they fetched.
  apt_get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return 0
  apt_get update -qq || die "apt-get update failed: is there a network?"
  apt_get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    die "cannot install ${missing[*]}: see above"
}

# build PRESET [CMAKE-OPTION...] [-- TARGET...]: configures and builds; quiet unless it fails.
build() {
  local preset=$1 options=() targets=()
  shift
  while [ $# -gt 0 ]; do
    if [ "$1" = -- ]; then
      shift
      targets=(--target "$@")
      break
    fi
    options+=("$1")
    shift
  done
  mkdir -p "build/$preset"
  local log="build/$preset/configure.log"
  cmake --preset "$preset" "${options[@]}" >"$log" 2>&1 || {
    cat "$log" >&2
    return 1
  }
  cmake --build "build/$preset" -j "$(nproc)" "${targets[@]}"
}
