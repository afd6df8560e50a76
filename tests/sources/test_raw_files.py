"""The bytes behind components: those that were read, or an error."""

import io
import zipfile
from pathlib import Path

import pytest

from sfharden.errors import NoVerdictError
from sfharden.model.raw import RawFile
from sfharden.model.snapshot import Component
from sfharden.sources.metadata_files import load_raw, load_snapshot, raw_from_retrieve, with_files
from tests.orgs.metadata import APP, HEALTHY, PROFILE, write


def wanted(folder: Path, *paths: str) -> dict[str, Component]:
    return {one.file: one for one in load_snapshot(folder, "0").components if one.file in paths}


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return out.getvalue()


def test_only_what_is_wanted_is_loaded_byte_for_byte(tmp_path: Path) -> None:
    folder = write(HEALTHY, tmp_path)
    raw = load_raw(folder, wanted(folder, PROFILE, APP))
    assert {path: one.content.decode() for path, one in raw.items()} == {
        path: HEALTHY[path] for path in (PROFILE, APP)
    }
    assert (raw[APP].kind, raw[APP].name) == ("ConnectedApp", "Azure_Logic_Apps")
    assert "HUSH" not in repr(raw)


def test_from_a_zip_as_from_a_folder(tmp_path: Path) -> None:
    folder = write(HEALTHY, tmp_path / "src")
    path = tmp_path / "src.zip"
    path.write_bytes(zipped(**{name: text.encode() for name, text in HEALTHY.items()}))
    assert load_raw(path, wanted(path, PROFILE)) == load_raw(folder, wanted(folder, PROFILE))


@pytest.mark.parametrize("new", [None, b"", b"<Profile/>", b"<ConnectedApp/>"])
def test_a_file_that_moved_since_it_was_read_is_refused(tmp_path: Path, new: bytes | None) -> None:
    folder = write(HEALTHY, tmp_path)
    asked = wanted(folder, PROFILE)
    (folder / PROFILE).unlink() if new is None else (folder / PROFILE).write_bytes(new)
    with pytest.raises(NoVerdictError, match="has changed since it was read"):
        load_raw(folder, asked)


def test_from_a_retrieve_with_and_without_its_folder(tmp_path: Path) -> None:
    asked = wanted(write(HEALTHY, tmp_path), APP)
    content = HEALTHY[APP].encode()
    for path in (APP, f"unpackaged/{APP}"):
        assert (
            raw_from_retrieve(zipped(**{path: content, "package.xml": b"x"}), asked)[APP].content == content
        )
    for broken in (
        b"",
        b"PK\x03\x04",
        zipped(other=b"x"),
        zipped(**{APP: content.replace(b"ENFORCE", b"BYPASS")}),
    ):
        with pytest.raises(NoVerdictError):
            raw_from_retrieve(broken, asked)


def test_a_snapshot_with_other_files(tmp_path: Path) -> None:
    snapshot = load_snapshot(write(HEALTHY, tmp_path), "0")
    new = RawFile("profiles/New.profile", "Profile", "New", HEALTHY[PROFILE].encode())
    changed = RawFile(
        APP, "ConnectedApp", "Azure_Logic_Apps", HEALTHY[APP].replace("ENFORCE", "BYPASS").encode()
    )
    after = with_files(snapshot, [new, changed])
    assert len(after.components) == len(snapshot.components) + 1
    (app,) = after.of_kind("ConnectedApp")
    assert app.values["oauthPolicy.ipRelaxation"][0].text == "BYPASS"
    assert with_files(snapshot, []) == snapshot
    with pytest.raises(NoVerdictError, match="no longer be metadata"):
        with_files(snapshot, [RawFile(APP, "ConnectedApp", "x", b"<broken")])
