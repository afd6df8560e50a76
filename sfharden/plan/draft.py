"""A plan in the making: edited bytes, and what must be said about them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from sfharden.errors import InputError
from sfharden.model import kinds
from sfharden.model.plan import LostRights, PlannedChange
from sfharden.model.raw import RawFile, RawFiles
from sfharden.model.snapshot import Component
from sfharden.plan.refusal import refused
from sfharden.text.redact import safe_text

# Folder and suffix of each type that a plan touches (Metadata API Guide, the page of each type).
_PLACES: Final = {
    kinds.PROFILE: ("profiles", "profile"),
    kinds.PERMISSION_SET: ("permissionsets", "permissionset"),
    kinds.CONNECTED_APP: ("connectedApps", "connectedApp"),
    kinds.EXTERNAL_OAUTH_POLICY: ("extlClntAppOauthPolicies", "ecaOauthPlcy"),
    kinds.EXTERNAL_OAUTH_SECURITY: ("extlClntAppOauthSecuritySettings", "ecaOauthSecurity"),
    kinds.SECURITY: ("settings", "settings"),
}
_META: Final = "-meta.xml"


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file before and after; `before` is None for one that is to be made."""

    path: str
    member: str
    kind: str
    name: str
    before: bytes | None = field(repr=False)
    after: bytes = field(repr=False)


@dataclass
class Draft:
    """What was decided so far."""

    raw: RawFiles
    files: dict[str, FileChange] = field(default_factory=dict)
    changes: list[PlannedChange] = field(default_factory=list)
    manual: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    lockouts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    undo: list[str] = field(default_factory=list)
    rights: list[LostRights] = field(default_factory=list)

    def original(self, component: Component) -> RawFile:
        """The bytes that a component was read from. Raises NoVerdictError if they were not handed in."""
        raw = self.raw.get(component.file)
        if raw is None:
            raise refused(f"{safe_text(component.file)} was read, but its bytes are not at hand.")
        return raw

    def open(self, component: Component) -> FileChange:
        """The file of a component, with the edits made so far."""
        raw = self.original(component)
        fresh = FileChange(raw.path, member_path(raw), raw.kind, raw.name, raw.content, raw.content)
        return self.files.get(raw.path, fresh)

    def edit(
        self,
        file: FileChange,
        setting: str,
        texts: tuple[Iterable[str], Iterable[str]],
        control: str,
        do: Callable[[bytes, str], bytes],
    ) -> FileChange:
        """Do one edit and note it. `texts` are the values before and after, in words."""
        edited = FileChange(
            file.path, file.member, file.kind, file.name, file.before, do(file.after, file.path)
        )
        before, after = map(tuple, texts)
        self.files[file.path] = edited
        self.changes.append(
            PlannedChange(
                kind=file.kind, name=file.name, setting=setting, before=before, after=after,
                control=control, file=file.path, member=file.member,
            )
        )  # fmt: skip
        return edited


def member_path(raw: RawFile) -> str:
    """Where a file stands in a package: its own percent-encoded name, in the folder of its type."""
    folder, suffix = _PLACES[raw.kind]
    if raw.kind == kinds.SECURITY:
        return f"{folder}/Security.{suffix}"
    stem = PurePosixPath(raw.path).name
    if stem.lower().endswith(_META):
        stem = stem[: -len(_META)]
    if stem.lower().endswith(f".{suffix.lower()}"):
        stem = stem[: -len(suffix) - 1]
    if not stem.isprintable():
        raise InputError(f"{safe_text(raw.path)} has a name that a package can't hold.")
    return f"{folder}/{stem}.{suffix}"


def sibling_path(raw: RawFile, stem: str) -> str:
    """Where a new file of the same type stands in the source, written as its neighbour is."""
    _, suffix = _PLACES[raw.kind]
    meta = _META if raw.path.lower().endswith(_META) else ""
    return str(PurePosixPath(raw.path).with_name(f"{stem}.{suffix}{meta}"))


def file_beside(raw: RawFile, kind: str, stem: str, content: bytes) -> FileChange:
    """A new file of another type, in that type's folder beside the one of `raw`, and written as that one is."""
    folder, suffix = _PLACES[kind]
    meta = _META if raw.path.lower().endswith(_META) else ""
    path = PurePosixPath(raw.path).parent.parent / folder / f"{stem}.{suffix}{meta}"
    return FileChange(str(path), f"{folder}/{stem}.{suffix}", kind, stem, None, content)


def encoded_name(name: str) -> str:
    """A name as the Metadata API writes it in files: ASCII punctuation is percent-encoded, but not `-` and `_`."""
    if not name.isprintable():
        raise InputError(f"'{safe_text(name, limit=60)}' can't be the name of a profile.")
    return "".join(_encoded(character) for character in name)


def _encoded(character: str) -> str:
    plain = not character.isascii() or character.isalnum() or character in " -_"
    return character if plain else f"%{ord(character):02X}"
