"""The integration file: read, checked, and its egress entries resolved to addresses."""

import shlex
from pathlib import Path

from sfharden.addresses import AddressError, AddressSet
from sfharden.errors import InputError
from sfharden.files.yaml_file import load_model
from sfharden.model.egress import EgressGap, Origin, OriginKind, Reading
from sfharden.model.integration import (
    Egress,
    EgressEntry,
    Integration,
    IntegrationEntry,
    IntegrationFile,
    Waiver,
    egress_of,
    placeholders_of,
)
from sfharden.sources.logic_apps import read_logic_app
from sfharden.sources.service_tags import load_service_tags
from sfharden.text.redact import safe_text


def load_integrations(path: Path, source: str = "") -> tuple[tuple[Integration, ...], tuple[Waiver, ...]]:
    """The integrations with their addresses, and the waivers. Raises InputError.

    `source` is the SOURCE that was typed, for the hint where there is no file: a command that runs as it stands. An egress entry whose file can't be read is a gap of that integration, never an empty list.
    """
    absent = f"`sfharden init {source or '--source .'} -o {shlex.quote(safe_text(str(path)))}` writes one."
    content = load_model(path, IntegrationFile, "integration file", absent)
    resolved = tuple(_resolve(entry, path.parent) for entry in content.integrations)
    return resolved, content.waivers


def _resolve(entry: IntegrationEntry, folder: Path) -> Integration:
    return Integration(
        name=entry.name,
        app=entry.app.name,
        app_kind=entry.app.kind or "",
        profile=entry.profile,
        users=entry.users,
        egress=_egress(entry, folder),
        operator_ranges=_ranges(entry.operator_ranges, entry.name, "operator_ranges"),
        hardened_at=entry.hardened_at,
        attempts=entry.attempts,
        client_credentials=entry.client_credentials,
        clone_from=entry.clone_from,
        azure=entry.azure,
        placeholders=placeholders_of(entry),
    )


def _ranges(texts: tuple[str, ...], name: str, what: str) -> AddressSet:
    try:
        return AddressSet.of(texts)
    except AddressError as error:
        raise InputError(
            f"Integration '{safe_text(name, limit=80)}', {what}: {error}",
            "Write a single address, a network such as 203.0.113.0/28, or a range such as 203.0.113.40-203.0.113.47.",
        ) from None


def _egress(entry: IntegrationEntry, folder: Path) -> Egress:
    return egress_of([_read(item, entry.name, folder) for item in entry.egress], entry.name)


def _read(item: EgressEntry, name: str, folder: Path) -> Reading:
    if item.ranges is not None:
        return written_out(_ranges(item.ranges, name, "egress"))
    file = item.logic_app or item.service_tags or ""
    try:
        if item.logic_app:
            return read_logic_app(folder / file, file)
        tags = load_service_tags(folder / file, file)
        tag = tags.tag(item.tag or "")
        return Reading(file=file, origins=(tag,), elsewhere=tuple(tags.others(tag)))
    except InputError as error:
        return Reading(file=file, gaps=(EgressGap(reason=error.message),))


def written_out(addresses: AddressSet) -> Reading:
    """Ranges that the user gave, as a source of egress."""
    origin = Origin(kind=OriginKind.RANGES, file="integration file", name="ranges", addresses=addresses)
    return Reading(file="integration file", origins=(origin,))
