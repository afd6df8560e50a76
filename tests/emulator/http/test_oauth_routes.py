"""Signing in and revoking: who is refused, what is logged, what a revoked token takes with it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sfharden.emulator import ids
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import CLIENT_ID, EGRESS_USED, ELSEWHERE, INTEGRATION_USER, PROFILE
from sfharden.emulator.grants import expired
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.records import Login, OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import connected_app_xml, external_app_files, profile_xml, security_xml
from tests.emulator.kit import FORM, NOW, Answer, Client, client

APP = "Azure_Logic_Apps"


def code_for(client: Client, org: DemoOrg, app: str = APP, user: str = INTEGRATION_USER) -> Answer:
    return client.form(
        "token", grant_type="authorization_code", code=org.authorise(app, user), client_id="any"
    )


def use_policy(org: DemoOrg, **policy: Any) -> None:
    org.metadata[f"connectedApps/{APP}.connectedApp"] = connected_app_xml(
        "Azure Logic Apps", **{"profiles": [PROFILE], **policy}
    )
    sync(org)


def last_login(org: DemoOrg) -> Login:
    return list(org.logins)[-1]


def test_reauthorising_makes_a_token_and_a_login(server: DemoServer, org: DemoOrg) -> None:
    before = {one.delete_token for one in org.tokens}
    with client(server, source=EGRESS_USED[0]) as integration:
        answer = code_for(integration, org).json
        assert answer["instance_url"] == server.base_url
        (new,) = (one for one in org.tokens if one.delete_token not in before)
        assert (new.app_name, new.created, new.application_id) == (
            "Azure Logic Apps",
            NOW,
            org.connected_apps[0].id,
        )
        login = last_login(org)
        assert (login.subtype, login.status, login.source_ip) == ("OauthWebServer", "Success", EGRESS_USED[0])
        integration.token = answer["access_token"]
        assert (
            integration.ask("GET", "/services/oauth2/userinfo").json["preferred_username"] == INTEGRATION_USER
        )
        assert org.auth_sessions[-1].source_ip == EGRESS_USED[0]
        user = org.user(INTEGRATION_USER)
        assert user is not None
        assert user.last_login == NOW


def test_a_code_is_good_once(server: DemoServer, org: DemoOrg) -> None:
    code = org.authorise(APP, INTEGRATION_USER)
    with client(server, source=EGRESS_USED[0]) as integration:
        answers = [integration.form("token", grant_type="authorization_code", code=code) for _ in range(2)]
    assert [one.status for one in answers] == [200, 400]
    assert answers[1].json["error"] == "invalid_grant"


def test_from_elsewhere_it_is_refused_and_the_refusal_is_logged(server: DemoServer, org: DemoOrg) -> None:
    with client(server, source=ELSEWHERE[0]) as stranger:
        answer = code_for(stranger, org)
    assert (answer.status, answer.json) == (
        400,
        {"error": "invalid_grant", "error_description": "ip restricted"},
    )
    assert (last_login(org).status, last_login(org).source_ip) == ("Restricted IP", ELSEWHERE[0])
    assert len(org.tokens) == 2


def test_a_user_without_the_apps_profile_is_not_admin_approved(server: DemoServer, org: DemoOrg) -> None:
    with client(server) as operator:
        refused = code_for(operator, org, user="admin@acme.example")
        assert refused.json["error"] == "invalid_app_access"
        use_policy(org, admin_approved=False)
        assert code_for(operator, org, user="admin@acme.example").status == 200


def test_an_inactive_user_is_refused_and_loses_the_session(
    server: DemoServer, org: DemoOrg, auditor: Client
) -> None:
    auditor_user = org.user("auditor@acme.example")
    user = org.user(INTEGRATION_USER)
    assert user is not None
    assert auditor_user is not None
    user.is_active = auditor_user.is_active = False
    with client(server, source=EGRESS_USED[0]) as integration:
        assert code_for(integration, org).json["error_description"] == "inactive user"
    assert auditor.get("limits").code == "INVALID_SESSION_ID"


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


def test_refreshing_counts_as_use_and_may_leave_no_login(server: DemoServer, org: DemoOrg) -> None:
    token = next(iter(org.tokens))
    refresh = ids.refresh_token(token.delete_token)
    with client(server, source=EGRESS_USED[0]) as integration:
        for knob, logged in ((True, 1), (False, 0)):
            org.knobs.refresh_leaves_login = knob
            before = len(org.logins)
            assert integration.form("token", grant_type="refresh_token", refresh_token=refresh).status == 200
            assert len(org.logins) - before == logged
    kept = org.tokens.get(token.delete_token)
    assert kept is not None
    assert (kept.use_count, kept.last_used) == (token.use_count + 2, NOW)


@pytest.mark.parametrize(
    ("policy", "made", "used", "gone"),
    [
        ("infinite", 900, 900, False),
        ("zero", 0, 0, True),
        ("specific_lifetime:24:HOURS", 2, 0, True),
        ("specific_lifetime:3:DAYS", 2, 0, False),
        ("specific_inactivity:1:MONTHS", 90, 31, True),
        ("specific_inactivity:30:DAYS", 90, 29, False),
    ],
)
def test_refresh_token_policies_end_tokens(policy: str, made: int, used: int, gone: bool) -> None:
    token = OauthToken("App", "005", NOW - timedelta(days=made), "d", NOW - timedelta(days=used))
    assert expired(policy, token, NOW) is gone


def test_an_external_client_apps_policy_counts_alike(server: DemoServer, org: DemoOrg) -> None:
    lax = external_app_files("Reporting_Sync", "Reporting Sync", refreshTokenPolicyType="SpecificLifetime",
                             refreshTokenValidityPeriod=1, refreshTokenValidityUnit="Hours",
                             ipRelaxationPolicyType="Bypass", commaSeparatedProfile=PROFILE)  # fmt: skip
    org.metadata.update(lax)
    sync(org)
    token = next(one for one in org.tokens if one.app_name == "Reporting Sync")
    with client(server, source=ELSEWHERE[0]) as stranger:
        answer = stranger.form(
            "token", grant_type="refresh_token", refresh_token=ids.refresh_token(token.delete_token)
        )
        assert answer.json["error_description"] == "expired access/refresh token"
        assert code_for(stranger, org, "Reporting_Sync").status == 200


def test_zero_gives_no_refresh_token(server: DemoServer, org: DemoOrg) -> None:
    use_policy(org, refresh="zero")
    with client(server, source=EGRESS_USED[0]) as integration:
        assert "refresh_token" not in code_for(integration, org).json
    assert len(org.tokens) == 2


@pytest.mark.parametrize("as_refresh", [True, False])
def test_revoking_an_authorisation_ends_its_sessions_and_no_other(
    server: DemoServer, org: DemoOrg, as_refresh: bool
) -> None:
    with client(server, source=EGRESS_USED[0]) as integration:
        first, second = (code_for(integration, org).json for _ in range(2))
        delete_token = ids.delete_token_of(first["refresh_token"])
        answer = integration.form("revoke", token=first["refresh_token"] if as_refresh else delete_token)
        assert (answer.status, answer.body) == (200, b"")
        integration.token = first["access_token"]
        assert integration.get("limits").status == 401
        integration.token = second["access_token"]
        assert integration.query("SELECT Id FROM User").status == 200
        again = integration.form("revoke", token=delete_token)
    assert (again.status, again.json["error"]) == (400, "invalid_token")
    assert len(org.tokens) == 3


def test_revoking_an_access_token_ends_that_session_only(server: DemoServer, org: DemoOrg) -> None:
    with client(server, source=EGRESS_USED[0]) as integration:
        answer = code_for(integration, org).json
        assert integration.form("revoke", token=answer["access_token"]).status == 200
        refreshed = integration.form(
            "token", grant_type="refresh_token", refresh_token=answer["refresh_token"]
        )
    assert refreshed.status == 200


def test_a_credential_in_an_address_is_remembered_without_its_value(auditor: Client, org: DemoOrg) -> None:
    delete_token = next(iter(org.tokens)).delete_token
    assert auditor.ask("POST", f"/services/oauth2/revoke?token={delete_token}", b"", FORM).status == 200
    other = next(iter(org.tokens)).delete_token
    auditor.get(f"sobjects/OauthToken/{other}")
    auditor.get(f"query?q={other}")
    assert len(org.leaks) == 3
    assert not any(secret in leak for leak in org.leaks for secret in (delete_token, other))


def test_a_credential_in_a_body_is_none(auditor: Client, org: DemoOrg) -> None:
    auditor.form("revoke", token=next(iter(org.tokens)).delete_token)
    auditor.query("SELECT AppName FROM OauthToken")
    assert org.leaks == []


def test_records_show_no_secret_in_their_repr(org: DemoOrg) -> None:
    token = next(iter(org.callers.values()))
    session = replace(org.sessions[token], delete_token="delete-secret")
    assert "delete-secret" not in repr(session)
    assert token not in repr(org)
    assert org.client_secrets[CLIENT_ID].secret not in repr(org.client_secrets)
