"""What follows from egress: warnings, disagreements, and what to add before and drop after a change."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, union
from sfharden.egress.outlook import disagreements, outlook, warnings_of
from sfharden.egress.report import Newer, part_of
from sfharden.errors import UsageError
from sfharden.model.egress import EgressGap, Origin, OriginKind, Reading
from sfharden.model.integration import Egress, egress_of

TODAY = date(2026, 11, 24)
NAME = "AzureConnectors.WestEurope"
SETS = st.lists(st.integers(1, 12), max_size=8).map(
    lambda ends: AddressSet.of([f"192.0.2.{end}" for end in ends])
)


def tag(addresses: AddressSet, name: str = NAME, **more: Any) -> Origin:
    region = name.partition(".")[2].lower()
    given = {"published": date(2026, 11, 16), "change_number": 9, "file": "tags.json", **more}
    return Origin(kind=OriginKind.TAG, name=name, region=region, addresses=addresses, **given)


def listed(
    addresses: AddressSet, region: str = "westeurope", kind: OriginKind = OriginKind.CONNECTOR
) -> Origin:
    return Origin(kind=kind, file="app.json", name="sync", region=region, addresses=addresses)


def egress(*origins: Origin, wanted: tuple[str, ...] = (), gaps: tuple[EgressGap, ...] = ()) -> Egress:
    return egress_of([Reading(file="f", origins=origins, wanted_tags=wanted, gaps=gaps)], "crm-sync")


ONE, TWO, THREE = (AddressSet.of([f"192.0.2.{last}"]) for last in (1, 2, 3))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (tag(ONE, "AzureConnectors"), "is global"),
        (tag(ONE, "AzureCloud.westeurope"), "is not a tag that Logic Apps call from"),
        (tag(AddressSet.of(["20.0.0.0/8"]), "AzureCloud.westeurope"), "far too many"),
        (tag(ONE, published=TODAY - timedelta(days=91)), "is 91 days old"),
        (tag(ONE, published=None), "its age is not known"),
        (tag(ONE, published=TODAY + timedelta(days=91)), "its age is not known"),
    ],
)
def test_what_to_know_about_a_tag(given: Origin, words: str) -> None:
    assert any(words in warning for warning in warnings_of(egress(given), TODAY))


@pytest.mark.parametrize("days", [-7, 0, 90])
def test_a_fresh_regional_tag_is_nothing_to_warn_of(days: int) -> None:
    given = egress(tag(ONE, published=TODAY - timedelta(days=days)), wanted=("AzureConnectors.westeurope",))
    assert not list(warnings_of(given, TODAY))


def test_a_tag_of_another_region_is_told() -> None:
    other = egress(tag(ONE), listed(ONE), wanted=("AzureConnectors.northeurope",))
    assert any("needs AzureConnectors.northeurope" in one for one in warnings_of(other, TODAY))
    unknown = egress(tag(ONE), wanted=("AzureConnectors.*",))
    assert any("the region is as given" in one for one in warnings_of(unknown, TODAY))


def test_lists_are_compared_with_the_tag_of_the_same_service_and_region() -> None:
    own = listed(ONE | TWO)
    (found,) = disagreements(
        [own, tag(TWO | THREE), tag(ONE, "LogicApps.WestEurope"), tag(ONE, "AzureConnectors.WestUS")]
    )
    assert (found.only_listed, found.only_tag) == (ONE, THREE)
    (runtime,) = disagreements([listed(ONE, kind=OriginKind.WORKFLOW), tag(ONE, "LogicApps.WestEurope")])
    assert not runtime.only_listed
    assert not list(disagreements([own, tag(ONE, "AzureConnectors")]))


# The change before the change ---------------------------------------------------------------------


def test_a_newer_file_says_what_to_add_before_and_drop_after() -> None:
    today, newer = egress(tag(ONE | TWO)), tag(TWO | THREE, published=date(2026, 11, 23), change_number=10)
    ahead = outlook(today, {NAME.lower(): newer}, AddressSet())
    (change,) = ahead.changes
    assert (change.added, change.removed, change.kept) == (THREE, ONE, TWO)
    assert (ahead.add, ahead.drop, ahead.during) == (THREE, ONE, ONE | TWO | THREE)


@pytest.mark.parametrize(
    ("other", "keep"),
    [
        (listed(ONE), AddressSet()),  # the Logic App's own list still has it
        (
            tag(ONE, "AzureConnectors.WestUS"),
            AddressSet(),
        ),  # so does another tag, of which nothing newer is known
        (Origin(kind=OriginKind.RANGES, file="i", name="ranges", addresses=ONE), AddressSet()),
        (tag(TWO), ONE),  # it's the operator's way in
    ],
)
def test_what_something_else_needs_may_not_go(other: Origin, keep: AddressSet) -> None:
    today, newer = egress(tag(ONE | TWO), other), tag(TWO, published=date(2026, 11, 23))
    assert not outlook(today, {NAME.lower(): newer}, keep).drop


def test_against_a_logic_app_s_list_nothing_may_go() -> None:
    newer = tag(TWO | THREE)
    ahead = outlook(egress(listed(ONE | TWO)), {NAME.lower(): newer}, AddressSet())
    assert (ahead.add, ahead.drop) == (THREE, AddressSet())


@pytest.mark.parametrize(
    "older",
    [
        {"published": date(2026, 11, 9)},
        {"published": None, "change_number": 8},
        {"cloud": "China"},
    ],
)
def test_an_older_file_or_one_of_another_cloud_is_refused(older: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"older|different clouds"):
        outlook(egress(tag(ONE | TWO, cloud="Public")), {NAME.lower(): tag(TWO, **older)}, AddressSet())


def test_where_nothing_tells_which_is_newer_nothing_may_go_and_that_is_a_gap() -> None:
    nameless = tag(TWO, published=None, change_number=None)
    newer = Newer("new.json", None, {NAME.lower(): nameless}, {})
    part = part_of("crm-sync", egress(tag(ONE | TWO)), AddressSet(), TODAY, newer=newer)
    assert part.against is not None
    assert part.against.drop == ()
    assert "nothing may go" in part.gaps[0].reason


def test_a_tag_that_the_newer_file_lacks_is_a_gap_and_not_all_removed() -> None:
    newer = Newer("new.json", None, {}, {NAME.lower(): "it has no such tag"})
    part = part_of("crm-sync", egress(tag(ONE)), AddressSet(), TODAY, newer=newer)
    assert part.against is not None
    assert (part.against.drop, part.against.changes) == ((), ())
    assert part.gaps[0].reason == "it has no such tag"


@given(SETS, SETS, SETS, SETS)
def test_no_address_in_use_is_ever_dropped(
    old: AddressSet, new: AddressSet, own: AddressSet, keep: AddressSet
) -> None:
    today = egress(tag(old), listed(own))
    ahead = outlook(today, {NAME.lower(): tag(new, published=date(2026, 11, 23))}, keep)
    assert not ahead.drop & (new | own | keep)
    assert ahead.during.covers(union([old, new, own]))
    assert (today.addresses | ahead.add) - ahead.drop == (ahead.during - ahead.drop)
    assert not ahead.add & today.addresses


# Ranges to type in --------------------------------------------------------------------------------


def test_fitting_counts_the_operator_s_way_in_among_the_ranges() -> None:
    needed = AddressSet.of(["192.0.2.1", "192.0.2.3", "192.0.2.9"])
    part = part_of("x", egress(listed(needed)), AddressSet.of(["198.51.100.7"]), TODAY, most_ranges=2)
    assert part.login_ranges.ranges == (("192.0.2.1", "192.0.2.9"), ("198.51.100.7", "198.51.100.7"))
    assert part.login_ranges.extra_addresses == 6


def test_ranges_that_let_in_more_strangers_than_is_tolerated_are_warned_of() -> None:
    far = AddressSet.of(["192.0.2.1", "203.0.113.1"])
    part = part_of("x", egress(listed(far)), AddressSet(), TODAY, most_ranges=1)
    assert any("that nobody here calls from" in one for one in part.conditions)


@pytest.mark.parametrize(("last", "warned"), [("192.0.3.2", False), ("192.0.3.3", True)])
def test_what_egress_warns_of_is_what_the_control_does_not_tolerate(last: str, warned: bool) -> None:
    far = AddressSet.of(["192.0.2.1", last])  # 256 between them, or 257
    part = part_of("x", egress(listed(far)), AddressSet(), TODAY, most_ranges=1)
    assert part.login_ranges.extra_addresses == 256 + warned
    assert any("that nobody here calls from" in one for one in part.conditions) is warned


def test_families_that_can_not_share_a_range_are_wrong_usage() -> None:
    both = AddressSet.of(["192.0.2.1", "2001:db8::1"])
    with pytest.raises(UsageError, match="--fit '1' is below the 2 needed"):
        part_of("x", egress(listed(both)), AddressSet(), TODAY, most_ranges=1)


@given(st.lists(SETS, min_size=1, max_size=4), SETS, st.integers(1, 6))
def test_login_ranges_hold_every_address_needed(
    origins: list[AddressSet], operator: AddressSet, most: int
) -> None:
    given = egress(*(listed(one) for one in origins))
    shown = part_of("x", given, operator, TODAY, most_ranges=most).login_ranges
    fitted = AddressSet.of([f"{start}-{end}" for start, end in shown.ranges])
    assert fitted.covers(given.addresses | operator)
    assert len(shown.ranges) <= most
    assert shown.extra_addresses == fitted.size - (given.addresses | operator).size
