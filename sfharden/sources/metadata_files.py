"""Metadata files to components: one parser for SFDX source, Metadata API folders and zips of either."""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath

from sfharden.errors import InputError, NoVerdictError, UsageError
from sfharden.model.kinds import SETTINGS_KINDS
from sfharden.model.raw import RawFile
from sfharden.model.snapshot import ANY_KIND, Component, Gap, Snapshot, Source, Tool
from sfharden.sources.decomposed import Parts, is_xml, may_be_part, type_folder
from sfharden.sources.git_commit import commit_of
from sfharden.sources.metadata_types import (
    BY_SUFFIX,
    HARMLESS_SUFFIXES,
    OTHER_FOLDERS,
    OTHER_SUFFIXES,
    SETTINGS,
    SETTINGS_NAMES,
    SETTINGS_SUFFIX,
)
from sfharden.sources.metadata_xml import BadMetadata, NotOurs, parse_component
from sfharden.sources.set_objects import with_objects_of, with_set_objects
from sfharden.sources.tree import MAX_FILE_BYTES, Entry, Found, printable_path, walk
from sfharden.text.names import decode_file_name
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

_META_SUFFIX = "-meta.xml"
_DELETING = "destructivechanges"  # Metadata API Guide, Deleting Components from an Organization

Progress = Callable[[int], None]
_Parse = Callable[..., Component]


def load_snapshot(
    source: Path,
    tool_version: str,
    *,
    max_file_bytes: int = MAX_FILE_BYTES,
    progress: Progress | None = None,
    proposed: bool = False,
) -> Snapshot:
    """A snapshot of the metadata files below a folder, in a zip, or in one file.

    A file that can't be read is a gap that names it; the rest is kept. Raises InputError if `source` is
    no folder, file or zip at all. `progress` is told the number of files read so far; see parse_component for `proposed`.
    """
    components: list[Component] = []
    gaps: list[Gap] = []
    parts, files = Parts(), 0
    parse = partial(parse_component, max_bytes=max_file_bytes, proposed=proposed)
    for outcome in _read_all(walk(source, is_metadata_path), parts, parse):
        files += 1
        if isinstance(outcome, Gap):
            gaps.append(outcome)
        elif outcome is not None:
            components.append(outcome)
        if progress:
            progress(files)
    components, gaps = parts.put_together(components, gaps)
    return Snapshot(
        tool=Tool(version=tool_version),
        source=Source(
            kind="files", name=printable_path(str(source)), files_read=files, commit=commit_of(source)
        ),
        components=tuple(sorted(components, key=lambda item: (item.kind, item.name, item.file))),
        gaps=tuple(sorted(gaps, key=lambda gap: (gap.what, gap.reason))),
    )


def _read_all(found: Iterator[Found], parts: Parts, parse: _Parse) -> Iterator[Component | Gap | None]:
    for item in found:
        if isinstance(item, Gap):
            yield _named(item)
        elif is_metadata_name(item.path):
            yield _read(item, parse)
        else:
            _read_part(item, parts, parse)
            yield None


def _read_part(entry: Entry, parts: Parts, parse: _Parse) -> None:
    """A file that may be a part. One of another type, such as a component that is called like a folder, is none."""
    if not is_xml(entry.path):
        parts.miss(entry.path)
        return
    try:
        with entry.open() as stream:
            part = parse(stream, "", entry.path)
    except NotOurs:
        return
    except BadMetadata as problem:
        parts.miss(entry.path, problem.reason)
    except OSError:
        parts.miss(entry.path, "the file can't be read")
    else:
        folder = type_folder(entry.path)
        if part.kind == folder or (folder == SETTINGS and part.kind in SETTINGS_KINDS):
            parts.add(part)
        else:
            parts.miss(entry.path, f"its root element is {part.kind}, which is not at home in this folder")


def _named(gap: Gap) -> Gap:
    """A gap of the walk with what the path tells about the component that it hides."""
    kind, name = kind_and_name(gap.what)
    return gap.model_copy(update={"kind": kind, "name": name}) if kind else gap


def _read(entry: Entry, parse: _Parse) -> Component | Gap | None:
    kind, name = kind_and_name(entry.path)
    try:
        with entry.open() as stream:
            return parse(stream, name, entry.path, expected=kind)
    except NotOurs:
        if _settings_kind(name) == ANY_KIND:
            return None
        reason = "its root element is not the one that its name promises"
        return Gap(what=entry.path, reason=reason, kind=_settings_kind(name), name=name)
    except BadMetadata as problem:
        where = f"{entry.path}:{problem.line}" if problem.line else entry.path
        return Gap(what=where, reason=problem.reason, kind=kind or _settings_kind(name), name=name)
    except OSError:
        return Gap(
            what=entry.path, reason="the file can't be read", kind=kind or _settings_kind(name), name=name
        )


def deletions(source: Path) -> Iterator[Gap]:
    """The files of a proposal that delete something; what would be gone then is not known."""
    reason = "it deletes components, and what follows from that is not known"
    for item in walk(source, lambda path: PurePosixPath(path).name.lower().startswith(_DELETING)):
        if isinstance(item, Gap):
            yield item
        elif b"members" in _bytes(item).replace(b"\0", b""):
            yield Gap(what=item.path, reason=reason)


def load_proposal(path: Path, tool_version: str) -> Snapshot:
    """The files that would be deployed; what they delete is a gap. Raises InputError and UsageError."""
    if _is_plan(path):
        shown = safe_text(str(path))
        raise UsageError(
            f"{shown} is a plan, with a package and its rollback.", f"Use --with {shown}/package."
        )
    proposal = with_objects_of(path, load_snapshot(path, tool_version, proposed=True))
    gaps = dict.fromkeys((*proposal.gaps, *deletions(path), *_not_judged(path, proposal)))
    proposal = proposal.model_copy(update={"gaps": tuple(gaps)})
    if not proposal.components and not proposal.gaps:
        raise InputError(
            f"{safe_text(str(path))} holds no metadata that sfharden reads.",
            "Give a folder or a zip with profiles, apps or settings.",
        )
    return proposal


def _not_judged(path: Path, proposal: Snapshot) -> Iterator[Gap]:
    """One gap for each other type that a proposal brings, such as the groups and mutings that change who holds what."""
    read = {file for one in proposal.components for file in (one.file, *one.parts)}
    told = {gap.what for gap in proposal.gaps} | {gap.what.rpartition(":")[0] for gap in proposal.gaps}
    others: dict[str, list[str]] = {}
    for item in walk(path, is_other_metadata):
        if isinstance(item, Gap):
            if item.what not in told:
                yield item
        elif is_other_metadata(item.path) and item.path not in read and item.path not in told:
            name = PurePosixPath(_without_meta(PurePosixPath(item.path).name))
            one_by_one = name.suffix.lower() == SETTINGS_SUFFIX
            others.setdefault(item.path if one_by_one else name.suffix.lower(), []).append(item.path)
    for files in others.values():
        more = f" (and {len(files) - 1:,} more of its type)" if len(files) > 1 else ""
        yield Gap(what=files[0], reason=f"the proposal also changes this{more}, which was not judged")


def is_other_metadata(path: str) -> bool:
    """True for a file that a deployment brings by its name, of a type that is read or may touch who gets in."""
    below = {part.lower() for part in PurePosixPath(path).parts[:-1]}
    name = PurePosixPath(path).name.lower()
    listed = below & OTHER_FOLDERS or PurePosixPath(name).suffix in OTHER_SUFFIXES
    other = is_metadata_name(path) or name.endswith(_META_SUFFIX) or bool(listed)
    return other and PurePosixPath(_without_meta(name)).suffix not in HARMLESS_SUFFIXES


def _is_plan(path: Path) -> bool:
    try:
        return (path / "plan.json").is_file()
    except OSError:  # too long a name, a folder that may not be searched: whoever reads it says so
        return False


def load_raw(source: Path, wanted: Mapping[str, Component]) -> dict[str, RawFile]:
    """The bytes of the files that `wanted` names, by path, each with the component that was read from it.

    Raises NoVerdictError if one is gone, can't be read, is no longer what was read, or is kept in parts.
    """
    for component in wanted.values():
        _refuse_parts(component)
    entries = (one for one in walk(source, is_metadata_path) if isinstance(one, Entry) and one.path in wanted)
    found = {one.path: raw_file(wanted[one.path], _bytes(one)) for one in entries}
    for path in wanted.keys() - found.keys():
        raise _moved(path)
    return found


def _refuse_parts(component: Component) -> None:
    if component.parts:
        raise NoVerdictError(
            f"{safe_text(component.file)} is kept in parts ({count(len(component.parts), 'more file')}), and a plan edits whole "
            "files only.",
            "Put it together with the tool that took it apart, or plan on the org.",
        )


def raw_from_retrieve(zip_bytes: bytes, wanted: Mapping[str, Component]) -> dict[str, RawFile]:
    """As `load_raw`, from the zip of a retrieve whose files were parsed into the wanted components."""
    found: dict[str, RawFile] = {}
    try:
        with zipfile.ZipFile(BytesIO(zip_bytes)) as archive:
            for entry in archive.infolist():
                path = entry.filename.removeprefix("unpackaged/")
                if path in wanted:
                    found[path] = raw_file(wanted[path], archive.read(entry))
    except (OSError, zipfile.BadZipFile, RuntimeError, EOFError, NotImplementedError, ValueError):
        raise NoVerdictError("The retrieved zip can't be read again.") from None
    for path in wanted.keys() - found.keys():
        raise _moved(path)
    return found


def raw_file(component: Component, content: bytes) -> RawFile:
    """The bytes that a component was read from. Raises NoVerdictError if they say something else."""
    if _parsed(component, content) != component:
        raise _moved(component.file)
    return RawFile(component.file, component.kind, component.name, content)


def with_files(snapshot: Snapshot, files: Iterable[RawFile]) -> Snapshot:
    """The snapshot as it would be with these files in place of those of the same path, or beside the others.

    Raises NoVerdictError for a file that the parser doesn't take.
    """
    new = {one.path: one for one in files}
    kept = [one for one in snapshot.components if one.file not in new]
    for file in new.values():
        blank = Component(kind=file.kind, name=file.name, file=file.path)
        component = _parsed(blank, file.content)
        if component is None:
            raise NoVerdictError(f"{safe_text(file.path)} would no longer be metadata that can be read.")
        kept.append(with_set_objects(component, file.content))
    components = tuple(sorted(kept, key=lambda item: (item.kind, item.name, item.file)))
    return snapshot.model_copy(update={"components": components})


def _bytes(entry: Entry) -> bytes:
    try:
        with entry.open() as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except OSError:
        raise _moved(entry.path) from None
    return content


def _parsed(component: Component, content: bytes) -> Component | None:
    try:
        return parse_component(
            BytesIO(content),
            component.name,
            component.file,
            max_bytes=MAX_FILE_BYTES,
            expected=component.kind,
        )
    except (NotOurs, BadMetadata):
        return None


def _moved(path: str) -> NoVerdictError:
    return NoVerdictError(f"{safe_text(path)} has changed since it was read.", "Run again.")


def is_metadata_path(path: str) -> bool:
    """True for a path whose suffix is that of a type we read, or that may be a part of such a file."""
    return is_metadata_name(path) or may_be_part(path)


def is_metadata_name(name: str) -> bool:
    """True for a file name, or a path, whose suffix is that of a type we read."""
    suffix = PurePosixPath(_without_meta(name)).suffix.lower()
    return suffix in BY_SUFFIX or suffix == SETTINGS_SUFFIX


def kind_and_name(path: str) -> tuple[str | None, str]:
    """The metadata type that the suffix promises (None for settings and unknown ones), and the API name."""
    file_name = PurePosixPath(_without_meta(PurePosixPath(path).name))
    return BY_SUFFIX.get(file_name.suffix.lower()), decode_file_name(file_name.stem)


def _without_meta(name: str) -> str:
    return name[: -len(_META_SUFFIX)] if name.lower().endswith(_META_SUFFIX) else name


def _settings_kind(name: str) -> str:
    """Which settings a broken settings file was, by the end of its name; any type if that doesn't tell."""
    words = name.replace("__", " ").split()
    return SETTINGS_NAMES.get(words[-1].lower(), ANY_KIND) if words else ANY_KIND
