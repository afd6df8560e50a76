"""Who gets in: an app's relaxation, its own ranges, and enforcement on every request."""

import pytest

from sfharden.emulator import ids
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import EGRESS_USED, ELSEWHERE, PROFILE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import connected_app_xml, profile_xml, security_xml
from tests.emulator.kit import APP, client, code_for, use_policy


@pytest.mark.parametrize(
    ("policy", "at_login", "at_refresh"),
    [
        ("ENFORCE", 400, 400),
        ("ENFORCE_RELAXREFRESH", 400, 200),
        ("BYPASS_2FACTOR", 200, 400),
        ("BYPASS", 200, 200),
    ],
)
def test_ip_relaxation_decides_from_elsewhere(
    server: DemoServer, org: DemoOrg, policy: str, at_login: int, at_refresh: int
) -> None:
    use_policy(org, relaxation=policy)
    token = next(one for one in org.tokens if one.app_name == "Azure Logic Apps")
    refresh = ids.refresh_token(token.delete_token)
    with client(server, source=ELSEWHERE[0]) as stranger:
        assert code_for(stranger, org).status == at_login
        assert stranger.form("token", grant_type="refresh_token", refresh_token=refresh).status == at_refresh


def test_an_apps_own_ranges_bound_the_second_factor(server: DemoServer, org: DemoOrg) -> None:
    content = connected_app_xml("Azure Logic Apps", relaxation="BYPASS_2FACTOR", profiles=[PROFILE])
    ranges = b"<ipRanges><end>192.0.2.66</end><start>192.0.2.66</start></ipRanges>"
    org.metadata[f"connectedApps/{APP}.connectedApp"] = content.replace(
        b"</ConnectedApp>", ranges + b"</ConnectedApp>"
    )
    sync(org)
    for source, status in (("192.0.2.66", 200), ("192.0.2.67", 400)):
        with client(server, source=source) as stranger:
            assert code_for(stranger, org).status == status


def test_without_ranges_on_the_profile_enforce_protects_nothing(server: DemoServer, org: DemoOrg) -> None:
    org.metadata[f"profiles/{PROFILE}.profile"] = profile_xml({"ApiEnabled"})
    use_policy(org)  # without an allowlist of its own
    with client(server, source=ELSEWHERE[0]) as stranger:
        assert code_for(stranger, org).status == 200


@pytest.mark.parametrize(
    ("every", "relaxation", "status"),
    [(True, "ENFORCE", 403), (True, "BYPASS", 200), (False, "ENFORCE", 200)],
)
def test_every_request_enforcement_follows_a_session_to_another_address(
    server: DemoServer, org: DemoOrg, every: bool, relaxation: str, status: int
) -> None:
    org.metadata["settings/Security.settings"] = security_xml(every_request=every)
    use_policy(org, relaxation=relaxation)
    with client(server, source=EGRESS_USED[0]) as integration:
        access = code_for(integration, org).json["access_token"]
        integration.token = access
        assert integration.query("SELECT Id FROM User").status == 200
    with client(server, source=ELSEWHERE[0], token=access) as thief:
        assert thief.query("SELECT Id FROM User").status == status
        fault = thief.soap("<m:describeMetadata/>")
    assert (b"INSUFFICIENT_ACCESS" in fault.body) is True  # refused by address, or for want of the permission
