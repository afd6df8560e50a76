"""What a login must hold: what each permission opens, and which controls rest on it."""

import xml.etree.ElementTree as ET

import pytest

from sfharden.checks.needs import (
    GRANTED,
    NEEDS,
    Need,
    controls_without,
    held_by_caller,
    permission_set_xml,
    unmet,
)
from sfharden.checks.policy import DEFAULT_POLICIES, load_policy
from sfharden.checks.registry import CHECKS
from sfharden.model import org
from sfharden.model.org import Caller, OrgTables
from sfharden.model.snapshot import Snapshot, Source, Tool

POLICIES = [load_policy(name) for name in DEFAULT_POLICIES]


def read_by(*held: str, told: bool = True) -> Snapshot:
    caller = Caller(user_id="u1", username="a@acme.example", permissions=held if told else None)
    source = Source(kind="org", name="acme.my.salesforce.com")
    return Snapshot(tool=Tool(version="test"), source=source, org=OrgTables(caller=caller))


@pytest.mark.parametrize("name", sorted(name for name, check in CHECKS.items() if check.scope != "azure"))
def test_every_check_says_what_it_rests_on(name: str) -> None:
    """One that rests on nothing would never be called unknown; the fault matrix holds what it says."""
    parts = CHECKS[name].parts
    assert parts
    assert set(parts) <= set(org.PARTS)


def test_each_need_but_one_opens_something_that_a_control_or_a_command_rests_on() -> None:
    for need in NEEDS:
        assert not need.parts or set(need.parts) <= set(org.PARTS)
    without_api = set(controls_without(NEEDS[0], POLICIES))
    assert without_api == {control.id for policy in POLICIES for control in policy.controls}


def test_a_control_is_unknown_without_what_opens_its_parts() -> None:
    tokens = next(need for need in NEEDS if need.names == ("CustomizeApplication",))
    lost = set(controls_without(tokens, POLICIES))
    assert "tokens-held-by-integration-users" in lost
    assert "login-ranges-bounded" not in lost


def test_a_check_that_nobody_knows_is_taken_to_rest_on_nothing_but_the_api() -> None:
    (first, *_) = POLICIES[0].controls
    policy = POLICIES[0].model_copy(update={"controls": (first.model_copy(update={"check": "later"}),)})
    assert list(controls_without(Need(("X",), "X", (org.METADATA,)), [policy])) == []
    assert list(controls_without(Need(("X",), "X", ()), [policy])) == [first.id]


def test_what_is_granted_meets_every_need() -> None:
    assert unmet(read_by(*GRANTED)) == []
    assert [need.label for need in unmet(read_by(*(set(GRANTED) - {"ViewSetup"})))] == [
        "View Setup and Configuration"
    ]


def test_a_login_that_does_not_tell_is_not_said_to_lack_anything() -> None:
    assert held_by_caller(read_by(told=False)) is None
    assert unmet(read_by(told=False)) == []


def test_the_permission_set_is_xml_that_grants_just_that() -> None:
    root = ET.fromstring(permission_set_xml())  # noqa: S314 - our own text
    space = "{http://soap.sforce.com/2006/04/metadata}"
    granted = [one.findtext(f"{space}name") for one in root.iter(f"{space}userPermissions")]
    assert granted == sorted(GRANTED)
