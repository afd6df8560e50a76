"""The replay's question as data: for each user, app and kind of login, from which addresses a proposal lets in.

The judge is the replay's own; it decides each interval of addresses once, in which nothing makes a difference. So whoever
has the logins can ask without having the judge.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import reduce
from operator import and_
from typing import Final

from sfharden.access.facts import Outcome
from sfharden.addresses import ALL_V4, ALL_V6, AddressSet, Interval, union
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.ownership import goes_by
from sfharden.model.integration import Integration
from sfharden.model.org import Login, User
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.bench import LOGIN_KINDS, Bench, Judge
from sfharden.text.names import literal

ANY_APP: Final = "*"  # every app that has no lines of its own
NO_APP: Final = ""
_NOBODYS: Final = "(an app of a name that no app has)"
EVENT: Final = "event"  # a login in an event file: neither its kind nor its app is told
PASSWORD: Final = "login"  # noqa: S105 - the kind that no app takes part in


class WouldBe(StrEnum):
    """What a proposal does to a login; what has no line is newly refused."""

    IN = "in"
    ALREADY = "refused today, too"
    UNKNOWN = "can't be told"


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """From where logins of one user, app and kind have one answer. `nowhere`: also where no address is told."""

    user_id: str
    app: str
    kind: str
    answer: WouldBe
    addresses: AddressSet
    nowhere: bool


@dataclass(frozen=True, slots=True)
class KqlFacts:
    """All of it. `apps` are those with lines of their own, in small letters; `missing` are users that nobody knows."""

    users: tuple[str, ...]
    apps: tuple[str, ...]
    lines: tuple[AnswerLine, ...]
    missing: tuple[str, ...]
    when: datetime | None


def kql_facts(before: Snapshot, after: Snapshot, integrations: Iterable[Integration]) -> KqlFacts:
    """What to ask of the integrations' users. Raises CannotTell where users were not read."""
    wanted = tuple(integrations)
    index, bench = Index(before), Bench(before, after)
    users = {literal(one.username): one for one in index.directory.users}
    found, lines = list[User](), list[AnswerLine]()
    names = sorted({name for one in wanted for name in one.users})
    for name in names:
        if user := users.get(literal(name)):
            found.append(user)
            own = [one.app for one in wanted if name in one.users]
            lines += _of_user(bench, user, _labels(index.apps), _labels(_named(index.apps, own)))
    apps = {one.app for one in lines} - {ANY_APP, NO_APP}
    missing = tuple(name for name in names if literal(name) not in users)
    return KqlFacts(
        tuple(one.id for one in found), tuple(sorted(apps)), tuple(lines), missing, before.taken_at
    )


def _named(apps: Sequence[App], names: Sequence[str]) -> list[App]:
    return [app for app in apps if any(goes_by(app, name) for name in names)]


def _labels(apps: Iterable[App]) -> list[str]:
    """What logins may call the apps."""
    return sorted({label.lower() for app in apps for label in (app.name, *app.labels) if label})


def _of_user(bench: Bench, user: User, labels: Sequence[str], own: Sequence[str]) -> Iterator[AnswerLine]:
    without = {kind: _answers(bench, user, NO_APP, kind) for kind in LOGIN_KINDS}
    others = {kind: _answers(bench, user, _NOBODYS, kind) for kind in LOGIN_KINDS if kind != PASSWORD}
    mixed = [without[PASSWORD]]
    yield from _all_lines(user, NO_APP, without)
    yield from _all_lines(user, ANY_APP, others)
    for label in labels:
        found = {kind: _answers(bench, user, label, kind) for kind in others}
        mixed += found.values() if label in own else ()
        if found != others:
            yield from _all_lines(user, label, found)
    yield from _lines(user, NO_APP, EVENT, _agreed(mixed))


def _all_lines(user: User, app: str, found: "Mapping[str, _Answers]") -> Iterator[AnswerLine]:
    return (line for kind, answers in found.items() for line in _lines(user, app, kind, answers))


@dataclass(frozen=True, slots=True)
class _Answers:
    """Addresses by answer; `None` stands for newly refused."""

    by: Mapping[WouldBe | None, AddressSet]
    nowhere: WouldBe


def _answers(bench: Bench, user: User, label: str, kind: str) -> _Answers:
    login_type, subtype = LOGIN_KINDS[kind]
    moment = datetime(1999, 1, 1, tzinfo=UTC)  # no answer rests on when a login was
    judge = bench.judge(Login(user.id, "", "", login_type, subtype, label, 1, moment, moment))
    found: dict[WouldBe | None, list[Interval]] = {}
    for piece in judge.pieces():
        found.setdefault(_answer(judge, piece[0]), []).append(piece)
    by = {answer: AddressSet.from_intervals(pieces) for answer, pieces in found.items()}
    return _Answers(by, WouldBe.IN if judge.untouched else WouldBe.UNKNOWN)


def _answer(judge: Judge, address: int) -> WouldBe | None:
    """As the replay decides (`replay._decide`)."""
    outcome, _ = judge.decide(address)
    if outcome is Outcome.REFUSED:
        return WouldBe.ALREADY if judge.refused_today(address) else None
    return WouldBe.IN if outcome is Outcome.ALLOWED or judge.untouched else WouldBe.UNKNOWN


def _agreed(answers: Sequence[_Answers]) -> _Answers:
    """What all say that let in today: by another way the login can't have come. Where those differ, it can't be told."""
    already = [one.by.get(WouldBe.ALREADY, AddressSet()) for one in answers]
    shut = _common(already)
    same: dict[WouldBe | None, AddressSet] = {WouldBe.ALREADY: shut}
    for kind in (WouldBe.IN, None):
        pairs = zip(answers, already, strict=True)
        same[kind] = _common([one.by.get(kind, AddressSet()) | gone for one, gone in pairs]) - shut
    same[WouldBe.UNKNOWN] = (ALL_V4 | ALL_V6) - union(same.values())
    nowhere = WouldBe.IN if all(one.nowhere is WouldBe.IN for one in answers) else WouldBe.UNKNOWN
    return _Answers(same, nowhere)


def _common(sets: Iterable[AddressSet]) -> AddressSet:
    return reduce(and_, sets)


def _lines(user: User, app: str, kind: str, answers: _Answers) -> Iterator[AnswerLine]:
    for answer in WouldBe:
        addresses, nowhere = answers.by.get(answer, AddressSet()), answers.nowhere is answer
        if addresses or nowhere:
            yield AnswerLine(user.id, app, kind, answer, addresses, nowhere)
