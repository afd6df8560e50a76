"""Address sets agree with a brute-force model of small sets, and parsing agrees with `ipaddress`."""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sfharden.addresses import (
    ALL_V4,
    ALL_V6,
    AddressError,
    AddressSet,
    address_of,
    format_address,
    interval,
    parse_range,
    show_ranges,
    union,
)

V4_FIRST, V4_LAST, LAST = 0xFFFF_0000_0000, 0xFFFF_FFFF_FFFF, 2**128 - 1
WIDTH = 16
# Aligned windows: both ends of the space, both sides of both borders of IPv4, and two in the middle.
WINDOWS = (
    0,
    V4_FIRST - WIDTH,
    V4_FIRST,
    V4_FIRST + (10 << 24),
    V4_LAST + 1 - WIDTH,
    V4_LAST + 1,
    0x2001_0DB8 << 96,
    LAST + 1 - WIDTH,
)

anywhere = st.builds(int.__add__, st.sampled_from(WINDOWS), st.integers(0, WIDTH - 1))
stretches = st.builds(lambda at, length: range(at, at + length), anywhere, st.integers(1, WIDTH))
# Long stretches cross the borders of IPv4; single points leave many small gaps.
models = st.builds(
    lambda points, ranges: points | {p for r in ranges for p in r if p - p % WIDTH in WINDOWS},
    st.frozensets(anywhere, max_size=16),
    st.lists(stretches, max_size=4),
)
any_address = st.one_of(anywhere, st.integers(0, LAST), st.integers(V4_FIRST, V4_LAST))


def block(address: int) -> int:
    return 0 if address < V4_FIRST else 1 if address <= V4_LAST else 2


def from_points(points: Iterable[int]) -> AddressSet:
    return AddressSet.from_intervals((point, point) for point in points)


def runs(points: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The model's intervals: neighbours join unless the border of the IPv4 block lies between them."""
    members = sorted(points)
    known = set(members)
    starts = [p for p in members if p - 1 not in known or block(p - 1) != block(p)]
    ends = [p for p in members if p + 1 not in known or block(p + 1) != block(p)]
    return zip(starts, ends, strict=True)


def covers_by_grouping(pairs: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Every way to join neighbouring intervals into ranges that stay within one block."""
    for count in range(len(pairs)):
        for cuts in combinations(range(1, len(pairs)), count):
            ends = pairwise([0, *cuts, len(pairs)])
            cover = [(pairs[low][0], pairs[high - 1][1]) for low, high in ends]
            if all(block(start) == block(end) for start, end in cover):
                yield cover


def size_of(pairs: Iterable[tuple[int, int]]) -> int:
    return sum(end - start + 1 for start, end in pairs)


# --- reading and writing


@given(any_address)
def test_an_address_is_read_back_as_written(address: int) -> None:
    text = format_address(address)
    assert parse_range(text) == interval(text, text) == (address, address)
    assert ("." in text) == (block(address) == 1)


@given(st.integers(0, LAST), st.sampled_from(["compressed", "exploded"]), st.booleans())
def test_every_spelling_of_ipv6_is_read(value: int, spelling: str, upper: bool) -> None:
    text = str(getattr(ipaddress.IPv6Address(value), spelling))
    assert parse_range(text.upper() if upper else text) == (value, value)


octets = st.integers(0, 300).map(str) | st.sampled_from(
    ["", "00", "01", "+1", " 1", "1 ", "1_0", "１", "²", "0x1"]
)
groups = st.sampled_from(
    ["", "", "0", "1", "00db", "FFFF", "ffff", "12345", "+1", "-1", "g", "１", "1.2.3.4", "1.2.3.04"]
)
hostile_texts = (
    st.lists(octets, min_size=3, max_size=5).map(".".join)
    | st.lists(groups, min_size=1, max_size=10).map(":".join)
    | st.text("0123456789abF.:% \n１", max_size=20)
)


@given(hostile_texts)
def test_a_single_address_is_accepted_exactly_when_the_standard_library_does(text: str) -> None:
    assume("-" not in text)
    try:
        expected = ipaddress.ip_address(text)
    except ValueError:
        expected = None
    if expected is None or "%" in text:
        with pytest.raises(AddressError):
            parse_range(text)
    else:
        value = int(expected) + (V4_FIRST if expected.version == 4 else 0)
        assert parse_range(text) == (value, value)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)), st.integers(0, 128))
def test_networks_agree_with_the_standard_library(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: int
) -> None:
    text = f"{address}/{prefix % (address.max_prefixlen + 1)}"
    network = ipaddress.ip_network(text, strict=False)
    offset = V4_FIRST if address.version == 4 else 0
    start, end = (int(network[at]) + offset for at in (0, -1))
    assume(block(start) == block(end))
    assert parse_range(text, strict=False) == parse_range(str(network)) == (start, end)
    if network[0] != address:
        with pytest.raises(AddressError, match="host bits"):
            parse_range(text)


@given(anywhere, anywhere)
def test_a_range_is_read_only_forwards_and_within_one_block(start: int, end: int) -> None:
    texts = format_address(start), format_address(end)
    if start <= end and block(start) == block(end):
        assert (
            parse_range("-".join(texts)) == parse_range(" - ".join(texts)) == interval(*texts) == (start, end)
        )
    else:
        with pytest.raises(AddressError):
            parse_range("-".join(texts))
        with pytest.raises(AddressError):
            interval(*texts)


REFUSED = {
    "": "'' is empty",
    "-": "'' is empty",
    "198.51.100.7-": "'' is empty",
    "198.051.100": "not an IPv4 or IPv6 address",
    "198.0.100.300": "not an IPv4 or IPv6 address",
    "198.51.100.9-198.51.100.1": "reversed",
    "2001:db8::2-2001:db8::1": "reversed",
    "198.51.100.1-2001:db8::1": "mixes IPv4 and IPv6",
    "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": "straddles",
    "::-::ffff:198.51.100.7": "mixes IPv4 and IPv6",
    "::/0": "straddles",
    "::/64": "straddles",
    "13.89.171.81/28": "host bits",
    "198.51.100.0/33": "from 0 to 32",
    "2001:db8::/129": "from 0 to 128",
    "198.51.100.0/": "prefix length",
    "198.51.100.0/024": "prefix length",
    "198.51.100.0/+24": "prefix length",
    "198.51.100.0/２４": "prefix length",
    "198.51.100.0/255.255.255.0": "prefix length",
    "198.51.100.0/24/24": "prefix length",
    "198.51.100.0/24-198.51.101.0": "not an IPv4 or IPv6 address",
    "198.51.100.1-198.51.100.2-198.51.100.3": "not an IPv4 or IPv6 address",
    "198.51.100.07": "leading zero",
    "::ffff:198.051.100.7": "leading zero",
    "198.51.100.256": "not an IPv4 or IPv6 address",
    "198.51.100": "not an IPv4 or IPv6 address",
    "198.51.100.７": "outside ASCII",
    "fe80::1%eth0": "zone id",
    "2001:db8:::1": "not an IPv4 or IPv6 address",
    "1::2::3": "not an IPv4 or IPv6 address",
    "12345678:1:2:3:4:5:6": "not an IPv4 or IPv6 address",
    "12345:1:2:3:4:5:6:7": "not an IPv4 or IPv6 address",
    "2001:1_00::1": "not an IPv4 or IPv6 address",
    "1:2:3:4:5:6:7:8::": "not an IPv4 or IPv6 address",
    " 198.51.100.7": "not an IPv4 or IPv6 address",
    "198.51.100.7\n": "not an IPv4 or IPv6 address",
    "Salesforce.com IP": "'Salesforce.com IP' is not an IPv4 or IPv6 address.",
}


@pytest.mark.parametrize(("text", "complaint"), REFUSED.items())
def test_a_refused_text_is_named_with_its_fault(text: str, complaint: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_range(text)
    message = str(caught.value)
    assert complaint in message
    assert message.isprintable()
    assert message.endswith(".")


def test_of_two_ends_both_are_named() -> None:
    with pytest.raises(AddressError, match=r"'198\.51\.100\.9-198\.51\.100\.1' is reversed: it ends"):
        interval("198.51.100.9", "198.51.100.1")


def test_a_complaint_is_short_and_shows_neither_control_characters_nor_credentials() -> None:
    with pytest.raises(AddressError) as caught:
        parse_range("\x1b[31m" + "00D000000000001!AQcAQH0dMHZfz972Szmpk " + "x" * 10_000_000)
    message = str(caught.value)
    assert "AQcAQ" not in message
    assert "\x1b" not in message
    assert len(message) < 200


def test_named_examples() -> None:
    assert AddressSet.of(["0.0.0.0-255.255.255.255"]) == AddressSet.of(["::ffff:0:0/96"]) == ALL_V4
    assert (
        parse_range("::ffff:198.51.100.7") == parse_range("198.51.100.7") == parse_range("::FFFF:c633:6407")
    )
    assert AddressSet.of(["13.89.171.81/28"], strict=False).ranges() == ["13.89.171.80-13.89.171.95"]
    assert parse_range("1:2:3:4:5:6:7::") == parse_range("1:2:3:4:5:6:7:0")  # a group alone may be left out
    assert (
        parse_range("198.51.100.7/32")
        == parse_range("::ffff:198.51.100.7/128")
        == parse_range("198.51.100.7")
    )
    assert repr(AddressSet.of(["198.51.100.7"])) == "AddressSet.of(['198.51.100.7'])"


def test_host_bits_are_refused_unless_asked_for() -> None:
    with pytest.raises(AddressError, match="host bits"):
        AddressSet.of(["13.89.171.81/28"])
    with pytest.raises(AddressError, match="host bits"):
        parse_range("13.89.171.81/28")


def test_the_whole_space_is_three_intervals() -> None:
    whole = AddressSet.from_intervals([(0, LAST)])
    assert whole == ALL_V4 | ALL_V6
    assert [block(start) for start, _ in whole] == [0, 1, 2]
    assert (whole.v4, whole.v6, whole.size) == (ALL_V4, ALL_V6, 2**128)
    assert whole.fit(3) == whole
    assert AddressSet.of(whole.ranges()) == whole


# --- the algebra of sets


@given(models)
def test_intervals_are_the_fewest_within_blocks(points: frozenset[int]) -> None:
    made = from_points(points)
    assert list(made) == list(runs(points))
    assert (made.size, len(made), bool(made)) == (len(points), len(list(runs(points))), bool(points))


@given(st.lists(stretches.filter(lambda stretch: stretch.stop <= LAST + 1), max_size=8))
def test_overlapping_nested_and_adjacent_intervals_lose_no_address(parts: list[range]) -> None:
    made = AddressSet.from_intervals((part[0], part[-1]) for part in parts)
    assert made == from_points(point for part in parts for point in part)


@given(
    st.lists(st.tuples(any_address, any_address).map(lambda pair: (min(pair), max(pair))), max_size=8),
    st.randoms(),
)
def test_a_set_does_not_depend_on_order_or_repetition(pairs: list[tuple[int, int]], random: Random) -> None:
    made = AddressSet.from_intervals(pairs)
    shuffled = random.sample(pairs * 2, len(pairs) * 2)
    again = AddressSet.from_intervals(shuffled)
    assert (made, hash(made)) == (again, hash(again))
    assert AddressSet(made.intervals) == made


@given(models, models)
def test_operators_agree_with_the_model(left: frozenset[int], right: frozenset[int]) -> None:
    a, b = from_points(left), from_points(right)
    assert a | b == from_points(left | right) == union([a, b])
    assert a & b == from_points(left & right)
    assert a - b == from_points(left - right)
    assert a.covers(b) == (left >= right)
    assert (a == b) == (left == right)
    assert (a | b).covers(a)


@given(models, anywhere)
def test_membership_agrees_with_the_model(points: frozenset[int], probe: int) -> None:
    made = from_points(points)
    assert (probe in made) == (format_address(probe) in made) == (probe in points)


@given(models)
def test_families_part_a_set(points: frozenset[int]) -> None:
    made = from_points(points)
    assert made.v4 == from_points(point for point in points if block(point) == 1)
    assert made.v6 == from_points(point for point in points if block(point) != 1)


@given(models)
def test_gaps_lie_between_neighbours_of_one_block(points: frozenset[int]) -> None:
    neighbours = [(a, b) for a, b in pairwise(sorted(points)) if b - a > 1 and block(a) == block(b)]
    assert from_points(points).gaps().intervals == tuple((a + 1, b - 1) for a, b in neighbours)


@given(st.lists(models, max_size=4))
def test_union_of_many(parts: list[frozenset[int]]) -> None:
    assert union(map(from_points, parts)) == from_points(frozenset[int]().union(*parts))


@given(models)
def test_ranges_hold_exactly_the_set_and_are_fewest(points: frozenset[int]) -> None:
    made = from_points(points)
    assert AddressSet.of(made.ranges()) == made
    assert len(made.ranges()) == len(made)


@pytest.mark.parametrize("pair", [(-1, 0), (5, 4), (LAST, LAST + 1)])
def test_what_is_no_interval_is_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(AddressError, match=f"^'{pair[0]:#x} to {pair[1]:#x}' is not an interval"):
        AddressSet.from_intervals([pair])


@pytest.mark.parametrize("value", [-1, LAST + 1, 1 << 20_000], ids=["negative", "one too many", "huge"])
def test_what_is_no_address_is_not_written(value: int) -> None:
    with pytest.raises(AddressError, match=f"^'{f'{value:#x}'[:20]}.* is outside the 128 bits"):
        format_address(value)
    assert value not in ALL_V4 | ALL_V6


def test_membership_of_garbage_is_an_error_not_an_answer() -> None:
    with pytest.raises(AddressError):
        assert "198.51.100.0/24" in ALL_V4


# --- fitting into few ranges


@given(st.frozensets(anywhere, min_size=1, max_size=8), st.integers(1, 9))
def test_fit_is_the_best_cover_there_is(points: frozenset[int], n: int) -> None:
    made = from_points(points)
    sizes = [size_of(cover) for cover in covers_by_grouping(made.intervals) if len(cover) <= n]
    assume(sizes)
    fitted = made.fit(n)
    assert fitted.covers(made)
    assert len(fitted) <= n
    assert fitted.size == min(sizes)


@given(models, st.integers(-1, 20))
def test_more_ranges_never_admit_an_address_that_fewer_keep_out(points: frozenset[int], n: int) -> None:
    made = from_points(points)
    blocks = len({block(point) for point in points})
    if n < max(1, blocks):
        with pytest.raises(AddressError, match=f"^'{n}' is below the {max(1, blocks)} needed"):
            made.fit(n)
    else:
        assert made.fit(n).covers(made.fit(n + 1))
        assert made.fit(max(n, len(made))) == made


def test_of_equal_gaps_the_one_at_lower_addresses_stays_open() -> None:
    three = AddressSet.of(["198.51.100.1", "198.51.100.5", "198.51.100.9"])
    assert three.fit(2).ranges() == ["198.51.100.1", "198.51.100.5-198.51.100.9"]


def test_the_border_between_families_costs_a_range_but_no_address() -> None:
    both = AddressSet.of(["198.51.100.1", "198.51.100.5", "2001:db8::1"])
    assert both.fit(2).ranges() == ["198.51.100.1-198.51.100.5", "2001:db8::1"]


# --- in words, and in a login


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("192.0.2.7", 0xFFFF_C000_0207),
        (" 192.0.2.7 ", 0xFFFF_C000_0207),
        ("::ffff:192.0.2.7", 0xFFFF_C000_0207),
        ("192.0.2.7-192.0.2.7", 0xFFFF_C000_0207),
        ("2001:DB8::1", 0x2001_0DB8 << 96 | 1),
        ("192.0.2.0/31", None),
        ("10.0.0.0-10.0.0.9", None),
        ("192.0.2.7, 192.0.2.8", None),
        ("Salesforce.com IP", None),
        ("", None),
    ],
)
def test_the_one_address_that_a_text_is(text: str, value: int | None) -> None:
    assert address_of(text) == value


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "none"),
        (1, "192.0.2.0"),
        (6, "192.0.2.0, 192.0.2.2, 192.0.2.4, 192.0.2.6, 192.0.2.8, 192.0.2.10"),
        (8, "192.0.2.0, 192.0.2.2, 192.0.2.4, 192.0.2.6, 192.0.2.8, 192.0.2.10 and 2 more"),
    ],
)
def test_ranges_in_words_are_cut_and_counted(number: int, words: str) -> None:
    assert show_ranges(AddressSet.of(f"192.0.2.{2 * n}" for n in range(number))) == words
