"""Files: every one that may be an export is read once, and what can't be read is named."""

import zipfile
from pathlib import Path

import pytest

from sfharden.errors import InputError
from sfharden.sources.azure import files
from sfharden.sources.azure.files import read_files
from tests.sources.azure.kit import written


def test_a_folder_and_a_zip_give_the_same_files(tmp_path: Path) -> None:
    documents = {
        "a.json": {"k": 1},
        "sub/b.JSON": [2],
        "state.tfstate": {},
        "x~1.err": "ERROR",
        "host.json": {},
        "c.md": "#",
        ".git/d.json": {},
    }
    folder = written(tmp_path / "exports", documents)
    archive = tmp_path / "exports.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        for name in documents:
            stream.write(folder / name, name.replace("/", "\\"))
    for source in (folder, archive):
        found = read_files([source])
        assert [one.name.partition("/")[2] for one in found.json] == ["a.json", "state.tfstate", "sub/b.JSON"]
        assert list(found.texts.values()) == ["ERROR"]
        assert (found.problems, found.incomplete) == ({}, [])


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    written(tmp_path, {"a/x.json": "1", "b/x.json": "2"})
    found = read_files([tmp_path / "a" / "x.json", tmp_path / "b" / "x.json"])
    assert [one.name for one in found.json] == [
        str(tmp_path / "a" / "x.json"),
        str(tmp_path / "b" / "x.json"),
    ]


@pytest.mark.parametrize(
    "data", [b'\xef\xbb\xbf{"k": 1}', '{"k": 1}'.encode("utf-16"), b'{\r\n"k": 1 // ours\r\n}']
)
def test_the_encodings_and_comments_that_people_save(tmp_path: Path, data: bytes) -> None:
    found = read_files([written(tmp_path, {"a.json": data}) / "a.json"])
    assert [(one.name, one.content) for one in found.json] == [("a.json", {"k": 1})]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.tf", 'resource "azurerm_x" "y" {}', "a.tf is Terraform source"),
        ("a.bicep", "param x string\n", "a.bicep is Bicep source"),
        ("a.json", "<html>", "a.json is a web page"),
        ("a.json", "", "a.json is empty"),
        ("a.json", "{", "a.json is not JSON"),
        ("a.json", '{"k": 1, "k": 2}', "a.json: the file a.json gives 'k' twice"),
    ],
)
def test_what_is_no_json_is_called_by_its_name(tmp_path: Path, name: str, data: str, told: str) -> None:
    (problem,) = read_files([written(tmp_path, {name: data}) / name]).problems.values()
    assert problem.startswith(told)


def test_what_is_not_there_or_too_large_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        read_files([tmp_path / "gone"])
    monkeypatch.setattr(files, "MAX_BYTES", 3)
    found = read_files([written(tmp_path / "e", {"a.json": "[1, 2]", "b.json": "7"})])
    assert [one.name for one in found.json] == ["e/b.json"]
    assert found.incomplete[0].startswith("e/a.json: it can't be read to its end")


def test_of_endless_files_the_rest_is_said_to_be_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_MOST_FILES", 1)
    found = read_files([written(tmp_path / "e", {"a.json": "1", "b.json": "2"})])
    assert len(found.json) == 1
    assert "the rest was not read" in found.incomplete[0]
