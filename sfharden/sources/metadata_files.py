"""Metadata files to components: one parser for SFDX source, Metadata API folders and zips of either."""

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from sfharden.model.snapshot import ANY_KIND, Component, Gap, Snapshot, Source, Tool
from sfharden.names import decode_file_name
from sfharden.sources.metadata_types import BY_SUFFIX, SETTINGS_NAMES, SETTINGS_SUFFIX
from sfharden.sources.metadata_xml import BadMetadata, NotOurs, parse_component
from sfharden.sources.tree import MAX_FILE_BYTES, Entry, Found, printable_path, walk

_META_SUFFIX = "-meta.xml"

Progress = Callable[[int], None]


def load_snapshot(
    source: Path, tool_version: str, *, max_file_bytes: int = MAX_FILE_BYTES, progress: Progress | None = None
) -> Snapshot:
    """A snapshot of the metadata files below a folder, in a zip, or in one file.

    A file that can't be read is a gap that names it; the rest is kept. Raises InputError if `source` is
    no folder, file or zip at all. `progress` is told the number of files read so far.
    """
    components: list[Component] = []
    gaps: list[Gap] = []
    files = 0
    for outcome in _read_all(walk(source, is_metadata_name), max_file_bytes):
        files += 1
        if isinstance(outcome, Gap):
            gaps.append(outcome)
        elif outcome is not None:
            components.append(outcome)
        if progress:
            progress(files)
    return Snapshot(
        tool=Tool(version=tool_version),
        source=Source(kind="files", name=printable_path(str(source)), files_read=files),
        components=tuple(sorted(components, key=lambda item: (item.kind, item.name, item.file))),
        gaps=tuple(sorted(gaps, key=lambda gap: (gap.what, gap.reason))),
    )


def _read_all(found: Iterator[Found], max_file_bytes: int) -> Iterator[Component | Gap | None]:
    for item in found:
        yield _named(item) if isinstance(item, Gap) else _read(item, max_file_bytes)


def _named(gap: Gap) -> Gap:
    """A gap of the walk with what the path tells about the component that it hides."""
    kind, name = kind_and_name(gap.what)
    return gap.model_copy(update={"kind": kind, "name": name}) if kind else gap


def _read(entry: Entry, max_file_bytes: int) -> Component | Gap | None:
    kind, name = kind_and_name(entry.path)
    try:
        with entry.open() as stream:
            return parse_component(stream, name, entry.path, max_bytes=max_file_bytes, expected=kind)
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


def is_metadata_name(name: str) -> bool:
    """True for a file name whose suffix is that of a type we read."""
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
