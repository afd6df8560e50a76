"""Metadata files as they are: the bytes that a plan edits in place."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RawFile:
    """One metadata file. `path` is where its source has it, and is `Component.file` of what was read from it."""

    path: str
    kind: str
    name: str
    content: bytes = field(repr=False)


RawFiles = Mapping[str, RawFile]  # by path
