#!/usr/bin/env bash
# What action.yml and tools/azure-steps.yml run, in the folder that is judged: set up, check, and keep the exit code.
#
# GIVEN_SOURCE, and if they are wanted GIVEN_INTEGRATION, GIVEN_POLICY, GIVEN_FAIL_ON and GIVEN_REPORT (a file for the JSON
# report). GIVEN_PYTHON is a Python that has what sfharden needs; without it one is set up, each file checked by its hash.
#
# The folder is somebody's pull request. So Python never looks for modules in it (-P, and the set-up is done elsewhere),
# and no name in it gives orders to the forge: GitHub is told to heed no command for that while, and the ## that
# begins one of Azure Pipelines, or an old one of GitHub's, is broken up.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

set_up() {
    cd "$here"
    sh tools/make-venv.sh "$1"
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/locked/run.txt
}

python=${GIVEN_PYTHON:-}
if [ -z "$python" ]; then
    place=$(mktemp -d)
    trap 'rm -rf "$place"' EXIT
    (set_up "$place") >&2
    python=$place/bin/python
fi

words=(--source "${GIVEN_SOURCE:?is not given}")
[ -z "${GIVEN_INTEGRATION:-}" ] || words+=(--integration "$GIVEN_INTEGRATION")
[ -z "${GIVEN_POLICY:-}" ] || words+=(--policy "$GIVEN_POLICY")
[ -z "${GIVEN_FAIL_ON:-}" ] || words+=(--fail-on "$GIVEN_FAIL_ON")

check() {
    PYTHONPATH=$here "$python" -P -m sfharden check "${words[@]}" "$@" 2>&1 | sed 's/##/# #/g'
}

token=$("$python" -Pc 'import secrets; print(secrets.token_hex(16))')
[ -z "${GITHUB_ACTIONS:-}" ] || echo "::stop-commands::$token"
code=0
check || code=$?
if [ -n "${GIVEN_REPORT:-}" ]; then
    written=0
    check --format json --output "$GIVEN_REPORT" || written=$?
    [ "$written" = "$code" ] || code=3
fi
[ -z "${GITHUB_ACTIONS:-}" ] || echo "::$token::"
[ -z "${GITHUB_OUTPUT:-}" ] || echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
