"""The two columns that only the Tooling API's Profile has: FullName, and the whole metadata as JSON."""

from typing import Any, Final

from sfharden.emulator import kinds
from sfharden.emulator.soql.schema import Column, made
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import Node, parse

_LISTS: Final = frozenset({"loginIpRanges", "userPermissions", *kinds.PROFILE_PART_NEEDS})


def whole_profile(org: DemoOrg) -> list[Column]:
    """FullName and Metadata; selecting them allows one row at most (Tooling API Guide, Profile)."""

    def metadata(row: Any) -> Any:
        content = org.metadata.get(kinds.path_of(kinds.KINDS["Profile"], row.full_name))
        return as_json(parse(content)) if content else None

    return [
        made("FullName", "string", lambda row: row.full_name, filterable=False),
        made("Metadata", "complexvalue", metadata, filterable=False),
    ]


def as_json(node: Node) -> Any:
    """An element as the Tooling API writes it: repeated elements are lists, true and false are booleans."""
    if not node.children:
        text = node.text.strip()
        return {"true": True, "false": False}.get(text, text or None)
    found: dict[str, Any] = {}
    for child in node.children:
        value = as_json(child)
        if child.name in _LISTS:
            found.setdefault(child.name, []).append(value)
        else:
            found[child.name] = value
    return found
