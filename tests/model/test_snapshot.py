"""Snapshots: read again as written, older ones too, and every gap found by what it may hide."""

import pytest
from pydantic import ValidationError

from sfharden.model.snapshot import Component, Gap, PartGap, Snapshot, Source, Tool, Value

PROFILE = Component(
    kind="Profile", name="P", file="p.profile", values={"custom": (Value(text="true", line=3),)},
    permissions={"ApiEnabled": 7}, gaps=(PartGap(path="loginIpRanges", reason="damaged", line=9),),
)  # fmt: skip
APP = Component(kind="ConnectedApp", name="A", file="a.connectedApp")
SNAPSHOT = Snapshot(
    tool=Tool(version="1"),
    source=Source(kind="files", name="src"),
    components=(APP, PROFILE),
    gaps=(
        Gap(what="x.profile", reason="cut off", kind="Profile", name="x"),
        Gap(what="y.zip", reason="not read"),
    ),
)


def test_a_snapshot_is_read_again_as_it_was_written() -> None:
    assert Snapshot.model_validate_json(SNAPSHOT.model_dump_json(by_alias=True)) == SNAPSHOT


def test_an_older_snapshot_s_word_for_gaps_is_still_read() -> None:
    text = SNAPSHOT.model_dump_json(by_alias=True).replace('"gaps":[{"path"', '"doubts":[{"path"')
    assert "doubts" in text
    assert Snapshot.model_validate_json(text) == SNAPSHOT


@pytest.mark.parametrize("schema", ["sfharden.snapshot/3", "sfharden.report/1", ""])
def test_another_schema_is_refused(schema: str) -> None:
    text = SNAPSHOT.model_dump_json(by_alias=True).replace("sfharden.snapshot/2", schema)
    with pytest.raises(ValidationError):
        Snapshot.model_validate_json(text)


def test_a_snapshot_of_the_version_before_is_read_as_one_of_today() -> None:
    text = SNAPSHOT.model_dump_json(by_alias=True).replace("sfharden.snapshot/2", "sfharden.snapshot/1")
    assert "snapshot/1" in text
    assert Snapshot.model_validate_json(text) == SNAPSHOT


def test_components_are_found_by_their_kind_in_order() -> None:
    assert list(SNAPSHOT.of_kind("Profile")) == [PROFILE]
    assert list(SNAPSHOT.of_kind("PermissionSet")) == []


def test_a_gap_of_any_kind_may_hide_everything() -> None:
    assert [gap.what for gap in SNAPSHOT.gaps_of("Profile")] == ["x.profile", "y.zip"]
    assert [gap.what for gap in SNAPSHOT.gaps_of("ConnectedApp", "PermissionSet")] == ["y.zip"]


def test_a_place_is_the_file_and_its_line() -> None:
    assert PROFILE.where(7) == "p.profile:7"
    assert PROFILE.where() == PROFILE.where(0) == "p.profile"
