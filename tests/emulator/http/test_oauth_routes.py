"""Signing in and revoking: who is refused, what is logged, what a revoked token takes with it."""

import base64

import pytest

from sfharden.emulator import ids
from sfharden.emulator.generate import CLIENT_ID, EGRESS_USED, ELSEWHERE, INTEGRATION_USER
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.records import Login
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import APP, FORM, NOW, Client, client, code_for, use_policy


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


def test_client_credentials_by_body_or_header(auditor: Client, org: DemoOrg) -> None:
    secret = org.client_secrets[CLIENT_ID].secret
    by_body = auditor.form(
        "token", grant_type="client_credentials", client_id=CLIENT_ID, client_secret=secret
    )
    basic = base64.b64encode(f"{CLIENT_ID}:{secret}".encode()).decode()
    headers = {**FORM, "Authorization": f"Basic {basic}"}
    by_header = auditor.ask("POST", "/services/oauth2/token", b"grant_type=client_credentials", headers)
    assert (by_body.status, by_header.status) == (200, 200)
    wrong = auditor.form("token", grant_type="client_credentials", client_id=CLIENT_ID, client_secret="wrong")
    assert wrong.json["error"] == "invalid_client"
    unknown = auditor.form(
        "token", grant_type="client_credentials", client_id="unknown", client_secret=secret
    )
    assert unknown.json["error"] == "invalid_client_id"
    assert auditor.form("token", grant_type="password").json["error"] == "unsupported_grant_type"
