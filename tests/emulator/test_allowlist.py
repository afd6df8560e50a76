"""An app's allowlist: enforced at the token endpoint on two flows, for both kinds of app, and shown as the API shows it."""

import pytest

from sfharden.emulator import ids
from sfharden.emulator.allowlist import list_faults, refused_by_allowlist
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import APP_LABEL, CLIENT_ID, EGRESS_USED, ELSEWHERE, INTEGRATION_USER, PROFILE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import allowlist_file, connected_app_xml, external_app_files, profile_xml
from tests.emulator.kit import APP, Answer, client, code_for

LIST = (("203.0.113.4", "203.0.113.4"), ("2001:db8::", "2001:db8::ff"))
INSIDE, OUTSIDE = EGRESS_USED[0], EGRESS_USED[1]
REFUSED = {"error": "invalid_grant", "error_description": "ip restricted by app developer"}


def connected(org: DemoOrg) -> None:
    org.metadata[f"connectedApps/{APP}.connectedApp"] = connected_app_xml(
        APP_LABEL, profiles=[PROFILE], relaxation="BYPASS", bound=True
    )
    org.token_lists[APP] = LIST
    sync(org)


def external(org: DemoOrg) -> None:
    """The integration's app as an external client app."""
    del org.metadata[f"connectedApps/{APP}.connectedApp"]
    files = external_app_files(APP, APP_LABEL, commaSeparatedProfile=PROFILE, ipRelaxationPolicyType="Bypass")
    org.metadata.update({**files, **allowlist_file(APP, LIST)})
    org.tokens.extend(one._replace(application_id=None) for one in list(org.tokens))
    org.connected_apps[:] = [one for one in org.connected_apps if one.full_name != APP]
    sync(org)


@pytest.fixture(params=[connected, external])
def bound(request: pytest.FixtureRequest, org: DemoOrg) -> DemoOrg:
    request.param(org)
    return org


def refresh(server: DemoServer, org: DemoOrg, source: str) -> Answer:
    token = next(one for one in org.tokens if one.app_name == APP_LABEL)
    with client(server, source=source) as caller:
        return caller.form(
            "token", grant_type="refresh_token", refresh_token=ids.refresh_token(token.delete_token)
        )


@pytest.mark.parametrize(
    ("source", "status"), [(INSIDE, 200), (OUTSIDE, 400), ("2001:db8::7", 200), ("2001:db8:1::7", 400)]
)
def test_both_flows_are_refused_from_elsewhere_though_the_app_relaxes_ranges(
    server: DemoServer, bound: DemoOrg, source: str, status: int
) -> None:
    with client(server, source=source) as caller:
        code = code_for(caller, bound)
    again = refresh(server, bound, source)
    assert (code.status, again.status) == (status, status)
    if status == 400:
        assert code.json == again.json == REFUSED


def test_a_call_with_a_live_session_is_not_bound(server: DemoServer, bound: DemoOrg) -> None:
    token = refresh(server, bound, INSIDE).json["access_token"]
    bound.metadata["settings/Security.settings"] = bound.metadata["settings/Security.settings"].replace(
        b"EveryRequest>true", b"EveryRequest>false"
    )
    with client(server, source=ELSEWHERE[0]) as stranger:
        stranger.token = token
        assert stranger.get("limits").status != 401


@pytest.mark.parametrize("flow", ["jwt", "client_credentials"])
def test_other_flows_are_not_bound(bound: DemoOrg, flow: str) -> None:
    assert not refused_by_allowlist(bound, APP, flow, OUTSIDE)
    assert refused_by_allowlist(bound, APP, "refresh", OUTSIDE)
    assert CLIENT_ID in bound.client_secrets


def test_profile_ranges_refuse_first_and_in_their_own_words(server: DemoServer, org: DemoOrg) -> None:
    connected(org)
    org.metadata[f"connectedApps/{APP}.connectedApp"] = connected_app_xml(
        APP_LABEL, profiles=[PROFILE], bound=True
    )
    with client(server, source=ELSEWHERE[0]) as stranger:
        assert code_for(stranger, org).json["error_description"] == "ip restricted"
    org.metadata[f"profiles/{PROFILE}.profile"] = profile_xml({"ApiEnabled"})
    with client(server, source=ELSEWHERE[0]) as stranger:
        assert code_for(stranger, org).json == REFUSED
    assert org.user(INTEGRATION_USER)


def test_a_switch_without_addresses_shuts_everybody_out_and_a_list_without_a_switch_nobody(
    org: DemoOrg,
) -> None:
    connected(org)
    org.token_lists.clear()
    assert refused_by_allowlist(org, APP, "web", INSIDE)
    org.token_lists[APP] = LIST
    org.metadata[f"connectedApps/{APP}.connectedApp"] = connected_app_xml(APP_LABEL, profiles=[PROFILE])
    assert not refused_by_allowlist(org, APP, "web", OUTSIDE)


def test_a_deployed_list_is_enforced_and_one_that_is_too_long_is_not_taken(
    server: DemoServer, org: DemoOrg
) -> None:
    external(org)
    with client(server, version="67.0") as auditor:
        fine = auditor.deploy(allowlist_file(APP, [(OUTSIDE, OUTSIDE)]))
        wide = auditor.deploy(allowlist_file(APP, [("192.0.2.0", "192.0.3.0")]))
    assert fine["success"]
    assert not wide["success"]
    assert refresh(server, org, OUTSIDE).status == 200
    assert refresh(server, org, INSIDE).status == 400


def test_the_limits_are_those_of_the_help_page() -> None:
    single = [(f"192.0.{number // 250}.{number % 250}",) * 2 for number in range(129)]
    assert not list(list_faults(single[:128]))
    assert ["128 ranges" in one for one in list_faults(single)] == [True]
    assert not list(list_faults([("192.0.2.0", "192.0.2.255")]))
    assert ["256 addresses" in one for one in list_faults([("192.0.2.0", "192.0.3.0")])] == [True]
    assert list(list_faults([("192.0.2.9", "192.0.2.1")]))
