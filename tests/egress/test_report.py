"""From egress to what is shown: whole lists, fitted ranges with what they cost, and gaps where nothing was compared."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet
from sfharden.egress.against_azure import AzureLists
from sfharden.egress.report import Newer, login_ranges, part_of
from sfharden.errors import UsageError
from sfharden.model.egress import EgressGap, Origin
from tests.egress.test_outlook import NAME, ONE, TODAY, TWO, egress, listed, tag

OPERATOR = AddressSet.of(["198.51.100.7"])
SETS = st.lists(st.integers(0, 40), min_size=1, max_size=8).map(
    lambda ends: AddressSet.of([f"192.0.2.{2 * end}" for end in ends])
)


def newer(*tags: Origin, missing: dict[str, str] | None = None) -> Newer:
    return Newer("new.json", date(2026, 11, 23), {one.name.casefold(): one for one in tags}, missing or {})


@given(SETS, st.integers(1, 5))
def test_ranges_to_type_admit_all_that_is_needed_and_say_what_else(needed: AddressSet, most: int) -> None:
    found = login_ranges(needed, most)
    admitted = AddressSet.of([f"{start}-{end}" for start, end in found.ranges])
    assert admitted.covers(needed)
    assert len(found.ranges) <= most
    assert found.extra_addresses == admitted.size - needed.size


def test_without_a_bound_nothing_more_is_admitted_and_of_nothing_nothing() -> None:
    assert login_ranges(ONE | TWO, None).extra_addresses == 0
    assert login_ranges(AddressSet(), 1).ranges == ()


def test_a_bound_that_can_not_be_met_is_an_error_of_the_user_s() -> None:
    with pytest.raises(UsageError, match="--fit"):
        login_ranges(AddressSet.of(["192.0.2.1", "2001:db8::1"]), 1)


def test_egress_and_operator_ranges_are_told_apart_and_typed_together() -> None:
    part = part_of("crm-sync", egress(tag(ONE)), OPERATOR, TODAY)
    assert (part.ranges, part.operator_ranges) == (("192.0.2.1",), ("198.51.100.7",))
    assert part.login_ranges.ranges == (("192.0.2.1", "192.0.2.1"), ("198.51.100.7", "198.51.100.7"))
    assert part.lists[0].age_days == 8


def test_a_list_that_disagrees_with_its_tag_is_told_both_ways() -> None:
    part = part_of(
        "x", egress(listed(ONE), tag(TWO), wanted=("AzureConnectors.westeurope",)), OPERATOR, TODAY
    )
    (one,) = part.disagreements
    assert (one.only_in_list, one.only_in_tag) == (("192.0.2.1",), ("192.0.2.2",))
    assert (one.tag, one.list_) == (NAME, "connector outgoing addresses")


def test_ranges_that_admit_mostly_strangers_are_warned_of() -> None:
    wide = AddressSet.of(["192.0.2.1", "198.18.0.1"])
    part = part_of("x", egress(tag(wide)), AddressSet(), TODAY, most_ranges=1)
    assert any("that nobody here calls from" in one for one in part.conditions)


def test_a_newer_file_says_what_to_add_before_and_drop_after() -> None:
    fresh = tag(TWO, change_number=10, published=date(2026, 11, 23))
    part = part_of("x", egress(tag(ONE)), AddressSet(), TODAY, newer=newer(fresh))
    assert part.against
    assert (part.against.add, part.against.drop) == (("192.0.2.2",), ("192.0.2.1",))
    (change,) = part.against.changes
    assert (change.old_change_number, change.new_change_number) == (9, 10)


def test_a_tag_that_the_newer_file_lacks_is_a_gap_and_no_empty_tag() -> None:
    lost = newer(missing={NAME.casefold(): "the file has no such tag"})
    part = part_of("crm-sync", egress(tag(ONE)), AddressSet(), TODAY, newer=lost)
    (gap,) = part.gaps
    assert (gap.what, gap.reason) == ("crm-sync, against new.json", "the file has no such tag")
    assert part.against
    assert part.against.drop == ()


def test_a_file_that_can_not_be_told_to_be_newer_lets_nothing_go() -> None:
    twin = tag(TWO, change_number=None, published=None)
    part = part_of(
        "x", egress(tag(ONE, change_number=None, published=None)), AddressSet(), TODAY, newer=newer(twin)
    )
    assert "neither dates nor change numbers" in part.gaps[0].reason
    assert part.against
    assert part.against.drop == ()


def test_what_azure_lists_is_told_with_what_to_add_and_to_type() -> None:
    lists = AzureLists(egress(listed(ONE | TWO)), "2026-11-24T12:00:00Z")
    part = part_of("crm-sync", egress(listed(ONE)), OPERATOR, TODAY, azure=lists)
    assert part.azure
    assert (part.azure.add, part.azure.drop) == (tuple(TWO.ranges()), ())
    assert part.azure.login_ranges_until_then.ranges[0] == ("192.0.2.1", "192.0.2.2")
    assert "doesn't declare" in part.conditions[0]
    same = part_of("crm-sync", egress(listed(ONE | TWO)), OPERATOR, TODAY, azure=lists)
    assert same.conditions == ()


def test_what_azure_does_not_tell_is_a_gap_of_the_whole() -> None:
    lists = AzureLists(egress(gaps=(EgressGap(reason="not read"),)), "")
    part = part_of("crm-sync", egress(listed(ONE)), OPERATOR, TODAY, azure=lists)
    assert [gap.reason for gap in part.gaps] == ["not read"]
