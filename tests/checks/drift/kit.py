"""Small sides, written by hand."""

from datetime import datetime, timedelta
from typing import Any

from sfharden.checks.drift.found import Side
from sfharden.model import org as tables
from sfharden.model.org import OrgTables
from sfharden.model.snapshot import Component, Gap, Group, PartGap, Snapshot, Source, Tool, Value
from tests.orgs.constants import NOW

LATER = NOW + timedelta(days=1)


def side(
    *components: Component, at: datetime = NOW, gaps: tuple[Gap, ...] = (), files: bool = False, **held: Any
) -> Side:
    """A side of a running org, or of files."""
    org = None if files else OrgTables(read_at={tables.METADATA: at}, **held)
    source = Source(
        kind="files" if files else "org", name="acme", org_id=None if files else "00Dxx00000001Dz"
    )
    snapshot = Snapshot(
        tool=Tool(version="0"), taken_at=at, source=source, components=components, gaps=gaps, org=org
    )
    return Side(snapshot)


def part(
    kind: str = "ConnectedApp",
    name: str = "CRM",
    *,
    ranges: tuple[tuple[str, str], ...] = (),
    permissions: tuple[str, ...] = (),
    damaged: str = "",
    groups: dict[str, tuple[Group, ...]] | None = None,
    **values: str | tuple[str, ...] | None,
) -> Component:
    """A metadata file; `__` in a name stands for a dot."""
    held = {
        path.replace("__", "."): tuple(Value(text=one, line=at) for at, one in enumerate(_all(texts), 3))
        for path, texts in values.items()
    }
    told = groups or {}
    if ranges:
        told["loginIpRanges"] = tuple(
            Group(line=9 + at, values={"startAddress": first, "endAddress": last})
            for at, (first, last) in enumerate(ranges)
        )
    return Component(
        kind=kind, name=name, file=f"{kind}/{name}.xml", values=held, groups=told,
        permissions=dict.fromkeys(permissions, 5),
        gaps=(PartGap(path=damaged, reason="not understood", line=4),) if damaged else (),
    )  # fmt: skip


def _all(texts: str | tuple[str, ...] | None) -> tuple[str | None, ...]:
    return texts if isinstance(texts, tuple) else (texts,)
