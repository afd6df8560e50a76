"""Whether a file that doesn't permit everything of an object, a field or code may take that from anybody.

What a profile or a permission set permits of these is not read, so what a proposal withholds of it may be held today. A
permission set that nobody has takes nothing, and neither does a profile or a set that isn't there yet.
"""

from collections.abc import Sequence

from sfharden.facts.directory import Directory
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.snapshot import Component, Snapshot
from sfharden.text.names import canonical_profile, literal


def may_take(before: Snapshot, olds: Sequence[Component], new: Component) -> bool:
    """True unless nobody has it today; `olds` are its files as they are."""
    if new.kind == kinds.PROFILE:
        return bool(olds) or _is_profile(before, new.name)
    return _is_held(before, new.name, there=bool(olds))


def _is_profile(before: Snapshot, name: str) -> bool:
    """True if the org has a record of it, though its file was not read."""
    rows = Directory(before).profiles_by_id.values() if before.org else ()
    return any(canonical_profile(one.api_name or one.label) == canonical_profile(name) for one in rows)


def _is_held(before: Snapshot, name: str, *, there: bool) -> bool:
    org = before.org
    if org is None or org.permission_sets is None or org.assignments is None:
        return there
    ids = {one.id for one in org.permission_sets if not one.profile_id and literal(one.name) == literal(name)}
    if not ids or before.gaps_of(tables.PERMISSION_SETS, tables.ASSIGNMENTS, tables.GROUP_MEMBERS):
        return there or bool(ids)
    return _in_group(org, ids) or any(one.permission_set_id in ids for one in org.assignments)


def _in_group(org: tables.OrgTables, ids: set[str]) -> bool:
    """True if a group may hold it: then whoever has the group has it."""
    if org.group_members is None:
        return any(one.group_id for one in org.permission_sets or ())
    return any(one.permission_set_id in ids for one in org.group_members)
