"""The picture of addresses: every address is in one piece of its row, and what wasn't read is never called right or wrong."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, union
from sfharden.checks.page_addresses import AddressFacts, AddressRow
from sfharden.report.check_picture import (
    MISSING,
    MOST_FOCUSED,
    OPEN,
    OUTSIDE,
    STALE,
    SURPLUS,
    AddressPage,
    address_page,
)


def row(*texts: str, gap: str = "", note: str = "") -> AddressRow:
    return AddressRow(AddressSet.of(texts), gap, note)


def facts(**rows: AddressRow) -> AddressFacts:
    told = {"ranges": row(), "egress": row(), "operator": row(), "allowlist": row(), "seen": row()} | rows
    return AddressFacts(
        "crm-sync", "P", told["ranges"], told["egress"], told["operator"], told["allowlist"], told["seen"]
    )


def states(page: AddressPage, name: str) -> list[tuple[str, str]]:
    return [(one.addresses, one.state) for one in page.pieces if one.row == name]


RANGES = row("192.0.2.0-192.0.2.9")


def test_what_is_missing_surplus_and_outside_is_told_apart() -> None:
    page = address_page(
        facts(
            ranges=RANGES,
            egress=row("192.0.2.0-192.0.2.3", "203.0.113.1"),
            operator=row("192.0.2.9"),
            seen=row("192.0.2.1", "198.51.100.7"),
        )
    )
    assert states(page, "Login ranges") == [
        ("192.0.2.0-192.0.2.3", "needed"), ("192.0.2.4-192.0.2.8", SURPLUS), ("192.0.2.9", "needed"),
    ]  # fmt: skip
    assert states(page, "Egress") == [("192.0.2.0-192.0.2.3", "covered"), ("203.0.113.1", MISSING)]
    assert states(page, "Logins seen") == [("192.0.2.1", "inside"), ("198.51.100.7", OUTSIDE)]
    assert page.wrong == ((MISSING, 1), (SURPLUS, 1), (OUTSIDE, 1))


def test_what_belongs_to_a_list_that_is_not_the_integrations_is_stale_and_named() -> None:
    strange = (("AzureConnectors.NorthEurope", AddressSet.of(["192.0.2.4"])),)
    given_ = facts(ranges=RANGES, egress=row("192.0.2.0-192.0.2.3"))
    page = address_page(replace(given_, strange=strange))
    (stale,) = [one for one in page.pieces if one.state == STALE]
    assert (stale.addresses, stale.lists) == ("192.0.2.4", "AzureConnectors.NorthEurope")


def test_ranges_that_were_not_wholly_read_leave_nothing_outside() -> None:
    page = address_page(facts(ranges=row(gap="gone"), egress=row("192.0.2.1"), seen=row("192.0.2.2")))
    assert {one.state for one in page.pieces} == {OPEN}
    assert page.wrong == ()
    assert page.notes == (("Login ranges", "Not known: gone."),)


def test_egress_that_was_not_wholly_read_leaves_nothing_surplus() -> None:
    page = address_page(facts(ranges=RANGES, egress=row("192.0.2.1", gap="one list is gone")))
    assert SURPLUS not in {one.state for one in page.pieces}
    assert OPEN in {one.state for one in page.pieces}


def test_what_others_of_the_profile_need_is_no_surplus() -> None:
    alone = facts(ranges=RANGES, egress=row("192.0.2.1"))
    shared = address_page(replace(alone, beside=row("192.0.2.0/28"), beside_app=row("192.0.2.0/28")))
    assert {one.state for one in shared.pieces} == {"needed", "covered"}
    open_ = address_page(replace(alone, beside=row("192.0.2.2", gap="one list is gone")))
    assert SURPLUS not in {one.state for one in open_.pieces}


def test_without_ranges_nothing_is_called_covered_or_missing() -> None:
    page = address_page(facts(ranges=row(note="None."), egress=row("192.0.2.1")))
    assert states(page, "Egress") == [("192.0.2.1", "no range keeps it out")]


def test_an_allowlist_must_hold_the_egress_if_there_is_one() -> None:
    page = address_page(
        facts(ranges=RANGES, egress=row("192.0.2.1", "192.0.2.3"), allowlist=row("192.0.2.1"))
    )
    assert states(page, "Token allowlist") == [("192.0.2.1", "needed"), ("192.0.2.3", MISSING)]


def test_families_are_drawn_apart() -> None:
    page = address_page(facts(ranges=row("192.0.2.1", "2001:db8::/64")))
    assert [one.family for one in page.pictures] == ["IPv4", "IPv6"]


@pytest.mark.parametrize(("number", "focused"), [(MOST_FOCUSED, True), (MOST_FOCUSED + 1, False)])
def test_bars_can_be_reached_by_the_keyboard_as_long_as_they_are_few(number: int, focused: bool) -> None:
    page = address_page(facts(ranges=row(*(f"10.0.{one}.1" for one in range(number)))))
    assert page.pictures[0].focused is focused


spans = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 40)).map(lambda pair: (2**32 * 65535 + pair[0], 2**32 * 65535 + sum(pair))),
    max_size=12,
).map(lambda pairs: AddressRow(AddressSet(tuple(pairs))))  # fmt: skip


@given(spans, spans, spans, spans)
def test_every_address_of_a_row_is_in_one_piece_and_order_is_kept(
    ranges: AddressRow, egress: AddressRow, operator: AddressRow, seen: AddressRow
) -> None:
    page = address_page(facts(ranges=ranges, egress=egress, operator=operator, seen=seen))
    rows = {"Login ranges": ranges, "Egress": egress, "Operator": operator, "Logins seen": seen}
    for name, whole in rows.items():
        mine = [AddressSet(((one.first, one.last),)) for one in page.pieces if one.row == name]
        assert union(mine) == whole.addresses
        assert sum(one.size for one in mine) == whole.addresses.size
    for picture in page.pictures:
        bars = sorted((bar for one in picture.rows for bar in one.bars), key=lambda bar: bar.piece.first)
        places = [float(bar.left) for bar in bars]
        assert places == sorted(places)
        assert all(float(one.left) >= 0 and float(one.left) + float(one.width) <= 100.01 for one in bars)
        assert len({(bar.piece.first, bar.left) for bar in bars}) == len({bar.piece.first for bar in bars})
