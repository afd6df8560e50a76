"""`sfharden sentinel`: what Microsoft Sentinel needs for the rows of `send`, as files."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from sfharden.commands.defaults import integration_option
from sfharden.errors import Exit, InputError, UsageError
from sfharden.files.output_folder import refuse_folder, write_private_folder
from sfharden.model.integration import Integration
from sfharden.model.org import User
from sfharden.report.sentinel_data import WATCHLIST
from sfharden.report.sentinel_files import is_former, sentinel_files
from sfharden.report.sentinel_ranges import ids_of, incomplete
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.snapshot_file import load_snapshot_file
from sfharden.text.redact import safe_text

_ALIAS: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,63}")


@click.command("sentinel")
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), required=True, metavar="DIR",
              help="The folder to write; a former one is replaced.")  # fmt: skip
@integration_option()
@click.option("--snapshot", type=click.Path(path_type=Path), metavar="FILE",
              help="A snapshot of the org, which knows the ids of the users.")  # fmt: skip
@click.option("--watchlist", default=WATCHLIST, show_default=True, metavar="ALIAS",
              help="What the watchlist of ranges is called.")  # fmt: skip
def command(folder: Path, integration: Path | None, snapshot: Path | None, watchlist: str) -> int:
    """Write what Microsoft Sentinel needs: table, rules, watchlist, workbook.

    The ARM templates are parametrised and hold no secret; nothing is deployed. README.md in the folder says in which
    order. Logins tell a user's id, which the integration file does not: without --snapshot the watchlist matches nobody.

    \b
    Example:
      sfharden sentinel -o sentinel/ -i integration.yaml --snapshot snapshot.json

    \b
    Exit codes: 0 written; 2 wrong usage or a file that can't be accepted; 3 a
    place that can't be written to; 4 written, but the watchlist lacks something.
    """
    refuse_folder(folder, is_former, "folder of `sentinel`")
    if not _ALIAS.fullmatch(watchlist):
        raise UsageError("--watchlist takes letters, digits, - and _, from 3 to 64 of them.")
    integrations = load_integrations(integration)[0] if integration else ()
    ids = ids_of(_users(snapshot)) if snapshot else {}
    write_private_folder(folder, sentinel_files(integrations, ids, watchlist), is_former)
    click.echo(f"Wrote {safe_text(str(folder))}; README.md says what to do with it.", err=True)
    return _told(integrations, list(incomplete(integrations, ids)))


def _users(snapshot: Path) -> Sequence[User]:
    org = load_snapshot_file(snapshot).org
    if org is None or org.users is None:
        raise InputError(f"{safe_text(str(snapshot))} holds no users.", "Take it of a running org.")
    return org.users


def _told(integrations: Sequence[Integration], lacks: Sequence[str]) -> Exit:
    if not integrations:
        click.echo("Without -i the watchlist is empty: the rule on ranges finds nothing.", err=True)
    for one in lacks:
        click.echo(f"The watchlist lacks: {safe_text(one)}", err=True)
    return Exit.INCOMPLETE if lacks else Exit.OK
