"""The order of the only deed, from there on: revoke, count again, tell, whatever goes wrong on the way."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sfharden.errors import Exit, NoVerdictError, PartialError, SfhardenError
from sfharden.model.snapshot import Tool
from sfharden.ports import Inventory, LiveOrg, Person
from sfharden.revocation.approve import Approval
from sfharden.revocation.execute import Doors, Keys, execute
from sfharden.revocation.history import History
from sfharden.revocation.inventory import inventory_of
from sfharden.revocation.journal import Disk, Journal
from sfharden.revocation.one_by_one import of_plan
from sfharden.revocation.pages import NoneLeftPage, OutcomePage, ReceiptPage, RevokePage
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.records import State
from sfharden.revocation.recount import STILL_LISTED, recount
from sfharden.revocation.request import Request
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

_ANEW: Final = "Select them anew: they are listed as tokens of an external client app, under other handles."


@dataclass(frozen=True, slots=True)
class Outside:
    """The doors of a run, and for the record: this program, and the account on the machine that runs it."""

    org: LiveOrg
    person: Person[RevokePage]
    disk: Disk
    tool: Tool
    account: str


class Run:
    """Executing, counting again and telling, around one open journal.

    `saw_others`: this login was shown other people's tokens before, see `inventory_of`.
    """

    def __init__(
        self,
        outside: Outside,
        request: Request,
        journal: Journal,
        path: Path,
        warnings: tuple[str, ...],
        *,
        saw_others: bool,
    ) -> None:
        self._org = outside.org
        self._person = outside.person
        self._disk = outside.disk
        self._request = request
        self._journal = journal
        self._path = path
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
            self._person.say(f"\nStopped. {self._hint()}")
            raise
        finally:
            self._journal.close()
        lost = self._tell(OutcomePage(history))
        lost = self._receipt(history) or lost
        is_news = bool(handles) or len(history.recounts) < 2
        return self._verdict(history, stopped, unchecked, lost, is_news=is_news)

    def _execute(
        self, plan: RevocationPlan, approval: Approval, handles: tuple[str, ...], inventory: Inventory
    ) -> SfhardenError | None:
        known = inventory_of(inventory.snapshot, inventory.secrets, saw_others=self._saw_others)
        keys = Keys(inventory.secrets, inventory.external_handles, known.gap)
        workers = self._request.workers
        path = safe_text(str(self._path))
        if handles:
            self._person.say(f"Revoking {count(len(handles), 'token')}; the journal is {path}")
        try:
            with self._org.revoker(workers) as revoker:
                gate = self._org.gate(workers)
                doors = Doors(revoker, gate, self._org.sleep, self._person.progress, workers)
                return execute(plan, approval, handles, keys, self._journal, doors)
        except NoVerdictError as error:
            self._broken = error
            return error

    def _recount(self) -> tuple[History, str]:
        """The history after a second look, and why that look may not prove anything (empty: it does)."""
        if self._broken:
            return self._journal.read(), "without a journal they were not counted again"
        try:
            plan = self._journal.read().plan
            again = self._org.read(metadata=False, one_by_one=of_plan(plan))
            known = inventory_of(again.snapshot, again.secrets, saw_others=self._saw_others)
        except NoVerdictError as error:
            return self._journal.read(), f"the tokens could not be counted again: {error.message}"
        try:
            return recount(self._journal, known, self._disk), known.gap
        except NoVerdictError as error:
            self._broken = error
            return self._journal.read(), "what the second count showed could not be noted"

    def _receipt(self, history: History) -> str:
        """Write the receipt, if one is wanted. Gives what is lost if that isn't possible."""
        path = self._request.receipt
        if path is None:
            return ""
        try:
            self._person.keep(ReceiptPage(history, self._warnings), path)
        except NoVerdictError:
            return "the receipt could not be written"
        self._person.say(f"Wrote the receipt {safe_text(str(path))}")
        return ""

    def _tell(self, page: RevokePage) -> str:
        """Show a page. Gives what is lost if nobody takes it: the exit code must be right all the same."""
        try:
            self._person.show(page)
        except (OSError, NoVerdictError):
            return "the outcome could not be printed"
        return ""

    def _verdict(
        self, history: History, stopped: SfhardenError | None, unchecked: str, lost: str, *, is_news: bool
    ) -> int:
        left = len(history.open_handles())
        if stopped:
            self._person.say(f"It ended early. {stopped.message}.")
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
            self._person.say(f"INCOMPLETE: {safe_text(reason)}.")
            return Exit.INCOMPLETE
        lost = self._tell(NoneLeftPage(plan, self._request.source, is_news)) or lost
        if lost:
            raise NoVerdictError(f"None of the plan's tokens is left, but {lost}", self._hint())
        return Exit.OK

    def _hint(self) -> str:
        words = f"sfharden revoke {self._request.source} --resume {shlex.quote(safe_text(str(self._path)))}"
        return f"Finish it with: {words}"


def _untouched(history: History) -> bool:
    """True if no token of the plan can have been revoked by a run of ours."""
    counts = history.counts()
    return not (counts[State.REVOKED] or counts[State.UNKNOWN] or counts[State.ATTEMPTED])
