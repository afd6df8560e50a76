#!/bin/sh
# Runs the tests that read XML on the system's Python too, if its expat calls back otherwise than ours does:
# Debian patched its own to wait, and the Python there can't switch that off. Where there's none, says so.
set -eu
cd "$(dirname "$0")/.."
python=${SYSTEM_PYTHON:-/usr/bin/python3}

skip() {
    echo "Not run on the system's expat: $1."
    exit 0
}

waits() {
    "$1" -c 'import sys; sys.path.insert(0, "tests"); import expat_modes; print(expat_modes.waits())'
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || skip "$python isn't Python 3.11 or later"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq libexpat1 python3-venv; } >/dev/null 2>&1 || echo "apt-get failed; going on"
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null || skip "$python can't make virtual environments"
[ "$(waits "$python")" != "$(waits .venv/bin/python)" ] || skip "it calls back as that of .venv does"
PYTHON=$python exec make VENV=.venv-system EXPAT=own test-xml
