"""The repository: each definition in it has the digest that the live one would have."""

from pathlib import Path

import pytest

from sfharden.errors import InputError
from sfharden.model.azure import AzureEntry
from sfharden.sources.azure.repository import repository_of
from tests.sources.azure.kit import read, workflow_answer, written


def test_a_definition_in_whatever_shape_has_the_digest_of_the_live_one(tmp_path: Path) -> None:
    definition = workflow_answer()["properties"]["definition"]
    (live,) = read(tmp_path, {"w.json": workflow_answer()}).resources
    folder = written(
        tmp_path / "repository",
        {"a/view.json": {"definition": definition}, "b.json": definition, "c.json": {"k": 1}},
    )
    found = repository_of([AzureEntry(repository=str(folder)), AzureEntry()])
    assert found
    assert [one.path for one in found] == ["repository/a/view.json", "repository/b.json"]
    assert {one.digest for one in found} == {live.definition_digest}


def test_none_is_named_and_none_is_there(tmp_path: Path) -> None:
    assert repository_of([AzureEntry()]) is None
    with pytest.raises(InputError, match="no folder of that name"):
        repository_of([AzureEntry(repository=str(tmp_path / "gone"))])
