"""The part of `doctor` on Azure: whose token it is, which rights it lacks, and what `check` would leave unknown for that."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sfharden.azure.reader_role import EDIT_SUBSCRIPTION, role_commands
from sfharden.checks.azure.contexts import gaps_of_azure
from sfharden.checks.azure_foreseen import MissingRight
from sfharden.checks.remedies import Foreseen
from sfharden.model.azure import SITES, WORKFLOWS, AzureSnapshot, segment_after
from sfharden.report.doctor_page import foreseen_block, gaps_block
from sfharden.report.mend_first import mend_first
from sfharden.report.next_lines import next_block
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wording import count, shorten
from sfharden.text.wrapping import bullet, wrap

_MOST: Final = 30
_ID: Final = re.compile(r"[0-9A-Fa-f-]{36}")  # nothing else of a token's is put into a command
_TITLE: Final = "WHAT check WOULD LEAVE UNKNOWN OF AZURE, WHY, AND WHAT TO DO"
# What `*/read` of a subscription doesn't hold (Azure built-in roles, Reader; Azure permissions for Web and Mobile).
_BEYOND_READER: Final = (
    "settings of Standard apps (Microsoft.Web/sites/config/list/Action): they hold secrets, so sfharden never asks for them. "
    "Give the app's template, or its settings among the files of --azure-exports.",
    "roles that wait to be taken (PIM), where they are kept from Readers.",
    "what is in other subscriptions, such as the workspace that logs go to: Reader there.",
    "diagnostic settings of management groups: Reader there.",
)


@dataclass(frozen=True, slots=True)
class ExaminedAzure:
    """What was read of Azure by whom; `cloud`, `host`, `object_id` and `tenant` as the token and the sign-in tell."""

    read: AzureSnapshot
    how: str
    cloud: str
    host: str
    object_id: str
    tenant: str
    rights: Sequence[MissingRight]
    foreseen: Sequence[Foreseen]
    to_mend: Sequence[str] = ()


def render_doctor_azure(found: ExaminedAzure, terminal: Terminal, again: str, described: Path | None) -> str:
    """The whole part. `again` are the options to type again; `described` the integration file, if there is one."""
    width = terminal.width
    heading = (wrap(line, width, indent=" " * 13) for line in _heading(found))
    nothing = wrap("check would leave nothing of Azure unknown.", width)
    blocks = [
        "\n".join(heading),
        mend_first(found.to_mend, terminal),
        _rights(found.rights, terminal),
        foreseen_block(found.foreseen, _TITLE, terminal) if found.foreseen else nothing,
        gaps_block(gaps_of_azure(found.read), terminal),
        "\n".join(["READER DOESN'T GIVE", *(bullet(one, width) for one in _BEYOND_READER)]),
        next_block(_next(found, again, described), width),
    ]
    return "\n\n".join(block for block in blocks if block)


def _heading(found: ExaminedAzure) -> Iterator[str]:
    whom = safe_text(found.object_id, limit=60) or "not told by the token"
    tenant = f" of tenant {safe_text(found.tenant, limit=60)}" if found.tenant else ""
    yield f"Azure        {safe_text(found.host, limit=80)} ({safe_text(found.cloud, limit=40)})"
    yield f"Signed in    object id {whom}{tenant} (by {found.how})"
    read = count(sum(1 for _ in found.read.every_resource()), "resource")  # as `snapshot` counts them
    yield f"Read         {read}, {count(len(found.read.lists), 'list')}; {count(len(found.read.gaps), 'question')} not answered"


def _rights(rights: Sequence[MissingRight], terminal: Terminal) -> str:
    """What Azure said is missing; never what we think."""
    if not rights:
        return wrap("Azure named no right that this login lacks.", terminal.width)
    lines = ["RIGHTS THAT THIS LOGIN LACKS, as Azure said"]
    for one in rights[:_MOST]:
        lines.append(bullet(f"{one.action} in {shorten(one.places)}", terminal.width))
        lines.append(_inner(f"for {shorten(one.asked_for)}", terminal))
        lost = (
            f"unknown without it: {', '.join(one.controls)}"
            if one.controls
            else "no control is unknown for it"
        )
        lines.append(_inner(lost, terminal))
    if len(rights) > _MOST:
        lines.append(f"  and {len(rights) - _MOST} more")
    return "\n".join(lines)


def _inner(line: str, terminal: Terminal) -> str:
    return wrap(f"    {safe_text(line, limit=600)}", terminal.width, indent="    ")


def _scope(read: AzureSnapshot) -> str:
    """The one subscription that was read; of several, or of none, nobody but a person knows which."""
    ids = (segment_after(one.id, "subscriptions") for one in read.resources if one.type in (WORKFLOWS, SITES))
    found = sorted({one.casefold() for one in ids if one})
    return f"/subscriptions/{found[0]}" if len(found) == 1 and _ID.fullmatch(found[0]) else EDIT_SUBSCRIPTION


def _next(found: ExaminedAzure, again: str, described: Path | None) -> Iterator[str]:
    file = f" -i {shlex.quote(safe_text(str(described)))}" if described else ""
    if found.rights:
        yield f"sfharden doctor --azure-role{file} > role.json"
        yield "  the least role that may read all of it; then make it, and give it to this login:"
        yield from role_commands(
            _scope(found.read), found.object_id if _ID.fullmatch(found.object_id) else ""
        )
    if described:
        yield f"sfharden check {again}{file}"
        yield "  judge it"
    else:
        yield f"sfharden init {again} -o integration.yaml"
        yield "  describe your integration; then foresee and judge it with -i FILE"
