#!/bin/sh
# install-locked.sh PYTHON LOCK EXTRA: installs what tools/locked/LOCK.txt pins, each file checked by its hash, and then
# this checkout, editable, from what is installed by then.
#
# HASHES=try, the default: a file with another hash than the lock's stops it. An index that hasn't got these files (a
# mirror, a system whose wheels are its own) doesn't: then it says so and goes on with constraints.txt, without hashes,
# for a set-up that can't be used is no safer. Who owns the index can thus get round the hashes; HASHES=must, for what is
# published and on the forge, never goes on. HASHES=no doesn't try.
set -eu
cd "$(dirname "$0")/.."
python=$1 lock=tools/locked/$2.txt extra=$3

pip() { "$python" -m pip install --quiet --disable-pip-version-check "$@"; }

with_hashes() {
    pip --require-hashes -r "$lock" -r tools/locked/build.txt &&
        pip --no-deps --no-build-isolation -e .
}

without_hashes() {
    PIP_CONSTRAINT=constraints.txt pip -e ".$extra"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
case ${HASHES:-try} in
no) without_hashes ;;
must) with_hashes ;;
try)
    if with_hashes 2>"$log"; then exit 0; fi
    cat "$log" >&2
    if grep -q 'DO NOT MATCH THE HASHES' "$log"; then
        echo "A package isn't the file that $lock names. Nothing more is installed. If your index builds packages of its own: HASHES=no" >&2
        exit 1
    fi
    echo "Not checked by hash, see above; going on with constraints.txt." >&2
    without_hashes
    ;;
*) echo "HASHES is try, must or no, not ${HASHES}." >&2; exit 2 ;;
esac
