"""Files compared: values and sets by what they say, never by their order or lines; damage and absence prove nothing."""

import pytest

from sfharden.checks.drift.components import compare_components, why_not_alike
from sfharden.checks.drift.found import ChangedFact, Side
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.drift import DriftGap, FactChange
from sfharden.model.org import OrgTables
from sfharden.model.snapshot import Component, Gap, Group

from .kit import part, side


def facts(old: Side, new: Side) -> list[FactChange]:
    return [one.fact for one in compare_components(old, new) if isinstance(one, ChangedFact)]


def gaps(old: Side, new: Side) -> list[DriftGap]:
    return [one for one in compare_components(old, new) if isinstance(one, DriftGap)]


def one_fact(old: Component, new: Component) -> FactChange:
    (found,) = facts(side(old), side(new))
    return found


def test_a_value_that_changed_is_told_with_its_place() -> None:
    old, new = part(oauthPolicy__ipRelaxation="ENFORCE"), part(oauthPolicy__ipRelaxation="BYPASS")
    (found,) = compare_components(side(old), side(new))
    assert isinstance(found, ChangedFact)
    assert (found.fact.what, found.fact.was, found.fact.now) == (
        "oauthPolicy.ipRelaxation",
        "ENFORCE",
        "BYPASS",
    )
    assert found.about.aspect == "ipRelaxation"
    assert found.places == {"ConnectedApp/CRM.xml:3"}


def test_a_value_that_is_only_there_now_or_nil_is_another() -> None:
    assert (one_fact(part(), part(x="1")).was, one_fact(part(x="1"), part(x=None)).now) == (
        "(not there)",
        "(nil)",
    )


def test_of_values_that_repeat_the_order_does_not_matter_and_members_are_told() -> None:
    assert facts(side(part(scopes=("Api", "Full"))), side(part(scopes=("Full", "Api")))) == []
    found = one_fact(part(scopes=("Api", "Web")), part(scopes=("Api", "Full")))
    assert (found.added, found.removed) == (("Full",), ("Web",))


def test_lines_and_files_that_moved_are_no_change() -> None:
    moved = part(x="1").model_copy(update={"file": "elsewhere.xml"})
    assert facts(side(part(x="1")), side(moved)) == []


def test_permissions_are_told_as_a_set() -> None:
    old, new = (
        part("Profile", "P", permissions=("ApiEnabled",)),
        part("Profile", "P", permissions=("ModifyAllData",)),
    )
    found = one_fact(old, new)
    assert (found.added, found.removed) == (("ModifyAllData",), ("ApiEnabled",))


def test_a_profile_without_ranges_any_more_restricts_nobody() -> None:
    found = one_fact(part("Profile", "P", ranges=(("192.0.2.1", "192.0.2.1"),)), part("Profile", "P"))
    assert (found.was, found.now, found.removed) == ("1 address", "0 addresses", ("192.0.2.1",))
    assert "restricts nobody" in found.note


def test_groups_that_are_no_ranges_are_told_as_members() -> None:
    old = part(groups={"x": (Group(line=1, values={"a": "1", "b": None}),)})
    found = one_fact(old, part(groups={"x": (Group(line=8, values={"a": "2"}),)}))
    assert (found.added, found.removed) == (("a=2",), ("a=1, b=None",))


@pytest.mark.parametrize("damaged", ["x", "x.y"])
def test_a_damaged_part_is_a_gap_and_no_change(damaged: str) -> None:
    old, new = side(part(x="1")), side(part(damaged=damaged))
    assert facts(old, new) == []
    (gap,) = gaps(old, new)
    assert gap.is_new
    assert not gaps(new, old)[0].is_new


def test_several_files_of_one_thing_are_compared_as_a_whole_only() -> None:
    twice = (part(x="1"), part(x="2"))
    assert facts(side(*twice), side(*reversed(twice))) == []
    assert gaps(side(*twice), side(*reversed(twice))) == []
    assert len(gaps(side(*twice), side(part(x="1")))) == 1


def test_a_file_that_only_one_state_has_came_or_went() -> None:
    assert [one.change for one in facts(side(), side(part()))] == ["came"]
    assert [one.change for one in facts(side(part()), side())] == ["gone"]


@pytest.mark.parametrize(
    "gap", [Gap(what="g", reason="refused", kind="ConnectedApp"), Gap(what="g", reason="refused")]
)
def test_what_a_gap_may_hide_did_not_go(gap: Gap) -> None:
    (found,) = facts(side(part()), side(gaps=(gap,)))
    assert (found.change, "refused" in found.note) == ("unclear", True)
    named = Gap(what="g", reason="refused", kind="ConnectedApp", name="Another")
    assert [one.change for one in facts(side(part()), side(gaps=(named,)))] == ["gone"]


def test_files_and_an_org_hold_different_files_so_that_none_came_or_went() -> None:
    old, new = side(part(), part(name="B", x="1"), files=True), side(part(name="B", x="2"))
    assert [one.what for one in facts(old, new)] == ["x"]
    gap = why_not_alike(old, new)
    assert gap
    assert "files" in gap.reason
    assert why_not_alike(new, new) is None


def test_an_org_read_without_metadata_is_a_new_gap() -> None:
    old, new = side(part()), side()
    bare = Side(new.snapshot.model_copy(update={"org": OrgTables()}))
    assert facts(old, bare) == []
    gap = why_not_alike(old, bare)
    assert gap
    assert gap.is_new


def test_a_file_that_may_be_a_part_of_a_profile_says_nothing_of_permissions_it_lacks() -> None:
    old = side(part("Profile", "P", permissions=("ApiEnabled",)), files=True)
    new = side(part("Profile", "P"), files=True)
    assert facts(old, new) == []
    assert "part of the profile" in gaps(old, new)[0].reason


def test_a_profile_goes_by_its_label_too() -> None:
    row = tables.ProfileRow("00e1", "Integración", "P")
    old, new = (
        side(part("Profile", "P", x="1"), profiles=(row,)),
        side(part("Profile", "P", x="2"), profiles=(row,)),
    )
    (found,) = compare_components(old, new)
    assert isinstance(found, ChangedFact)
    assert set(found.about.names) == {"P", "Integración"}


def test_an_external_client_apps_files_go_by_the_apps_names() -> None:
    app = part(kinds.EXTERNAL_APP, "CRM", label="CRM Sync")
    policy = kinds.EXTERNAL_OAUTH_POLICY
    old = side(app, part(policy, "CRM_oauthPlcy", externalClientApplication="CRM", x="1"))
    new = side(app, part(policy, "CRM_oauthPlcy", externalClientApplication="CRM", x="2"))
    (found,) = compare_components(old, new)
    assert isinstance(found, ChangedFact)
    assert {"CRM", "CRM Sync"} <= set(found.about.names)


def test_an_element_that_another_api_version_shows_may_be_no_change() -> None:
    def read(version: str, *components: Component) -> Side:
        snapshot = side(*components).snapshot
        return Side(
            snapshot.model_copy(
                update={"source": snapshot.source.model_copy(update={"api_version": version})}
            )
        )

    old, new = read("67.0", part(x="1", y="1")), read("68.0", part(x="2", y="1", z="false"))
    assert [(one.what, one.change) for one in facts(old, new)] == [("x", "changed"), ("z", "unclear")]
    same = read("67.0", part(x="1", y="1", z="false"))
    assert [(one.what, one.change) for one in facts(old, same)] == [("z", "changed")]


def test_a_type_that_only_one_state_was_asked_for_neither_came_nor_went() -> None:
    blocked = part("BlacklistedConsumer", "B")
    old, new = (
        side(part(), metadata_asked=("ConnectedApp",)),
        side(part(), blocked, metadata_asked=("BlacklistedConsumer", "ConnectedApp")),
    )
    assert [(one.name, one.change) for one in facts(old, new)] == [("B", "unclear")]


def test_files_that_describe_one_thing_twice_differ_by_groups_and_permissions_too() -> None:
    one = part("Profile", "P", ranges=(("192.0.2.1", "192.0.2.1"),), permissions=("ApiEnabled",))
    for other in (
        part("Profile", "P", permissions=("ApiEnabled",)),
        part("Profile", "P", ranges=(("192.0.2.1", "192.0.2.1"),)),
    ):
        assert len(gaps(side(one, one), side(one, other))) == 1


def test_damaged_groups_are_a_gap_where_they_differ() -> None:
    whole = part("Profile", "P", ranges=(("192.0.2.1", "192.0.2.1"),))
    damaged = part("Profile", "P", damaged="loginIpRanges")
    assert facts(side(whole), side(damaged)) == []
    assert len(gaps(side(whole), side(damaged))) == 1
    assert gaps(side(damaged), side(damaged)) == []
    rights = (
        part("Profile", "P", permissions=("ApiEnabled",)),
        part("Profile", "P", damaged="userPermissions"),
    )
    assert facts(side(rights[0]), side(rights[1])) == []
    assert len(gaps(side(rights[0]), side(rights[1]))) == 1


def test_members_of_a_set_that_changed_are_what_a_row_must_name() -> None:
    old, new = (
        part("Profile", "P", permissions=("ApiEnabled",)),
        part("Profile", "P", permissions=("ModifyAllData",)),
    )
    (found,) = compare_components(side(old), side(new))
    assert isinstance(found, ChangedFact)
    assert set(found.about.members) == {"ApiEnabled", "ModifyAllData"}
    hours = part("Profile", "P", loginHours__mondayEnd="60")
    (day,) = compare_components(side(part("Profile", "P")), side(hours))
    assert isinstance(day, ChangedFact)
    assert day.about.aspect == "loginHours"
