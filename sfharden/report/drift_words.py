"""What every form says of a drift: its verdict in one line, a fact and who is on record for it in words."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

from sfharden.checks.drift.verdicts import is_incomplete
from sfharden.model.drift import (
    Drift,
    DriftSide,
    Explanation,
    FactChange,
    Trail,
    TrailRow,
    Turn,
    VerdictChange,
)
from sfharden.text.wording import count, minute, shorten

TURNS: Final[dict[Turn, str]] = {
    "regressed": "regressed", "found": "found failing, or worse", "lost": "can't be told any more", "new": "new",
    "gone": "gone", "changed": "changed", "waived": "waived now", "settled": "known now", "mended": "mended",
}  # fmt: skip
_TELLINGS: Final = {
    "likely": "Likely", "candidates": "May be, one of these", "none": "Who",
}  # fmt: skip
ONLY_VERDICTS: Final = (
    "Two reports were compared: only their verdicts, since no report holds the facts behind them."
)


def headline(drift: Drift) -> str:
    """What happened, counted: `REGRESSED: 2 verdicts regressed, …`."""
    turns = Counter(one.turn for one in drift.verdicts)
    fails = turns["regressed"] + turns["found"] + sum(one.now == "fail" for one in drift.of_turn("new"))
    parts = [f"{turns[turn]:,} {word}" for turn, word in TURNS.items() if turns[turn]]
    told = ", ".join(parts) if parts else "no verdict changed"
    if drift.facts is not None:
        told = f"{told}; {_counted(drift.facts)}"
    if any(gap.is_new for gap in drift.gaps):
        told = f"{told}; not everything could be compared"
    if fails:
        return f"REGRESSED: {told}."
    return f"{'NOT ALL KNOWN' if is_incomplete(drift) else 'NO REGRESSION'}: {told}."


def _counted(facts: Collection[FactChange]) -> str:
    unclear = sum(one.change == "unclear" for one in facts)
    changed = len(facts) - unclear
    beside = f", {count(unclear, 'fact')} on one side only" if unclear else ""
    return (f"{count(changed, 'fact')} changed" if changed else "no fact changed") + beside


def span(drift: Drift) -> str:
    """From when to when."""
    return f"{_moment(drift.old)} to {_moment(drift.new)}"


def _moment(side: DriftSide) -> str:
    return minute(side.at) if side.at else "an unknown time"


def whose(drift: Drift) -> str:
    """Which org or folder it is."""
    source = drift.new.source
    return ", ".join(filter(None, (source.name, drift.new.org_name, source.org_id or "")))


def verdict_words(one: VerdictChange) -> str:
    """`pass → fail`, or `not judged` where it wasn't."""
    return f"{one.was or 'not judged'} → {one.now or 'not judged'}"


def thing_words(one: FactChange) -> str:
    """Of what, and which property of it; of a thing that came or went as a whole no property."""
    whole = one.what in ("file", "app", "resource", one.kind)
    return f"{one.kind} {one.name}" + ("" if whole else f": {one.what}")


def fact_words(one: FactChange) -> str:
    """A change without its subject: `ENFORCE → BYPASS`, `came`, `added 192.0.2.0-192.0.2.255`."""
    parts = [{"came": "came", "gone": "gone", "unclear": "on one side only"}.get(one.change, "")]
    if one.was or one.now:
        parts.append(f"{one.was or '(not there)'} → {one.now or '(not there)'}")
    parts += [
        f"{word} {shorten(texts)}"
        for word, texts in (("added", one.added), ("removed", one.removed))
        if texts
    ]
    parts.append(one.note)
    return "; ".join(filter(None, parts))


def who_lines(one: Explanation) -> Iterator[str]:
    """Who and when, a line a row; or that there is none. What is so of every fact is said once, by `trail_words`."""
    if one.telling in ("not-read", "elsewhere"):
        return
    label = _TELLINGS[one.telling]
    yield from (f"{label}: {row_words(row)}" for row in one.rows)
    if one.note:
        yield f"{label}: {one.note}"


def row_words(row: TrailRow) -> str:
    """A row of the audit trail on one line."""
    where = f" ({row.section})" if row.section else ""
    return f"{maker(row)}, {minute(row.at)}: {row.display}{where}"


def maker(row: TrailRow) -> str:
    """Who made a change; somebody else may have been logged in as them (Login-As)."""
    return f"{row.delegate}, logged in as {row.who}" if row.delegate else row.who


def trail_words(drift: Drift) -> str:
    """What the audit trail could tell, and where else to ask; empty where there is nothing to explain."""
    tellings = {one.explained.telling for one in drift.facts or ()}
    azure = "Who changed Azure, its own activity log tells." if "elsewhere" in tellings else ""
    return " ".join(filter(None, (_of_trail(drift.trail, tellings), azure)))


def _of_trail(trail: Trail | None, tellings: Collection[str]) -> str:
    if trail is None:
        files = "Metadata files have no audit trail: who changed them, their repository tells."
        return files if "not-read" in tellings else ""
    if not trail.is_read:
        return f"The Setup Audit Trail wasn't read: {trail.note}."
    told = f"{count(trail.rows, 'row')} of the Setup Audit Trail between the two"
    note = f"; {trail.note}" if trail.note else ""
    return f"{told}{note}. Rows are tied by what they name, so what is tied is likely, not sure."
