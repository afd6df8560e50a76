"""Profiles, permission sets and their like that a tool keeps in parts: which file is a part of what, put together again.

Layouts seen in public: the Salesforce CLI's presets put `X.userPermissions-meta.xml` and folders of more beside
`X.permissionset-meta.xml` in a folder `X` (source-deploy-retrieve, decomposePermissionSetBeta and …Beta2); the plug-in
sf-decomposer puts a file for each element or each tag below such a folder, as XML or as YAML, JSON, TOML or INI.
Each XML part has the root of the whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from sfharden.model import kinds
from sfharden.model.snapshot import Component, Gap, Group, Value
from sfharden.sources.metadata_types import FOLDERS, SETTINGS
from sfharden.text.names import decode_file_name

_META: Final = "-meta."
_OTHER_FORMATS: Final = frozenset({".yaml", ".yml", ".json", ".json5", ".toml", ".ini"})
_UNREAD: Final = "it is a part of a decomposed file in a format that is not read"
_ALONE: Final = "it is a part of a decomposed file whose main file was not read"


def may_be_part(path: str) -> bool:
    """True for a file that may be a part: below the folder of a type that is read, and written as tools write parts."""
    name = PurePosixPath(path).name.lower()
    if type_folder(path) is None:
        return False
    nested = len(_below(path)) > 1
    suffix = PurePosixPath(name).suffix
    return _META in name or (nested and (suffix == ".xml" or suffix in _OTHER_FORMATS))


def type_folder(path: str) -> str | None:
    """The metadata type whose folder a file is in; None for other folders. `SETTINGS` has many types."""
    found = _place(path)
    return FOLDERS[PurePosixPath(path).parts[found].lower()] if found is not None else None


def _place(path: str) -> int | None:
    """Where among a path's parts the folder of a type stands: the last one counts."""
    parts = PurePosixPath(path).parts[:-1]
    return next((at for at in reversed(range(len(parts))) if parts[at].lower() in FOLDERS), None)


def _below(path: str) -> tuple[str, ...]:
    """The path below the folder of its type."""
    place = _place(path)
    return PurePosixPath(path).parts[place + 1 :] if place is not None else ()


def is_xml(path: str) -> bool:
    """True for a part that can be read."""
    return path.lower().endswith(".xml")


class Parts:
    """Parts as they are met, to be put together once the main files are known."""

    def __init__(self) -> None:
        self._read: list[Component] = []
        self._unread: list[Gap] = []

    def add(self, part: Component) -> None:
        """A part that was read; its `name` counts for nothing."""
        self._read.append(part)

    def miss(self, path: str, reason: str = _UNREAD) -> None:
        """A part that was not read."""
        self._unread.append(Gap(what=path, reason=reason, kind=type_folder(path) or "*"))

    def put_together(
        self, components: Iterable[Component], gaps: Iterable[Gap]
    ) -> tuple[list[Component], list[Gap]]:
        """The components with their parts in place, and a gap for every part that could not be read or placed."""
        mains = {(one.kind, _folder(one.file)): one for one in components if _is_main(one.file)}
        parts: dict[tuple[str, str], list[Component]] = {}
        told = list(gaps)
        for part in self._read:
            key = next((key for key in _homes(part.kind, part.file) if key in mains), None)
            if key:
                parts.setdefault(key, []).append(part)
            else:
                told.append(Gap(what=part.file, reason=_ALONE, kind=part.kind, name=_name(part.file)))
        told += self._unread_of(mains)
        whole = {id(mains[key]): _joined(mains[key], found) for key, found in parts.items()}
        return [whole.get(id(one), one) for one in components], told

    def _unread_of(self, mains: dict[tuple[str, str], Component]) -> Iterator[Gap]:
        """A file in another format is a part if its name says so, or if it's beside a main file."""
        for gap in self._unread:
            homes = [
                mains[key] for kind in _kinds_of(gap.kind) for key in _homes(kind, gap.what) if key in mains
            ]
            if homes:
                yield gap.model_copy(update={"kind": homes[0].kind, "name": homes[0].name})
            elif _META in PurePosixPath(gap.what).name.lower():
                yield gap.model_copy(update={"name": _name(gap.what)})


def _kinds_of(kind: str) -> tuple[str, ...]:
    return kinds.SETTINGS_KINDS if kind == SETTINGS else (kind,)


def _folder(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _is_main(path: str) -> bool:
    """True for a file in a folder of its own name, as a main file is."""
    file = PurePosixPath(path)
    return file.name.lower().startswith(f"{file.parent.name.lower()}.")


def _homes(kind: str, path: str) -> Iterator[tuple[str, str]]:
    """The folders that a part's main file may be in, the nearest first."""
    depth = len(_below(path)) - 1
    for folder in list(PurePosixPath(path).parents)[: max(depth, 0)]:
        yield kind, str(folder)


def _name(path: str) -> str:
    """The name of what a part without a main file is a part of: of the folder it's in, else of the file."""
    below = _below(path)
    return decode_file_name(below[0] if len(below) > 1 else below[0].split(".")[0])


def _joined(main: Component, parts: Sequence[Component]) -> Component:
    """All of it as one component. Lines count within a file, so of several files there are none."""
    every = (main, *parts)
    values: dict[str, tuple[Value, ...]] = {}
    groups: dict[str, tuple[Group, ...]] = {}
    for one in every:
        for path, found in one.values.items():
            values[path] = (*values.get(path, ()), *(value.model_copy(update={"line": 0}) for value in found))
        for path, listed in one.groups.items():
            groups[path] = (
                *groups.get(path, ()),
                *(group.model_copy(update={"line": 0}) for group in listed),
            )
    return main.model_copy(
        update={
            "parts": tuple(one.file for one in parts),
            "values": dict(sorted(values.items())),
            "groups": dict(sorted(groups.items())),
            "permissions": dict.fromkeys(sorted({name for one in every for name in one.permissions}), 0),
            "gaps": tuple(gap.model_copy(update={"line": 0}) for one in every for gap in one.gaps),
            "unknown_elements": sum(one.unknown_elements for one in every),
        }
    )
