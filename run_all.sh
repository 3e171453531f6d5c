#!/usr/bin/env bash
# The one door: makes an environment once, then hands over to `python -m helpers`.
# Written for bash 3.2, which is what macOS has.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
venv="$here/.venv"
stamp="$venv/.installed"

say() { printf '%s\n' "$*" >&2; }
fail() { say "run_all.sh: $*"; exit 2; }

# The interpreter of an environment: bin/ everywhere but on Windows.
python_of() {
  if [ -x "$1/bin/python" ]; then printf '%s\n' "$1/bin/python"
  elif [ -x "$1/Scripts/python.exe" ]; then printf '%s\n' "$1/Scripts/python.exe"
  fi
}

# An environment that the user has activated and that holds the package is used as it is.
active_python() {
  local folder python
  for folder in "${VIRTUAL_ENV:-}" "${CONDA_PREFIX:-}"; do
    [ -n "$folder" ] || continue
    python=$(python_of "$folder")
    if [ -n "$python" ] && "$python" -c 'import helpers.cli' >/dev/null 2>&1; then
      printf '%s\n' "$python"
      return
    fi
  done
}

find_python() {
  local name
  for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
    if command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
}

# Changes with the locks, with pyproject.toml, and with the folder, which an environment cannot leave.
fingerprint() {
  { cat "$here/requirements.lock" "$here/requirements-dev.lock" "$here/pyproject.toml"
    printf '%s\n' "$here"; } | cksum
}

# $1 runtime or dev. An environment for the tests serves the reports too.
is_ready() {
  [ -f "$stamp" ] && [ -n "$(python_of "$venv")" ] || return 1
  case "$(cat "$stamp")" in
    "dev $(fingerprint)") return 0 ;;
    "runtime $(fingerprint)") [ "$1" = runtime ] ;;
    *) return 1 ;;
  esac
}

make_venv() {
  local python
  python=$(find_python)
  if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --clear --python "${python:->=3.11}" "$venv" >&2 || fail "uv could not make $venv"
  elif [ -n "$python" ]; then
    "$python" -m venv --clear "$venv" >&2 ||
      fail "$python could not make $venv (on Debian and Ubuntu: apt-get install python3-venv)"
  else
    fail "Python 3.11 or newer is needed and was not found on the PATH. Install it, or uv, and run this again."
  fi
}

# $1: lock file. Only what it lists, with the hashes it lists, compiled so that kernels start fast.
install_locked() {
  local python
  python=$(python_of "$venv")
  if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --python "$python" --no-deps --require-hashes --compile-bytecode -r "$here/$1" >&2 &&
      uv pip install --quiet --python "$python" --no-deps --no-build-isolation -e "$here" >&2
  else
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --compile -r "$here/$1" >&2 &&
      "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e "$here" >&2
  fi
}

# $1 runtime or dev. The stamp is written last: an install that was cut short is done again.
set_up() {
  local lock=requirements.lock
  [ "$1" = dev ] && lock=requirements-dev.lock
  say "Setting up $venv from $lock (once; takes a minute or two) ..."
  rm -f "$stamp"
  make_venv
  install_locked "$lock" || fail "the packages of $lock could not be installed; the lines above say why"
  # Some machines forbid Python to keep bytecode; each kernel would compile our modules anew.
  "$(python_of "$venv")" -m compileall -q "$here/src/helpers" >&2 || say "run_all.sh: no bytecode kept; kernels start slower"
  printf '%s %s\n' "$1" "$(fingerprint)" >"$stamp"
}

python=$(active_python)
if [ -z "$python" ]; then
  kind=runtime
  if [ "${1:-}" = test ]; then kind=dev; fi
  is_ready "$kind" || set_up "$kind"
  python=$(python_of "$venv")
fi
exec "$python" -m helpers ${1+"$@"}
