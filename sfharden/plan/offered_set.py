"""The permission set that gives an integration's users back what its profile lacks, and the steps to give it.

It holds plain rights on data and on the API only, never an administrative one. Source: Metadata API Guide,
PermissionSet.
"""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final
from xml.sax.saxutils import escape

from sfharden.facts.index import Index
from sfharden.model import kinds
from sfharden.model.integration import Integration
from sfharden.model.org import PermissionSetRow
from sfharden.model.plan import LostRights
from sfharden.model.snapshot import Component
from sfharden.plan.draft import Draft, FileChange
from sfharden.plan.lost_rights import Lost, find_lost, told
from sfharden.plan.ordinary_rights import OBJECT_ELEMENTS, label_of
from sfharden.plan.set_content import SetContent, set_content, set_row
from sfharden.plan.set_names import set_label, set_name
from sfharden.text.names import literal
from sfharden.text.redact import safe_text
from sfharden.text.wording import show_names

CONTROL: Final = "integration-user-can-call-api"
_SUFFIX: Final = "permissionset"


def offer_rights(draft: Draft, facts: Index, integration: Integration, profile: Component | None) -> None:
    """Tell what an integration's users lose, and plan the permission set that gives it back.

    `profile` is the one that they are to have, or the template that it's made from; None if there's neither.
    """
    lost = find_lost(facts, integration, profile)
    if lost is None:
        return
    found = told(lost, integration)
    draft.rights.append(found)
    draft.conditions += found.gaps
    if not found.permission_set:
        return
    content = set_content(facts, found.permission_set)
    row = set_row(facts, found.permission_set)
    users = [name for name in found.users if not _has(facts, name, row)]
    if content is None:
        _make(draft, facts, integration, lost, found)
    faults = tuple(_faults(content, lost, bool(users))) if content else ()
    if content and faults:
        draft.conditions.append(_mend_first(content, faults, users))
    elif users:
        # Before the profile: a call in between would be refused.
        draft.manual.insert(0, assign_step(integration, users))


def assign_step(integration: Integration, users: Iterable[str]) -> str:
    """The step that no metadata can do: who has a permission set is a record."""
    return (
        f"Assign the permission set '{set_label(integration.name)}' ({set_name(integration.name)}) to "
        f"{show_names(users)}, before any other step by hand (Setup, Permission Sets, Manage Assignments)."
    )


def _has(facts: Index, username: str, row: PermissionSetRow | None) -> bool:
    users = facts.directory.users_by_id.values()
    user = next((one for one in users if literal(one.username) == literal(username)), None)
    return bool(row and user and facts.grants.has_set(user, row))


def _faults(content: SetContent, lost: Lost, new: bool) -> Iterator[str]:
    """Why a set that is there doesn't do; what else it grants matters to those alone who would be given it."""
    missing = content.missing(lost)
    if content.why:
        yield f"it gives nothing back for sure: {content.why}"
    elif missing:
        yield f"it doesn't grant {show_names(map(label_of, missing))}, as far as it was read"
    if new and content.beyond:
        yield f"it also grants what is never offered: {show_names(content.beyond)}"
    if new and content.unseen:
        yield f"whether it also grants {show_names(content.unseen)} was not read"


def _mend_first(content: SetContent, faults: Iterable[str], users: Iterable[str]) -> str:
    """A set of that name is left as it is: somebody may have made it something else."""
    text = f"The permission set '{content.label}' is there already, and {'; and '.join(faults)}."
    who = show_names(users)
    return f"{text} Put that right, then assign it to {who}, before any other step by hand." if who else text


def _make(draft: Draft, facts: Index, integration: Integration, lost: Lost, found: LostRights) -> None:
    name = found.permission_set
    content = set_file(integration, lost)
    blank = FileChange(
        _path(facts, name), f"permissionsets/{name}.{_SUFFIX}", kinds.PERMISSION_SET, name, None, b""
    )
    words = ((), tuple(map(label_of, found.offered)))
    draft.edit(blank, "new permission set", words, CONTROL, lambda _data, _where: content)
    draft.undo.append(
        f"The permission set '{set_label(integration.name)}' is new: take it from its users, then delete it in Setup, "
        "Permission Sets. The rollback doesn't delete it."
    )


def _path(facts: Index, name: str) -> str:
    """Beside the other permission sets of the source; in an org's own files all have their folder at the top."""
    other = next((one.file for one in facts.snapshot.of_kind(kinds.PERMISSION_SET)), "")
    meta = "-meta.xml" if other.lower().endswith("-meta.xml") else ""
    folder = PurePosixPath(other).parent if other else PurePosixPath("permissionsets")
    return str(folder / f"{name}.{_SUFFIX}{meta}")


# The file -----------------------------------------------------------------------------------------


def set_file(integration: Integration, lost: Lost) -> bytes:
    """The permission set as the Metadata API takes it, its elements in alphabetical order."""
    about = (
        f"What users of {safe_text(integration.name, limit=80)} held by an older profile. Made by sfharden."
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">',
        f"    <description>{escape(about)}</description>",
        *(line for one in sorted(lost.offered_fields.items()) for line in _field(*one)),
        "    <hasActivationRequired>false</hasActivationRequired>",
        f"    <label>{escape(set_label(integration.name))}</label>",
        *(line for one in sorted(lost.offered_objects.items()) for line in _object(*one)),
        *(line for name in sorted(lost.offered) for line in _right(name)),
        "</PermissionSet>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _object(name: str, rights: frozenset[str]) -> Iterator[str]:
    yield "    <objectPermissions>"
    for right, element in OBJECT_ELEMENTS.items():
        yield f"        <{element}>{str(right in rights).lower()}</{element}>"
    yield "        <modifyAllRecords>false</modifyAllRecords>"
    yield f"        <object>{escape(name)}</object>"
    yield "        <viewAllRecords>false</viewAllRecords>"
    yield "    </objectPermissions>"


def _field(name: str, rights: frozenset[str]) -> Iterator[str]:
    yield from ("    <fieldPermissions>", f"        <editable>{str('Edit' in rights).lower()}</editable>")
    yield f"        <field>{escape(name)}</field>"
    yield from ("        <readable>true</readable>", "    </fieldPermissions>")


def _right(name: str) -> Iterator[str]:
    yield from ("    <userPermissions>", "        <enabled>true</enabled>")
    yield from (f"        <name>{escape(name)}</name>", "    </userPermissions>")
