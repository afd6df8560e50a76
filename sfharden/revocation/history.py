"""Reading a journal: a torn last line is cut off, anything else that doesn't fit is refused."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from sfharden.errors import InputError
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.records import LINE, Event, Header, Planned, Recounted, Resumed, Sealed, State, seal

LARGEST_JOURNAL: Final = 256 * 1024 * 1024  # bytes; some 300,000 tokens
# From which states a line may lead to its own. A recount may find a token that was said to be gone.
_ATTEMPTED: Final = frozenset({State.ATTEMPTED})
_OPEN: Final = frozenset({State.PLANNED, State.ATTEMPTED, State.FAILED, State.UNKNOWN})
_ALLOWED: Final = {
    ("attempted", "answer"): _OPEN,
    ("revoked", "answer"): _ATTEMPTED,
    ("already-gone", "answer"): _ATTEMPTED,
    ("failed", "answer"): _ATTEMPTED,
    ("unknown", "answer"): _ATTEMPTED,
    ("already-gone", "inventory"): _OPEN,
    ("unknown", "inventory"): _OPEN,
    ("failed", "inventory"): frozenset(State),
}


@dataclass
class History:
    """What a journal tells: its plan, each token's state, and the runs that worked on it.

    `whole_bytes` is where the last whole line ends.
    """

    header: Header
    plan: RevocationPlan
    events: dict[str, Event] = field(default_factory=dict)
    resumed: list[Resumed] = field(default_factory=list)
    recounts: list[Recounted] = field(default_factory=list)
    whole_bytes: int = 0

    def state(self, handle: str) -> State:
        """The state of a token of the plan."""
        event = self.events.get(handle)
        return event.state if event else State.PLANNED

    def counts(self) -> dict[State, int]:
        """How many tokens are in each state; together they are the plan's tokens."""
        found = Counter(self.state(handle) for handle in self.plan.handles)
        return {state: found[state] for state in State}

    def open_handles(self) -> tuple[str, ...]:
        """The tokens that are not settled, in the plan's order."""
        return tuple(handle for handle in self.plan.handles if not self.state(handle).is_settled)


def read_history(content: bytes) -> History:
    """The history in a journal's bytes. Raises InputError for what is no journal, or not a whole plan."""
    lines = content.split(b"\n")
    torn = lines.pop()  # empty, unless the last line was cut off while it was written
    if not lines:
        raise _unfinished() if torn.startswith(b'{"record":"header"') else _foreign(1)
    header = _line(lines[0], 1)
    if not isinstance(header, Header):
        raise _foreign(1)
    history = History(header, _plan(header, lines), whole_bytes=len(content) - len(torn))
    known = frozenset(history.plan.handles)
    for number, line in enumerate(lines[header.count + 2 :], header.count + 3):
        _take(history, _line(line, number), known, number)
    return history


def _plan(header: Header, lines: list[bytes]) -> RevocationPlan:
    if header.count < 0:
        raise _foreign(1)
    if len(lines) <= header.count + 1:
        raise _unfinished()
    _refuse_unsealed(lines, header.count + 1)
    planned = [_line(line, number) for number, line in enumerate(lines[1 : header.count + 1], 2)]
    tokens = tuple(one.token for one in planned if isinstance(one, Planned))
    plan = header.plan.model_copy(update={"tokens": tokens})
    if len(set(plan.handles)) != header.count or plan.fingerprint != header.fingerprint:
        raise InputError("The journal's plan is not the one that was approved", "Don't use this file.")
    return plan


def _refuse_unsealed(lines: list[bytes], at: int) -> None:
    """Head and plan are as they were written, byte for byte, or this is no journal to work on."""
    record = _line(lines[at], at + 1)
    sealed = record.sha256 if isinstance(record, Sealed) else ""
    if sealed != seal(b"".join(line + b"\n" for line in lines[:at])):
        raise InputError(
            "The journal's head or plan is not as it was written, or an older sfharden wrote it",
            "Look at the org's tokens with `sfharden tokens`, and begin anew.",
        )


def _take(history: History, record: object, known: frozenset[str], number: int) -> None:
    if isinstance(record, Resumed):
        history.resumed.append(record)
    elif isinstance(record, Recounted):
        history.recounts.append(record)
    elif isinstance(record, Event) and record.handle in known:
        if history.state(record.handle) not in _ALLOWED.get((record.record, record.seen), ()):
            raise _foreign(number)
        history.events[record.handle] = record
    else:
        raise _foreign(number)


def _line(line: bytes, number: int) -> object:
    try:
        return LINE.validate_json(line)
    except ValidationError:
        raise _foreign(number) from None


def _foreign(number: int) -> InputError:
    return InputError(
        f"This is no journal of sfharden's, or it was changed (line {number})",
        "Look at the org's tokens with `sfharden tokens`, and begin anew.",
    )


def _unfinished() -> InputError:
    return InputError(
        "The journal ends within its plan, and before that is whole no run revokes anything",
        "Remove the file, and run `revoke` again: it shows what is there.",
    )
