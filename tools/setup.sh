# setup.sh - packages and builds, for tools/run and tools/test (sourced by them).
#
# What is true here: every step may run twice and does nothing the second time; a step that works prints
# nothing or one line, all of it on stderr; a step that fails shows its log and ends the script.
# Needs bash and a Debian base system only.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# The packages of the sets named ("run", "test"), one a line, from packages.txt.
packages_of() {
  local set package reason want
  while read -r set package reason; do
    for want in "$@"; do
      if [[ $set == "$want" ]]; then printf '%s\n' "$package"; fi
    done
  done <"$root/tools/packages.txt"
}

# Those of the packages named that are not installed. A node that is not Debian's brings its own npm, which Debian's can not
# stand beside.
missing_of() {
  local installed package
  installed=" $(dpkg-query --show --showformat='${db:Status-Status}=${Package} ' "$@" 2>/dev/null || true)"
  for package in "$@"; do
    if [[ $package == npm ]] && command -v npm >/dev/null; then continue; fi
    if [[ $installed != *" installed=$package "* ]]; then printf '%s\n' "$package"; fi
  done
}

# Installs what is missing of the sets named; without the right to, says what to install and stops.
ensure_packages() {
  local wanted missing sudo=() log="$root/build/packages.log"
  mapfile -t wanted < <(packages_of "$@")
  command -v dpkg-query >/dev/null || die "this set-up knows Debian 12 only; it needs: ${wanted[*]}"
  mapfile -t missing < <(missing_of "${wanted[@]}")
  if ((${#missing[@]} == 0)); then return; fi

  if (($(id -u) != 0)); then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [[ -t 2 ]] && sudo true; }; }; then
      sudo=(sudo)
    else
      say "mdlc needs packages that are not installed, and installing them takes root. As root, run:"
      say "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
      exit 1
    fi
  fi

  say "installing ${#missing[@]} packages: ${missing[*]}"
  mkdir -p "$root/build"
  local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600)
  if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } </dev/null >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "apt-get failed; its whole output is in build/packages.log. Packages wanted: ${missing[*]}"
  fi
}

# ensure_npm FOLDER [OPTION...]: the packages of FOLDER/package-lock.json in FOLDER/node_modules, nothing else and no scripts of
# theirs. What was installed is remembered by the lock file and the options. Log: build/npm-FOLDER.log.
ensure_npm() {
  local folder=$1 log="$root/build/npm-${1//\//-}.log" mark
  shift
  mark="$(sha256sum <"$root/$folder/package-lock.json") $*"
  if [[ -f $root/$folder/node_modules/.installed && $(<"$root/$folder/node_modules/.installed") == "$mark" ]]; then return; fi
  say "installing the npm packages of $folder"
  mkdir -p "$root/build"
  if ! (cd "$root/$folder" && npm ci --ignore-scripts --no-audit --no-fund "$@") </dev/null >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "npm ci in $folder failed; its whole output is in ${log#"$root"/}"
  fi
  printf '%s\n' "$mark" >"$root/$folder/node_modules/.installed"
}

# Holds the lock on build/ for what follows; a second ./tools/run waits its turn.
lock_build() {
  mkdir -p "$root/build"
  exec 9>"$root/build/.lock"
  flock -n 9 || { say "waiting for another build in this folder"; flock 9; }
}
unlock_build() { exec 9>&-; }

# build PRESET [TARGET...]: configures when the presets or the place changed, then builds. Log: build/PRESET.log.
build() {
  local preset=$1 folder="$root/build/$1" log="$root/build/$1.log"
  shift
  mkdir -p "$folder"
  if [[ -f $folder/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
    rm -rf "$folder" && mkdir -p "$folder" # a build folder that was moved or copied cannot be used again
  fi
  : >"$log"
  if [[ ! -f $folder/build.ninja ]] || ! cmp -s "$root/CMakePresets.json" "$folder/presets.json"; then
    say "configuring $preset"
    if ! (cd "$root" && cmake --preset "$preset") >>"$log" 2>&1 9>&-; then build_failed "$preset"; return 1; fi
    cp "$root/CMakePresets.json" "$folder/presets.json"
  fi
  if ! ninja -C "$folder" "$@" 2>&1 9>&- | tee -a "$log" | announce "building $preset"; then build_failed "$preset"; return 1; fi
}

# Reads ninja's output; prints the line given once something is really compiled or linked.
announce() {
  local line said=0
  while IFS= read -r line; do
    if ((!said)) && [[ $line =~ ^\[[0-9]+/([0-9]+)\]\ (Building|Linking|Generating) ]]; then
      say "$1 (${BASH_REMATCH[1]} steps)"
      said=1
    fi
  done
}

build_failed() {
  local log="$root/build/$1.log"
  if grep -q '^FAILED: ' "$log"; then
    grep -A 60 -m 1 '^FAILED: ' "$log" >&2
  else
    tail -n 60 "$log" >&2
  fi
  say "error: the build '$1' failed; its whole output is in build/$1.log"
}
