"""The last steps of `sfharden revoke`: revoke, count again, tell, whatever goes wrong on the way."""

import os
import shlex
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click

from sfharden import __version__
from sfharden.commands.revoke_org import Inventory, LiveOrg
from sfharden.errors import Exit, NoVerdictError, PartialError, SfhardenError
from sfharden.files.output_file import write_output, write_private
from sfharden.model.snapshot import Tool
from sfharden.report.revoke_receipt import receipt_json, receipt_markdown, receipt_of
from sfharden.report.revoke_table import show_outcome
from sfharden.revocation.approve import Approval
from sfharden.revocation.execute import Doors, Keys, execute
from sfharden.revocation.history import History
from sfharden.revocation.journal import Disk, Journal
from sfharden.revocation.one_by_one import of_plan
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.records import State
from sfharden.revocation.recount import STILL_LISTED, recount
from sfharden.revocation.request import Request
from sfharden.revocation.tokens import stock_of
from sfharden.text.redact import safe_text
from sfharden.text.terminal import is_terminal
from sfharden.text.wording import count

_AGAIN = """\
Next:
  Authorise the connection again, as the integration's user, from an address that
  its profile admits. Write hardened_at into the integration file. Then:
  sfharden verify {source} -i FILE"""
_STRANGER = """\
Next:
  Nobody installed this app: don't authorise it again. Ask its users how it came
  about, and block it in Setup, Connected Apps OAuth Usage."""
_ANEW = "Select them anew: they are listed as tokens of an external client app, under other handles."


class Run:
    """Executing, counting again and telling, around one open journal.

    `saw_others`: this login was shown other people's tokens before, see `stock_of`.
    """

    def __init__(
        self,
        org: LiveOrg,
        request: Request,
        journal: Journal,
        path: Path,
        disk: Disk,
        warnings: list[str],
        saw_others: bool,
    ) -> None:
        self._org = org
        self._request = request
        self._journal = journal
        self._path = path
        self._disk = disk
        self._warnings = warnings
        self._saw_others = saw_others
        self._broken: SfhardenError | None = None

    def finish(
        self, plan: RevocationPlan, approval: Approval, handles: tuple[str, ...], inventory: Inventory
    ) -> int:
        """Revoke these tokens of the plan; gives the exit code.

        Raises PartialError if any may be left, or if the journal broke; then what it says is told all the same.
        """
        try:
            stopped = self._execute(plan, approval, handles, inventory)
            history, unchecked = self._recount()
        except KeyboardInterrupt:
            _say(f"\nStopped. {self._hint()}\n")
            raise
        finally:
            self._journal.close()
        lost = _tell(show_outcome(history) + "\n")
        lost = self._receipt(history) or lost
        return self._verdict(history, stopped, unchecked, lost)

    def _execute(
        self, plan: RevocationPlan, approval: Approval, handles: tuple[str, ...], inventory: Inventory
    ) -> SfhardenError | None:
        from sfharden.salesforce.lanes import Lanes

        stock = stock_of(inventory.snapshot, inventory.secrets, saw_others=self._saw_others)
        keys = Keys(inventory.secrets, inventory.external_handles, stock.gap)
        workers = self._request.workers
        path = safe_text(str(self._path))
        _say(f"Revoking {count(len(handles), 'token')}; the journal is {path}\n")
        try:
            with self._org.revoker(workers) as revoker:
                doors = Doors(revoker, Lanes(workers), self._org.sleep, _progress(), workers)
                return execute(plan, approval, handles, keys, self._journal, doors)
        except NoVerdictError as error:
            self._broken = error
            return error

    def _recount(self) -> tuple[History, str]:
        """The history after a second look, and why that look may not prove anything (empty: it does)."""
        if self._broken:
            return self._journal.read(), "without a journal they were not counted again"
        try:
            again = self._org.read(metadata=False, one_by_one=of_plan(self._journal.read().plan))
            stock = stock_of(again.snapshot, again.secrets, saw_others=self._saw_others)
        except NoVerdictError as error:
            return self._journal.read(), f"the tokens could not be counted again: {error.message}"
        try:
            return recount(self._journal, stock, self._disk), stock.gap
        except NoVerdictError as error:
            self._broken = error
            return self._journal.read(), "what the second count showed could not be noted"

    def _receipt(self, history: History) -> str:
        """Write the receipt, if one is wanted. Gives what is lost if that isn't possible."""
        path = self._request.receipt
        if path is None:
            return ""
        receipt = receipt_of(history, self._warnings)
        text = receipt_json(receipt) if path.suffix.lower() == ".json" else receipt_markdown(receipt)
        try:
            write_private(path, text)
        except NoVerdictError:
            return "the receipt could not be written"
        _say(f"Wrote the receipt {safe_text(str(path))}\n")
        return ""

    def _verdict(self, history: History, stopped: SfhardenError | None, unchecked: str, lost: str) -> int:
        left = len(history.open_handles())
        if stopped:
            _say(f"It ended early. {stopped.message}.\n")
        if stopped and left and _untouched(history):
            raise stopped
        if self._broken:
            raise PartialError(f"{self._broken.message}; tokens may have been revoked", self._hint())
        if left:
            listed = any(event.code == STILL_LISTED for event in history.events.values())
            hint = _ANEW if listed else self._hint()
            raise PartialError(f"{count(left, 'token')} of the plan may still be good", hint)
        plan = history.plan
        if unchecked or plan.gap or plan.unknown:
            reason = unchecked or plan.gap or "it could not be told of some tokens whether they are meant"
            _say(f"INCOMPLETE: {safe_text(reason)}.\n")
            return Exit.INCOMPLETE
        lost = (
            _tell("Counted again: none of the plan's tokens is left.\n\n" + self._next(plan) + "\n") or lost
        )
        if lost:
            raise NoVerdictError(f"None of the plan's tokens is left, but {lost}", self._hint())
        return Exit.OK

    def _next(self, plan: RevocationPlan) -> str:
        """What to do then: an app that the org doesn't manage isn't to come back."""
        if plan.tokens and all(token.installed is False for token in plan.tokens):
            return _STRANGER
        return _AGAIN.format(source=self._request.source)

    def _hint(self) -> str:
        words = f"sfharden revoke {self._request.source} --resume {shlex.quote(safe_text(str(self._path)))}"
        return f"Finish it with: {words}"


def _untouched(history: History) -> bool:
    """True if no token of the plan can have been revoked by a run of ours."""
    counts = history.counts()
    return not (counts[State.REVOKED] or counts[State.UNKNOWN] or counts[State.ATTEMPTED])


def tool() -> Tool:
    """This program, for records."""
    return Tool(version=__version__)


def _tell(text: str) -> str:
    """Print to standard output. Gives what is lost if nobody takes it: the exit code must be right all the same."""
    try:
        write_output(text, None)
    except (OSError, NoVerdictError):
        with suppress(
            OSError, ValueError
        ):  # else Python tries once more at its end, and changes the exit code
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return "the outcome could not be printed"
    return ""


def _say(text: str) -> None:
    """Tell on standard error; nobody listening is no reason to stop."""
    with suppress(OSError):
        click.echo(text, err=True, nl=False)


def _progress() -> Callable[[int, int], None]:
    if not is_terminal(sys.stderr):
        return lambda _done, _all: None
    return lambda done, total: _say(f"\r\x1b[K{done:,} of {total:,} revoked{'' if done < total else chr(10)}")
