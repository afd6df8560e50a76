"""What is declared against what was seen: who holds an address, and what a plan must say before it is trusted."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.model.egress import Origin, OriginKind
from sfharden.model.integration import Egress, Integration
from sfharden.simulation.declared import broken, for_several, mend, sighting
from sfharden.simulation.replay import LoginGroup
from tests.orgs.constants import DANA, EGRESS, ELSEWHERE, HARDENED, INTEGRATION, OPERATOR
from tests.orgs.tables import login, running


def origin(name: str, addresses: str, kind: OriginKind = OriginKind.TAG) -> Origin:
    return Origin(kind=kind, file="tags.json", name=name, addresses=AddressSet.of([addresses]))


NORTH, WEST = (
    origin("AzureConnectors.NorthEurope", "192.0.2.0/28"),
    origin("AzureConnectors.WestEurope", ELSEWHERE),
)
UNUSED = origin("crm-sync", "100.64.9.9", OriginKind.WORKFLOW)
BY_TAG: Integration = INTEGRATION.model_copy(
    update={
        "egress": Egress(addresses=NORTH.addresses, origins=(NORTH,), unused=(UNUSED,), elsewhere=(WEST,))
    }
)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (EGRESS, "Declared: tag AzureConnectors.NorthEurope of tags.json. The proposal leaves it out"),
        (OPERATOR, "Declared: operator_ranges."),
        (ELSEWHERE, "Not declared, but tag AzureConnectors.WestEurope of tags.json holds it"),
        ("100.64.9.9", "Not declared, but the workflow addresses of crm-sync in tags.json holds it"),
        ("100.64.1.1", "No declared tag or file holds it"),
        ("::ffff:100.64.1.1", "No declared tag or file holds it"),
        ("nowhere", "It is no address"),
    ],
)
def test_what_would_mend_it_names_who_holds_the_address(address: str, said: str) -> None:
    assert mend(BY_TAG, address).startswith(said)


def test_of_several_it_is_said_in_the_plural_and_of_others_as_it_is() -> None:
    nobodys = mend(BY_TAG, "100.64.1.1")
    assert for_several(nobodys, 1) == nobodys
    assert for_several(nobodys, 2).startswith("No declared tag or file holds them")
    assert for_several("Another.", 2) == "Another."


def group(source: str, user: str, times: int, day: int) -> LoginGroup:
    at = HARDENED.replace(day=day)
    return LoginGroup(user, "P", source, "App", times, at, at, "because")


def test_refused_logins_come_address_by_address_with_all_users_and_the_last_time() -> None:
    groups = [group("100.64.1.1", "b", 1, 3), group(ELSEWHERE, "a", 2, 4), group("100.64.1.1", "a", 4, 2)]
    first, second = broken(groups, BY_TAG)
    assert (first.source_ip, first.users, first.times, first.last.day) == ("100.64.1.1", ("a", "b"), 5, 3)
    assert (second.source_ip, second.reason) == (ELSEWHERE, "because")
    assert "WestEurope" in second.mend


def test_none_of_the_addresses_declared() -> None:
    found = sighting(running(logins=(login(source=ELSEWHERE, times=24),)), BY_TAG)
    (text,) = found.conditions
    assert text.startswith("Of 'crm-sync', none of the 1 address seen (100.64.3.2; 24 logins, last ")
    assert "tag AzureConnectors.WestEurope of tags.json holds it" in text


def test_some_of_the_addresses_declared() -> None:
    logins = (login(), login(source=ELSEWHERE), login(source="100.64.1.1"))
    (text,) = sighting(running(logins=logins), BY_TAG).conditions
    assert "2 addresses seen (100.64.1.1, 100.64.3.2; 2 logins" in text
    assert "100.64.1.1: No declared" in text
    assert "100.64.3.2: Not declared, but tag" in text


def test_the_operators_own_sign_in_is_no_stranger_but_no_proof_either() -> None:
    assert sighting(running(logins=(login(), login(source=OPERATOR))), BY_TAG).conditions == ()
    assert "none of the" in sighting(running(logins=(login(source=OPERATOR),)), BY_TAG).conditions[0]


def test_what_a_person_named_is_not_asked_again() -> None:
    snapshot = running(logins=(login(), login(source=ELSEWHERE)))
    assert sighting(snapshot, BY_TAG, AddressSet.of([ELSEWHERE])).conditions == ()


def test_logins_of_others_and_failures_are_not_the_integrations() -> None:
    logins = (login(DANA, ELSEWHERE), login(source=ELSEWHERE, status="Invalid Password"))
    found = sighting(running(logins=logins), BY_TAG)
    assert found.conditions == ()
    assert "No login of 'crm-sync' was seen" in found.notes[0]


def test_logins_that_were_not_read_are_said_to_be_so() -> None:
    found = sighting(running(logins=None), BY_TAG)
    assert found.conditions == ()
    assert "was not seen" in found.notes[0]
