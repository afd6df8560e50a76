"""Who read the org, when, and what they were permitted to see: what an auditor asks of a report first."""

from collections.abc import Iterator

from sfharden.model.snapshot import Snapshot
from sfharden.text.wording import every_name, minute

Told = tuple[str, str]


def reading_facts(snapshot: Snapshot) -> tuple[Told, ...]:
    """As names and texts; metadata files were read by nobody in particular."""
    return tuple(_told(snapshot))


def _told(snapshot: Snapshot) -> Iterator[Told]:
    tables = snapshot.org
    if tables is None:
        return
    yield "Read by", tables.caller.username if tables.caller else "not known"
    if tables.permissions_asked:
        yield "Permissions of the reader, of those asked for", _held(snapshot)
    if tables.logins_since:
        yield "Logins were read since", minute(tables.logins_since)
    if moments := sorted(tables.read_at.values()):
        yield "Read between", f"{minute(moments[0])} and {minute(moments[-1])}"


def _held(snapshot: Snapshot) -> str:
    caller = snapshot.org.caller if snapshot.org else None
    if caller is None or caller.permissions is None:
        return "not known"
    return every_name(caller.permissions) or "none"
