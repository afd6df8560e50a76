"""Zips: nothing escapes, nothing unpacks without bound, and what can't be read is named."""

import random
import struct
import zipfile
from pathlib import Path

import pytest

from sfharden.errors import InputError
from sfharden.sources import tree
from tests.orgs.metadata import HEALTHY, PROFILE, loaded
from tests.sources.build import odd_entry, zipped

TEXT = HEALTHY[PROFILE]
GOOD = {"profiles/Good.profile": TEXT}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "org.zip"


@pytest.mark.parametrize(
    "name",
    [
        "../x.profile",
        "profiles/../../x.profile",
        "profiles/..",
        "/etc/x.profile",
        "//server/share/x.profile",
        "\\\\server\\x.profile",
        "..\\x.profile",
        "profiles\\..\\..\\x.profile",
        "C:\\x.profile",
        "C:/x.profile",
        "C:x.profile",
        "inner.zip",
        "deep/INNER.ZIP",
    ],
)
def test_entries_that_escape_or_nest_are_gaps_and_the_rest_is_read(archive: Path, name: str) -> None:
    snapshot = loaded(zipped(archive, {**GOOD, name: TEXT}))
    assert [one.name for one in snapshot.components] == ["Good"]
    (gap,) = snapshot.gaps
    assert gap.reason


def test_backslashes_part_a_path_as_windows_powershell_5_writes_it(archive: Path) -> None:
    names = {"unpackaged\\profiles\\B.profile": TEXT, "unpackaged/profiles/A.profile": TEXT}
    hidden = {"unpackaged\\.git\\profiles\\C.profile": TEXT, "unpackaged\\profiles\\": ""}
    snapshot = loaded(zipped(archive, {**names, **hidden}))
    assert [(one.name, one.file) for one in snapshot.components] == [
        ("A", "unpackaged/profiles/A.profile"),
        ("B", "unpackaged/profiles/B.profile"),
    ]
    assert snapshot.gaps == ()


def test_an_entry_that_escapes_says_which_profile_it_hides(archive: Path) -> None:
    (gap,) = loaded(zipped(archive, {"../Hidden%3A One.profile": TEXT})).gaps
    assert (gap.kind, gap.name) == ("Profile", "Hidden: One")


@pytest.mark.parametrize("mode", [0o120777, 0o120000])
def test_link_entries_are_gaps(archive: Path, mode: int) -> None:
    with zipfile.ZipFile(archive, "w") as stream:
        info = odd_entry("x.profile")
        info.external_attr = mode << 16
        stream.writestr(info, "/etc/hostname")
    assert "link" in loaded(archive).gaps[0].reason


def test_encrypted_entries_are_gaps(archive: Path) -> None:
    data = bytearray(zipped(archive, {**GOOD, "profiles/Locked.profile": TEXT}).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(mark) + offset] |= 1
    archive.write_bytes(bytes(data))
    snapshot = loaded(archive)
    assert [(gap.name, gap.reason) for gap in snapshot.gaps] == [("Locked", "the zip entry is encrypted")]
    assert [one.name for one in snapshot.components] == ["Good"]


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_than_those_of_salesforce_are_gaps(archive: Path, packing: int) -> None:
    snapshot = loaded(zipped(archive, GOOD, packing))
    assert "packed" in snapshot.gaps[0].reason
    assert not snapshot.components


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_stored_and_deflated_entries_are_read_alike(archive: Path, packing: int) -> None:
    snapshot = loaded(zipped(archive, HEALTHY, packing))
    assert len(snapshot.components) == len(HEALTHY)
    assert not snapshot.gaps


def test_a_bomb_by_ratio_is_refused(archive: Path) -> None:
    with pytest.raises(InputError, match="unpacks to more"):
        loaded(zipped(archive, {**GOOD, "x.profile": " " * 3_000_000}))


def test_a_bomb_hidden_among_much_that_is_not_is_a_gap(archive: Path) -> None:
    noise = random.Random(0).randbytes(200_000).hex()  # noqa: S311 - bytes that don't pack
    snapshot = loaded(zipped(archive, {**GOOD, "noise.txt": noise, "x.profile": " " * 3_000_000}))
    assert [(gap.name, gap.kind) for gap in snapshot.gaps] == [("x", "Profile")]


def test_a_bomb_by_total_is_refused(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MAX_ZIP_BYTES", 2 * len(TEXT) - 1)
    assert loaded(zipped(archive, GOOD)).components
    with pytest.raises(InputError, match="unpacks to more"):
        loaded(zipped(archive, {**GOOD, "other.txt": TEXT}))


def test_too_many_entries_are_refused(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MAX_ZIP_ENTRIES", 2)
    assert loaded(zipped(archive, {**GOOD, "a.txt": ""})).components
    with pytest.raises(InputError, match="unpacks to more"):
        loaded(zipped(archive, {**GOOD, "a.txt": "", "b.txt": ""}))


def test_a_size_that_lies_gives_neither_more_nor_less_than_the_file(archive: Path) -> None:
    data = zipped(archive, {"x.profile": TEXT}).read_bytes()
    whole = loaded(archive).components
    size = struct.pack("<I", len(TEXT))
    for lie in (len(TEXT) - 1, len(TEXT) // 2, len(TEXT) + 1, 0):
        archive.write_bytes(data.replace(size, struct.pack("<I", lie)))
        snapshot = loaded(archive)
        assert snapshot.components in ((), whole)
        assert [gap.name for gap in snapshot.gaps] == ([] if snapshot.components else ["x"])


def test_two_entries_of_one_name_are_both_read(archive: Path) -> None:
    other = TEXT.replace("192.0.2.15", "192.0.2.99")
    with pytest.warns(UserWarning, match="Duplicate name"):
        zipped(archive, [("A.profile", TEXT), ("A.profile", other)])
    found = loaded(archive).components
    assert len(found) == 2
    assert found[0].groups != found[1].groups


def test_a_zip_that_is_cut_off_anywhere_is_refused(archive: Path) -> None:
    data = zipped(archive, GOOD).read_bytes()
    for length in range(0, len(data), 7):
        archive.write_bytes(data[:length])
        with pytest.raises(InputError, match="not a zip"):
            loaded(archive)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + b"\0" * 100, TEXT.encode(), b"\x1f\x8b\x08"])
def test_what_is_no_zip_is_refused(archive: Path, data: bytes) -> None:
    archive.write_bytes(data)
    with pytest.raises(InputError, match="not a zip"):
        loaded(archive)


def test_an_empty_zip_gives_an_empty_snapshot(archive: Path) -> None:
    assert loaded(zipped(archive, {})).components == ()


def test_a_zip_is_known_by_its_first_bytes_too(archive: Path) -> None:
    named = (
        archive.rename(archive.with_suffix(".package")) if archive.exists() else archive.with_suffix(".pkg")
    )
    assert [one.name for one in loaded(zipped(named, GOOD)).components] == ["Good"]


@pytest.mark.parametrize("folder", [".sfdx", "node_modules", "__MACOSX"])
def test_the_same_folders_are_passed_over_as_on_disk(archive: Path, folder: str) -> None:
    snapshot = loaded(zipped(archive, {**GOOD, f"{folder}/B.profile": TEXT, "._C.profile": TEXT}))
    assert [one.name for one in snapshot.components] == ["Good"]


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("seed", range(4))
def test_no_damaged_byte_crashes_the_reading_or_changes_a_component(
    archive: Path, packing: int, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - mutations, not secrets
    whole = zipped(archive, HEALTHY, packing).read_bytes()
    true = {one.file: one for one in loaded(archive).components}
    for _ in range(150):
        at = chance.randrange(len(whole))
        archive.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        try:
            snapshot = loaded(archive)
        except InputError:
            continue
        assert all(one == true[one.file] for one in snapshot.components)
        # A damaged name in the directory, which has no checksum, may make a file one that nobody wants.
        assert len(snapshot.components) + len(snapshot.gaps) >= len(HEALTHY) - 1


def test_every_byte_of_a_directory_s_record_may_be_anything(archive: Path) -> None:
    whole = zipped(archive, GOOD).read_bytes()
    start = whole.index(b"PK\x01\x02")
    for at in range(start, len(whole)):
        for value in (0, 1, 0x7F, 0xFF):
            archive.write_bytes(whole[:at] + bytes([value]) + whole[at + 1 :])
            try:
                snapshot = loaded(archive)
            except InputError:
                continue
            assert all(one.groups["loginIpRanges"] for one in snapshot.components)
