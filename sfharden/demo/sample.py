"""The sample that comes with sfharden: a bad integration, as real metadata files."""

from importlib import resources
from pathlib import Path


def sample_folder() -> Path:
    """Where the sample's files are."""
    return Path(str(resources.files("sfharden.demo"))) / "sample"


def integration_path() -> Path:
    """The sample's integration file."""
    return sample_folder() / "integration.yaml"
