"""Plans without an org, a revoker that only remembers, and orgs whose tables are written down."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sfharden.model.directory import Directory
from sfharden.model.org import AppRow, Caller, Organization, OrgTables, ProfileRow, Token, User
from sfharden.model.snapshot import Gap, Snapshot, Source, Tool
from sfharden.redact import Secret
from sfharden.revocation.approve import Approval
from sfharden.revocation.execute import Doors, Inventory
from sfharden.revocation.journal import FoundJournal, Journal, found_journal, new_journal
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.record import Record

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
ORG: Final = Organization(id="00Dxx0000000001AAA", name="Acme", kind="Enterprise Edition", is_sandbox=True)
TOOL: Final = "sfharden test"
# A name that would break a table, a link, a terminal and a line, and a tag and an entity on top.
HOSTILE: Final = "a|b\n# [x](https://evil.example) \x1b[31m<b>&lt; `c` www.evil.example \u202e*d* @evil"


def handle(word: object) -> str:
    """A handle as an org's token would have it."""
    return base64.b32encode(sha256(str(word).encode()).digest()).decode("ascii").lower()[:12]


def planned(word: object, **changes: Any) -> PlannedToken:
    told = {"app": "Azure Logic Apps", "user": "svc@acme.example", "created": NOW - timedelta(days=400)}
    return PlannedToken(handle=handle(word), **{**told, "external": False, **changes})


def plan_of(count: int, organization: Organization = ORG, **changes: Any) -> RevocationPlan:
    """A plan of tokens 0 to `count`."""
    tokens = tuple(planned(number, **changes) for number in range(count))
    return RevocationPlan(organization=organization, tokens=tokens)


def approval(plan: RevocationPlan) -> Approval:
    return Approval(plan.fingerprint, "fingerprint typed")


def inventory(plan: RevocationPlan, *, without: int = 0, **changes: Any) -> Inventory:
    """The org has every token of the plan but the first few; what revokes each is its handle, whispered."""
    held = plan.tokens[without:]
    secrets = {one.handle: Secret(f"secret {one.handle}") for one in held}
    external = frozenset(one.handle for one in held if one.external)
    return Inventory(**{"secrets": secrets, "external": external, **changes})


class Killed(BaseException):
    """Stands for the end of the process."""


class FakeRevoker:
    """Revokes in memory. `answers` gives a state for the nth call (from 1), or raises; else it's `revoked`."""

    def __init__(self, answer: Callable[[int, str], str] = lambda _number, _handle: "revoked") -> None:
        self.calls: list[str] = []
        self.external_calls: list[str] = []
        self.alive: set[str] = set()
        self._answer = answer
        self._lock = threading.Lock()

    def revoke(self, token: Secret) -> str:
        return self._revoke(token)

    def revoke_external(self, token_id: Secret) -> str:
        self.external_calls.append(token_id.reveal().removeprefix("secret "))
        return self._revoke(token_id)

    def _revoke(self, token: Secret) -> str:
        name = token.reveal().removeprefix("secret ")
        with self._lock:
            self.calls.append(name)
            number = len(self.calls)
        return self._answer(number, name)


def doors(revoker: FakeRevoker) -> Doors:
    return Doors(revoker, lambda: NOW)


@contextmanager
def begun(path: Path, plan: RevocationPlan) -> Iterator[Journal]:
    """A new journal of a plan."""
    with new_journal(path, plan, "fingerprint typed", "admin@acme.example", TOOL, NOW) as journal:
        yield journal


@contextmanager
def again(path: Path) -> Iterator[tuple[Journal, FoundJournal]]:
    """A journal gone on with."""
    with found_journal(path) as found:
        yield found.go_on("other@acme.example", NOW), found


def read(path: Path) -> Record:
    with found_journal(path) as found:
        return found.record


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def events(path: Path) -> list[tuple[str, str]]:
    """(handle, event) of every line about a token, plan left out."""
    told = [line for line in lines(path) if "handle" in line]
    return [(line["handle"], line["event"]) for line in told if line["event"] != "planned"]


def user(number: int, **changes: Any) -> User:
    one = User(
        f"005xx0000000{number:03d}AAA",
        f"user{number}@acme.example",
        "00exx0000000001AAA",
        True,
        "Standard",
        None,
    )
    return one._replace(**changes)


def token(word: object, **changes: Any) -> Token:
    one = Token(
        handle(word), "Azure Logic Apps", "0H4xx0000000001AAA", user(1).id, NOW - timedelta(days=90),
        NOW - timedelta(days=1), 3, False,
    )  # fmt: skip
    return one._replace(**changes)


APPS: Final = (
    AppRow("0H4xx0000000001AAA", "Azure Logic Apps", "Azure_Logic_Apps", False, True),
    AppRow("0H4xx0000000002AAA", "Data Loader", "", False, None),
    AppRow("0xIxx0000000003AAA", "Reporting Sync", "Reporting_Sync", True, None),
)
PROFILES: Final = (
    ProfileRow("00exx0000000001AAA", "Standard User", "Standard"),
    ProfileRow("00exx0000000002AAA", "Logic Apps Integration", ""),
)
ME: Final = user(9, username="auditor@acme.example")


def directory(*tokens: Token, gaps: tuple[Gap, ...] = (), **changes: Any) -> Directory:
    """The joined tables of an org with these tokens, two people and the auditor who is signed in."""
    tables = {
        "organization": ORG,
        "caller": Caller(user_id=ME.id, username=ME.username),
        "users": (user(1), user(2, profile_id="00exx0000000002AAA"), ME),
        "profiles": PROFILES,
        "apps": APPS,
        "tokens": tuple(one for one in tokens if not one.external),
        "external_tokens": tuple(one for one in tokens if one.external),
    }
    snapshot = Snapshot(
        tool=Tool(version="0"),
        source=Source(kind="org", name="acme"),
        gaps=gaps,
        org=OrgTables(**{**tables, **changes}),
    )
    return Directory(snapshot)
