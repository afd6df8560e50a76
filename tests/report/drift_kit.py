"""A drift that has one of everything, with hostile names wherever foreign hands can write."""

from datetime import UTC, datetime
from typing import Final

from sfharden.model.drift import (
    Drift,
    DriftGap,
    DriftSide,
    Explanation,
    FactChange,
    Trail,
    TrailRow,
    Turn,
    VerdictChange,
)
from sfharden.model.snapshot import Source, Tool
from tests.report.forms_kit import HOSTILE

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
TURNS: Final[tuple[Turn, ...]] = (
    "regressed", "found", "lost", "new", "gone", "changed", "waived", "settled", "mended",
)  # fmt: skip


def verdict(turn: Turn = "regressed", name: str = "CRM", **changes: object) -> VerdictChange:
    given = {
        "control": "app-ip-enforced", "kind": "app", "name": name, "title": "Title", "severity": "high", "turn": turn,
        "was": "" if turn == "new" else "pass", "now": "" if turn == "gone" else "fail", "message": f"Message {name}",
        "fingerprint": "f", "integration": name, "facts": (0,), **changes,
    }  # fmt: skip
    return VerdictChange.model_validate(given)


def fact(name: str = "CRM", **changes: object) -> FactChange:
    given = {
        "part": "ConnectedApp",
        "kind": "ConnectedApp",
        "name": name,
        "what": "ipRelaxation",
        "change": "changed",
    }
    return FactChange.model_validate({**given, **changes})


def row(text: str = "Changed connected app CRM") -> TrailRow:
    return TrailRow(at=AT, who=text, action=text, section=text, display=text)


def drift(*verdicts: VerdictChange, facts: tuple[FactChange, ...] | None = (), **changes: object) -> Drift:
    side = DriftSide(
        source=Source(kind="org", name="acme", org_id="00D"), at=AT, judged_by="snapshot", org_name="Acme"
    )
    given = {
        "tool": Tool(version="0"), "old": side, "new": side, "policies": ("p",), "integrations": ("i",),
        "verdicts": verdicts, "facts": facts, "trail": Trail(is_read=True, rows=2), **changes,
    }  # fmt: skip
    return Drift.model_validate(given)


def hostile_drift() -> Drift:
    """Every text that an org, a file or a colleague can write, each with each hostile name."""
    facts = tuple(
        fact(
            name, what=name, was=name, now=name, added=(name,), removed=(name,), note=name, file=name,
            explained=Explanation(telling="candidates", rows=(row(name),), note=name),
        )
        for name in HOSTILE
    )  # fmt: skip
    verdicts = tuple(verdict(turn, HOSTILE[at % len(HOSTILE)]) for at, turn in enumerate(TURNS))
    gaps = tuple(DriftGap(what=name, reason=name, is_new=True) for name in HOSTILE)
    side = DriftSide(
        source=Source(kind="org", name=HOSTILE[0]), at=None, judged_by="snapshot", org_name=HOSTILE[1]
    )
    trail = Trail(is_read=True, rows=1, note=HOSTILE[2])
    return drift(*verdicts, facts=facts, gaps=gaps, new=side, trail=trail, warnings=HOSTILE)
