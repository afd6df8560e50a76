"""What `plan` reads of each source: the snapshot, and the bytes of the files that would change."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sfharden.checks.needs import unmet
from sfharden.commands.azure_source import (
    AzureOptions,
    azure_alone,
    azure_entries,
    has_org,
    read_azure,
    require_some,
    with_azure,
)
from sfharden.commands.snapshot_files import raw_from_snapshot, require_files, with_kept_files
from sfharden.commands.source import SourceOptions, read_files, read_source, require_one
from sfharden.errors import NoVerdictError
from sfharden.model import kinds
from sfharden.model.integration import Integration
from sfharden.model.org import METADATA
from sfharden.model.raw import RawFile
from sfharden.model.snapshot import Component, Snapshot
from sfharden.plan.make import Material
from sfharden.ports import DeployReport
from sfharden.sources.metadata_files import load_raw, raw_from_retrieve, with_files
from sfharden.sources.org.wanted import Wanted
from sfharden.sources.snapshot_age import why_old, without_the_outdated


@contextmanager
def open_sides(
    given: SourceOptions, azure: AzureOptions, wanted: Wanted, integrations: Sequence[Integration]
) -> Iterator[Material]:
    """As `open_material`, with the Azure side where that was asked for, and that alone where there is no other source."""
    require_some(given, azure)
    entries = azure_entries(integrations)
    if not has_org(given):
        yield _azure_alone(azure_alone(azure, read_azure(azure, entries, given.live)), given.max_age_days)
        return
    with open_material(given, wanted, azure_too=True) as material:
        yield replace(material, snapshot=with_azure(azure, given, entries, lambda: material.snapshot))


def _azure_alone(snapshot: Snapshot, most_days: int) -> Material:
    """There are no files of an org."""
    return Material(snapshot, lambda _: {}, with_files, outdated=why_old(snapshot.source, most_days))


@contextmanager
def open_material(
    given: SourceOptions, wanted: Wanted, judged: datetime | None = None, *, azure_too: bool = False
) -> Iterator[Material]:
    """Snapshot and raw files of the one source given; an org stays open until the block ends.

    `judged` is when a snapshot is judged by, if not now. Raises UsageError for one without raw files, unless it holds the Azure
    side alone and `azure_too` says that this will do.
    """
    require_one(given)
    if given.snapshot:
        snapshot = read_source(given, wanted, judged)
        of_azure = azure_too and snapshot.source.is_azure
        yield (_azure_alone if of_azure else _kept)(snapshot, given.max_age_days)
    elif given.live.is_given:
        yield from _live(given, wanted)
    elif given.source:
        source: Path = given.source
        yield Material(read_files(given), lambda components: load_raw(source, components), with_files)


def _kept(snapshot: Snapshot, most_days: int) -> Material:
    require_files(snapshot)
    if snapshot.org and not snapshot.components:
        raise _nothing_retrieved(snapshot)
    outdated = why_old(snapshot.source, most_days) if snapshot.org else ""
    return Material(
        without_the_outdated(snapshot, most_days),
        raw_from_snapshot(snapshot),
        with_kept_files,
        outdated=outdated,
    )


def _live(given: SourceOptions, wanted: Wanted) -> Iterator[Material]:
    from sfharden.doors.live import open_org, read_live
    from sfharden.doors.progress import waiting_for
    from sfharden.salesforce.deploy import deploy_check_only

    with open_org(given.live) as connection:
        reading = read_live(connection, wanted, given.live.doors)
        if not reading.zip_bytes:
            raise _nothing_retrieved(reading.snapshot)

        def raw(components: Mapping[str, Component]) -> dict[str, RawFile]:
            return raw_from_retrieve(reading.zip_bytes, components)

        def validate(package: bytes) -> DeployReport:
            connection.wire.begin_run()
            with waiting_for("the org to check the package", given.live.doors):
                return deploy_check_only(connection.wire, connection.version, package)

        yield Material(reading.snapshot, raw, with_files, validate)


def _nothing_retrieved(snapshot: Snapshot) -> NoVerdictError:
    """Why there are no files to plan on: a right that this login lacks, or what the org said."""
    missing = [need.label for need in unmet(snapshot) if METADATA in need.parts]
    if missing:
        return NoVerdictError(
            f"The metadata can't be read: this login lacks {missing[0]}.",
            "`sfharden doctor --permission-set` prints a permission set with it.",
        )
    gaps = snapshot.gaps_of(kinds.PROFILE, *kinds.SETTINGS_KINDS)
    reason = gaps[0].reason if gaps else "the org handed out no files"
    return NoVerdictError(
        f"The metadata can't be read: {reason}.", "`sfharden doctor` tells what this login may read."
    )
