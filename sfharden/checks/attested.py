"""What an attestation says of files, held against the files that are there: what matches, what doesn't, what wasn't given."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from sfharden.model.attestation import REPORT, AttestedInput, Role, Statement

Match = Literal["matches", "differs", "not given", "not compared"]
_ONES: tuple[Role, ...] = ("snapshot", "integration", "baseline")
_MANY: tuple[Role, ...] = ("policy", "events")
_WORDS: dict[Role, str] = {
    "snapshot": "snapshot file",
    "integration": "integration file",
    "baseline": "baseline",
    "policy": "policy",
    "events": "file of events",
}
_BESIDE = "it is looked for beside the integration file that was judged"


@dataclass(frozen=True, slots=True)
class Compared:
    """One part of what was attested: `part` is its role, `name` what it's called."""

    part: str
    name: str
    match: Match
    why: str = ""


@dataclass(frozen=True, slots=True)
class GivenParts:
    """What was given to be compared: the digest of a report, and files by their roles. `egress`: its files were looked for."""

    report: str | None = None
    inputs: tuple[AttestedInput, ...] = ()
    egress: bool = False

    def of(self, role: Role) -> tuple[AttestedInput, ...]:
        """Those of one role."""
        return tuple(one for one in self.inputs if one.role == role)


def compare(statement: Statement, given: GivenParts) -> tuple[Compared, ...]:
    """Every part that was attested, and every part that was given."""
    inputs = statement.predicate.inputs
    found = [_report(statement.digest_of(REPORT), given.report)]
    for role in _ONES:
        found += _one(role, _of(inputs, role), given.of(role))
    for role in _MANY:
        found += _by_content(role, _of(inputs, role), given.of(role))
    found += _egress(_of(inputs, "egress"), given)
    return tuple(found)


def same_integration(statement: Statement, given: AttestedInput) -> bool:
    """True if that integration file was judged: then the files of egress that it names are those that were meant."""
    return any(one.digest == given.digest for one in _of(statement.predicate.inputs, "integration"))


def _of(inputs: Iterable[AttestedInput], role: Role) -> tuple[AttestedInput, ...]:
    return tuple(one for one in inputs if one.role == role)


def _report(attested: str, given: str | None) -> Compared:
    if given is None:
        return Compared("report", REPORT, "not given")
    if given == attested:
        return Compared("report", REPORT, "matches")
    return Compared("report", REPORT, "differs", "it is not the report as JSON that was attested")


def _one(
    role: Role, attested: tuple[AttestedInput, ...], given: tuple[AttestedInput, ...]
) -> Iterator[Compared]:
    """A role of which there is one file at most."""
    for one in given:
        same = any(one.digest == other.digest for other in attested)
        why = f"it is not the {_WORDS[role]} that was judged" if attested else f"no {_WORDS[role]} was judged"
        yield Compared(role, one.name, "matches") if same else Compared(role, one.name, "differs", why)
    if not given:
        yield from (Compared(role, one.name, "not given") for one in attested)


def _by_content(
    role: Role, attested: tuple[AttestedInput, ...], given: tuple[AttestedInput, ...]
) -> Iterator[Compared]:
    """Files of which there may be many; each may have another name by now."""
    there, known = {one.digest for one in given}, {one.digest for one in attested}
    for one in attested:
        yield Compared(role, one.name, "matches" if one.digest in there else "not given")
    for one in given:
        if one.digest not in known:
            yield Compared(role, one.name, "differs", f"no {_WORDS[role]} that was judged has these bytes")


def _egress(attested: tuple[AttestedInput, ...], given: GivenParts) -> Iterator[Compared]:
    """File by file. Where the integration file isn't that one, the names lead nowhere."""
    if not given.egress:
        yield from (Compared("egress", one.name, "not given", _BESIDE) for one in attested)
        return
    then, now = ({one.name: one for one in files} for files in (attested, given.of("egress")))
    yield from (_egress_file(one, now.get(name)) for name, one in then.items())
    for name in now:
        if name not in then:
            yield Compared("egress", name, "differs", "it was not there when that was judged")


def _egress_file(attested: AttestedInput, now: AttestedInput | None) -> Compared:
    if attested.digest is None:
        return Compared("egress", attested.name, "not compared", "it could not be read then: a gap")
    if now is None or now.digest is None:
        return Compared("egress", attested.name, "differs", "it can't be read now")
    if now.digest == attested.digest:
        return Compared("egress", attested.name, "matches")
    return Compared("egress", attested.name, "differs", "it was changed")
