"""The metadata files in a snapshot: kept for `snapshot --with-metadata`, and read again where something is planned on it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from sfharden.commands.source import SourceOptions, read_files, read_source, require_one
from sfharden.errors import InputError, NoVerdictError, UsageError
from sfharden.model.raw import RawFile
from sfharden.model.snapshot import Component, KeptFile, Snapshot, Value
from sfharden.plan import secrets
from sfharden.plan.xml_tree import Element, parse
from sfharden.sources.metadata_files import load_raw, raw_file, raw_from_retrieve, with_files
from sfharden.sources.metadata_names import kept_text
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import MASK, may_hold_secret, safe_text

MOST_BYTES: Final = 200_000_000
_PUBLIC: Final = (
    "certificate"  # without its key it proves nothing, and an app that is deployed without it loses it
)
_SUSPECT: Final = re.compile(r"(?i)secret|password|private.?key|consumer.?key")
_SWITCHES: Final = ("", "0", "1", "true", "false")
_PARTS: Final = "it is kept in parts, and a plan edits whole files only"
_HINT: Final = "`sfharden snapshot --org ALIAS --with-metadata -o FILE` gives one that does; or give the org, --source DIR|ZIP, or to simulate: --with DIR|ZIP."
_AZURE_HALF: Final = " Azure's half alone is planned by --azure or --azure-exports without --snapshot."


def read_with_files(given: SourceOptions, wanted: Wanted) -> Snapshot:
    """As `read_source`, with the files themselves. Raises UsageError for a snapshot that doesn't hold them."""
    require_one(given)
    if given.live.is_given:
        from sfharden.doors.live import open_org, read_live

        with open_org(given.live) as connection:
            reading = read_live(connection, wanted, given.live.doors)
        of_zip = reading.snapshot
        return _with(
            of_zip, raw_from_retrieve(reading.zip_bytes, _whole(of_zip)) if reading.zip_bytes else {}
        )
    if given.source:
        source: Path = given.source
        found = read_files(given)
        return _with(found, load_raw(source, _whole(found)))
    return require_files(read_source(given, wanted))


def require_files(snapshot: Snapshot) -> Snapshot:
    """The snapshot. Raises UsageError if it doesn't hold the files that a plan edits, with the command that gives one."""
    if snapshot.files is None:
        more = _AZURE_HALF if snapshot.azure else ""
        raise UsageError(
            "This snapshot can't be planned on: it doesn't hold the files themselves.", f"{_HINT}{more}"
        )
    return snapshot


def _whole(snapshot: Snapshot) -> dict[str, Component]:
    return {one.file: one for one in snapshot.components if not one.parts}


def _with(snapshot: Snapshot, raw: Mapping[str, RawFile]) -> Snapshot:
    """What is kept in parts is told, and so is what was listed and isn't at hand."""
    files = dict.fromkeys(one.file for one in snapshot.components)
    kept = (kept_file(raw[one]) if one in raw else KeptFile(path=one, reason=_PARTS) for one in files)
    return snapshot.model_copy(update={"files": within(kept, MOST_BYTES)})


def within(files: Iterable[KeptFile], most: int) -> tuple[KeptFile, ...]:
    """The files by path; where all of them have more than `most` characters, the longest are left out."""
    room, found = most, []
    for one in sorted(files, key=lambda file: (len(file.text or ""), file.path)):
        room -= len(one.text or "")
        full = KeptFile(
            path=one.path, reason=f"the snapshot would hold more than {most // 1_000_000} MB of files"
        )
        found.append(one if room >= 0 else full)
    return tuple(sorted(found, key=lambda file: file.path))


def kept_file(raw: RawFile) -> KeptFile:
    """A file as a snapshot may hold it; one in which a secret can't be told from the rest isn't kept."""
    try:
        held = secrets.kept(raw.content, raw.path)
        reason = _why_not(held, raw.path)
        return (
            KeptFile(path=raw.path, reason=reason) if reason else KeptFile(path=raw.path, text=held.decode())
        )
    except UnicodeDecodeError:
        return KeptFile(path=raw.path, reason="it is not all UTF-8")
    except InputError as error:
        return KeptFile(path=raw.path, reason=error.message.rstrip("."))


def _why_not(held: bytes, where: str) -> str:
    elements = list(parse(held, where).walk())
    strays = sorted({one.name for one in elements if _is_stray(one)})
    if strays:
        return f"its {safe_text(strays[0], limit=60)} may hold a secret"
    if any(secrets.in_attributes(one) for one in elements):
        return "an attribute in it may hold a secret"
    if any(_SUSPECT.search(one) or secrets.comment_tells(one) for one in secrets.all_comments(held)):
        return "a comment in it may hold a secret"
    line = secrets.credential_line(held)
    return f"line {line} holds what looks like a credential" if line else ""


def _is_stray(element: Element) -> bool:
    """What a snapshot hides of a component, and a package would hold all the same."""
    told = element.value or ""
    if secrets.in_formula(element):
        return True
    if told in (MASK, *_SWITCHES) or element.name == _PUBLIC:
        return False
    return _is_hidden(element.name, told) or may_hold_secret(element.name, told)


def _is_hidden(name: str, text: str) -> bool:
    return text not in _SWITCHES and kept_text(name, "a value") != "a value"


def not_kept(snapshot: Snapshot) -> Iterator[str]:
    """A line for each file that the snapshot doesn't hold."""
    return (f"{one.path}: {one.reason}" for one in snapshot.files or () if one.text is None)


# Reading them again -------------------------------------------------------------------------------


def raw_from_snapshot(snapshot: Snapshot) -> Callable[[Mapping[str, Component]], dict[str, RawFile]]:
    """Gives the files of components as far as they are kept. That raises NoVerdictError for one that says something else."""
    held = {one.path: one.text for one in snapshot.files or () if one.text is not None}

    def raw(wanted: Mapping[str, Component]) -> dict[str, RawFile]:
        there = {path: (one, held[path].encode()) for path, one in wanted.items() if path in held}
        return {path: _raw(one, content) for path, (one, content) in there.items()}

    return raw


def _raw(component: Component, content: bytes) -> RawFile:
    try:
        return raw_file(_masked(component), content)
    except NoVerdictError:
        shown = safe_text(component.file)
        raise NoVerdictError(
            f"The snapshot says one thing of {shown}, and its file another.", "Take it again."
        ) from None


def _masked(component: Component) -> Component:
    """The component as its kept file has it: with the hash of `***` for that of a key."""
    values = {path: tuple(_mask(path, one) for one in found) for path, found in component.values.items()}
    return component.model_copy(update={"values": values})


def _mask(path: str, value: Value) -> Value:
    name = path.rpartition(".")[2]
    return (
        value.model_copy(update={"text": kept_text(name, MASK)})
        if _is_hidden(name, value.text or "")
        else value
    )


def with_kept_files(snapshot: Snapshot, files: Iterable[RawFile]) -> Snapshot:
    """As `with_files`; an app has the consumer key that it has, though its file tells none."""
    old = {one.file: one for one in snapshot.components}
    after = with_files(snapshot, files)
    components = tuple(_unmasked(old.get(one.file), one) for one in after.components)
    return after.model_copy(update={"components": components})


def _unmasked(old: Component | None, new: Component) -> Component:
    if old is None or old is new:
        return new
    hidden = {path: found for path, found in _masked(old).values.items() if found != old.values[path]}
    back = {
        path: old.values[path]
        for path, found in hidden.items()
        if _texts(new, path) == [one.text for one in found]
    }
    return new.model_copy(update={"values": {**new.values, **back}})


def _texts(component: Component, path: str) -> list[str | None]:
    return [one.text for one in component.values.get(path, ())]
