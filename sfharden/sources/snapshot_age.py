"""How old a snapshot file is, and what of it says nothing of today.

Settings stay as they are until somebody changes them, so they are judged as they were read. Tokens, logins and sessions
come and go by themselves: of an old list neither what is in it nor what is missing says anything of now. Nor do, of Azure,
who held which right, what happened within the last days, and where changes were recorded.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sfharden.azure.assignments import ASSIGNMENTS, DENIED, ELIGIBLE
from sfharden.azure.log_settings import SETTINGS
from sfharden.azure.questions import EVENTS
from sfharden.model import org
from sfharden.model.azure import AzureGap, AzureList, key_of
from sfharden.model.snapshot import Gap, Snapshot, Source
from sfharden.sources.tree import printable_path
from sfharden.text.wording import count

MAX_AGE_DAYS: Final = 7
_SKEW: Final = timedelta(days=1)  # by which the clock of who took it may be ahead, or its zone wrong
_BY_TIME: Final = (
    ("tokens", org.TOKENS),
    ("external_tokens", org.EXTERNAL_TOKENS),
    ("logins", org.LOGINS),
    ("sessions", org.SESSIONS),
    ("setup_changes", org.SETUP_CHANGES),
)
_OF_A_MOMENT: Final = tuple(key_of(one) for one in (ASSIGNMENTS, DENIED, ELIGIBLE, EVENTS))


def told(snapshot: Snapshot, path: Path, now: datetime) -> Snapshot:
    """The snapshot, whose source says that it was read from this file, and how old it is.

    What the file says of that itself doesn't count, but for what it was read from and when.
    """
    source, taken = snapshot.source, snapshot.taken_at
    known = taken is not None and taken <= now + _SKEW
    update = {
        "kind": "snapshot",
        "origin": source.origin if source.kind == "snapshot" else source.kind,
        "file": printable_path(str(path)),
        "taken_at": taken,
        "age_days": max((now - taken).days, 0) if taken and known else None,
        "signed": False,
    }
    return snapshot.model_copy(update={"source": source.model_copy(update=update)})


def as_written(snapshot: Snapshot) -> Snapshot:
    """The snapshot as its own file has it: a copy of a file is no younger, and says nothing of where that lay."""
    source = snapshot.source
    if source.kind != "snapshot" or source.origin is None:
        return snapshot
    blank = {"kind": source.origin, **dict.fromkeys(("origin", "file", "taken_at", "age_days", "signed"))}
    return snapshot.model_copy(update={"source": source.model_copy(update=blank)})


def why_old(source: Source, most_days: int) -> str:
    """Why what time decides can't be told of a snapshot file; empty if it's young enough, or is none."""
    if source.kind != "snapshot":
        return ""
    if source.taken_at is None:
        return "the snapshot doesn't say when it was taken"
    if source.age_days is None:
        return f"the snapshot says that it was taken later, on {source.taken_at:%Y-%m-%d}"
    if source.age_days < most_days:
        return ""
    days = count(source.age_days, "day")
    return f"the snapshot is {days} old, which says nothing of now (--max-age {most_days})"


def without_the_outdated(snapshot: Snapshot, most_days: int) -> Snapshot:
    """The snapshot without what time decides, each with a gap that says why, if it's too old for that."""
    snapshot = _without_old_azure(snapshot, most_days)
    reason = why_old(snapshot.source, most_days)
    if not reason or snapshot.org is None:
        return snapshot
    held = [(name, kind) for name, kind in _BY_TIME if getattr(snapshot.org, name) is not None]
    tables = snapshot.org.model_copy(update=dict.fromkeys((name for name, _ in held), None))
    kinds = [kind for _, kind in held] + ([org.REQUESTS, org.LOGIN_EVENTS] if snapshot.events else [])
    gaps = tuple(Gap(what=kind, reason=reason, kind=kind) for kind in kinds)
    return snapshot.model_copy(update={"org": tables, "events": None, "gaps": (*snapshot.gaps, *gaps)})


def _without_old_azure(snapshot: Snapshot, most_days: int) -> Snapshot:
    """The same without what time decides of the Azure side, which may be older than the rest."""
    read = snapshot.azure
    if read is None or not (reason := why_old(_source_of_azure(snapshot), most_days)):
        return snapshot
    old = [one for one in read.lists if _is_of_a_moment(one)]
    if not old:
        return snapshot
    gaps = tuple(AzureGap(path=one.path, what=_called(one), reason=reason) for one in old)
    update = {
        "lists": tuple(one for one in read.lists if not _is_of_a_moment(one)),
        "gaps": (*read.gaps, *gaps),
        "warnings": (
            *read.warnings,
            f"Rights, events and records of changes of the Azure side are not judged: {reason}.",
        ),
    }
    return snapshot.model_copy(update={"azure": read.model_copy(update=update)})


def _source_of_azure(snapshot: Snapshot) -> Source:
    """The source with the age of the Azure side, where that says when it was read and is older."""
    source, read = snapshot.source, snapshot.azure and snapshot.azure.taken_at
    if not read or source.taken_at is None or source.age_days is None:
        return source
    before = max((source.taken_at - read).days, 0)
    return source.model_copy(update={"age_days": source.age_days + before})


def _is_of_a_moment(one: AzureList) -> bool:
    """Rights and events; and where changes are recorded, which is set at a subscription or a management group."""
    path = key_of(one.path.partition("?")[0])
    of_changes = path.endswith(key_of(SETTINGS)) and "/resourcegroups/" not in path
    return path.endswith(_OF_A_MOMENT) or of_changes


def _called(one: AzureList) -> str:
    scope, _, name = one.path.partition("?")[0].rpartition("/providers/")
    return f"{name.partition('/')[2]} at {scope.rpartition('/')[2]}"
