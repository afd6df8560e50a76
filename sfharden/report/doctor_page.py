"""The page of `doctor`: what a login may read of an org, which controls would be unknown, and why."""

from collections.abc import Iterator, Sequence

from tabulate import tabulate

from sfharden.checks.needs import controls_without, held_by_caller, is_met, needs_of, unmet
from sfharden.checks.policy import Policy
from sfharden.model.snapshot import Snapshot
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import COLUMN_GAP, bullet, wrap


def render_doctor(
    snapshot: Snapshot,
    how: str,
    policies: Sequence[Policy],
    terminal: Terminal,
    source: str,
    *,
    is_described: bool,
) -> str:
    """The whole page. `source` is the org to type again; `is_described`: there is an integration file already."""
    heading = (wrap(line, terminal.width, indent=" " * 13) for line in _heading(snapshot, how))
    blocks = ["\n".join(heading), _permissions(snapshot, policies, terminal)]
    if snapshot.gaps:
        gaps = dict.fromkeys(
            bullet(f"{safe_text(gap.what, limit=80)}: {gap.reason}", terminal.width) for gap in snapshot.gaps
        )
        blocks.append("\n".join(["NOT READ, OR NOT ALL OF IT", *gaps]))
    blocks.append("\n".join(["Next:", *(f"  {step}" for step in _next(snapshot, source, is_described))]))
    return "\n\n".join(blocks)


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
        told = lost if state != "yes" else f"({len(names)} controls rest on it)"
        rows.append([need.label, state, wrap(told, terminal.width - 24 - 4 - 3 * len(COLUMN_GAP))])
    return tabulate(
        rows,
        headers=["Permission", "Held", "Unknown without it"],
        tablefmt="simple",
        maxcolwidths=[24, None, None],
        disable_numparse=True,
    )


def _next(snapshot: Snapshot, source: str, is_described: bool) -> Iterator[str]:
    if unmet(snapshot) or held_by_caller(snapshot) is None:
        yield "sfharden doctor --permission-set"
        yield "  a permission set with all of these, to deploy and assign for the run"
    if is_described:
        yield f"sfharden check {source} -i integration.yaml"
        yield "  judge the org"
    else:
        yield f"sfharden init {source}"
        yield "  describe your integration; then judge it with check -i FILE"
