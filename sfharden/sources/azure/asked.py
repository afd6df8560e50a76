"""The index of a folder that the script of questions filled: what each file answers, and how its command ended."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sfharden.azure.objects import get, has, text
from sfharden.sources.azure.files import JsonFile

INDEX: Final = "sfharden_azure_answers"


@dataclass(frozen=True, slots=True)
class AskedFile:
    """A line of the index: the path and query that were asked; further pages have the same."""

    path: str
    query: str
    file: str
    stderr_file: str
    exit_status: int


@dataclass(frozen=True, slots=True)
class AskedIndex:
    """An index: which folder it's of, when it was asked, of which cloud and by whose subscription."""

    name: str
    entries: tuple[AskedFile, ...]
    at: datetime | None
    cloud: str
    subscription: str

    def named(self, file: str) -> str:
        """The name of one of its files among all that were read."""
        folder = self.name.rpartition("/")[0]
        return f"{folder}/{file}" if folder else file


def asked_of(file: JsonFile) -> AskedIndex | None:
    """The index that a file is; None if it's none."""
    listed = get(file.content, "asked")
    if not has(file.content, INDEX) or not isinstance(listed, list):
        return None
    entries = tuple(entry for one in listed if (entry := _entry(one)) is not None)
    return AskedIndex(
        file.name,
        entries,
        _moment(text(get(file.content, "at"))),
        text(get(file.content, "cloud")),
        text(get(file.content, "subscription")),
    )


def _entry(one: Any) -> AskedFile | None:
    status = get(one, "exit_status")
    path, file = text(get(one, "path")), text(get(one, "file"))
    if not path or not file or not isinstance(status, int):
        return None
    return AskedFile(path, text(get(one, "query")), file, text(get(one, "stderr_file")), status)


def _moment(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
