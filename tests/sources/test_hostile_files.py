"""Hostile and broken metadata: refused or named, never believed."""

import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, format_address
from sfharden.errors import InputError
from sfharden.facts.profiles import login_ranges
from sfharden.sources import tree
from sfharden.sources.metadata_files import load_snapshot
from sfharden.sources.metadata_xml import BadMetadata, parse_component
from tests.orgs.metadata import (
    APP,
    HEALTHY,
    PROFILE,
    SECURITY,
    loaded,
    login_range,
    parsed,
    permission,
    write,
    xml,
)

pytestmark = pytest.mark.xml

TEXT = HEALTHY[PROFILE]


class Trickle(BytesIO):
    """Gives at most three bytes a read."""

    def read(self, size: int | None = -1) -> bytes:  # noqa: ARG002
        return super().read(3)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<!DOCTYPE Profile SYSTEM "x">' + TEXT.split("\n", 1)[1], "DTD"),
        ('<!DOCTYPE p [<!ENTITY a "b">]>' + TEXT.split("\n", 1)[1], "DTD"),
        (TEXT.replace("true", "&boom;"), "well-formed"),
        ("", "empty"),
        ("   ", "well-formed"),
        (TEXT[:-15], "well-formed"),
        (TEXT.replace("<custom>", "<<<<<<< HEAD\n<custom>"), "conflict"),
        (TEXT.replace("<custom>", "\n=======\n<custom>"), "conflict"),
        (TEXT.replace("<custom>", "\n>>>>>>> branch\n<custom>"), "conflict"),
        (TEXT.replace("soap.sforce.com", "evil.example"), "namespace"),
        (TEXT.replace("<custom>true</custom>", '<custom xmlns="urn:x">true</custom>'), "namespace"),
        (TEXT.replace("Profile", "PermissionSet"), "root element"),
        (
            TEXT.replace("<custom>", "<fieldPermissions><fieldPermissions/><a/></fieldPermissions><custom>"),
            "nested",
        ),
        (TEXT.replace("UTF-8", "no-such-encoding"), "ncod"),
    ],
)
def test_broken_and_hostile_documents_are_refused_with_the_reason(content: str, reason: str) -> None:
    with pytest.raises(BadMetadata) as refusal:
        parsed(PROFILE, content)
    assert reason in refusal.value.reason


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8-sig"),
        TEXT.replace("UTF-8", "UTF-16").encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.encode(),
    ],
)
def test_encodings_and_line_ends_make_no_difference(data: bytes) -> None:
    component = parse_component(
        BytesIO(data), "Logic Apps Integration", PROFILE, max_bytes=10**6, expected="Profile"
    )
    assert component == parsed(PROFILE, TEXT)


@pytest.mark.parametrize("path", sorted(HEALTHY))
def test_piece_borders_make_no_difference(path: str) -> None:
    component = parsed(path, HEALTHY[path])
    trickled = parse_component(
        Trickle(HEALTHY[path].encode()), component.name, path, max_bytes=10**6, expected=None
    )
    assert trickled == component


def test_every_truncation_is_refused() -> None:
    data = TEXT.rstrip().encode()
    for length in range(len(data)):
        with pytest.raises(BadMetadata):
            parse_component(BytesIO(data[:length]), "P", "P.profile", max_bytes=10**6, expected="Profile")


def test_secrets_and_personal_data_are_not_kept() -> None:
    text = HEALTHY[APP].replace("<label>", "<contactEmail>person@acme.example</contactEmail><label>")
    kept = parsed(APP, text).model_dump_json()
    for secret in ("HUSH-HUSH", "3MVG9SECRETLIKE", "person@acme.example"):
        assert secret not in kept


def test_lines_are_those_of_the_file() -> None:
    component = parsed(PROFILE, TEXT)
    lines = TEXT.splitlines()
    assert "<custom>" in lines[component.values["custom"][0].line - 1]
    assert all("<loginIpRanges>" in lines[group.line - 1] for group in component.groups["loginIpRanges"])
    assert all(name in lines[line - 1] for name, line in component.permissions.items())


@pytest.mark.parametrize(
    "bad",
    [
        login_range("192.0.2.9", "192.0.2.1"),
        login_range("192.0.2.1", "2001:db8::1"),
        "<loginIpRanges><startAddress>192.0.2.1</startAddress></loginIpRanges>",
        "<loginIpRangez><endAddress>1.2.3.4</endAddress><startAddress>1.2.3.4</startAddress></loginIpRangez>",
        "<loginIpRanges>192.0.2.1</loginIpRanges>",
    ],
)
def test_a_damaged_range_is_told_beside_the_good_ones(bad: str) -> None:
    ranges = login_ranges(parsed(PROFILE, TEXT.replace("<custom>", bad + "<custom>")))
    assert ranges.broken
    assert ranges.addresses == AddressSet.of(["192.0.2.0/28", "198.51.100.7"])


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**20)), max_size=30))
def test_ranges_come_out_as_they_were_written(pairs: list[tuple[int, int]]) -> None:
    base = 0xFFFF << 32
    wanted = [(base + start, base + min(start + length, 2**32 - 1)) for start, length in pairs]
    body = "".join(login_range(format_address(start), format_address(end)) for start, end in wanted)
    assert login_ranges(parsed("P.profile", xml("Profile", body))).addresses == AddressSet.from_intervals(
        wanted
    )


def test_a_broken_file_is_a_gap_with_name_and_line_and_the_rest_is_kept(tmp_path: Path) -> None:
    write({**HEALTHY, "profiles/Custom%3A Sales.profile": "<Profile>\n<custom>"}, tmp_path)
    snapshot = loaded(tmp_path)
    (gap,) = snapshot.gaps
    assert (gap.kind, gap.name, gap.what) == (
        "Profile",
        "Custom: Sales",
        "profiles/Custom%3A Sales.profile:2",
    )
    assert len(snapshot.components) == len(HEALTHY)


def test_all_forms_of_a_source_give_the_same_components(tmp_path: Path) -> None:
    plain = loaded(write(HEALTHY, tmp_path / "mdapi"))
    sfdx = loaded(write({f"{path}-meta.xml": text for path, text in HEALTHY.items()}, tmp_path / "sfdx"))
    archive = tmp_path / "org.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as stream:
        for path, text in HEALTHY.items():
            stream.writestr(path, text)
    zipped = loaded(archive)
    assert plain.components == zipped.components
    assert [one.model_copy(update={"file": ""}) for one in plain.components] == [
        one.model_copy(update={"file": ""}) for one in sfdx.components
    ]


def test_pipes_loops_and_links_out_are_gaps_and_never_hang(tmp_path: Path) -> None:
    org, outside = write(HEALTHY, tmp_path / "org"), write({PROFILE: TEXT}, tmp_path / "outside")
    os.mkfifo(org / "pipe.profile")
    (org / "loop").symlink_to(org, target_is_directory=True)
    (org / "away").symlink_to(outside, target_is_directory=True)
    (org / "gone.profile").symlink_to(org / "nothing")
    (org / "again.profile").symlink_to(org / PROFILE)
    snapshot = loaded(org)
    assert [gap.what for gap in snapshot.gaps] == ["away", "gone.profile", "pipe.profile"]
    assert len(snapshot.components) == len(HEALTHY)


def test_a_file_beyond_the_bound_is_a_gap(tmp_path: Path) -> None:
    write({PROFILE: TEXT.replace("<custom>", permission("X") * 500 + "<custom>")}, tmp_path)
    (gap,) = load_snapshot(tmp_path, "0", max_file_bytes=10_000).gaps
    assert "larger" in gap.reason


@pytest.mark.parametrize(
    "name", ["../x.profile", "/x.profile", "a\\..\\x.profile", "C:/x.profile", "inner.zip"]
)
def test_zip_entries_that_escape_or_nest_are_gaps(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "z.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        stream.writestr(info, TEXT)
        stream.writestr(PROFILE, TEXT)
    snapshot = loaded(archive)
    assert len(snapshot.gaps) == 1
    assert [one.name for one in snapshot.components] == ["Logic Apps Integration"]


def test_a_zip_link_is_a_gap(tmp_path: Path) -> None:
    archive = tmp_path / "z.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        info = zipfile.ZipInfo("x.profile")
        info.external_attr = 0o120777 << 16
        stream.writestr(info, "/etc/passwd")
    assert "link" in loaded(archive).gaps[0].reason


def test_bombs_and_what_is_no_zip_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as stream:
        stream.writestr("x.profile", " " * 5_000_000)
    with pytest.raises(InputError, match="unpacks to more"):
        loaded(bomb)
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(InputError, match="not a zip"):
        loaded(tmp_path / "no.zip")
    monkeypatch.setattr(tree, "MAX_ZIP_ENTRIES", 0)
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as stream:
        stream.writestr("x.profile", TEXT)
    with pytest.raises(InputError):
        loaded(tmp_path / "many.zip")


def test_a_damaged_zip_entry_is_a_gap(tmp_path: Path) -> None:
    archive = tmp_path / "z.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as stream:
        stream.writestr(SECURITY, HEALTHY[SECURITY])
    data = bytearray(archive.read_bytes())
    data[data.index(b"TwoHours")] ^= 0x20
    archive.write_bytes(bytes(data))
    (gap,) = loaded(archive).gaps
    assert gap.kind == "SecuritySettings"
