"""The border: here secrets are masked and noted, and only then a resource becomes part of a snapshot."""

from typing import Any

from sfharden.azure.objects import get
from sfharden.azure.pieces import AzurePiece, PieceList
from sfharden.azure.secrets import definition_digest, mask
from sfharden.model.azure import WORKFLOWS, AzureList, AzureResource


def resource_of(piece: AzurePiece, file: str) -> AzureResource:
    """The resource as it may leave the room."""
    document, secrets = mask(piece.type, writable(piece.document), form=piece.form)
    return AzureResource(
        id=writable(piece.id),
        type=writable(piece.type),
        name=writable(piece.name),
        form=piece.form,
        document=document,
        secrets=secrets,
        file=file,
        pointer=writable(piece.pointer),
        is_conditional=piece.is_conditional,
        unknown_paths=tuple(map(writable, piece.unknown_paths)),
        definition_digest=_digest(piece),
    )


def writable(value: Any) -> Any:
    """The same without halves of characters, which JSON may escape and no file can hold."""
    if isinstance(value, str):
        if value.isascii():
            return value
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {writable(key): writable(one) for key, one in value.items()}
    return [writable(one) for one in value] if isinstance(value, list) else value


def _digest(piece: AzurePiece) -> str:
    """Of a workflow's definition as it stands there; empty where it doesn't, or not whole."""
    definition = writable(get(piece.document, "properties", "definition"))
    is_told = piece.type == WORKFLOWS and "properties.definition" not in piece.unknown_paths
    return definition_digest(definition) if is_told and isinstance(definition, dict) else ""


def list_of_pieces(found: PieceList, file: str) -> AzureList:
    """The same for rows."""
    rows = tuple(resource_of(one, file) for one in found.rows)
    return AzureList(path=writable(found.path), rows=rows, is_whole=found.is_whole, file=file)
