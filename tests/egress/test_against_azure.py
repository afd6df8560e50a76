"""What Azure lists against what is declared: nothing that is needed may go, and nothing that is listed is passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, union
from sfharden.egress.against_azure import difference, missing_words, warning_of_lists
from sfharden.model.egress import Origin, OriginKind
from sfharden.model.integration import Egress
from sfharden.model.snapshot import Gap

NONE = AddressSet()


def origin(kind: OriginKind, *addresses: str, name: str = "crm-sync") -> Origin:
    return Origin(kind=kind, file="f", name=name, addresses=AddressSet.of(addresses))


def egress(*origins: Origin, gaps: tuple[Gap, ...] = ()) -> Egress:
    return Egress(addresses=union(one.addresses for one in origins), origins=origins, gaps=gaps)


LISTED = egress(origin(OriginKind.CONNECTOR, "203.0.113.0/29"))
GAP = Gap(what="app", reason="not read", kind="Egress")


def test_the_same_changes_nothing() -> None:
    declared = egress(origin(OriginKind.RANGES, "203.0.113.0-203.0.113.7"))
    assert difference(declared, LISTED, NONE) == (NONE, NONE, NONE)
    assert warning_of_lists("crm", declared, LISTED, NONE) == ""


def test_an_older_export_of_the_same_list_lets_addresses_go_that_nothing_else_needs() -> None:
    old = origin(OriginKind.CONNECTOR, "203.0.113.6-203.0.113.11", name="CRM-Sync")
    tag = origin(OriginKind.TAG, "203.0.113.9", name="AzureConnectors.WestEurope")
    found = difference(egress(old, tag), LISTED, AddressSet.of(["203.0.113.10"]))
    assert tuple(found.add.ranges()) == ("203.0.113.0-203.0.113.5",)
    assert tuple(found.drop.ranges()) == ("203.0.113.8", "203.0.113.11")


@pytest.mark.parametrize("kind", [OriginKind.TAG, OriginKind.WORKFLOW])
def test_what_is_no_list_of_the_same_kind_never_goes(kind: OriginKind) -> None:
    found = difference(egress(origin(kind, "192.0.2.1")), LISTED, NONE)
    assert (found.drop, found.only_written) == (NONE, NONE)


def test_where_not_all_was_read_nothing_may_go() -> None:
    declared = egress(
        origin(OriginKind.CONNECTOR, "192.0.2.1"), origin(OriginKind.RANGES, "203.0.113.1", "192.0.2.2")
    )
    partly = LISTED.model_copy(update={"gaps": (GAP,)})
    found = difference(declared, partly, NONE)
    assert found.add
    assert (found.drop, found.only_written) == (NONE, NONE)
    assert difference(declared, egress(), NONE) == (NONE, NONE, NONE)


def test_ranges_of_something_else_are_no_warning() -> None:
    both = egress(origin(OriginKind.TAG, "203.0.113.0/29"), origin(OriginKind.RANGES, "192.0.2.1"))
    assert warning_of_lists("crm", both, LISTED, NONE) == ""
    stale = egress(origin(OriginKind.RANGES, "203.0.113.0/29", "192.0.2.1"))
    told = warning_of_lists("crm", stale, LISTED, NONE)
    assert "1 address of the integration file is on none" in told


def test_what_is_missing_is_told_by_its_addresses() -> None:
    told = warning_of_lists("crm", egress(origin(OriginKind.RANGES, "203.0.113.0/30")), LISTED, NONE)
    assert "203.0.113.4-203.0.113.7" in told
    assert "4 addresses" in missing_words(AddressSet.of(["203.0.113.4/30"]))


PARTS = st.lists(st.integers(0, 30).map(lambda one: f"192.0.2.{one}"), max_size=12).map(AddressSet.of)


@given(PARTS, PARTS, PARTS, PARTS, PARTS)
def test_nothing_goes_that_is_listed_kept_or_of_another_source(
    old: AddressSet, written: AddressSet, tag: AddressSet, listed: AddressSet, keep: AddressSet
) -> None:
    declared = egress(
        Origin(kind=OriginKind.CONNECTOR, file="f", name="a", addresses=old),
        Origin(kind=OriginKind.RANGES, file="f", name="ranges", addresses=written),
        Origin(kind=OriginKind.TAG, file="f", name="t", addresses=tag),
    )
    now = egress(Origin(kind=OriginKind.CONNECTOR, file="Azure", name="a", addresses=listed))
    found = difference(declared, now, keep)
    assert found.add == listed - (old | written | tag)
    for part in (found.drop, found.only_written):
        assert not part & (listed | tag | keep)
    assert not found.drop & written
    assert not found.only_written & old
