"""What a profile says: its ranges as one set, whom they keep out, and its permissions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, format_address
from sfharden.facts.profiles import (
    NEARLY_EVERYBODY,
    is_custom,
    keeps_nobody_out,
    login_ranges,
    looks_whole,
    permissions,
    refuse_damaged_permission,
)
from sfharden.facts.values import CannotTell, Fact
from sfharden.model.snapshot import Component, Group, PartGap
from sfharden.text.names import one_edit_apart
from tests.orgs.metadata import login_range, parsed, permission, xml

V4 = 0xFFFF << 32


def profile(*body: str) -> Component:
    return parsed("P.profile", xml("Profile", "\n".join(body)))


def of_ranges(*texts: str) -> Component:
    """A profile with these ranges, each `a-b`."""
    return profile(*(login_range(*text.split("-")) for text in texts))


EVERYBODY = {
    "all": ["0.0.0.0-255.255.255.255"],
    "all but the edges": ["1.1.1.1-254.254.254.254"],
    "two halves": ["0.0.0.0-127.255.255.255", "128.0.0.0-255.255.255.255"],
    "halves that overlap": ["0.0.0.0-200.0.0.0", "100.0.0.0-255.255.255.255"],
    "one half": ["0.0.0.0-127.255.255.255"],
    "the upper half": ["128.0.0.0-255.255.255.255"],
    "all, mapped into IPv6": ["::ffff:0.0.0.0-::ffff:255.255.255.255"],
    "all, in 256 pieces": [f"{n}.0.0.0-{n}.255.255.255" for n in range(256)],
    "every other piece": [f"{n}.0.0.0-{n}.255.255.255" for n in range(0, 256, 2)],
    "half of IPv6 in use": ["2000::-2fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    "with a good one": ["192.0.2.1-192.0.2.2", "0.0.0.0-255.255.255.255"],
}


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_ranges_that_keep_nobody_out_are_seen_however_they_are_cut(name: str) -> None:
    assert keeps_nobody_out(login_ranges(of_ranges(*EVERYBODY[name])).addresses)


@pytest.mark.parametrize(
    "ranges",
    [
        [],
        ["192.0.2.1-192.0.2.1"],
        ["0.0.0.0-127.255.255.254"],
        ["0.0.0.0-63.255.255.255", "0.0.0.0-63.255.255.255", "0.0.0.0-63.255.255.255"],
        ["2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
        ["2000::-2fff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"],
        ["0.0.0.0-127.255.255.254", "2000::-2fff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"],
    ],
)
def test_ranges_that_keep_somebody_out_are_not_called_open(ranges: list[str]) -> None:
    assert not keeps_nobody_out(login_ranges(of_ranges(*ranges)).addresses)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**31)), max_size=8))
def test_openness_is_a_matter_of_the_union_alone(pairs: list[tuple[int, int]]) -> None:
    ends = [(V4 + start, min(V4 + start + length, V4 + 2**32 - 1)) for start, length in pairs]
    found = login_ranges(of_ranges(*(f"{format_address(one)}-{format_address(two)}" for one, two in ends)))
    covered = AddressSet.from_intervals(ends)
    assert found.addresses == covered
    assert keeps_nobody_out(found.addresses) == (covered.size >= NEARLY_EVERYBODY)
    assert found.entries == len(pairs)


def test_a_profile_without_ranges_has_none_and_says_so_of_the_file() -> None:
    found = login_ranges(profile("<custom>true</custom>"))
    assert (found.entries, found.broken, found.where) == (0, (), "P.profile")
    assert not found.addresses
    found.require_whole()


def test_a_broken_range_is_told_and_the_union_lacks_it() -> None:
    found = login_ranges(of_ranges("192.0.2.1-192.0.2.2", "192.0.2.9-192.0.2.5", "192.0.2.x-192.0.2.9"))
    assert found.addresses == AddressSet.of(["192.0.2.1-192.0.2.2"])
    assert found.entries == 3
    assert found.where == "P.profile:3"
    assert [(one.where, one.text) for one in found.broken] == [
        ("P.profile:4", "192.0.2.9-192.0.2.5"),
        ("P.profile:5", "192.0.2.x-192.0.2.9"),
    ]
    assert "reversed" in found.broken[0].value
    with pytest.raises(CannotTell) as refused:
        found.require_whole()
    assert refused.value.where == "P.profile:4"


@pytest.mark.parametrize(
    "missing", [{}, {"startAddress": "1.2.3.4"}, {"startAddress": None, "endAddress": "1.2.3.4"}]
)
def test_half_a_range_is_broken(missing: dict[str, str | None]) -> None:
    half, good = (
        Group(line=7, values=missing),
        Group(line=9, values=dict.fromkeys(("startAddress", "endAddress"), "192.0.2.1")),
    )
    found = login_ranges(
        Component(kind="Profile", name="P", file="P", groups={"loginIpRanges": (half, good)})
    )
    assert found.broken == (Fact("it lacks its start or its end", "", "P:7"),)
    assert found.addresses == AddressSet.of(["192.0.2.1"])


@pytest.mark.parametrize(
    ("path", "broken"),
    [
        ("loginIpRanges", 1),
        ("loginIpRanges.startAddress", 1),
        ("misplaced.loginIpRanges", 1),
        ("loginIpRangesOfOld", 0),
        ("loginHours", 0),
        ("custom", 0),
    ],
)
def test_only_gaps_in_the_ranges_break_them(path: str, broken: int) -> None:
    gap = PartGap(path=path, reason="damaged", line=3)
    found = login_ranges(Component(kind="Profile", name="P", file="P", gaps=(gap,)))
    assert found.broken == (Fact("damaged", "", "P:3"),) * broken


def test_whether_a_profile_is_custom_is_read_and_never_guessed() -> None:
    assert is_custom(profile("<custom>true</custom>")).value is True
    assert is_custom(profile("<custom>false</custom>")).value is False
    for unclear in ("", "<custom>yes</custom>", "<custom/>", "<custom>true</custom><custom>false</custom>"):
        with pytest.raises(CannotTell):
            is_custom(profile(unclear))


def test_permissions_are_those_that_are_enabled_with_their_lines() -> None:
    denied = permission("ViewAllData").replace(">true<", ">false<")
    assert permissions(profile(permission("ApiEnabled"), denied)) == {"ApiEnabled": 3}
    assert permissions(profile(denied)) == {}


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (("<custom>true</custom>", permission("ApiEnabled")), True),
        (("<custom>true</custom>",), False),
        ((permission("ApiEnabled"),), False),
        ((), False),
    ],
)
def test_a_file_looks_whole_only_with_both_that_every_profile_has(body: tuple[str, ...], whole: bool) -> None:
    assert looks_whole(profile(*body)) is whole


def test_a_profile_without_any_permission_may_be_a_part_of_one() -> None:
    with pytest.raises(CannotTell, match="part of the profile"):
        permissions(profile("<custom>true</custom>"))


def test_a_whole_profile_without_any_permission_grants_none() -> None:
    assert permissions(profile("<custom>true</custom>"), whole=True) == {}


@pytest.mark.parametrize("whole", [True, False])
def test_damaged_permissions_are_no_permissions(whole: bool) -> None:
    gap = PartGap(path="userPermissions", reason="it is damaged", line=5)
    damaged = profile(permission("ApiEnabled")).model_copy(update={"gaps": (gap,)})
    with pytest.raises(CannotTell, match="it is damaged"):
        permissions(damaged, whole=whole)


@pytest.mark.parametrize(
    "granted", ["ModifyAllDat", "ModifyAllDatta", "ModifyAl1Data", "modifyalldata", "odifyAllData"]
)
def test_a_permission_one_character_off_is_damage(granted: str) -> None:
    with pytest.raises(CannotTell) as refused:
        refuse_damaged_permission(profile(permission(granted)), ["ViewAllData", "ModifyAllData"])
    assert refused.value.where == "P.profile:3"
    assert "damaged ModifyAllData" in refused.value.reason


@pytest.mark.parametrize(
    "granted", ["ModifyAllData", "ViewAllUsers", "ApiEnabled", "ModifyDataClassification"]
)
def test_another_permission_is_no_damage(granted: str) -> None:
    refuse_damaged_permission(profile(permission(granted)), ["ViewAllData", "ModifyAllData"])


words = st.text("abAB", max_size=6)


@given(words, words)
def test_one_edit_is_one_edit(one: str, other: str) -> None:
    changes = {one[:at] + letter + one[at + 1 :] for at in range(len(one)) for letter in "abAB"}
    losses = {one[:at] + one[at + 1 :] for at in range(len(one))}
    gains = {one[:at] + letter + one[at:] for at in range(len(one) + 1) for letter in "abAB"}
    wanted = one != other and (other in changes | losses | gains or one.casefold() == other.casefold())
    assert one_edit_apart(one, other) == wanted
    assert one_edit_apart(other, one) == wanted
