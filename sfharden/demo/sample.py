"""The sample that comes with sfharden: a bad integration, as real metadata files."""

from importlib import resources
from pathlib import Path

from sfharden.model.snapshot import Snapshot, Source
from sfharden.sources.metadata_files import load_snapshot


def sample_folder() -> Path:
    """Where the sample's files are."""
    return Path(str(resources.files("sfharden.demo"))) / "sample"


def integration_path() -> Path:
    """The sample's integration file."""
    return sample_folder() / "integration.yaml"


def load_sample(tool_version: str) -> Snapshot:
    """The snapshot of the sample; its name doesn't tell where sfharden is installed."""
    snapshot = load_snapshot(sample_folder() / "force-app", tool_version)
    source = Source(kind="files", name="the sample (--demo)", files_read=snapshot.source.files_read)
    return snapshot.model_copy(update={"source": source})
