"""The client credentials flow switched by a proposal: on where nobody wants it, off where the integration signs in by it."""

import pytest

from sfharden.access.facts import Flow
from sfharden.facts.index import Index
from sfharden.model.integration import Integration
from sfharden.simulation.client_credentials import ROW, Switched, keeps_out, switched
from sfharden.simulation.proposal import overlay
from sfharden.simulation.simulate import Simulation
from sfharden.simulation.unjudged import unjudged
from tests.orgs.constants import ADMIN_USER, HARDENED_INTEGRATION, SERVICE_USER
from tests.orgs.files import APP, ECA_GLOBAL, ECA_OAUTH_POLICY, EXTERNAL, snapshot_of, swapped
from tests.orgs.tables import FILES, changed, login, running
from tests.simulation.kit import simulated

BY_DESIGN = HARDENED_INTEGRATION.model_copy(update={"client_credentials": True})
SWITCH = "<isClientCredentialEnabled>false</isClientCredentialEnabled>"


def flow(on: str, *run_as: str) -> dict[str, str]:
    """The app with the flow as it says, and as whom it runs."""
    users = "".join(f"<oauthClientCredentialUser>{one}</oauthClientCredentialUser>" for one in run_as)
    switch = f"<isClientCredentialEnabled>{on}</isClientCredentialEnabled>" if on else ""
    return {APP: changed(APP, (SWITCH, switch + users))[APP]}


def played(was: dict[str, str], becomes: dict[str, str], by: Integration) -> Simulation:
    return simulated(becomes, running({**FILES, **was}, logins=(login(),)), by)


def ids(found: Simulation) -> list[str]:
    (one,) = found.integrations
    return [each.row.id for each in one.opened]


OWN, ADMIN = flow("true", SERVICE_USER), flow("true", ADMIN_USER)
OFF = flow("false")


@pytest.mark.parametrize(
    ("was", "becomes", "by"),
    [
        (OFF, ADMIN, HARDENED_INTEGRATION),
        (flow("false", ADMIN_USER), ADMIN, HARDENED_INTEGRATION),
        (OFF, OWN, HARDENED_INTEGRATION),
        (OFF, flow("true"), HARDENED_INTEGRATION),
        (flow(""), OWN, HARDENED_INTEGRATION),
        (flow("maybe"), OWN, HARDENED_INTEGRATION),
        (OWN, ADMIN, HARDENED_INTEGRATION),
        (OFF, ADMIN, BY_DESIGN),
        (OWN, ADMIN, BY_DESIGN),
        (OWN, flow("true", SERVICE_USER, ADMIN_USER), BY_DESIGN),
    ],
)
def test_a_flow_that_lets_in_whom_it_should_not_is_a_way_in_that_is_opened(
    was: dict[str, str], becomes: dict[str, str], by: Integration
) -> None:
    found = played(was, becomes, by)
    assert ids(found) == [ROW]
    assert (found.breaks, found.safe) == (True, False)
    (text, *_) = (one.text for one in found.integrations[0].opened)
    assert "The proposal opens it. To close it: " in text


@pytest.mark.parametrize(
    ("was", "becomes", "by"),
    [
        (OWN, OWN, HARDENED_INTEGRATION),
        (ADMIN, ADMIN, HARDENED_INTEGRATION),
        (ADMIN, OWN, HARDENED_INTEGRATION),
        (ADMIN, OFF, HARDENED_INTEGRATION),
        (OFF, flow("false", ADMIN_USER), HARDENED_INTEGRATION),
        (OFF, OWN, BY_DESIGN),
        (ADMIN, OWN, BY_DESIGN),
        (OWN, OWN, BY_DESIGN),
    ],
)
def test_what_is_left_or_narrowed_or_meant_so_opens_nothing(
    was: dict[str, str], becomes: dict[str, str], by: Integration
) -> None:
    found = played(was, becomes, by)
    assert found.integrations[0].switched == Switched()
    assert not found.breaks
    assert found.safe


@pytest.mark.parametrize(
    ("becomes", "by"),
    [
        (flow("perhaps"), HARDENED_INTEGRATION),
        (flow("perhaps"), BY_DESIGN),
        (flow("true"), BY_DESIGN),
        (flow("true", ""), BY_DESIGN),
    ],
)
def test_what_can_not_be_understood_is_never_green(becomes: dict[str, str], by: Integration) -> None:
    found = played(OFF if by is HARDENED_INTEGRATION else OWN, becomes, by)
    assert found.integrations[0].switched.unknown
    assert found.unknown
    assert not found.safe


@pytest.mark.parametrize(
    "logins", [(login(),), (login(subtype=""),), (), (login(subtype="OauthClientCredentials"),)]
)
def test_an_integration_that_signs_in_by_the_flow_is_broken_without_it(logins: tuple[object, ...]) -> None:
    before = running({**FILES, **OWN}, logins=logins)
    found = simulated(OFF, before, BY_DESIGN)
    assert (found.breaks, found.safe) == (True, False)
    assert any("signs in by it" in text for text in found.integrations[0].against)


def test_who_signs_in_otherwise_loses_nothing_by_it() -> None:
    app = next(one for one in Index(running({**FILES, **OFF})).apps)
    assert list(keeps_out(app, HARDENED_INTEGRATION)) == []
    assert list(keeps_out(None, BY_DESIGN)) == []
    (one,) = keeps_out(app, BY_DESIGN)
    assert one.flows == frozenset({Flow.REFRESH})


@pytest.mark.parametrize(
    ("said", "by", "opened"),
    [
        (f"true|{ADMIN_USER}", HARDENED_INTEGRATION, True),
        (f"true|{SERVICE_USER}", HARDENED_INTEGRATION, True),
        (f"true|{ADMIN_USER}", BY_DESIGN, True),
        (f"true|{SERVICE_USER}", BY_DESIGN, False),
        (f"false|{ADMIN_USER}", HARDENED_INTEGRATION, False),
    ],
)
def test_an_external_client_app_is_judged_alike(said: str, by: Integration, opened: bool) -> None:
    on, user = said.split("|")
    switch = "<isClientCredentialsFlowEnabled>false<"
    more = f"<clientCredentialsFlowUser>{user}</clientCredentialsFlowUser>\n{switch.replace('false', on)}"
    before = snapshot_of(EXTERNAL)
    text = swapped(EXTERNAL, ECA_OAUTH_POLICY, (switch, more))[ECA_OAUTH_POLICY]
    after = overlay(before, snapshot_of({ECA_OAUTH_POLICY: text}))
    found = switched(Index(before), Index(after), by)
    assert bool(found.opened) is opened
    assert found.unknown == ()


def test_an_external_client_app_whose_developer_switches_the_flow_can_not_be_told() -> None:
    before = snapshot_of(EXTERNAL)
    swap = ("CredentialsFlowEnabled>false", "CredentialsFlowEnabled>true")
    files = {ECA_GLOBAL: swapped(EXTERNAL, ECA_GLOBAL, swap)[ECA_GLOBAL]}
    changes = [one.element for one in unjudged(before, overlay(before, snapshot_of(files)))]
    assert changes == ["isClientCredentialsFlowEnabled"]


def test_another_app_is_none_of_the_integrations_business() -> None:
    other = ADMIN[APP].replace("<label>Azure Logic Apps", "<label>Other")
    assert ids(simulated({"connectedApps/Other.connectedApp": other})) == []
