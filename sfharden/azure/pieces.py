"""What a document of Azure holds, before secrets are masked: it never leaves the room that reads it."""

from dataclasses import dataclass, field
from typing import Any

from sfharden.model.azure import AzureForm


@dataclass(frozen=True, slots=True)
class AzurePiece:
    """One resource in the shape of an answer of ARM, and where in its file it begins."""

    id: str
    type: str  # lower-case
    name: str
    form: AzureForm
    document: dict[str, Any] = field(repr=False)
    pointer: str = ""
    is_conditional: bool = False
    unknown_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PieceList:
    """Rows that stood together; `path` is what they answer, as far as they tell it themselves."""

    path: str
    rows: tuple[AzurePiece, ...]
    is_whole: bool


@dataclass(slots=True)
class Pieces:
    """All that a document holds, and in words what of it is not read."""

    resources: list[AzurePiece] = field(default_factory=list)
    lists: list[PieceList] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_page: bool = False  # more stands on other pages

    def add(self, other: "Pieces") -> None:
        """Take over what another part of the document holds."""
        self.resources += other.resources
        self.lists += other.lists
        self.notes += other.notes
        self.is_page = self.is_page or other.is_page
