"""An org's metadata: listed, then retrieved in one zip of named members, and read by the file parser.

Names and labels are joined by the record id that the Metadata API gives for each component (Metadata API
Guide, FileProperties). What was listed or asked for and did not come is a gap.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final, cast

from sfharden.errors import DeniedError, OrgError
from sfharden.model import kinds
from sfharden.model.snapshot import Component, Gap
from sfharden.salesforce.metadata_api import FileProperties, MetadataClient, RetrieveResult
from sfharden.sources.metadata_files import kind_and_name
from sfharden.sources.metadata_types import SETTINGS_NAMES
from sfharden.sources.metadata_xml import BadMetadata, NotOurs, parse_component
from sfharden.sources.org.tokens import Tasks
from sfharden.sources.tree import MAX_FILE_BYTES
from sfharden.text.names import decode_file_name, normalise

# Three types a call (Metadata API Guide, listMetadata); what matters most comes together.
_LISTED: Final = (
    (kinds.PROFILE, kinds.CONNECTED_APP, kinds.EXTERNAL_APP),
    (kinds.EXTERNAL_OAUTH_POLICY, kinds.EXTERNAL_OAUTH, kinds.EXTERNAL_GLOBAL_OAUTH),
    (kinds.EXTERNAL_POLICY, kinds.BLOCKED_CONSUMER, kinds.PROFILE_SESSION),
)
# What younger API versions have besides (metadata types 1.7.3): asked of an older one, it would be refused.
_LISTED_SINCE: Final = ((67, kinds.EXTERNAL_OAUTH_SECURITY),)
_SETTINGS: Final = ("Security", "ConnectedApp", "OauthOidc", "MyDomain", "ExternalClientApp")
_SETTINGS_TYPE: Final = "Settings"
_OTHER_ROOT: Final = "its root element is not the one that its name promises"
# What zipfile raises for an entry that is damaged, encrypted, or packed in another way than retrieve() does.
_BAD_ENTRY: Final = (
    OSError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError,
)  # fmt: skip


@dataclass
class MetadataReading:
    """What came: components, what could not be read, the org's list of components, and the zip itself."""

    components: list[Component] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    listed: list[FileProperties] = field(default_factory=list)
    listed_types: set[str] = field(default_factory=set)
    zip_bytes: bytes = field(default=b"", repr=False)


def read_metadata(client: MetadataClient, tasks: Tasks, seen: Callable[[int], None]) -> MetadataReading:
    """All metadata that the checks look at. Never raises OrgError: what could not be read is a gap."""
    reading = MetadataReading()
    batches = _batches(client.version)
    tasks.each(lambda number: _list(client, batches[int(number)], reading), map(str, range(len(batches))))
    wanted = {kind: _names(reading.listed, kind) for batch in batches for kind in batch}
    members = {kind: names for kind, names in wanted.items() if names}
    try:
        result = client.retrieve({**members, _SETTINGS_TYPE: _SETTINGS})
    except OrgError as error:
        reading.gaps.extend(_all_missing(members, error.message))
        return reading
    reading.zip_bytes = result.zip_bytes
    _parse(result, reading, seen)
    reading.gaps.extend(_not_come(members, reading, result))
    return reading


def _batches(version: str) -> tuple[tuple[str, ...], ...]:
    younger = tuple(kind for since, kind in _LISTED_SINCE if float(version) >= since)
    return (*_LISTED, younger) if younger else _LISTED


def _names(listed: Iterable[FileProperties], kind: str) -> list[str]:
    return sorted({one.full_name for one in listed if one.type == kind})


def _list(client: MetadataClient, batch: Sequence[str], reading: MetadataReading) -> None:
    """List some types. One that is refused fails its whole batch, so then each is asked for alone."""
    try:
        found = client.list_metadata(batch)
    except DeniedError as error:
        if len(batch) > 1:
            for kind in batch:
                _list(client, [kind], reading)
            return
        reading.gaps.append(_unlisted(batch[0], error))
    except OrgError as error:
        reading.gaps.extend(_unlisted(kind, error) for kind in batch)
    else:
        reading.listed.extend(one for one in found if one.type in batch)
        reading.listed_types.update(batch)


def _unlisted(kind: str, error: OrgError) -> Gap:
    return Gap(what=f"{kind} (all)", reason=error.message, kind=kind)


def _all_missing(members: dict[str, list[str]], reason: str) -> Iterator[Gap]:
    for kind in members:
        yield Gap(what=f"{kind} (all)", reason=reason, kind=kind)
    for name in _SETTINGS:
        yield Gap(what=f"{name}.settings", reason=reason, kind=SETTINGS_NAMES[name.lower()])


def _parse(result: RetrieveResult, reading: MetadataReading, seen: Callable[[int], None]) -> None:
    full_names = _full_names(result, reading)
    with zipfile.ZipFile(io.BytesIO(result.zip_bytes)) as archive:
        for number, entry in enumerate(archive.infolist(), 1):
            path = entry.filename.removeprefix("unpackaged/")
            if entry.is_dir() or path == "package.xml":
                continue
            outcome = _read(archive, entry, path, full_names.get(_key(path)))
            if isinstance(outcome, Gap):
                reading.gaps.append(outcome)
            else:
                reading.components.append(outcome)
            seen(number)


def _full_names(result: RetrieveResult, reading: MetadataReading) -> dict[str, str]:
    """What each file is, as the org describes the zip; one that doesn't has told it when it listed the files."""
    names = {_key(one.file_name): one.plain_name for one in result.file_properties or reading.listed}
    if not result.file_properties:
        names |= {f"settings/{name}.settings": name for name in _SETTINGS}
    return names


def _read(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, full_name: str | None
) -> Component | Gap:
    kind, name = kind_and_name(path)
    name = full_name or name
    hidden = kind or SETTINGS_NAMES.get(name.lower(), "*")
    if full_name is None:
        return Gap(what=path, reason="the org does not say what it is", kind=hidden, name=name)
    try:
        with archive.open(entry) as stream:
            found = parse_component(
                cast(BinaryIO, stream), name, path, max_bytes=MAX_FILE_BYTES, expected=kind
            )
        if found.kind == hidden:
            return found
        reason = _OTHER_ROOT
    except NotOurs:
        reason = _OTHER_ROOT
    except BadMetadata as problem:
        reason = problem.reason
    except _BAD_ENTRY:
        reason = "its part of the zip can't be read"
    return Gap(what=path, reason=reason, kind=hidden, name=name)


def _key(path: str) -> str:
    """A path for comparison: the folder of a package and percent-encoding aren't told alike everywhere."""
    return decode_file_name(path.removeprefix("unpackaged/"))


def _not_come(
    members: dict[str, list[str]], reading: MetadataReading, result: RetrieveResult
) -> Iterator[Gap]:
    """A gap for every member that was asked for and is neither there nor a gap already."""
    there = {(one.kind, normalise(one.name)) for one in reading.components}
    there |= {(gap.kind, normalise(gap.name)) for gap in reading.gaps}
    reason = "the org listed it but did not hand it out"
    for kind, names in members.items():
        for name in map(decode_file_name, names):
            if (kind, normalise(name)) not in there:
                yield Gap(what=f"{kind} {name}", reason=reason, kind=kind, name=name)
    kinds_there = {kind for kind, _ in there}
    for name in _SETTINGS:
        kind = SETTINGS_NAMES[name.lower()]
        if kind not in kinds_there:
            yield Gap(what=f"{name}.settings", reason="the org did not hand it out", kind=kind)
    for path in result.missing:
        kind_there, name = kind_and_name(path)
        if kind_there and (kind_there, normalise(name)) not in there and kind_there not in members:
            yield Gap(what=path, reason=reason, kind=kind_there, name=name)
