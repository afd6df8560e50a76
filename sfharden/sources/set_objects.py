"""What the files of permission sets that would be deployed permit of objects and fields.

Of what is there the org's own records tell that; files are read for it only where they are a proposal. Metadata API
Guide, PermissionSet: PermissionSetObjectPermissions, PermissionSetFieldPermissions.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sfharden.model import kinds
from sfharden.model.snapshot import Component, Snapshot
from sfharden.sources.tree import MAX_FILE_BYTES, Entry, walk
from sfharden.text.hardened_xml import HardenedXml, XmlRefusal

Objects = dict[str, tuple[str, ...]]

# By section: the element with the name, and the right that each other one gives.
_SECTIONS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "objectPermissions": (
        "object",
        {
            "allowCreate": "Create",
            "allowDelete": "Delete",
            "allowEdit": "Edit",
            "allowRead": "Read",
            "modifyAllRecords": "ModifyAllRecords",
            "viewAllRecords": "ViewAllRecords",
        },
    ),
    "fieldPermissions": ("field", {"editable": "Edit", "readable": "Read"}),
}
_TEXTS: Final = frozenset({"true", "false"})
_MOST: Final = 1000  # characters of one text


def with_objects_of(source: Path, proposal: Snapshot) -> Snapshot:
    """A proposal that was read from there, its permission sets with what they permit."""
    files = {one.file for one in proposal.of_kind(kinds.PERMISSION_SET)}
    if not files:
        return proposal
    read = {
        one.path: _bytes(one) for one in walk(source, lambda path: path in files) if isinstance(one, Entry)
    }
    components = tuple(with_set_objects(one, read.get(one.file, b"")) for one in proposal.components)
    return proposal.model_copy(update={"components": components})


def with_set_objects(component: Component, content: bytes) -> Component:
    """A permission set with what its file permits; one that is damaged or kept in parts permits nothing for sure."""
    if component.kind != kinds.PERMISSION_SET:
        return component
    objects = None if component.parts else objects_in(content)
    return component.model_copy(update={"objects": objects or {}})


def _bytes(entry: Entry) -> bytes:
    try:
        with entry.open() as stream:
            return stream.read(MAX_FILE_BYTES)
    except (OSError, ValueError):
        return b""


def objects_in(content: bytes) -> Objects | None:
    """By object, or field such as `Account.Rating`, what a file permits; None if any entry isn't as it should be."""
    reader = _Reader()
    try:
        reader.xml.read(content)
    except XmlRefusal:
        return None
    return None if reader.damaged else {name: tuple(sorted(held)) for name, held in reader.found.items()}


class _Reader:
    """The entries of the two sections; all else is passed over."""

    def __init__(self) -> None:
        self.xml = HardenedXml()
        self.found: dict[str, set[str]] = {}
        self.damaged = False
        self._path: list[str] = []
        self._entry: dict[str, str] = {}
        self._text = ""
        parser = self.xml.parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._text = ""
        if len(self._path) == 2:
            self._entry = {}
        elif len(self._path) > 2 and self._path[1] in _SECTIONS:
            self.damaged |= len(self._path) > 3 or bool(attributes) or name in self._entry

    def _characters(self, text: str) -> None:
        self._text = (self._text + text)[-_MOST:]

    def _end(self, name: str) -> None:
        section = _SECTIONS.get(self._path[1]) if len(self._path) > 1 else None
        if section and len(self._path) == 3:
            self._entry[name] = self._text.strip()
        elif section and len(self._path) == 2:
            self._close(*section)
        self._path.pop()

    def _close(self, about: str, rights: Mapping[str, str]) -> None:
        """One entry; two for one thing leave open which counts."""
        name = self._entry.pop(about, "")
        self.damaged |= not name or name in self.found or not _TEXTS.issuperset(self._entry.values())
        # An element that isn't known gives a right that isn't known.
        self.found[name] = {rights.get(key, key) for key, text in self._entry.items() if text == "true"}
