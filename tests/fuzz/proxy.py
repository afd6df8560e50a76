"""The command line on a served org, one kind of whose answers is changed."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from sfharden.cli import main
from sfharden.emulator.generate import APP_LABEL
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.http.soap_routes import operation_of
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.wire import Reply, Request
from sfharden.errors import Exit
from tests.orgs.served import INTEGRATION_FILE, doors, secrets_of

from .answers import Answer
from .damage import chance_of

TABLE: Final = frozenset(set(Exit) - {Exit.BUG, Exit.INTERRUPTED})
PATIENCE: Final = 2.0
_TYPE: Final = re.compile(rb"<m:type>([^<]*)")


@dataclass(frozen=True, slots=True)
class Mutation:
    """How answers to one kind of call are changed; each time alike, or only the first time."""

    number: str
    label: str
    name: str
    change: Answer
    once: bool

    def __str__(self) -> str:
        return f"{self.number}: {self.name}{' once' if self.once else ''}, {self.label}"


@dataclass(slots=True)
class _Proxy:
    """Passes requests on, and changes answers on their way back."""

    honest: Callable[[Request], Reply]
    mutation: Mutation | None
    seen: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        reply, label = self.honest(request), label_of(request)
        known, one = label in self.seen, self.mutation
        self.seen.append(label)
        if one is None or one.label != label or (one.once and known):
            return reply
        return one.change(reply, chance_of(one.number, label))


def label_of(request: Request) -> str:
    """What a request asks for, whichever run asks."""
    operation = operation_of(request.body) if "/Soap/" in request.path else ""
    # Lists of several types are asked for side by side, and which comes first is chance.
    types = b",".join(_TYPE.findall(request.body)).decode() if operation == "listMetadata" else ""
    return f"{request.method} {request.target} {operation} {types}".strip()


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run left: its exit code, all that it told, and what it asked."""

    code: int
    told: str
    asked: tuple[str, ...]
    report: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where runs are made."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    @contextmanager
    def serving(self, org: DemoOrg) -> Iterator[DemoServer]:
        """The org served, and signed in to."""
        self.patch.chdir(self.folder)
        (self.folder / "i.yaml").write_text(INTEGRATION_FILE, "utf-8")
        with serve(org) as server:
            self.patch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
            yield server

    def run(self, server: DemoServer, arguments: tuple[str, ...], mutation: Mutation | None = None) -> Ended:
        """One command. Whatever is changed: a code of the table, no bug, no secret."""
        secrets = secrets_of(server.org)
        proxy = _Proxy(type(server).work.__get__(server), mutation)
        self.patch.setattr(server, "work", proxy)
        before = set(self.folder.iterdir())
        code = main([*arguments, "--instance-url", server.base_url], doors(patience=PATIENCE))
        streams = self.capture.readouterr()
        made = sorted(set(self.folder.rglob("*")) - before)
        files = [one.read_text("utf-8", "replace") for one in made if one.is_file()]
        told = "\n".join([streams.out, streams.err, *files])
        assert code in TABLE, f"{mutation}\n{told}"
        assert "Traceback" not in told, mutation
        assert not [one for one in secrets if one in told], f"{mutation}\n{told}"
        return Ended(code, told, tuple(proxy.seen), _report(streams.out))


def _report(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def mutation(number: str, labels: tuple[str, ...], ways: Mapping[str, Answer]) -> Mutation:
    """The mutation with this number of the calls that an undisturbed run made."""
    chance = chance_of("mutation", number)
    name = chance.choice(sorted(ways))
    return Mutation(number, _label(sorted(set(labels)), chance), name, ways[name], chance.random() < 0.2)


def _label(labels: list[str], chance: Random) -> str:
    # Much hangs on the metadata, and they are few calls of many.
    soap = [one for one in labels if "/Soap/" in one]
    return chance.choice(soap if soap and chance.random() < 0.25 else labels)


COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "check": ("check", "-i", "i.yaml", "-f", "json"),
    "tokens": ("tokens", "-f", "json"),
    "doctor": ("doctor",),
    "snapshot": ("snapshot", "-o", "s.json"),
    "simulate": ("simulate", "-i", "i.yaml"),
    "dry run": ("revoke", "--app", APP_LABEL, "--dry-run"),
    "revoke": ("revoke", "--app", APP_LABEL, "--expect", "1", "--yes", "--journal", "j"),
    "plan": ("plan", "-i", "i.yaml", "--validate", "--accept-lockout-risk"),
}
