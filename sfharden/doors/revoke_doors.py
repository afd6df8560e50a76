"""The doors of `revoke`: a running org that can be read again and revoked in, and the person at the terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sfharden.doors.live_options import LiveOptions
from sfharden.doors.run_doors import RunDoors
from sfharden.files.output_file import write_output, write_private
from sfharden.ports import Gate, LiveOrg, OneByOne, TokenRevoker
from sfharden.text.redact import safe_text
from sfharden.text.terminal import ERASE, aside, is_terminal, rewrites, terminal_of

if TYPE_CHECKING:  # these load much that --help can do without
    from sfharden.revocation.pages import RevokePage
    from sfharden.salesforce.connect import Connection
    from sfharden.sources.org.read import OrgReading


class _RunningOrg:
    """An org over two wires: one that only reads, and one for each revoker, which only revokes."""

    def __init__(self, connection: "Connection", doors: RunDoors) -> None:
        self.how = connection.session.how
        self._doors = doors
        self._connection = connection

    def read(self, *, metadata: bool, one_by_one: OneByOne) -> "OrgReading":
        from sfharden.doors.live import read_live
        from sfharden.sources.org.wanted import Wanted

        wanted = Wanted(metadata=metadata, secrets=True, one_by_one=one_by_one)
        return read_live(self._connection, wanted, self._doors)

    def revoker(self, workers: int) -> AbstractContextManager[TokenRevoker]:
        from sfharden.salesforce.revoker import revoker_of

        return revoker_of(self._connection, workers)

    def gate(self, workers: int) -> Gate:
        from sfharden.web.concurrency import ConcurrencyLimit

        return ConcurrencyLimit(workers)

    def sleep(self, seconds: float) -> None:
        self._connection.wire.timing.sleep(seconds)

    def now(self) -> datetime:
        return self._connection.wire.timing.now()


@contextmanager
def open_live_org(given: LiveOptions) -> Iterator[LiveOrg]:
    """Sign in to a running org."""
    from sfharden.doors.live import open_org

    # An emergency goes before the calls that are else left to others.
    with open_org(given, reserve_share=None) as connection:
        yield _RunningOrg(connection, given.doors)


class TerminalPerson:
    """A person: pages go to standard output, all else to standard error, what they type comes from standard input."""

    def __init__(self) -> None:
        self._watches = is_terminal(sys.stderr)

    def show(self, page: "RevokePage") -> None:
        """Print a page."""
        try:
            write_output(_text(page), None)
        except OSError:
            with suppress(OSError, ValueError):
                # Else Python tries once more at its end, and changes the exit code.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise

    def keep(self, page: "RevokePage", path: Path) -> None:
        """Write a page to a file: JSON by its name, else Markdown."""
        write_private(path, _text(page, as_json=path.suffix.lower() == ".json"))

    def say(self, text: str) -> None:
        """Tell on standard error."""
        with suppress(OSError):
            click.echo(aside(text, sys.stderr), err=True)

    def warn(self, warning: str) -> None:
        """Warn on standard error."""
        click.echo(aside(f"Warning: {safe_text(warning, limit=1000)}.", sys.stderr), err=True)

    def ask(self, question: str) -> str | None:
        """The line that is typed at a terminal."""
        if not is_terminal(sys.stdin):
            return None
        click.echo(question, err=True, nl=False)
        try:
            return sys.stdin.readline()
        except (OSError, ValueError):  # the terminal hung up, or what came is no text
            return ""

    def progress(self, done: int, total: int) -> None:
        """Tell a watching person; where no line can be written over, at the end only."""
        end, rewritten = "" if done < total else "\n", rewrites(sys.stderr)
        if self._watches and (rewritten or end):
            with suppress(OSError):
                erase = ERASE if rewritten else ""
                click.echo(f"{erase}{done:,} of {total:,} revoked{end}", err=True, nl=False)


def _text(page: "RevokePage", *, as_json: bool = False) -> str:
    from sfharden.report.revoke_receipt import receipt_json, receipt_markdown, receipt_of
    from sfharden.report.revoke_table import render_page
    from sfharden.revocation.pages import ReceiptPage

    if not isinstance(page, ReceiptPage):
        return render_page(page, terminal_of(sys.stdout).width)
    receipt = receipt_of(page.history, page.warnings)
    return receipt_json(receipt) if as_json else receipt_markdown(receipt)
