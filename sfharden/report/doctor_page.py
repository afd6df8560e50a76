"""The page of `doctor`: what a login may read of an org, what `check` would leave unknown, why, and the way out."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tabulate import tabulate

from sfharden.checks.needs import controls_without, held_by_caller, is_met, needs_of, unmet
from sfharden.checks.policy import Policy
from sfharden.checks.remedies import Foreseen
from sfharden.model.results import Report
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.report.mend_first import mend_first
from sfharden.report.next_lines import next_block
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wording import count, shorten
from sfharden.text.wrapping import COLUMN_GAP, bullet, wrap

_MOST: Final = 30  # reasons and gaps shown


@dataclass(frozen=True, slots=True)
class Examined:
    """What was read and how the login was made, what `check` would say of it, and what it would leave unknown."""

    snapshot: Snapshot
    how: str
    report: Report
    policies: Sequence[Policy]
    foreseen: Sequence[Foreseen]


def render_doctor(found: Examined, terminal: Terminal, source: str, described: Path | None) -> str:
    """The whole page. `source` is the org to type again; `described` the integration file to name, if there is one."""
    snapshot = found.snapshot
    heading = (wrap(line, terminal.width, indent=" " * 13) for line in _heading(snapshot, found.how))
    blocks = [
        "\n".join(heading),
        _permissions(snapshot, found.policies, terminal),
        mend_first(found.report.to_mend, terminal),
        _unknown(found, terminal),
        _gaps(snapshot, terminal),
        next_block(_next(found, source, described), terminal.width),
    ]
    return "\n\n".join(block for block in blocks if block)


def _heading(snapshot: Snapshot, how: str) -> Iterator[str]:
    tables = snapshot.org
    organization = tables.organization if tables else None
    caller = tables.caller if tables else None
    kind = "can't be told: take it for PRODUCTION"
    if organization and organization.is_sandbox is not None:
        kind = "sandbox" if organization.is_sandbox else "PRODUCTION"
    yield f"Org          {safe_text(organization.name if organization else '', limit=50)} ({kind})"
    yield f"Address      {safe_text(snapshot.source.name, limit=60)}"
    yield f"API version  {snapshot.source.api_version}"
    yield f"Signed in    {safe_text(caller.username if caller else 'unknown', limit=60)} (by {how})"


def _permissions(snapshot: Snapshot, policies: Sequence[Policy], terminal: Terminal) -> str:
    held = held_by_caller(snapshot)
    rows = []
    for need in needs_of(snapshot):
        state = "?" if held is None else "yes" if is_met(need, held) else "NO"
        names = list(dict.fromkeys(controls_without(need, policies)))
        lost = "everything" if not need.parts else ", ".join(names) or "nothing that a control rests on"
        told = (
            lost
            if state != "yes"
            else f"({count(len(names), 'control')} {'rests' if len(names) == 1 else 'rest'} on it)"
        )
        rows.append([need.label, state, wrap(told, terminal.width - 24 - 4 - 3 * len(COLUMN_GAP))])
    return tabulate(
        rows,
        headers=["Permission", "Held", "Unknown without it"],
        tablefmt="simple",
        maxcolwidths=[24, None, None],
        disable_numparse=True,
    )


def _unknown(found: Examined, terminal: Terminal) -> str:
    """The reasons, each with its controls; below those that one thing mends, what to do."""
    whole = "" if found.report.integrations else " of the org as a whole"
    if not found.foreseen:
        return wrap(f"check would leave nothing{whole} unknown.", terminal.width)
    return foreseen_block(found.foreseen, "WHAT check WOULD LEAVE UNKNOWN, WHY, AND WHAT TO DO", terminal)


def foreseen_block(foreseen: Sequence[Foreseen], title: str, terminal: Terminal) -> str:
    """The reasons by what mends them."""
    lines = [title]
    by_remedy: dict[str, list[Foreseen]] = {}
    for one in foreseen[:_MOST]:
        by_remedy.setdefault(one.remedy, []).append(one)
    for remedy, reasons in by_remedy.items():
        lines += [bullet(_reason(one), terminal.width) for one in reasons]
        lines.append(wrap(f"  > {safe_text(remedy, limit=600)}", terminal.width, indent="    "))
    return "\n".join([*lines, *_more(len(foreseen), "kinds of reasons")])


def _reason(one: Foreseen) -> str:
    about = f" ({shorten(one.subjects)})" if one.subjects else ""
    return f"{', '.join(one.controls)}{about}: {one.reason}"


def _gaps(snapshot: Snapshot, terminal: Terminal) -> str:
    return gaps_block(snapshot.gaps, terminal)


def gaps_block(found: Iterable[Gap], terminal: Terminal) -> str:
    """What was not read, each once; empty if that is nothing."""
    gaps = dict.fromkeys(
        bullet(f"{safe_text(gap.what, limit=80)}: {gap.reason}", terminal.width) for gap in found
    )
    lines = [*list(gaps)[:_MOST], *_more(len(gaps), "gaps")]
    return "\n".join(["NOT READ, OR NOT ALL OF IT", *lines]) if gaps else ""


def _more(number: int, what: str) -> Iterator[str]:
    if number > _MOST:
        yield f"  and {number - _MOST} more {what}; `check -f json` has them all."


def _next(found: Examined, source: str, described: Path | None) -> Iterator[str]:
    if unmet(found.snapshot) or held_by_caller(found.snapshot) is None:
        yield "sfharden doctor --permission-set"
        yield "  a permission set with all of these, to deploy and assign for the run"
    file = f" -i {shlex.quote(safe_text(str(described)))}" if described else ""
    if found.report.to_mend:
        yield "Mend the integration file as said above, then foresee again:"
        yield f"sfharden doctor {source}{file}"
    elif found.report.integrations:
        yield f"sfharden check {source}{file}"
        yield "  judge the org"
    elif described:
        yield f"sfharden doctor {source}{file}"
        yield "  foresee what check says of the integration, too"
    else:
        yield f"sfharden init {source} -o integration.yaml"
        yield "  describe your integration; then foresee and judge it with -i FILE"
