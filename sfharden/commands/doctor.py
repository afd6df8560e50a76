"""`sfharden doctor`: what a login may read of an org, and which controls would be unknown, and why."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click

from sfharden.checks.needs import NEEDS, Need, controls_without, is_met, permission_set_xml
from sfharden.checks.policy import DEFAULT_POLICIES, Policy, load_policy
from sfharden.commands.clock import current_time
from sfharden.commands.source import SourceOptions, explain, live_options, require_live, source_words
from sfharden.errors import Exit
from sfharden.facts.directory import Directory
from sfharden.facts.values import CannotTell
from sfharden.files.output_file import write_output
from sfharden.files.output_place import require_stdout
from sfharden.model.snapshot import Snapshot
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal, terminal_of
from sfharden.text.wrapping import COLUMN_GAP, bullet, wrap


@click.command("doctor")
@live_options
@click.option(
    "--permission-set", is_flag=True, help="Print a permission set with what is needed; no org asked."
)
def command(given: SourceOptions, permission_set: bool) -> int:
    """Tell what a login may read of an org, and which controls would be unknown, and why.

    It signs in and reads everything once, as `check` does. Exit code 4 if anything would be unknown.

    \b
    Example:
      sfharden doctor --org production
      sfharden doctor --permission-set > sfharden_reader.permissionset-meta.xml
    """
    require_stdout()
    if permission_set:
        write_output(permission_set_xml(), None)
        return Exit.OK
    require_live(given)
    now = current_time(given.live.doors)
    wanted = Wanted(logins_since=now - timedelta(days=1), setup_since=now - timedelta(days=1))
    if given.live.explain_api:
        return explain(wanted)
    from sfharden.commands.live import open_org, read_live

    with open_org(given.live) as connection:
        snapshot = read_live(connection, wanted).snapshot
        how = connection.session.how
    policies = [load_policy(name) for name in DEFAULT_POLICIES]
    page = render(snapshot, how, policies, terminal_of(sys.stdout), source_words(given))
    write_output(f"{page}\n", None)
    return Exit.INCOMPLETE if snapshot.gaps or list(_unmet(snapshot)) else Exit.OK


def render(snapshot: Snapshot, how: str, policies: list[Policy], terminal: Terminal, source: str) -> str:
    """The whole page."""
    heading = (wrap(line, terminal.width, indent=" " * 13) for line in _heading(snapshot, how))
    blocks = ["\n".join(heading), _permissions(snapshot, policies, terminal)]
    if snapshot.gaps:
        gaps = dict.fromkeys(
            bullet(f"{safe_text(gap.what, limit=80)}: {gap.reason}", terminal.width) for gap in snapshot.gaps
        )
        blocks.append("\n".join(["NOT READ, OR NOT ALL OF IT", *gaps]))
    blocks.append("\n".join(["Next:", *(f"  {step}" for step in _next(snapshot, source))]))
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


def _held(snapshot: Snapshot) -> frozenset[str] | None:
    """What the caller holds; None if it can't be told."""
    try:
        return Directory(snapshot).caller_permissions()
    except CannotTell:
        return None


def _unmet(snapshot: Snapshot) -> Iterator[Need]:
    held = _held(snapshot)
    return (need for need in NEEDS if held is not None and not is_met(need, held))


def _permissions(snapshot: Snapshot, policies: list[Policy], terminal: Terminal) -> str:
    from tabulate import tabulate

    held = _held(snapshot)
    rows = []
    for need in NEEDS:
        state = "?" if held is None else "yes" if is_met(need, held) else "NO"
        names = list(dict.fromkeys(controls_without(need, policies)))
        lost = "everything" if not need.parts else ", ".join(names) or "tokens of external client apps"
        told = lost if state != "yes" else f"({len(names)} controls rest on it)"
        rows.append([need.label, state, wrap(told, terminal.width - 24 - 4 - 3 * len(COLUMN_GAP))])
    return tabulate(
        rows,
        headers=["Permission", "Held", "Unknown without it"],
        tablefmt="simple",
        maxcolwidths=[24, None, None],
        disable_numparse=True,
    )


def _next(snapshot: Snapshot, source: str) -> Iterator[str]:
    if list(_unmet(snapshot)) or _held(snapshot) is None:
        yield "sfharden doctor --permission-set"
        yield "  a permission set with all of these, to deploy and assign for the run"
    if Path("integration.yaml").exists():
        yield f"sfharden check {source} -i integration.yaml"
        yield "  judge the org"
    else:
        yield f"sfharden init {source}"
        yield "  describe your integration; then judge it with check -i FILE"
