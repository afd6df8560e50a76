#!/bin/sh
# Makes a virtual environment with the first Python of 3.11 or later, and says plainly what's missing.
set -eu
venv=$1

for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            exec "$python" -m venv "$venv"
        fi
        without=$python
    fi
done

if [ -z "${without:-}" ]; then
    echo "sfharden needs Python 3.11 or later; none was found." >&2
    exit 1
fi

# Debian keeps ensurepip in a package of its own. As root, get it; otherwise say how.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing python3-venv, which Debian's Python needs for virtual environments..."
    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    exec "$without" -m venv "$venv"
fi
echo "$without can't make virtual environments. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2
exit 1
