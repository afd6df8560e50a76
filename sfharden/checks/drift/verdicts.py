"""Verdicts of two reports compared by fingerprint: what fails now, what is mended, what can't be told any more."""

from collections.abc import Container, Iterable, Iterator
from typing import Final

from sfharden.model.drift import Drift, FactChange, Turn, VerdictChange
from sfharden.model.results import Report, Result, ResultState

_FAILED: Final = (ResultState.FAIL, ResultState.KNOWN)  # of a report with a baseline, a known one fails too


def compare_verdicts(
    old: Report, new: Report, *, reports_only: bool = False
) -> Iterator[tuple[VerdictChange, tuple[Result, ...]]]:
    """Every verdict that is another now, with the results of both sides, the worst first.

    Where there are reports only, nobody knows that both were asked alike: then what the later one wasn't asked is lost.
    """
    was, now = ({one.fingerprint: one for one in side.results} for side in (old, new))
    hides = _hides_more(old, new)
    asked = {one.control for one in new.results}, {None, *new.integrations}
    found = []
    for key in was.keys() | now.keys():
        before, after = was.get(key), now.get(key)
        unasked = reports_only and before is not None and not _is_asked(before, *asked)
        if turn := _turn(before, after, hides=hides or unasked):
            found.append((_change(turn, before, after), tuple(one for one in (before, after) if one)))
    yield from sorted(found, key=lambda pair: _order(pair[0]))


def _turn(before: Result | None, after: Result | None, *, hides: bool) -> Turn | None:
    if before is None or after is None:
        return "new" if after is not None else "lost" if hides else "gone"
    was, now = before.state, after.state
    if now in _FAILED:
        return _of_failed(before, after)
    if now is ResultState.UNKNOWN:
        return None if was is ResultState.UNKNOWN else "lost"
    if was is now:
        return None
    if now is ResultState.WAIVED:
        return "waived"
    if was in _FAILED or was is ResultState.WAIVED:
        return "mended"
    return "settled" if was is ResultState.UNKNOWN else "changed"


def _is_asked(one: Result, controls: Container[str], integrations: Container[str | None]) -> bool:
    """Whether a report that lists these controls, for these integrations, would list that verdict too."""
    return one.control in controls and one.integration in integrations


def _of_failed(before: Result, after: Result) -> Turn | None:
    if before.state in _FAILED:
        return "found" if after.severity.rank > before.severity.rank else None
    return "found" if before.state is ResultState.UNKNOWN else "regressed"


def _hides_more(old: Report, new: Report) -> bool:
    """Whether the later report has a gap that the earlier one hadn't: what wasn't judged may be hidden by it."""
    had = {(gap.kind, gap.name) for gap in old.gaps}
    return any((gap.kind, gap.name) not in had for gap in new.gaps)


def _change(turn: Turn, before: Result | None, after: Result | None) -> VerdictChange:
    one = after or before
    if one is None:
        raise LookupError("a change of no verdict")
    return VerdictChange(
        control=one.control,
        kind=one.subject.kind,
        name=one.subject.name,
        title=one.title,
        severity=one.severity.value,
        integration=one.integration,
        turn=turn,
        was=_word(before),
        now=_word(after),
        message=one.message if after else "",
        fingerprint=one.fingerprint,
    )


def _word(one: Result | None) -> str:
    """The status; of a waived one too, and that it is."""
    if one is None:
        return ""
    return f"{one.status.value}, waived" if one.waived else one.status.value


_TURNS: Final[tuple[Turn, ...]] = (
    "regressed", "found", "lost", "new", "gone", "changed", "waived", "settled", "mended",
)  # fmt: skip
_RANKS: Final = ("critical", "high", "medium", "low")


def _order(one: VerdictChange) -> tuple[object, ...]:
    place = _TURNS.index(one.turn), _RANKS.index(one.severity)
    return (*place, one.control, one.kind, one.name, one.integration or "", one.fingerprint)


def is_regression(one: VerdictChange, least: int) -> bool:
    """Whether it fails now and didn't, of a severity of that rank at least; a new subject that fails counts."""
    fails = one.turn in ("regressed", "found") or (one.turn == "new" and one.now == "fail")
    return fails and len(_RANKS) - 1 - _RANKS.index(one.severity) >= least


def is_open(one: VerdictChange) -> bool:
    """Whether it can't be told any more, or of something new can't be told."""
    return one.turn == "lost" or (one.turn == "new" and one.now == "unknown")


def is_incomplete(drift: Drift) -> bool:
    """Whether something can't be told any more, or something that was read before wasn't."""
    return any(map(is_open, drift.verdicts)) or any(gap.is_new for gap in drift.gaps)


# Facts behind verdicts ---------------------------------------------------------------------------


def behind(results: Iterable[Result], facts: Iterable[tuple[FactChange, frozenset[str]]]) -> tuple[int, ...]:
    """The facts that a verdict rests on: those at a line or property of its evidence; else of its files; else of its tables."""
    sources = {evidence.source for one in results for evidence in one.evidence} - {""}
    places = sources | {source.partition("#")[0] for source in sources}  # of Azure: the resource
    files = {file for file, _, line in (one.rpartition(":") for one in sources) if line.isdecimal()}
    names, held = {one.subject.name for one in results}, list(facts)
    at_lines = [at for at, (_, where) in enumerate(held) if where & places]
    in_files = [at for at, (fact, _) in enumerate(held) if fact.file and fact.file in places | files]
    in_tables = [at for at, (fact, _) in enumerate(held) if not fact.file and fact.part in sources]
    named = [at for at in in_tables if held[at][0].name in names]
    pointed = [at for at in at_lines if _is_pointed_at(held[at][0].what, sources)]
    return tuple(sorted({*(pointed or at_lines or in_files), *(named or in_tables)}))


def _is_pointed_at(path: str, sources: Iterable[str]) -> bool:
    """Whether a JSON pointer of evidence leads to a property, into it or above it; a definition is told as a whole."""
    for source in sources:
        pointer = source.partition("#")[2].strip("/").replace("/", ".")
        dotted = "definition" if pointer.startswith("properties.definition") else pointer
        if dotted and (f"{path}.".startswith(f"{dotted}.") or f"{dotted}.".startswith(f"{path}.")):
            return True
    return False
