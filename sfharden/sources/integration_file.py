"""The integration file: read, checked, and its egress entries resolved to addresses."""

from pathlib import Path

from sfharden.addresses import AddressError, AddressSet, union
from sfharden.errors import InputError
from sfharden.model.integration import (
    Egress,
    EgressEntry,
    Integration,
    IntegrationEntry,
    IntegrationFile,
    Waiver,
)
from sfharden.model.snapshot import Gap
from sfharden.redact import safe_text
from sfharden.sources.logic_apps import connector_addresses
from sfharden.sources.service_tags import tag_addresses
from sfharden.sources.yaml_file import load_model


def load_integrations(path: Path) -> tuple[tuple[Integration, ...], tuple[Waiver, ...]]:
    """The integrations with their addresses, and the waivers. Raises InputError.

    An egress entry whose file can't be read is a gap of that integration, never an empty list.
    """
    content = load_model(path, IntegrationFile, "integration file")
    resolved = tuple(_resolve(entry, path.parent) for entry in content.integrations)
    return resolved, content.waivers


def _resolve(entry: IntegrationEntry, folder: Path) -> Integration:
    return Integration(
        name=entry.name,
        app=entry.app,
        profile=entry.profile,
        users=entry.users,
        egress=_egress(entry, folder),
        operator_ranges=_ranges(entry.operator_ranges, entry.name, "operator_ranges"),
        hardened_at=entry.hardened_at,
        clone_from=entry.clone_from,
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
    outcomes = [_one(item, entry.name, folder) for item in entry.egress]
    return Egress(
        addresses=union(one.addresses for one in outcomes),
        sources=tuple(source for one in outcomes for source in one.sources),
        gaps=tuple(gap for one in outcomes for gap in one.gaps),
    )


def _one(item: EgressEntry, name: str, folder: Path) -> Egress:
    if item.ranges is not None:
        return Egress(addresses=_ranges(item.ranges, name, "egress"), sources=("integration file",))
    file = item.logic_app or item.service_tags or ""
    try:
        if item.logic_app:
            addresses = connector_addresses(folder / item.logic_app)
        else:
            addresses = tag_addresses(folder / file, item.tag or "")
    except InputError as error:
        gap = Gap(what=f"egress of {name}: {file}", reason=error.message, kind="Egress", name=name)
        return Egress(addresses=AddressSet(), gaps=(gap,))
    return Egress(addresses=addresses, sources=(file,))
