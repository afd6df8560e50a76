"""The JSON files among what was given, read once and bounded; what can't be read is called by its name."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sfharden.azure.text_forms import text_form
from sfharden.errors import InputError
from sfharden.files.json_file import MAX_BYTES, NotJson, parse_json
from sfharden.model.snapshot import Gap
from sfharden.sources.tree import Entry, walk
from sfharden.text.redact import safe_text

_MOST_FILES: Final = 20_000
_WANTED: Final = (".json", ".jsonc", ".tfstate", ".template", ".txt", ".err", ".bicep", ".tf")
# Of a project's own settings: nothing of Azure, and many.
_PASSED_OVER: Final = frozenset(
    {"host.json", "package.json", "package-lock.json", "tsconfig.json", "launch.json"}
)


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A file by the name that a person gave or sees, with its content; the content never leaves this room."""

    name: str
    content: Any = field(repr=False)


@dataclass(slots=True)
class FilesRead:
    """All files of JSON, the texts beside them, and what could not be read, in words."""

    json: list[JsonFile] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    problems: dict[str, str] = field(default_factory=dict)  # by the file's name
    incomplete: list[str] = field(default_factory=list)  # what may hold an answer and was not read


def read_files(paths: Iterable[Path]) -> FilesRead:
    """Of folders and zips every file that may be an export; of files each. Raises InputError for what isn't there."""
    found, given = FilesRead(), list(paths)
    names = Counter(path.name for path in given)
    for path in given:
        is_one = path.is_file() and path.suffix.casefold() != ".zip"
        label = (
            path.name if names[path.name] == 1 else str(path)
        )  # no file may hide behind another of its name
        prefix = f"{label.removesuffix(path.name)}" if is_one else f"{label}/"
        for entry in walk(path, _is_wanted):
            if isinstance(entry, Gap):
                found.incomplete.append(f"{safe_text(prefix + entry.what)}: {entry.reason}")
            elif len(found.json) >= _MOST_FILES:
                found.incomplete.append(f"more than {_MOST_FILES:,} files; the rest was not read")
                return found
            else:
                _take(entry, prefix + entry.path, found, is_named=is_one)
    return found


def _is_wanted(path: str) -> bool:
    name = path.rpartition("/")[2].casefold()
    return name.endswith(_WANTED) and name not in _PASSED_OVER


def _take(entry: Entry, name: str, found: FilesRead, *, is_named: bool) -> None:
    shown = safe_text(name)
    try:
        data = b"".join(_chunks(entry))
    except (OSError, ValueError):
        found.incomplete.append(
            f"{shown}: it can't be read to its end, or is larger than {MAX_BYTES // 1_000_000} MB"
        )
        return
    if name.casefold().endswith((".txt", ".err")) and not is_named:
        found.texts[name] = data.decode("utf-8", "replace")
        return
    try:
        found.json.append(JsonFile(name, parse_json(data, f"the file {shown}", comments=True)))
    except NotJson as error:
        form = text_form(error.start)
        told = f"{form.name}. {form.hint}" if form else f"not JSON. {error.hint}".rstrip()
        found.problems[name] = f"{shown} is {told}"
    except InputError as error:
        found.problems[name] = f"{shown}: {error.message}"


def _chunks(entry: Entry) -> Iterator[bytes]:
    size = 0
    with entry.open() as stream:
        while chunk := stream.read(1_000_000):
            size += len(chunk)
            if size > MAX_BYTES:
                raise ValueError("too large")
            yield chunk
