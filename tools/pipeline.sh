#!/usr/bin/env bash
# What action.yml and tools/azure-steps.yml run, in the folder that is judged: set up, check once, and keep the exit code.
#
# GIVEN_SOURCE, and if they are wanted GIVEN_INTEGRATION, GIVEN_POLICY, GIVEN_FAIL_ON, GIVEN_BASELINE and GIVEN_REPORT: files
# for the report, one a line, each in the form that its ending names. On GitHub there are annotations and a page of the
# step besides. GIVEN_PYTHON is a Python that has what sfharden needs; without it one is set up, each file checked by its hash.
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

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python=${GIVEN_PYTHON:-}
if [ -z "$python" ]; then
    (set_up "$place/env") >&2
    python=$place/env/bin/python
fi

words=(--source "${GIVEN_SOURCE:?is not given}")
[ -z "${GIVEN_INTEGRATION:-}" ] || words+=(--integration "$GIVEN_INTEGRATION")
[ -z "${GIVEN_POLICY:-}" ] || words+=(--policy "$GIVEN_POLICY")
[ -z "${GIVEN_FAIL_ON:-}" ] || words+=(--fail-on "$GIVEN_FAIL_ON")
[ -z "${GIVEN_BASELINE:-}" ] || words+=(--baseline "$GIVEN_BASELINE")
words+=(--output -)
while read -r file; do
    [ -z "$file" ] || words+=("--output=$file")
done <<<"${GIVEN_REPORT:-}"
annotations=$place/annotations.github.txt
[ -z "${GITHUB_ACTIONS:-}" ] || words+=(--output "$annotations")

without_marks() { sed 's/##/# #/g'; }
check() {
    PYTHONPATH=$here "$python" -P -m sfharden check "${words[@]}" 2>&1 | without_marks
}

token=$("$python" -Pc 'import secrets; print(secrets.token_hex(16))')
[ -z "${GITHUB_ACTIONS:-}" ] || echo "::stop-commands::$token"
code=0
check || code=$?
[ -z "${GITHUB_ACTIONS:-}" ] || echo "::$token::"
# These lines are for GitHub; a name in them can't begin another.
[ ! -s "$annotations" ] || { grep -E '^::(error|warning|notice) ' "$annotations" || true; } | without_marks
[ -z "${GITHUB_OUTPUT:-}" ] || echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
