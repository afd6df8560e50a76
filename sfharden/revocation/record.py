"""A journal as it is read back: strictly, since what it says decides what is revoked."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from sfharden.errors import InputError
from sfharden.model.org import Organization
from sfharden.revocation.plan import PlannedToken, RevocationPlan

SCHEMA: Final = "sfharden.journal/1"
PLANNED: Final = "planned"
ATTEMPTED: Final = "attempted"
REVOKED: Final = "revoked"
GONE: Final = "already-gone"
FAILED: Final = "failed"
UNKNOWN: Final = "unknown"
DONE: Final = frozenset({REVOKED, GONE})
_OUTCOMES: Final = frozenset({ATTEMPTED, REVOKED, GONE, FAILED, UNKNOWN})
_MARKS: Final = frozenset({"resumed", "recounted"})


@dataclass(frozen=True, slots=True)
class Record:
    """The approved plan, who approved it and how, each token's last state, and how many bytes are whole lines."""

    plan: RevocationPlan
    fingerprint: str
    approved: str
    by: str
    started: str
    states: Mapping[str, str]
    whole_bytes: int


@dataclass
class _Reading:
    head: dict[str, Any]
    planned: list[PlannedToken] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    begun: bool = False

    def take(self, line: dict[str, Any]) -> None:
        """One line after the head. Raises ValueError, KeyError or TypeError for anything unforeseen."""
        event = line["event"]
        if event == PLANNED:
            self._plan(line)
            return
        self.begun = True
        if event in _OUTCOMES:
            if line["handle"] not in self.states:
                raise ValueError("a token outside the plan")
            self.states[line["handle"]] = event
        elif event not in _MARKS:
            raise ValueError("an unknown event")

    def _plan(self, line: dict[str, Any]) -> None:
        token = PlannedToken.model_validate({key: value for key, value in line.items() if key != "event"})
        if self.begun or token.handle in self.states:
            raise ValueError("a plan is written once, and before anything happens")
        self.planned.append(token)
        self.states[token.handle] = PLANNED


def read_record(content: bytes, shown: str) -> Record:
    """A journal's plan and states; `shown` is its name for a person.

    What follows the last line break was torn off by a crash and does not count. Raises InputError for anything
    that isn't a journal, or lacks a part of its plan.
    """
    whole = content[: content.rfind(b"\n") + 1]
    try:
        head, *lines = [json.loads(line) for line in whole.split(b"\n")[:-1]]
        if head["schema"] != SCHEMA:
            raise ValueError("another schema")
        reading = _Reading(head)
        for line in lines:
            reading.take(line)
        record = _record(reading, len(whole))
    except (ValueError, KeyError, TypeError, ValidationError, RecursionError):
        raise InputError(f"{shown} is not a journal that this version of sfharden understands.") from None
    lacking = head["tokens"] - len(record.plan.tokens)
    if lacking > 0 and not reading.begun:
        raise InputError(
            f"The journal {shown} ends before its plan does, so no call was made in that run.",
            "Start again; nothing was revoked.",
        )
    if lacking:
        raise InputError(f"The journal {shown} was changed: its plan is not the one that it began with.")
    return record


def _record(reading: _Reading, whole_bytes: int) -> Record:
    head = reading.head
    texts = {name: head[name] for name in ("fingerprint", "approved", "by", "started")}
    if not all(isinstance(text, str) for text in texts.values()) or type(head["tokens"]) is not int:
        raise ValueError("a head of another shape")
    plan = RevocationPlan(
        organization=Organization.model_validate(head["organization"]), tokens=tuple(reading.planned)
    )
    return Record(plan=plan, states=reading.states, whole_bytes=whole_bytes, **texts)


def counts_of(states: Iterable[str]) -> dict[str, int]:
    """How many tokens are in each state; every state is there."""
    found = dict.fromkeys((REVOKED, GONE, FAILED, UNKNOWN, ATTEMPTED, PLANNED), 0)
    for state in states:
        found[state] += 1
    return found
