"""Who is let in by the access restrictions of a Standard app."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet
from sfharden.azure.site_rules import let_in
from sfharden.facts.profiles import keeps_nobody_out
from sfharden.facts.values import CannotTell

DENY_ALL = {"ipAddress": "Any", "action": "Deny", "priority": 2147483647}
ALLOW_ALL = {"ipAddress": "Any", "action": "Allow", "priority": 2147483647}


def rule(address: str, action: str = "Allow", priority: int = 100, **more: Any) -> dict[str, Any]:
    return {"ipAddress": address, "action": action, "priority": priority, **more}


@pytest.mark.parametrize(
    ("rules", "default"),
    [
        ([], None),
        ([], "Allow"),
        ([ALLOW_ALL], None),
        ([ALLOW_ALL], "Deny"),
        ([rule("203.0.113.0/28")], "Allow"),
        ([rule("0.0.0.0/0"), DENY_ALL], "Deny"),
        ([rule("0.0.0.0/1"), rule("128.0.0.0/1"), DENY_ALL], None),
        ([rule("Internet", tag="ServiceTag"), DENY_ALL], "Deny"),
        ([rule("10.0.0.0/8", "Deny")], "Allow"),
        ([rule("AzureCloud, Internet", tag="ServiceTag")], "Deny"),
        ([rule("203.0.113.0", subnetMask="0.0.0.0"), DENY_ALL], "Deny"),
    ],
)
def test_what_is_open_to_everybody(rules: list[Any], default: str | None) -> None:
    assert keeps_nobody_out(let_in(rules, default).ranges.addresses)


@pytest.mark.parametrize(
    ("rules", "default", "who"),
    [
        ([], "Deny", []),
        ([rule("203.0.113.0/28"), DENY_ALL], None, ["203.0.113.0/28"]),
        ([rule("203.0.113.0/28")], None, ["203.0.113.0/28"]),
        ([rule("203.0.113.0/28,198.51.100.7/32")], "Deny", ["203.0.113.0/28", "198.51.100.7"]),
        ([rule("0.0.0.0/0", priority=200), rule("Any", "Deny", 100)], "Allow", []),
        ([rule("203.0.113.0/28"), rule("203.0.113.0/29", "Deny", 50)], "Deny", ["203.0.113.8/29"]),
        ([DENY_ALL], None, []),
        ([rule("203.0.113.0", subnetMask="255.255.255.240"), DENY_ALL], None, ["203.0.113.0/28"]),
        ([rule("203.0.113.0/28", subnetMask=None), DENY_ALL], None, ["203.0.113.0/28"]),
        ([rule("203.0.113.0/28", headers={"x-azure-fdid": ["a"]}), DENY_ALL], None, ["203.0.113.0/28"]),
    ],
)
def test_who_is_let_in_by_priority_and_default(rules: list[Any], default: str | None, who: list[str]) -> None:
    found = let_in(rules, default)
    assert found.ranges.addresses == AddressSet.of(who)
    assert not found.ranges.broken


def test_tags_and_subnets_are_named() -> None:
    subnet = {
        "vnetSubnetResourceId": "/s/x/subnets/own",
        "action": "Allow",
        "priority": 1,
        "ipAddress": None,
    }
    found = let_in([rule("LogicApps,Sql", tag="ServiceTag"), subnet, DENY_ALL], "Deny")
    assert (found.subnets, found.tags, found.everybodys) == (("subnet own",), ("LogicApps", "Sql"), ())
    assert not found.ranges.addresses


@pytest.mark.parametrize(
    ("tag", "headers", "is_everybodys"),
    [
        ("AzureCloud", None, True),
        ("azurecloud.westeurope", None, True),
        ("AzureCloud", {"x-azure-fdid": ["a"]}, True),
        ("AzureFrontDoor.Backend", None, True),
        ("AzureFrontDoor.Backend", {"x-azure-fdid": []}, True),
        ("AzureFrontDoor.Backend", {"x-forwarded-host": ["a"]}, True),
        ("AzureFrontDoor.Backend", {"X-Azure-FDID": ["a"]}, False),
        ("LogicApps", None, False),
    ],
)
def test_tags_that_anybody_may_call_from_are_told_apart(tag: str, headers: Any, is_everybodys: bool) -> None:
    found = let_in([rule(tag, tag="ServiceTag", headers=headers), DENY_ALL], "Deny")
    assert (found.everybodys, found.tags) == (((tag,), ()) if is_everybodys else ((), (tag,)))
    late = let_in([rule("Any", "Deny", 1), rule(tag, tag="ServiceTag", priority=2)], "Deny")
    assert not late.everybodys + late.tags


@pytest.mark.parametrize("mask", ["255.0.255.0", "24", "?", 24])
def test_what_is_no_mask_gives_no_network(mask: Any) -> None:
    assert let_in([rule("203.0.113.0", subnetMask=mask), DENY_ALL], "Deny").ranges.broken


@pytest.mark.parametrize("headers", [{"x-azure-fdid": ["a"]}])
def test_headers_on_every_address_are_no_restriction_that_is_sure(headers: Any) -> None:
    found = let_in([rule("Any", headers=headers), DENY_ALL], "Deny")
    assert found.ranges.broken
    assert not found.ranges.addresses


def test_after_a_rule_that_is_not_understood_nothing_is_sure() -> None:
    found = let_in([rule("203.0.113.0/28", priority=1), rule("?", "Deny", 2), ALLOW_ALL], None)
    assert found.ranges.broken
    assert found.ranges.addresses == AddressSet.of(["203.0.113.0/28"])


@pytest.mark.parametrize(
    ("rules", "default"),
    [
        ("[parameters('x')]", None),
        ([5], None),
        ([rule("1.2.3.4", "Perhaps")], "Deny"),
        ([rule("1.2.3.4"), {"ipAddress": "1.2.3.5", "action": "Allow"}], "Deny"),
        ([], "Perhaps"),
        ([rule("1.2.3.4", "Deny")], None),
    ],
)
def test_what_is_not_understood_cannot_be_told(rules: Any, default: Any) -> None:
    with pytest.raises(CannotTell):
        let_in(rules, default)


ADDRESSES = st.sampled_from(
    ["Any", "10.0.0.0/8", "10.1.0.0/16", "192.0.2.1", "203.0.113.0/28", "0.0.0.0/1", "2001:db8::/32"]
)
RULES = st.lists(
    st.builds(
        rule, ADDRESSES, st.sampled_from(["Allow", "Deny"]), st.integers(min_value=1, max_value=2**31 - 1)
    ),
    max_size=5,
    unique_by=lambda one: one["priority"],
)


@given(RULES, st.sampled_from(["Allow", "Deny"]), st.sampled_from(["10.1.2.3", "192.0.2.1", "203.0.113.9"]))
def test_the_first_rule_that_fits_decides(rules: list[Any], default: str, caller: str) -> None:
    by_priority = sorted(rules, key=lambda one: one["priority"])
    everywhere = AddressSet.of(["0.0.0.0/0"])
    fitting = (
        one["action"]
        for one in by_priority
        if caller in (everywhere if one["ipAddress"] == "Any" else AddressSet.of([one["ipAddress"]]))
    )
    assert (caller in let_in(rules, default).ranges.addresses) == (next(fitting, default) == "Allow")
