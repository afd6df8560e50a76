"""What a side knows of its own gaps and names."""

import pytest

from sfharden.checks.drift.found import APP, GROUP, MEMBER, SET, Side, only_one_has_it
from sfharden.model import org as tables
from sfharden.model.snapshot import Gap
from tests.orgs.constants import NOW

from .kit import LATER, part, side


def test_a_gap_hides_its_kind_a_named_one_its_name_only_and_an_open_one_all() -> None:
    gaps = (Gap(what="a", reason="r1", kind="User"), Gap(what="b", reason="r2", kind="Profile", name="P"))
    held = side(gaps=gaps)
    assert (held.why_partial("User"), held.why_partial("Profile", "P")) == ("r1", "r2")
    assert (held.why_partial("Profile", "Q"), held.why_partial("Profile")) == ("", "")
    assert side(gaps=(Gap(what="a", reason="r"),)).why_partial("Profile", "Q") == "r"


@pytest.mark.parametrize(("in_new", "change"), [(True, "came"), (False, "gone")])
def test_only_the_other_sides_gap_makes_it_unclear(in_new: bool, change: str) -> None:
    whole, partial = side(), side(gaps=(Gap(what="a", reason="r", kind="User"),))
    old, new = (whole, partial) if in_new else (partial, whole)
    assert only_one_has_it(old, new, "User", in_new=in_new) == (change, "")
    turned, note = only_one_has_it(new, old, "User", in_new=in_new)
    assert (turned, "r" in note) == ("unclear", True)


def test_a_part_was_read_when_it_says_so_else_when_all_was() -> None:
    held = side(at=NOW)
    assert held.read_at(tables.METADATA) == NOW
    late = Side(held.snapshot.model_copy(update={"taken_at": LATER}))
    assert (late.read_at(tables.METADATA), late.read_at(tables.USERS)) == (NOW, LATER)


def test_names_are_counted_once_a_thing() -> None:
    rows = (
        tables.PermissionSetRow("0PS1", "Ops", "Ops", "", "", ()), tables.PermissionSetRow("0PS2", "Ops_2", "Ops", "", "", ()),
        tables.PermissionSetRow("0PS3", "X00e", "X00e", "00e1", "", ()), tables.PermissionSetRow("0PS4", "G", "G", "", "0PG1", ()),
    )  # fmt: skip
    group = tables.PermissionSetGroup("0PG1", "Team", "The Team", "Updated")
    held = side(part(name="CRM", label="CRM"), permission_sets=rows, groups=(group,))
    assert held.bearers(SET) == {"Ops": 2, "Ops_2": 1}
    assert held.bearers(GROUP) == held.bearers(MEMBER) == {"Team": 1, "The Team": 1}
    assert held.bearers(APP) == {"CRM": 1}
    assert not held.bearers("")
