"""The Metadata API's reading calls: list, read and retrieve.

Calls and limits: Metadata API Developer Guide, listMetadata(), readMetadata(), retrieve(),
checkRetrieveStatus().
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from sfharden.errors import AnswerError, OrgError, UnreachableError
from sfharden.salesforce.failures import clean_code, failure
from sfharden.salesforce.session import Wire
from sfharden.salesforce.soap import SoapDoor, SoapResult, element, text, texts
from sfharden.text.redact import Secret

TYPES_PER_LIST: Final = 3
NAMES_PER_READ: Final = 10
_PROCESS: Final = re.compile(r"[A-Za-z0-9]{1,60}", re.ASCII)
_MOST_FILES: Final = 40_000
_LARGEST_CONTENT: Final = 700 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileProperties:
    """What the org says of one component; texts as they came, empty where nothing came.

    `full_name` is the name to ask for; `plain_name` is the one to show, with its percent-encoding undone.
    """

    type: str
    full_name: str
    file_name: str
    id: str
    namespace_prefix: str
    manageable_state: str
    last_modified_date: str
    last_modified_by_name: str

    @property
    def plain_name(self) -> str:
        """The name as a person knows it."""
        return unquote(self.full_name)


@dataclass(frozen=True, slots=True)
class RetrieveMessage:
    """A warning of a retrieve, mostly that a member was not found. Foreign text: make it safe to show."""

    file_name: str
    problem: str


@dataclass(frozen=True, slots=True)
class RetrieveResult:
    """A retrieved zip, and what the org says of it. `missing`: files it promises that are not in the zip."""

    zip_bytes: bytes = field(repr=False)
    file_properties: tuple[FileProperties, ...]
    messages: tuple[RetrieveMessage, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Polling:
    """When to ask again: soon at first, then ever later. Seconds; `total` is the sum of all waits, and of all else.

    Slowly later: whatever is read besides is done by then, so each second waited in vain is waited by a person.
    """

    first: float = 0.05
    growth: float = 1.4
    longest: float = 2.0
    total: float = 900.0

    def waits(self, clock: Callable[[], float]) -> Iterator[float]:
        """The waits, until their sum, or the time since the first with what it took to ask, would pass `total`."""
        wait, spent, began = self.first, 0.0, clock()
        while max(spent, clock() - began) + wait <= self.total:
            yield wait
            spent += wait
            wait = min(self.longest, wait * self.growth)


def in_batches(items: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """The items in order, `size` at a time, so that a caller can make the calls side by side."""
    rest = iter(items)
    while batch := tuple(islice(rest, size)):
        yield batch


class MetadataClient:
    """Reads one org's metadata with one API version. Safe to share between threads."""

    def __init__(
        self,
        wire: Wire,
        token: Secret,
        version: str,
        *,
        polling: Polling | None = None,
    ) -> None:
        self.version = version
        self._door = SoapDoor(wire, token)
        self._sleep = wire.timing.sleep
        self._clock = wire.timing.clock
        self._polling = polling or Polling()

    def list_metadata(self, types: Sequence[str]) -> list[FileProperties]:
        """The components of these types, three types a call, one call after the other.

        A type that the API version doesn't know fails its whole call: DeniedError with code INVALID_TYPE.
        """
        found: list[FileProperties] = []
        for batch in in_batches(types, TYPES_PER_LIST):
            queries = "".join(element("queries", text("type", name)) for name in batch)
            content = queries + text("asOfVersion", self.version)
            what = "Listing metadata"
            found += self._door.call("listMetadata", content, self.version, what, _listed)
        return found

    def read_metadata(self, type_: str, names: Sequence[str]) -> dict[str, Element | None]:
        """The components with these full names, ten a call; None for one that the org says it hasn't.

        Elements have names without namespace. Raises AnswerError if the org leaves open which it hasn't.
        """
        found: dict[str, Element | None] = {}
        for batch in in_batches(list(dict.fromkeys(names)), NAMES_PER_READ):
            content = text("type", type_) + texts("fullNames", batch)
            made = partial(_records, names=batch)
            found.update(self._door.call("readMetadata", content, self.version, "Reading metadata", made))
        return found

    def retrieve(self, members: Mapping[str, Sequence[str]]) -> RetrieveResult:
        """The files of these members (metadata type → full names), in one package.

        Asks until the org is done. Raises UnreachableError if it takes too long, DeniedError if it fails,
        AnswerError if the zip is none, is cut off, or holds nothing of what the org says it holds.
        """
        what = "Retrieving metadata"
        request = _request(members, self.version)
        process = self._door.call("retrieve", request, self.version, what, partial(_process, what=what))
        # It is sent back at each question.
        if not _PROCESS.fullmatch(process):
            raise AnswerError(f"{what}: the org did not say where to ask for it")
        return self._finished(process, what)

    def _finished(self, process: str, what: str) -> RetrieveResult:
        content = text("asyncProcessId", process) + text("includeZip", "true")
        for wait in self._polling.waits(self._clock):
            self._sleep(wait)
            made = partial(_once_done, what=what)
            result = self._door.call("checkRetrieveStatus", content, self.version, what, made)
            if result:
                return result
        raise UnreachableError(
            f"{what}: the org was not done in {self._polling.total:.0f} seconds", "Try later."
        )


def _request(members: Mapping[str, Sequence[str]], version: str) -> str:
    kinds = (element("types", texts("members", names), text("name", kind)) for kind, names in members.items())
    package = element("unpackaged", *kinds, text("version", version))
    # The order of the elements is the schema's, and counts.
    return element("retrieveRequest", text("apiVersion", version), text("singlePackage", "true"), package)


def _listed(answer: SoapResult) -> list[FileProperties]:
    return [_properties(item) for item in answer.results]


def _process(answer: SoapResult, what: str) -> str:
    return _only(answer, what).findtext("id") or ""


def _once_done(answer: SoapResult, what: str) -> "RetrieveResult | None":
    return _retrieved(answer, what) if _only(answer, what).findtext("done") == "true" else None


def _retrieved(answer: SoapResult, what: str) -> RetrieveResult:
    result = _only(answer, what)
    if result.findtext("success") == "false" or result.findtext("status") not in (None, "Succeeded"):
        raise _retrieve_failure(result, what)
    if not answer.zip_bytes:
        raise AnswerError(f"{what}: the org sent no zip")
    properties = tuple(_properties(item) for item in result.findall("fileProperties"))
    messages = tuple(
        RetrieveMessage(item.findtext("fileName") or "", item.findtext("problem") or "")
        for item in result.findall("messages")
    )
    missing = _missing(_names_in(answer.zip_bytes, what), properties)
    if missing and len(missing) == len(_promised(properties)):
        raise AnswerError(f"{what}: the org sent another zip than it describes")
    return RetrieveResult(answer.zip_bytes, properties, messages, missing)


def _retrieve_failure(result: Element, what: str) -> OrgError:
    code = clean_code(result.findtext("errorStatusCode"))
    return failure(500 if code in ("", "UNKNOWN_EXCEPTION") else 400, code, what)


def _names_in(zip_bytes: bytes, what: str) -> set[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(zip_bytes)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise AnswerError(f"{what}: what the org sent is no zip, or was cut off") from None
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _LARGEST_CONTENT:
        raise AnswerError(f"{what}: the zip holds more than a retrieve may")
    return {_bare(entry.filename) for entry in entries}


def _promised(properties: Sequence[FileProperties]) -> list[str]:
    names = (properties_.file_name for properties_ in properties)
    return [name for name in names if name and _bare(name) != "package.xml"]


def _missing(present: set[str], properties: Sequence[FileProperties]) -> tuple[str, ...]:
    return tuple(name for name in _promised(properties) if _bare(name) not in present)


def _bare(name: str) -> str:
    # The folder of an unpackaged retrieve, and percent-encoding, are not told of alike everywhere.
    return unquote(name).removeprefix("unpackaged/")


def _properties(item: Element) -> FileProperties:
    names = ("type", "fullName", "fileName", "id", "namespacePrefix", "manageableState", "lastModifiedDate")
    told = [item.findtext(name) or "" for name in (*names, "lastModifiedByName")]
    if not told[0] or not told[1]:
        raise AnswerError("Reading metadata: the org describes a component without type or name")
    return FileProperties(*told)


def _records(result: SoapResult, names: Sequence[str]) -> dict[str, Element | None]:
    records = _only(result, "Reading metadata").findall("records")
    # Settings may come back under another name than the one they are asked for.
    if len(names) == len(records) == 1:
        return {names[0]: None if _is_nil(records[0]) else records[0]}
    there = {unquote(record.findtext("fullName") or ""): record for record in records if not _is_nil(record)}
    found = {name: there.pop(unquote(name), None) for name in names}
    absent = sum(1 for record in found.values() if record is None)
    # A record too few, too many or unasked for: then None would not mean "the org hasn't it".
    if there or len(records) != len(names) or absent != sum(map(_is_nil, records)):
        raise AnswerError("Reading metadata: the org's answer doesn't fit what it was asked for")
    return found


def _is_nil(record: Element) -> bool:
    return record.get("nil") in ("true", "1")


def _only(result: SoapResult, what: str) -> Element:
    if len(result.results) != 1:
        raise AnswerError(f"{what}: the org's answer has another shape than documented")
    return result.results[0]
