"""The definitions that a repository keeps, by their digests, to compare them with what runs."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from sfharden.azure.documents import pieces_of
from sfharden.azure.objects import get
from sfharden.errors import InputError
from sfharden.model.azure import WORKFLOWS, AzureEntry, RepositoryFile
from sfharden.sources.azure.border import resource_of
from sfharden.sources.azure.files import JsonFile, read_files


def repository_of(entries: Iterable[AzureEntry]) -> tuple[RepositoryFile, ...] | None:
    """Every definition below the folders that integrations name; None if none names one. Raises InputError."""
    folders = list(dict.fromkeys(one.repository for one in entries if one.repository))
    if not folders:
        return None
    found = [file for folder in folders for file in _definitions(Path(folder))]
    return tuple(sorted(found, key=lambda one: (one.path, one.digest)))


def _definitions(folder: Path) -> Iterator[RepositoryFile]:
    if not folder.is_dir():
        raise InputError(
            "azure: repository: there is no folder of that name.", "Give the folder that holds the code view."
        )
    for one in read_files([folder]).json:
        for digest in _digests(one):
            yield RepositoryFile(path=one.name, digest=digest)


def _digests(one: JsonFile) -> Iterator[str]:
    """Of a workflow in whatever shape, and of a project's `workflow.json`."""
    for piece in pieces_of(one.content, one.name).resources:
        if piece.type == WORKFLOWS and isinstance(get(piece.document, "properties", "definition"), dict):
            digest = resource_of(piece, one.name).definition_digest
            if digest:
                yield digest
