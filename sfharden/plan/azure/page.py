"""azure/README.md of a plan: what changes, in which order, whom it hits, how it's made and taken back.

Names come from a tenant, so each is escaped: none may become markup, a link or a command.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sfharden.model.azure_plan import AzureChange
from sfharden.plan.azure.shell import ASKED, command
from sfharden.text.markdown import escaped

_HEAD: Final = """\
# The Azure side

sfharden has changed nothing, and runs none of this. Nobody has tried these commands on your tenant: try them where it does no harm first.

1. Read what changes below, and whom it hits.
2. `sh commands.sh` lists the changes that have commands and makes none; `sh commands.sh 1` makes change 1 with the Azure CLI, in the
   subscription and cloud that it is signed in to. Each step first looks whether what it changes still is as it was read, and stops if not.
3. Look at the result, and let callers and readers try. `sh commands.sh undo 1` takes change 1 back, unless what stands
   there by then is not what change 1 made.
4. `sfharden check` again.

The order is theirs: records first lose nothing, access last shuts out. A workflow is read and put back whole by the Azure CLI (Azure takes
no partial update of it), from what stands there at that moment: nobody should save it in the designer meanwhile. Never put
`definition.diff` or what was read into Azure: secrets are `***` in them. Not `Set-AzLogicApp`, nor access control in code view: these
are known to drop access control.

- `main.bicep` has what to add to your own templates, where a template deploys these resources; else the next deployment takes it back.
- `definition.diff` shows each change in what was read; `definition.patch.json` has the same as JSON Patch (RFC 6902).
"""


def azure_readme(changes: Sequence[AzureChange]) -> str:
    """The page, in Markdown."""
    lines = [_HEAD]
    for number, one in enumerate(changes, 1):
        lines += _change(number, one)
    return "\n".join(lines) + "\n"


def _change(number: int, one: AzureChange) -> Iterator[str]:
    yield f"## {number}. {escaped(one.what)} of {escaped(one.name)}"
    yield f"\n{escaped(one.control)}: `{_coded(one.resource)}`\n"
    yield f"- today: {escaped('; '.join(one.today)) or 'nothing'}"
    yield f"- after: {escaped('; '.join(one.after)) or 'nothing'}"
    yield from (f"- risk: {escaped(risk)}" for risk in one.risks)
    if one.by_hand:
        yield f"- by hand: {escaped(one.by_hand)}"
    yield from (f"- set `{name[1:-1]}` first: {ASKED[name]}" for name in one.asks)
    yield from _typed("The command", [command(words) for words in one.commands])
    yield from _typed("The way back", [command(words) for words in one.undo])
    if one.commands and not one.undo:
        yield "\nThe way back: no command; what stood there was not set, and Azure's own default applies."
    yield ""


def _typed(title: str, commands: Sequence[str]) -> Iterator[str]:
    if commands:
        yield from (f"\n{title}:\n", *(f"    {one}" for one in commands))


def _coded(name: str) -> str:
    return "".join(one for one in name if one.isprintable() and one != "`")
