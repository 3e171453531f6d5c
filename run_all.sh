#!/usr/bin/env bash
# The one door: makes an environment once, then hands over to `python -m helpers`.
# Written for bash 3.2, which is what macOS has.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
# The tests have an environment of their own: what they need never touches that of the reports.
case "${1:-}" in
  test) venv="$here/.venv-test" lock=requirements-dev.lock needs='helpers.cli, pytest' ;;
  *) venv="$here/.venv" lock=requirements.lock needs=helpers.cli ;;
esac
# Two lines: what the environment was made from, or "new" or "changing" while it is; and its folder.
stamp="$venv/.installed"

say() { printf '%s\n' "$*" >&2; }
fail() { say "run_all.sh: $*"; exit 2; }

# The interpreter of an environment: bin/ everywhere but on Windows.
python_of() {
  if [ -x "$1/bin/python" ]; then printf '%s\n' "$1/bin/python"
  elif [ -x "$1/Scripts/python.exe" ]; then printf '%s\n' "$1/Scripts/python.exe"
  fi
}

# An environment that the user has activated and that holds what is needed is used as it is.
active_python() {
  local folder python
  for folder in "${VIRTUAL_ENV:-}" "${CONDA_PREFIX:-}"; do
    [ -n "$folder" ] || continue
    python=$(python_of "$folder")
    if [ -n "$python" ] && "$python" -c "import $needs" >/dev/null 2>&1; then
      printf '%s\n' "$python"
      return
    fi
  done
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
  local name
  for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
    if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then
      command -v "$name"
      return
    fi
  done
}

fingerprint() { cat "$here/$lock" "$here/pyproject.toml" | cksum; }

# $1: state. An environment cannot leave its folder, so the folder is part of the stamp.
write_stamp() { printf '%s\n%s\n' "$1" "$here" >"$stamp"; }
state_of() { [ ! -f "$stamp" ] || sed -n 1p "$stamp"; }
folder_of() { [ ! -f "$stamp" ] || sed -n 2p "$stamp"; }

is_ready() {
  [ -n "$(python_of "$venv")" ] && [ "$(state_of)" = "$(fingerprint)" ] && [ "$(folder_of)" = "$here" ]
}

# An environment that works stays when the lock changes, with all that the user has added to it.
can_be_kept() {
  local python folder
  python=$(python_of "$venv") folder=$(folder_of)
  [ -n "$python" ] && is_new_enough "$python" && [ "$(state_of)" != new ] && [ "${folder:-$here}" = "$here" ]
}

# What is about to go is told: only what the user has added is not put back.
tell_what_goes() {
  local python added
  if [ ! -d "$venv" ] || [ "$(state_of)" = new ]; then return; fi
  say "$venv was moved or has lost its Python, and is made anew."
  python=$(python_of "$venv")
  if [ -n "$python" ] && added=$("$python" -I "$here/src/helpers/set_up.py" "$here/$lock" 2>/dev/null); then
    [ -z "$added" ] || say "You had added $added: install that again afterwards, it is not in $lock."
  else
    say "What you had added to it cannot be read; install it again afterwards."
  fi
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

# Only what the lock lists, with the hashes it lists, compiled so that kernels start fast.
install_locked() {
  local python quiet=--quiet
  python=$(python_of "$venv")
  if command -v uv >/dev/null 2>&1; then
    if [ -t 2 ]; then quiet=""; fi # on a terminal uv shows its own progress
    uv pip install ${quiet:+"$quiet"} --python "$python" --no-deps --require-hashes --compile-bytecode -r "$here/$lock" >&2 &&
      uv pip install --quiet --python "$python" --no-deps --no-build-isolation -e "$here" >&2
  else
    "$python" -I "$here/src/helpers/set_up.py" "$here/$lock" \
      "$python" -m pip install --disable-pip-version-check --no-deps --require-hashes --compile -r "$here/$lock" >&2 &&
      "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e "$here" >&2
  fi
}

# The stamp is finished last: an install that was cut short is done again.
set_up() {
  local way_out=""
  if can_be_kept; then
    say "Bringing $venv up to $lock; what you added to it stays ..."
    write_stamp changing
    way_out="; if nothing helps, delete $venv and run this again"
  else
    tell_what_goes
    say "Setting up $venv from $lock (once; takes two or three minutes) ..."
    make_venv
    write_stamp new
  fi
  install_locked || fail "the packages of $lock could not be installed; the lines above say why$way_out"
  # Some machines forbid Python to keep bytecode; each kernel would compile our modules anew.
  "$(python_of "$venv")" -m compileall -q "$here/src/helpers" >&2 || say "run_all.sh: no bytecode kept; kernels start slower"
  write_stamp "$(fingerprint)"
}

python=$(active_python)
if [ -z "$python" ]; then
  is_ready || set_up
  python=$(python_of "$venv")
fi
exec "$python" -m helpers ${1+"$@"}
