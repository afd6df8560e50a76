"""What `plan` reads of each source: the snapshot, and the bytes of the files that would change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sfharden.commands.source import SourceOptions, read_files, require_one
from sfharden.errors import UsageError
from sfharden.model.raw import RawFile
from sfharden.model.snapshot import Component
from sfharden.plan.make import Material
from sfharden.ports import DeployReport
from sfharden.sources.metadata_files import load_raw, raw_from_retrieve, with_files
from sfharden.sources.org.wanted import Wanted


@contextmanager
def open_material(given: SourceOptions, wanted: Wanted) -> Iterator[Material]:
    """Snapshot and raw files of the one source given; an org stays open until the block ends.

    Raises UsageError for a source without raw files.
    """
    require_one(given)
    if given.snapshot:
        raise UsageError(
            "A snapshot can't be planned on: it doesn't hold the files themselves.",
            "Give --source DIR|ZIP, or the org.",
        )
    if given.live.is_given:
        yield from _live(given, wanted)
    elif given.source:
        source: Path = given.source
        yield Material(read_files(given), lambda components: load_raw(source, components), with_files)


def _live(given: SourceOptions, wanted: Wanted) -> Iterator[Material]:
    from sfharden.commands.live import open_org, read_live
    from sfharden.salesforce.deploy import deploy_check_only

    with open_org(given.live) as connection:
        reading = read_live(connection, wanted)

        def raw(components: Mapping[str, Component]) -> dict[str, RawFile]:
            return raw_from_retrieve(reading.zip_bytes, components)

        def validate(package: bytes) -> DeployReport:
            return deploy_check_only(connection.wire, connection.version, package)

        yield Material(reading.snapshot, raw, with_files, validate)
