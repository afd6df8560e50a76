"""What the tests of revoking share: an org of plain sets, a revoker that can be told to fail, a disk that can die."""

import os
import threading
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sfharden.errors import NoVerdictError, SfhardenError
from sfharden.model.org import AppRow, Caller, Organization, OrgTables, ProfileRow, Token, User
from sfharden.model.snapshot import Component, Gap, Snapshot, Source, Tool
from sfharden.ports import Ending, OneByOne, RevokeOutcome
from sfharden.revocation.approve import Approval, approve_expected
from sfharden.revocation.execute import Doors, Keys, execute
from sfharden.revocation.finish import Outside
from sfharden.revocation.history import History
from sfharden.revocation.inventory import OwnLogin, TokenInventory
from sfharden.revocation.journal import Disk, Journal, create_journal, resume_journal
from sfharden.revocation.pages import ReceiptPage, RevokePage
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.records import Actor, Header
from sfharden.revocation.recount import recount
from sfharden.revocation.request import Request
from sfharden.revocation.resume import reopen, rest_of
from sfharden.revocation.select import Selection
from sfharden.salesforce.handles import handle_of
from sfharden.text.redact import Secret
from sfharden.web.concurrency import ConcurrencyLimit
from tests.orgs.constants import NOW as NOW

ORG_ID = "00Dxx00000001DzEAI"
MADE = NOW - timedelta(days=10)  # when tokens were
USERNAMES = {"u1": "u1@acme.example", "u2": "u2@acme.example"}
NOBODY = OwnLogin("", (), True)
WHO = Actor(username="operator@acme.example", how="access token", account="op")


class Killed(BaseException):
    """The process is gone: whatever comes after this does not happen."""


def secret(number: int) -> Secret:
    return Secret(f"delete-token-{number:04d}")


def handle(number: int) -> str:
    return handle_of(secret(number), ORG_ID)


def token(number: int = 1, **facts: Any) -> Token:
    """A token of the app 'Sync' and user u1, made ten days ago and used yesterday."""
    told: dict[str, Any] = {
        "handle": handle(number),
        "app_label": "Sync",
        "app_id": "0H4sync",
        "user_id": "u1",
        "created": MADE,
        "last_used": NOW - timedelta(days=1),
        "use_count": 7,
        "external": False,
    }
    return Token(**{**told, **facts})


def user(name: str = "u1", profile: str = "p1") -> User:
    return User(name, f"{name}@acme.example", profile, True, "Standard", None)


def snapshot(
    tokens: Iterable[Token] = (),
    *,
    external: Iterable[Token] | None = (),
    users: Iterable[User] = (user("u1"), user("u2", "p2")),
    apps: Iterable[AppRow] = (AppRow("0H4sync", "Sync", "Sync_App", False, True),),
    gaps: Iterable[Gap] = (),
    components: Iterable[Component] = (),
    sandbox: bool | None = True,
    org_id: str = ORG_ID,
    caller: str = "u9",
) -> Snapshot:
    return Snapshot(
        tool=Tool(version="test"),
        source=Source(kind="org", name="acme.my.salesforce.com", org_id=org_id),
        components=tuple(components),
        gaps=tuple(gaps),
        org=OrgTables(
            organization=Organization(id=org_id, name="Acme", is_sandbox=sandbox),
            caller=Caller(user_id=caller, username=f"{caller}@acme.example"),
            users=tuple(users),
            profiles=(ProfileRow("p1", "Integration", "Integration"), ProfileRow("p2", "Sales", "Sales")),
            apps=tuple(apps),
            tokens=tuple(tokens),
            external_tokens=None if external is None else tuple(external),
        ),
    )


def plan_of(numbers: Iterable[int]) -> RevocationPlan:
    planned = tuple(
        PlannedToken(handle=handle(n), app="Sync", user="u1@acme.example", created=MADE) for n in numbers
    )
    return RevocationPlan(
        org_id=ORG_ID, org_name="Acme", is_sandbox=True, selection="app Sync", tokens=planned
    )


def header_of(plan: RevocationPlan) -> Header:
    return Header(
        at=NOW,
        tool=Tool(version="test"),
        who=WHO,
        approved="number expected, --yes",
        fingerprint=plan.fingerprint,
        count=len(plan.tokens),
        plan=plan,
    )


Trouble = Callable[[int, str], RevokeOutcome | None]  # the call's number, its phase ("before" or "after")


@dataclass
class FakeOrg:
    """Tokens that are alive, and what was asked. `trouble` may answer instead, or raise."""

    alive: set[int]
    trouble: Trouble = lambda _number, _phase: None
    asked: list[str] = field(default_factory=list)
    externals: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def revoke(self, token: Secret) -> RevokeOutcome:
        with self._lock:
            self.asked.append(handle_of(token, ORG_ID))
            number = len(self.asked)
        answered = self.trouble(number, "before")
        if answered:
            return answered
        with self._lock:
            found = next((one for one in self.alive if secret(one) == token), None)
            self.alive.discard(-1 if found is None else found)
        lost = self.trouble(number, "after")
        return lost or RevokeOutcome(Ending.GONE if found is None else Ending.REVOKED)

    def revoke_external(self, token_id: Secret) -> RevokeOutcome:
        self.externals.append(handle_of(token_id, ORG_ID))
        return self.revoke(token_id)

    def keys(self, gap: str = "") -> Keys:
        return Keys({handle(one): secret(one) for one in self.alive}, frozenset(), gap)

    def known(self, gap: str = "") -> TokenInventory:
        tokens = tuple(token(one) for one in sorted(self.alive))
        return TokenInventory(ORG_ID, tokens, gap, frozenset(one.handle for one in tokens), USERNAMES)


@dataclass
class MortalDisk:
    """A disk under which the process dies at the nth write or sync (0: never); counts both."""

    dies_at_write: int = 0
    dies_at_sync: int = 0
    writes: int = 0
    syncs: int = 0

    def write(self, descriptor: int, content: bytes) -> int:
        self.writes += 1
        if self.writes == self.dies_at_write:
            os.write(descriptor, content[: len(content) // 2])
            raise Killed
        return os.write(descriptor, content)

    def sync(self, descriptor: int) -> None:  # noqa: ARG002 - what os.fsync takes
        self.syncs += 1
        if self.syncs == self.dies_at_sync:
            raise Killed

    def disk(self) -> Disk:
        return Disk(lambda: NOW, self.write, self.sync)


@dataclass
class Scene:
    """A plan in a journal, over a fake org: what a process does until it ends or is killed."""

    path: Path
    org: FakeOrg
    plan: RevocationPlan
    sleeps: list[float] = field(default_factory=list)

    def doors(self, workers: int = 1) -> Doors:
        return Doors(self.org, ConcurrencyLimit(workers), self.sleeps.append, workers=workers)

    def approval(self) -> Approval:
        return approve_expected(self.plan, len(self.plan.tokens))

    def first_run(self, disk: Disk | None = None, *, workers: int = 1) -> SfhardenError | None:
        keys = self.org.keys()  # the inventory that the plan was made from
        journal = create_journal(self.path, header_of(self.plan), disk or Disk(lambda: NOW))
        return self._execute(journal, self.plan, keys, disk, workers)

    def resume(self, disk: Disk | None = None, *, gap: str = "", workers: int = 1) -> SfhardenError | None:
        journal, history = resume_journal(self.path, disk or Disk(lambda: NOW))
        try:
            rest = rest_of(history, self.org.known(gap), NOBODY)
            reopen(journal, history, rest)
        except BaseException:
            journal.close()
            raise
        return self._execute(journal, rest.left, self.org.keys(gap), disk, workers, gap)

    def _execute(
        self,
        journal: Journal,
        plan: RevocationPlan,
        keys: Keys,
        disk: Disk | None,
        workers: int,
        gap: str = "",
    ) -> SfhardenError | None:
        try:
            approval = approve_expected(plan, len(plan.tokens))
            stopped = execute(plan, approval, plan.handles, keys, journal, self.doors(workers))
            recount(journal, self.org.known(gap), disk or Disk(lambda: NOW))
            return stopped
        finally:
            journal.close()

    def history(self) -> History:
        journal, history = resume_journal(self.path, Disk(lambda: NOW))
        journal.close()
        return history


def scene(folder: Path, tokens: int = 4, bystanders: int = 2) -> Scene:
    """Tokens 1 … n are in the plan, and some more are alive beside it."""
    org = FakeOrg(set(range(1, tokens + bystanders + 1)))
    return Scene(folder / "journal.jsonl", org, plan_of(range(1, tokens + 1)))


@dataclass
class Reading:
    """An inventory of plain values."""

    snapshot: Snapshot
    secrets: dict[str, Secret]
    external_handles: frozenset[str] = frozenset()


@dataclass
class OpenOrg:
    """The fake org as a door: what is read of it, the second time perhaps something else."""

    fake: FakeOrg
    how: str = "JWT bearer"
    first: Callable[[], Reading] | None = None
    later: Callable[[], Reading] | None = None
    readings: int = 0
    slept: list[float] = field(default_factory=list)

    def inventory(self, *gaps: Gap, caller: str = "u9") -> Reading:
        alive = sorted(self.fake.alive)
        told = snapshot([token(one) for one in alive], gaps=gaps, caller=caller)
        return Reading(told, {handle(one): secret(one) for one in alive})

    def read(self, *, metadata: bool, one_by_one: OneByOne) -> Reading:  # noqa: ARG002 - what the door has
        self.readings += 1
        way = self.first if self.readings == 1 else self.later
        return way() if way else self.inventory()

    def revoker(self, workers: int) -> "nullcontext[FakeOrg]":  # noqa: ARG002 - what the door has
        return nullcontext(self.fake)

    def gate(self, workers: int) -> ConcurrencyLimit:
        return ConcurrencyLimit(workers)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def now(self) -> datetime:
        return NOW


@dataclass
class FakePerson:
    """Whoever is told and asked: keeps it all, and types what `types` makes of the question."""

    types: Callable[[str], str | None] = lambda _question: None
    takes: int = 1000  # so many pages, then it goes away
    keeps: bool = True
    pages: list[RevokePage] = field(default_factory=list)
    receipts: list[ReceiptPage] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    told: list[tuple[int, int]] = field(default_factory=list)

    def show(self, page: RevokePage) -> None:
        if len(self.pages) >= self.takes:
            raise BrokenPipeError
        self.pages.append(page)

    def keep(self, page: RevokePage, path: Path) -> None:
        if not self.keeps:
            raise NoVerdictError(f"{path} can't be written.")
        assert isinstance(page, ReceiptPage)
        self.receipts.append(page)

    def say(self, text: str) -> None:
        self.said.append(text)

    def warn(self, warning: str) -> None:
        self.warned.append(warning)

    def ask(self, question: str) -> str | None:
        self.asked.append(question)
        return self.types(question)

    def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))


def outside(org: OpenOrg, person: FakePerson, disk: Disk | None = None) -> Outside:
    return Outside(org, person, disk or Disk(lambda: NOW), Tool(version="test"), "op")


def request(**asked: Any) -> Request:
    """Every token, of which three are expected, by one worker."""
    told: dict[str, Any] = {
        "selection": Selection(everything=True),
        "dry_run": False,
        "expect": 3,
        "accept_incomplete": False,
        "journal": None,
        "receipt": None,
        "workers": 1,
        "source": "--org x",
    }
    return Request(**{**told, **asked})


def typed_from(question: str) -> str:
    """The fingerprint that the question names, as a person types it."""
    return question.split()[1].lower() + "\n"
