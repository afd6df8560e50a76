"""The watchlist holds exactly the addresses of the integration file, with ids where they are known."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, parse_range
from sfharden.model.integration import Egress, Integration
from sfharden.model.org import User
from sfharden.model.snapshot import Gap
from sfharden.report.sentinel_ranges import COLUMNS, ids_of, incomplete, networks_of, ranges_csv

ADDRESS = st.integers(0xFFFF_0000_0000, 0xFFFF_FFFF_FFFF) | st.integers(0, 2**128 - 1)
PAIRS = st.lists(st.tuples(ADDRESS, ADDRESS).map(lambda two: (min(two), max(two))), max_size=5)


def integration(**changes: object) -> Integration:
    told = {
        "name": "crm", "app": "App", "profile": "P", "users": ("User@Acme.example", "b@acme.example"),
        "egress": Egress(addresses=AddressSet.of(["203.0.113.4-203.0.113.6", "2001:db8::/127"])),
        "operator_ranges": AddressSet.of(["198.51.100.7"]), **changes,
    }  # fmt: skip
    return Integration.model_validate(told)


def user(name: str, number: str) -> User:
    return User(number, name, "", True, "Standard", None)


def test_a_line_for_each_user_and_network() -> None:
    text = ranges_csv([integration()], ids_of([user("user@acme.example", "005000000000001AAA")]))
    head, *rows = csv.reader(io.StringIO(text))
    assert tuple(head) == COLUMNS
    assert rows[:2] == [
        ["crm User@Acme.example egress 203.0.113.4/31", "crm", "User@Acme.example", "005000000000001AAA", "egress",
         "203.0.113.4", "203.0.113.5", "203.0.113.4/31"],
        ["crm User@Acme.example egress 203.0.113.6/32", "crm", "User@Acme.example", "005000000000001AAA", "egress",
         "203.0.113.6", "203.0.113.6", "203.0.113.6/32"],
    ]  # fmt: skip
    assert len(rows) == 8
    assert len({row[0] for row in rows}) == 8
    assert {row[3] for row in rows if row[2] == "b@acme.example"} == {""}


@given(PAIRS)
def test_first_and_last_addresses_and_networks_hold_exactly_the_set(pairs: list[tuple[int, int]]) -> None:
    addresses = AddressSet.from_intervals(pairs)
    rows = list(networks_of(addresses))
    assert AddressSet(tuple(parse_range(f"{first}-{last}") for first, last, _ in rows)) == addresses
    assert AddressSet.of(network for *_, network in rows) == addresses


def test_a_name_is_no_formula() -> None:
    assert "'=cmd" in ranges_csv([integration(name="=cmd|x")], {})


def test_what_the_watchlist_lacks_is_told() -> None:
    gone = Egress(addresses=AddressSet(), gaps=(Gap(what="x.json", reason="not there"),))
    told = list(incomplete([integration(egress=gone)], ids_of([user("b@acme.example", "005")])))
    assert told == ["crm: User@Acme.example has no id here", "crm: x.json: not there"]
    assert not list(incomplete([], {}))
