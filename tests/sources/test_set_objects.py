"""What a permission set's file permits of objects and fields: each entry as it stands, or nothing for sure."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.model.raw import RawFile
from sfharden.model.snapshot import Component
from sfharden.plan.lost_rights import Lost
from sfharden.plan.offered_set import set_file
from sfharden.sources.metadata_files import load_proposal, with_files
from sfharden.sources.set_objects import objects_in, with_set_objects
from tests.orgs.constants import INTEGRATION
from tests.orgs.files import snapshot_of, xml

ACCOUNT = (
    "<objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete><allowEdit>true</allowEdit>"
    "<allowRead> true </allowRead><modifyAllRecords>false</modifyAllRecords><object>Account</object>"
    "<viewAllRecords>true</viewAllRecords></objectPermissions>"
)
RATING = "<fieldPermissions><editable>false</editable><field>Account.Rating</field><readable>true</readable></fieldPermissions>"
HELD = {"Account": ("Edit", "Read", "ViewAllRecords"), "Account.Rating": ("Read",)}
PATH = "permissionsets/crm_sync_rights.permissionset"


def of(*parts: str) -> bytes:
    return xml("PermissionSet", "".join(parts)).encode()


def test_objects_and_fields_are_read_and_all_else_is_passed_over() -> None:
    assert (
        objects_in(of("<label>x</label>", RATING, ACCOUNT, "<tabSettings><tab>object</tab></tabSettings>"))
        == HELD
    )
    assert objects_in(of("<label>x</label>")) == {}


def test_a_right_that_is_not_known_is_told_by_its_name() -> None:
    new = ACCOUNT.replace("<viewAllRecords>true</viewAllRecords>", "<viewAllFields>true</viewAllFields>")
    assert objects_in(of(new)) == {"Account": ("Edit", "Read", "viewAllFields")}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<PermissionSet",
        of(ACCOUNT, ACCOUNT),
        of(ACCOUNT.replace("<object>Account</object>", "")),
        of(ACCOUNT.replace("<object>Account</object>", "<object/>")),
        of(ACCOUNT.replace("> true <", ">yes<")),
        of(ACCOUNT.replace("> true <", "><b>true</b><")),
        of(ACCOUNT.replace("<allowRead>", "<allowRead>false</allowRead><allowRead>")),
        of(ACCOUNT.replace("<allowRead>", "<allowRead a='b'>")),
    ],
)
def test_of_a_damaged_file_nothing_is_sure(content: bytes) -> None:
    assert objects_in(content) is None
    blank = Component(kind="PermissionSet", name="x", file="x")
    assert with_set_objects(blank, content).objects == {}


def test_of_one_that_is_kept_in_parts_nothing_is_sure() -> None:
    parted = Component(kind="PermissionSet", name="x", file="x", parts=("y",))
    assert with_set_objects(parted, of(ACCOUNT)).objects == {}
    profile = Component(kind="Profile", name="x", file="x")
    assert with_set_objects(profile, of(ACCOUNT)).objects is None


def test_a_proposal_tells_it_as_folder_as_zip_and_as_planned(tmp_path: Path) -> None:
    content = of("<label>x</label>", ACCOUNT, RATING)
    (tmp_path / "package" / "permissionsets").mkdir(parents=True)
    (tmp_path / "package" / PATH).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as archive:
        archive.writestr(PATH, content)
    for source in ("package", "package.zip"):
        (one,) = load_proposal(tmp_path / source, "0").of_kind("PermissionSet")
        assert one.objects == HELD
    planned = with_files(snapshot_of({}), [RawFile(PATH, "PermissionSet", "crm_sync_rights", content)])
    assert [one.objects for one in planned.components] == [HELD]


_RIGHTS = st.frozensets(st.sampled_from(["Create", "Delete", "Edit", "Read"]), min_size=1)


@given(st.dictionaries(st.sampled_from(["Account", "Case", "Robot__c"]), _RIGHTS))
def test_what_plan_writes_is_read_as_it_was_meant(objects: dict[str, frozenset[str]]) -> None:
    found = objects_in(set_file(INTEGRATION, Lost(objects=dict(objects))))
    assert found == {name: tuple(sorted(held)) for name, held in objects.items()}
