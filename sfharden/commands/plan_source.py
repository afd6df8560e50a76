"""What `plan` reads of each source: the snapshot, and the bytes of the files that would change."""

from pathlib import Path

from sfharden.commands.plan_making import Material
from sfharden.commands.source import SourceOptions, read_source
from sfharden.errors import UsageError
from sfharden.sources.metadata_files import load_raw


def read_material(given: SourceOptions) -> Material:
    """Snapshot and raw files of the one source given. Raises UsageError for a source without raw files."""
    if given.snapshot:
        raise UsageError(
            "A snapshot can't be planned on: it doesn't hold the files themselves.",
            "Give --source DIR|ZIP, or the org.",
        )
    snapshot = read_source(given)
    return Material(snapshot, lambda wanted: load_raw(_folder(given), wanted))


def _folder(given: SourceOptions) -> Path:
    if given.source:
        return given.source
    from sfharden.demo.sample import sample_folder

    return sample_folder() / "force-app"
