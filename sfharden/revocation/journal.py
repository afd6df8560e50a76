"""The journal: JSON lines that are on the disk before a call leaves and after its answer came.

Whatever kills the program, the journal tells which tokens were tried and what became of them. It names tokens by
handle and holds no secret. Mode 0600; one run at a time.
"""

import fcntl
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from sfharden.errors import InputError, NoVerdictError
from sfharden.model.org import Organization
from sfharden.redact import safe_text
from sfharden.revocation.plan import PlannedToken, RevocationPlan

SCHEMA: Final = "sfharden.journal/1"
PLANNED: Final = "planned"
ATTEMPTED: Final = "attempted"
REVOKED: Final = "revoked"
GONE: Final = "already-gone"
FAILED: Final = "failed"
UNKNOWN: Final = "unknown"
_STATES: Final = frozenset({PLANNED, ATTEMPTED, REVOKED, GONE, FAILED, UNKNOWN})
_BROKEN: Final = "The journal can't be written, so nothing more is revoked."
DONE: Final = frozenset({REVOKED, GONE})


@dataclass(frozen=True, slots=True)
class Record:
    """A journal as it was read: the approved plan, each token's last state, and how many bytes are whole."""

    plan: RevocationPlan
    approved: str
    started: str
    states: Mapping[str, str]
    whole_bytes: int


class Journal:
    """An open journal. Lines that threads write at the same time share one trip to the disk."""

    def __init__(self, descriptor: int, states: Mapping[str, str]) -> None:
        self._descriptor = descriptor
        self._pending: list[bytes] = []
        self._given = 0
        self._synced = 0
        self._syncing = False
        self._broken = False
        self._turn = threading.Condition()
        self.states: dict[str, str] = dict(states)

    def note(self, *events: tuple[str, str], at: datetime) -> None:
        """Write (handle, state) lines; returns once they are on the disk. Raises NoVerdictError."""
        stamp = _stamp(at)
        self.write(*({"event": state, "handle": handle, "at": stamp} for handle, state in events))
        with self._turn:
            self.states.update(dict(events))

    def write(self, *lines: Mapping[str, Any]) -> None:
        """Write whole lines; returns once they are on the disk."""
        with self._turn:
            self._pending += [json.dumps(line, ensure_ascii=True).encode("ascii") + b"\n" for line in lines]
            self._given += len(lines)
            mine = self._given
            while self._synced < mine:
                if self._broken:
                    raise NoVerdictError(_BROKEN, "Is the disk full?")
                if self._syncing:
                    self._turn.wait()
                else:
                    self._sync()

    def _sync(self) -> None:
        """Called with the turn held; lets it go while the disk works."""
        self._syncing = True
        batch, upto, self._pending = b"".join(self._pending), self._given, []
        self._turn.release()
        try:
            _write_all(self._descriptor, batch)
            os.fsync(self._descriptor)
            failed = False
        except OSError:
            failed = True
        finally:
            self._turn.acquire()
            self._syncing = False
            self._turn.notify_all()
        if failed:
            raise NoVerdictError(
                "The journal can't be written, so nothing more is revoked.", "Is the disk full?"
            )
        self._synced = upto


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def new_journal(
    path: Path, plan: RevocationPlan, approved: str, by: str, tool: str, at: datetime
) -> Iterator[Journal]:
    """A new journal with the whole plan in it. Raises InputError if the file is there already."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    except FileExistsError:
        raise InputError(
            f"{safe_text(str(path))} is there already.", "Give another --journal, or --resume it."
        ) from None
    except OSError:
        raise NoVerdictError(f"The journal {safe_text(str(path))} can't be written.") from None
    with _held(descriptor, path):
        journal = Journal(descriptor, {one.handle: PLANNED for one in plan.tokens})
        head = {
            "schema": SCHEMA,
            "tool": tool,
            "organization": plan.organization.model_dump(mode="json"),
            "fingerprint": plan.fingerprint,
            "approved": approved,
            "by": by,
            "started": _stamp(at),
            "tokens": len(plan.tokens),
        }
        journal.write(head, *({"event": PLANNED, **one.model_dump(mode="json")} for one in plan.tokens))
        _sync_folder(path)
        yield journal


@contextmanager
def resumed_journal(path: Path, at: datetime) -> Iterator[tuple[Journal, Record]]:
    """An earlier journal, to go on with; a torn last line is cut off. Raises InputError, NoVerdictError."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW)
    except OSError:
        raise InputError(f"There is no journal at {safe_text(str(path))} that can be written.") from None
    with _held(descriptor, path):
        record = read_journal(path)
        os.ftruncate(descriptor, record.whole_bytes)
        journal = Journal(descriptor, record.states)
        journal.write({"event": "resumed", "at": _stamp(at)})
        yield journal, record


@contextmanager
def _held(descriptor: int, path: Path) -> Iterator[None]:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise NoVerdictError(f"Another run uses the journal {safe_text(str(path))}.") from None
    try:
        yield
    finally:
        os.close(descriptor)


def _sync_folder(path: Path) -> None:
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@dataclass
class _Reading:
    head: dict[str, Any] = field(default_factory=dict)
    planned: list[PlannedToken] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)


def read_journal(path: Path) -> Record:
    """A journal's plan and states. Raises InputError for anything that isn't one, or lacks a part of its plan."""
    shown = safe_text(str(path))
    try:
        content = path.read_bytes()
    except OSError:
        raise InputError(f"The journal {shown} can't be read.") from None
    whole = content[: content.rfind(b"\n") + 1]  # what follows the last line break was torn off
    reading = _Reading()
    try:
        for number, line in enumerate(whole.splitlines(), 1):
            _take(reading, json.loads(line), number)
        plan = RevocationPlan(
            organization=Organization.model_validate(reading.head["organization"]),
            tokens=tuple(reading.planned),
        )
        counted, approved = reading.head["tokens"], str(reading.head["fingerprint"])
        started = str(reading.head["started"])
    except (ValueError, KeyError, TypeError, ValidationError, RecursionError):
        raise InputError(f"{shown} is not a journal that this version of sfharden understands.") from None
    if counted != len(plan.tokens):
        raise InputError(
            f"The journal {shown} ends before its plan does. No call was made in that run.",
            "Start again; nothing was revoked.",
        )
    return Record(plan, approved, started, reading.states, len(whole))


def _take(reading: _Reading, line: Any, number: int) -> None:
    if number == 1:
        if line["schema"] != SCHEMA:
            raise ValueError(number)
        reading.head = line
        return
    event = line["event"]
    if event == PLANNED:
        token = PlannedToken.model_validate({key: value for key, value in line.items() if key != "event"})
        if token.handle in reading.states:
            raise ValueError(number)
        reading.planned.append(token)
        reading.states[token.handle] = PLANNED
    elif event in _STATES:
        if line["handle"] not in reading.states:  # nothing outside the plan
            raise ValueError(number)
        reading.states[line["handle"]] = event
    elif event not in ("resumed", "recounted"):
        raise ValueError(number)


def counts_of(states: Iterable[str]) -> dict[str, int]:
    """How many tokens are in each state; every state is there."""
    found = dict.fromkeys((REVOKED, GONE, FAILED, UNKNOWN, ATTEMPTED, PLANNED), 0)
    for state in states:
        found[state] += 1
    return found
