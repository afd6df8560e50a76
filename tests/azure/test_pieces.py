"""Pieces of documents add up, and what they hold isn't shown by their names."""

from sfharden.azure.pieces import AzurePiece, Pieces
from sfharden.model.azure import AzureForm


def test_pieces_add_up() -> None:
    one = AzurePiece("/x", "t", "n", AzureForm.REST, {"k": "canary"})
    found = Pieces([one], notes=["a"])
    found.add(Pieces([one], notes=["b"], is_page=True))
    assert (found.resources, found.notes, found.is_page) == ([one, one], ["a", "b"], True)


def test_a_document_is_not_in_what_is_printed_of_it() -> None:
    assert "canary" not in repr(AzurePiece("/x", "t", "n", AzureForm.REST, {"k": "canary"}))
