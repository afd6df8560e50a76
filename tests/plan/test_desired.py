"""What should be: ranges that admit all who must get in, and keep somebody out."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.errors import NoVerdictError, UsageError
from sfharden.model.integration import Egress
from sfharden.model.snapshot import Gap
from sfharden.plan.desired import planned_ranges, profile_goals, surplus_note

from .kit import (
    PROFILE_NAME,
    addresses,
    healthy,
    integration,
    only,
    planned,
)


def test_fit_admits_more_and_says_how_much() -> None:
    wanted = integration(egress=addresses("192.0.2.1", "192.0.2.4", "192.0.2.9"))
    result = planned(healthy(), wanted, fit=3)
    assert only(result).after == ("192.0.2.1-192.0.2.4", "192.0.2.9", "198.51.100.7")
    assert any("also admits 2 addresses that nobody needs" in note for note in result.plan.notes)


def test_fit_that_cannot_be_met_or_keeps_nobody_out() -> None:
    mixed = integration(egress=addresses("192.0.2.1", "2001:db8::1"))
    with pytest.raises(UsageError, match="--fit can't be met"):
        planned(healthy(), mixed, fit=1)
    far = integration(egress=addresses("1.1.1.1", "223.1.1.1"))
    with pytest.raises(NoVerdictError, match="keep nobody out"):
        planned(healthy(), far, fit=1)
    with pytest.raises(NoVerdictError, match="keep nobody out"):
        planned(healthy(), integration(egress=addresses("0.0.0.0/1", "192.0.2.1")))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"egress": Egress(addresses=AddressSet.of(["192.0.2.1"]), gaps=(Gap(what="egress of x: f.json", reason="gone"),))},
         "not all known"),
        ({"egress": Egress(addresses=AddressSet())}, "no egress address that can reach"),
        ({"egress": addresses("10.0.0.0/8", "127.0.0.1")}, "no egress address that can reach"),
        ({"operator_ranges": AddressSet.of(["0.0.0.0"])}, "shut the operator out"),
        ({"operator_ranges": AddressSet.of(["192.168.1.7", "fe80::1"])}, "shut the operator out"),
        ({"operator_ranges": AddressSet()}, "shut the operator out"),
    ],
)  # fmt: skip
def test_lists_that_would_lock_somebody_out_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(NoVerdictError, match=message):
        planned(healthy(), integration(**changes))


def test_integrations_of_one_profile_are_one_goal_in_the_order_of_the_file() -> None:
    first = integration(name="a", users=("u1", "u2"), clone_from=None)
    other = integration(name="b", profile="Other")
    second = integration(
        name="c",
        profile="logic apps INTEGRATION",
        users=("u2", "u3"),
        clone_from="Minimum",
        egress=addresses("203.0.113.9"),
    )
    one, two = profile_goals([first, other, second])
    assert (one.name, two.name) == (PROFILE_NAME, "Other")
    assert [each.name for each in one.integrations] == ["a", "c"]
    assert (one.users, one.clone_from) == (("u1", "u2", "u3"), "Minimum")
    assert "203.0.113.9" in one.egress
    assert "198.51.100.7" in one.operator


def test_whoever_must_get_in_is_in_whatever_the_fit() -> None:
    (goal,) = profile_goals([integration(egress=addresses("192.0.2.1", "192.0.2.99", "203.0.113.7"))])
    for fit in (None, 1, 2, 3):
        assert planned_ranges(goal, fit).covers(goal.egress | goal.operator)
    assert surplus_note(goal, planned_ranges(goal, None)) == ""
    assert "In 1 range, the profile" in surplus_note(goal, planned_ranges(goal, 1))
