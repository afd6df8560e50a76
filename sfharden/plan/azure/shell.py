"""The changes as a script for a POSIX shell, which does nothing unless it's told which of them to make.

Each word comes from a list of words and is quoted by itself; a word with a character that no word needs is refused.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from sfharden.model.azure_plan import AzureChange, AzureGuard, Words
from sfharden.plan.refusal import refused
from sfharden.text.redact import safe_text

WORKSPACE: Final = "{WORKSPACE_ID}"  # a word of a command that a person fills in
ASKED: Final = {WORKSPACE: "the resource id of the Log Analytics workspace that the logs go to"}
_VARIABLE: Final = re.compile(r"\{([A-Z_]+)\}(.*)", re.S)
_HEAD: Final = """\
#!/bin/sh
# What `sfharden plan` would change on the Azure side. sfharden has run nothing of this.
# Read README.md beside it first. Without arguments it lists the changes and makes none.
#   sh commands.sh 1 3       makes the changes 1 and 3, in this order
#   sh commands.sh undo 3    takes change 3 back
set -eu

stopped() {
    if [ "$way" = undo ]; then
        printf 'Stopped, nothing was changed by this step: %s is not as the change left it. Look at it; README.md has the way back.\\n' "$1" >&2
    else
        printf 'Stopped, nothing was changed by this step: %s is not as it was read. Plan again.\\n' "$1" >&2
    fi
    exit 3
}

# Stops unless a resource still is as it was when this was planned (to undo: as the change left it): its address, and a question to it.
unchanged() {
    answer=$(az rest --method get --url "$1" --query "$2" --output json)
    if [ "$answer" != true ]; then stopped "$1"; fi
}

# Stops if there is a resource of that address by now, which would be replaced; and unless Azure says that there is none.
absent() {
    if answer=$(az rest --method get --url "$1" --output none 2>&1); then stopped "$1"; fi
    case $answer in
    *'Not Found('*'NotFound"'*) ;;
    *)
        printf '%s\\nStopped, nothing was changed by this step: whether there is a %s could not be asked.\\n' "$answer" "$1" >&2
        exit 3
        ;;
    esac
}
"""
_TAIL: Final = """\
if [ "$#" -eq 0 ]; then
    list
    exit 0
fi
way=change
if [ "$1" = undo ]; then
    way=undo
    shift
fi
for number in "$@"; do
    case $number in
%s
    *) printf 'There is no change %%s. Nothing was done.\\n' "$number" >&2; exit 2 ;;
    esac
done
for number in "$@"; do
    "${way}_$number"
done
"""


def script(changes: Sequence[AzureChange]) -> str:
    """The whole script; the numbers are those of README.md, and a change without commands isn't in it."""
    numbered = [(number, one) for number, one in enumerate(changes, 1) if one.commands]
    parts = [_HEAD, _listing(numbered)]
    for number, one in numbered:
        parts.append("\n".join(_change(number, one)) + "\n")
        parts.append("\n".join(_undo(number, one)) + "\n")
    cases = "|".join(str(number) for number, _ in numbered) or "none"
    return "\n".join([*parts, _TAIL % f"    {cases}) ;;"])


def _listing(numbered: Sequence[tuple[int, AzureChange]]) -> str:
    lines = [f"    printf '%s\\n' {word(f'{number}  {_told(one)}')}" for number, one in numbered]
    return "\n".join(["list() {", *(lines or ["    :"]), "}", ""])


def _told(one: AzureChange) -> str:
    return safe_text(f"{one.what} of {one.name} ({one.control})", limit=300)


def _change(number: int, one: AzureChange) -> Iterator[str]:
    yield f"# {number}: {_told(one)}"
    yield from (f"# Risk: {safe_text(risk, limit=400)}" for risk in one.risks)
    yield f"change_{number}() {{"
    yield f"    printf '%s\\n' {word(f'{number}: {_told(one)}')}"
    yield from (f'    : "${{{name[1:-1]}:?{ASKED[name]}}}"' for name in one.asks)
    yield from (f"    {_guard(guard)}" for guard in one.guards)
    yield from (f"    {command(words)}" for words in one.commands)
    yield "}"


def _undo(number: int, one: AzureChange) -> Iterator[str]:
    yield f"undo_{number}() {{"
    yield f"    printf '%s\\n' {word(f'{number}, back: {_told(one)}')}"
    if one.undo:
        yield from (f"    {_guard(guard)}" for guard in one.undo_guards)
        yield from (f"    {command(words)}" for words in one.undo)
    else:
        yield "    printf '%s\\n' 'No command takes this back; see README.md.' >&2; exit 2"
    yield "}"


def _guard(guard: AzureGuard) -> str:
    url = word(f"{guard.resource}?api-version={guard.api_version}")
    return f"unchanged {url} {word(guard.question)}" if guard.question else f"absent {url}"


def command(words: Words) -> str:
    """A command as it's typed."""
    return " ".join(map(word, words))


def word(text: str) -> str:
    """One word for a POSIX shell; `{VARIABLE}` at its beginning stands for what a person has set.

    Raises NoVerdictError for a word with a line end or another control character: no word of ours needs one.
    """
    if not text.isprintable():
        raise refused("A name of Azure holds a line end or a control character; no command is made of it.")
    found = _VARIABLE.fullmatch(text)
    if found and f"{{{found[1]}}}" in ASKED:
        rest = shlex.quote(found[2]) if found[2] else ""
        return f'"${found[1]}"{rest}'
    return shlex.quote(text)
