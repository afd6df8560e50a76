"""The rows of the exposure matrix, and how the outcome of a row follows from its cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sfharden.access.facts import Decision, Flow, Outcome
from sfharden.addresses import AddressSet, format_address, show_ranges
from sfharden.facts.profiles import keeps_nobody_out
from sfharden.text.wording import count

# What stands for a stranger's address in an explanation (RFC 5737), if it's among them.
_DOCUMENTATION: Final = AddressSet.of(["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"])


BY_HAND: Final = "After the steps by hand: "  # before what is so only then


class Wish(StrEnum):
    """What a row should come to."""

    KEEP_OUT = "must be refused"
    KEEP_WORKING = "must keep working"


class Standing(StrEnum):
    """Whether it does."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which a row may happen: who, from where in words, how, and what becomes of it."""

    who: str
    source: str
    flow: Flow
    decision: Decision


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario. `given` is what it takes for granted, `summary` one sentence on the outcome."""

    id: str
    title: str
    wish: Wish
    outcome: Outcome
    summary: str
    given: str
    cases: tuple[Case, ...]

    @property
    def standing(self) -> Standing:
        """Whether the outcome is as wished."""
        if self.outcome is Outcome.CANNOT_TELL:
            return Standing.UNKNOWN
        wanted = Outcome.REFUSED if self.wish is Wish.KEEP_OUT else Outcome.ALLOWED
        return Standing.GOOD if self.outcome is wanted else Standing.BAD


@dataclass(frozen=True, slots=True)
class Change:
    """One row, before and after; `by_hand` is after the steps that are left to people, None if there are none."""

    before: Row
    after: Row
    by_hand: Row | None = None

    @property
    def differs_by_hand(self) -> bool:
        """True if the steps by hand change the outcome."""
        return self.by_hand is not None and self.by_hand.outcome is not self.after.outcome

    @property
    def ends(self) -> tuple[tuple[str, Row], ...]:
        """The rows that a proposal is judged by, each with what to say before it; the second only if it differs."""
        by_hand = self.by_hand
        if by_hand is None or (by_hand.outcome, by_hand.summary) == (self.after.outcome, self.after.summary):
            return (("", self.after),)
        return (("", self.after), (BY_HAND, by_hand))


def row_of(name: str, title: str, wish: Wish, given: str, cases: tuple[Case, ...]) -> Row:
    """A row from its cases: what must be refused asks whether anybody gets in, what must work whether all do."""
    outcome = _exists(cases) if wish is Wish.KEEP_OUT else _all(cases)
    return Row(name, title, wish, outcome, _summary(cases, outcome, wish), given, cases)


# From cases to a row ------------------------------------------------------------------------


def _parts(case: Case) -> set[Outcome]:
    return {part.outcome for part in case.decision.parts} or {case.decision.outcome}


def _admitted(case: Case) -> AddressSet:
    found = [part.addresses for part in case.decision.parts if part.outcome is Outcome.ALLOWED]
    return found[0] if found else AddressSet()


def _wide_open(case: Case) -> bool:
    """True if all addresses are let in, or so many that it's as good as all."""
    return case.decision.outcome is Outcome.ALLOWED or keeps_nobody_out(_admitted(case))


def _exists(cases: Iterable[Case]) -> Outcome:
    """For what must be refused: does anybody get in?"""
    cases = tuple(cases)
    if any(_wide_open(case) for case in cases):
        return Outcome.ALLOWED
    if any(Outcome.ALLOWED in _parts(case) for case in cases):
        return Outcome.PARTLY
    return _unanimous(cases)


def _all(cases: Iterable[Case]) -> Outcome:
    """For what must keep working: does everybody get in?"""
    cases = tuple(cases)
    outcome = _unanimous(cases)
    if outcome is Outcome.CANNOT_TELL and any(Outcome.REFUSED in _parts(case) for case in cases):
        return Outcome.PARTLY
    return outcome


def _unanimous(cases: Iterable[Case]) -> Outcome:
    outcomes = {outcome for case in cases for outcome in _parts(case)}
    return outcomes.pop() if len(outcomes) == 1 else Outcome.CANNOT_TELL


def _summary(cases: tuple[Case, ...], outcome: Outcome, wish: Wish) -> str:
    telling = next((case for case in cases if _tells(case, outcome, wish)), None)
    if telling is None:
        return "There is nobody to ask about."
    wanted = Outcome.ALLOWED if wish is Wish.KEEP_OUT else Outcome.REFUSED
    looked_for = wanted if outcome is Outcome.PARTLY else outcome
    text = _why(telling, looked_for)
    if outcome is Outcome.PARTLY:
        part = next((one for one in telling.decision.parts if one.outcome is wanted), None)
        if part and len(telling.decision.parts) > 1:
            verb = "let in" if wanted is Outcome.ALLOWED else "refused"
            text = f"{count(part.addresses.size, 'address')} {verb}: {show_ranges(part.addresses)}. {text}"
    several = len({case.who for case in cases}) > 1
    return f"{telling.who[:1].upper()}{telling.who[1:]}: {text}" if several else text


def _tells(case: Case, outcome: Outcome, wish: Wish) -> bool:
    if outcome is Outcome.ALLOWED:
        return _wide_open(case)
    if outcome is Outcome.PARTLY:
        return (Outcome.ALLOWED if wish is Wish.KEEP_OUT else Outcome.REFUSED) in _parts(case)
    return outcome in _parts(case)


def _why(case: Case, outcome: Outcome) -> str:
    """The deciding reason; a permission is explained by its first two: the address, and the app."""
    part = next((one for one in case.decision.parts if one.outcome is outcome), None)
    reasons = [one for one in (part or case.decision).reasons if one.outcome is outcome]
    texts = list(dict.fromkeys(reason.text for reason in reasons))
    return " ".join(texts[: 2 if outcome is Outcome.ALLOWED else 1])


def example(addresses: AddressSet) -> str:
    """One address that stands for a set in an explanation: a documentation address if the set has one."""
    for preferred in (addresses & _DOCUMENTATION, addresses.v4, addresses):
        if preferred:
            return format_address(preferred.intervals[0][0])
    return "none"
