"""Whether a set of callers is small enough, and within what the integration file allows."""

import pytest

from sfharden.azure.caller_ranges import caller_ranges
from sfharden.checks.azure.admitted import Admitted, Declared, RangeLimits, judge_admitted
from sfharden.facts.values import CannotTell
from sfharden.model.results import Severity, Subject

SUBJECT = Subject(kind="azure-workflow", name="w")


def judged(
    *texts: str, declared: tuple[str, ...] = (), allowed: tuple[str, ...] = (), **others: tuple[str, ...]
) -> tuple[str, str]:
    admitted = Admitted("ranges", caller_ranges(texts), "here", **others)
    limits = RangeLimits(allowed_tags=allowed)
    found = judge_admitted(SUBJECT, admitted, Declared("allowed_callers", declared), limits)
    return found.status.value, found.severity.value if found.severity else ""


@pytest.mark.parametrize(
    ("texts", "declared", "status"),
    [
        (("203.0.113.0/28",), (), ("pass", "")),
        (("0.0.0.0-0.0.0.0",), (), ("pass", "")),
        (("192.0.0.0/16",), (), ("pass", "")),
        (("192.0.0.0/15",), (), ("fail", "medium")),
        (("192.0.0.0/16", "198.0.0.0/32"), (), ("fail", "medium")),
        (("2001:db8::/48",), (), ("pass", "")),
        (("2001:db8::/47",), (), ("fail", "medium")),
        (("::/0",), (), ("fail", "")),
        (("0.0.0.0/0",), ("0.0.0.0/0",), ("fail", "")),
        (("0.0.0.0-127.255.255.255", "128.0.0.0-255.255.255.254"), (), ("fail", "")),
        (("203.0.113.0/28",), ("203.0.113.0/24",), ("pass", "")),
        (("203.0.113.0/28", "198.51.100.7"), ("203.0.113.0/24",), ("fail", "")),
        (("*", "nonsense"), (), ("fail", "")),
        (("198.51.100.7", "nonsense"), ("203.0.113.0/24",), ("fail", "")),
    ],
)
def test_ranges_pass_or_fail(texts: tuple[str, ...], declared: tuple[str, ...], status: object) -> None:
    assert judged(*texts, declared=declared) == status


@pytest.mark.parametrize(
    ("texts", "declared", "others"),
    [
        (("203.0.113.0/28", "nonsense"), (), ()),
        (("203.0.113.0/28",), ("nonsense",), ()),
        (("203.0.113.0/28",), ("203.0.113.0/24",), ("AzureCloud",)),
    ],
)
def test_what_is_not_understood_or_compared_is_unknown(
    texts: tuple[str, ...], declared: tuple[str, ...], others: tuple[str, ...]
) -> None:
    with pytest.raises(CannotTell):
        judged(*texts, declared=declared, subnets=others)


def test_a_policy_sets_its_own_limit() -> None:
    admitted = Admitted("ranges", caller_ranges(["203.0.113.0/28"]), "here")
    found = judge_admitted(SUBJECT, admitted, Declared("x", ()), RangeLimits(most_addresses=8))
    assert found.severity is Severity.MEDIUM


def test_what_has_no_addresses_is_named() -> None:
    assert judged(subnets=("subnet own",)) == ("pass", "")


def test_a_tag_of_everybody_fails_and_others_are_for_the_policy_to_allow() -> None:
    assert judged(everybodys=("AzureCloud",)) == ("fail", "")
    assert judged(everybodys=("AzureCloud",), allowed=("AzureCloud",)) == ("fail", "")
    assert judged(tags=("LogicApps",), allowed=("logicapps",)) == ("pass", "")
    with pytest.raises(CannotTell):
        judged(tags=("LogicApps", "Sql"), allowed=("LogicApps",))
    assert Admitted("x", caller_ranges([]), "", ("subnet own",)).shown == "subnet own"
    assert Admitted("x", caller_ranges([]), "").shown == "nobody"


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (("*",), "every IPv4 address, every IPv6 address"),
        (("0.0.0.0/0", "2001:db8::1"), "every IPv4 address, 2001:db8::1"),
        (("::/0", "203.0.113.7"), "every IPv6 address, 203.0.113.7"),
        (("203.0.113.0/31",), "203.0.113.0-203.0.113.1"),
    ],
)
def test_a_whole_family_is_named_and_not_counted_out(texts: tuple[str, ...], shown: str) -> None:
    assert Admitted("x", caller_ranges(texts), "").shown == shown
