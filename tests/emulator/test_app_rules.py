"""What an app's own files say of who comes in: scopes, key, block, session policy, single sign-on, foreign apps."""

from collections.abc import Callable

import pytest

from sfharden.emulator import app_rules, ids
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import ADMIN_USER, APP_LABEL, EGRESS_USED, INTEGRATION_USER, healthy_org
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import permission_set_xml
from tests.emulator.kit import APP, NOW, Client, client, code_for, use_policy

FILE = f"connectedApps/{APP}.connectedApp"
KEY = "3MVG9EXAMPLEONLY"


def more_of(org: DemoOrg, path: str, mark: bytes, more: bytes) -> None:
    org.metadata[path] = org.metadata[path].replace(mark, more + mark)
    sync(org)


def refresh(one: Client, org: DemoOrg, **form: str) -> str:
    """The error of a refresh; empty if there is none."""
    token = next(one for one in org.tokens if one.app_name == APP_LABEL)
    held = ids.refresh_token(token.delete_token)
    answer = one.form("token", grant_type="refresh_token", refresh_token=held, **form)
    return str(answer.json.get("error", ""))


@pytest.mark.parametrize(
    ("scopes", "exchanged", "refreshed", "calls"),
    [
        (("Api", "RefreshToken"), 200, "", 200),
        (("Full", "OfflineAccess"), 200, "", 200),
        (("RefreshToken",), 400, "", 401),
        (("Api",), 400, "invalid_scope", 200),
        ((), 200, "", 200),  # a managed app's file lists none
    ],
)
def test_an_app_gives_no_scope_that_it_has_not(
    server: DemoServer, org: DemoOrg, scopes: tuple[str, ...], exchanged: int, refreshed: str, calls: int
) -> None:
    use_policy(org, scopes=scopes)
    service = org.user(INTEGRATION_USER)
    assert service is not None
    with client(server, source=EGRESS_USED[0], token=org.open_session(service, APP)) as integration:
        assert code_for(integration, org).status == exchanged
        assert refresh(integration, org) == refreshed
        assert integration.query("SELECT Id FROM User").status == calls


def test_a_client_that_knows_another_key_is_refused(server: DemoServer, org: DemoOrg) -> None:
    with client(server, source=EGRESS_USED[0]) as integration:
        assert refresh(integration, org, client_id=KEY) == ""
        assert refresh(integration, org, client_id="3MVG9OTHER") == "invalid_client_id"
        use_policy(org, key="3MVG9OTHER")
        assert refresh(integration, org, client_id=KEY) == "invalid_client_id"


def test_a_blocked_app_lets_nobody_in_and_ends_its_sessions(server: DemoServer, org: DemoOrg) -> None:
    with client(server, source=EGRESS_USED[0]) as integration:
        integration.token = code_for(integration, org).json["access_token"]
        block = f"<BlacklistedConsumer><consumerKey>{KEY}</consumerKey></BlacklistedConsumer>"
        org.metadata["blacklistedConsumers/x.blacklistedConsumer"] = block.encode()
        assert refresh(integration, org) == "app_blocked"
        assert integration.query("SELECT Id FROM User").status == 401


@pytest.mark.parametrize(
    ("action", "web", "jwt"), [("Block", True, True), ("RaiseSessionLevel", False, True)]
)
def test_a_session_policy_shuts_flows(org: DemoOrg, action: str, web: bool, jwt: bool) -> None:
    policy = f"<sessionPolicy><policyAction>{action}</policyAction></sessionPolicy>".encode()
    more_of(org, FILE, b"</ConnectedApp>", policy)
    service = org.user(INTEGRATION_USER)
    assert service is not None
    assert (app_rules.why_shut(org, service, APP, "web") is not None) is web
    assert (app_rules.why_shut(org, service, APP, "jwt") is not None) is jwt


def _by_setting(org: DemoOrg) -> None:
    switch = b"<isLoginWithSalesforceCredentialsDisabled>true</isLoginWithSalesforceCredentialsDisabled>"
    on = b"<singleSignOnSettings>" + switch + b"</singleSignOnSettings>"
    more_of(org, "settings/Security.settings", b"</SecuritySettings>", on)


def _by_permission(org: DemoOrg) -> None:
    org.metadata["permissionsets/Sso.permissionset"] = permission_set_xml("Sso", {"IsSsoEnabled"})
    sync(org)
    service, given = org.user(INTEGRATION_USER), org.permission_set("Sso")
    assert service
    assert given
    org.assign(service, given)


@pytest.mark.parametrize("change", [_by_setting, _by_permission])
def test_who_must_sign_on_elsewhere_comes_by_no_password(
    org: DemoOrg, change: Callable[[DemoOrg], None]
) -> None:
    service = org.user(INTEGRATION_USER)
    assert service is not None
    assert app_rules.why_shut(org, service, "", "login") is None
    change(org)
    assert app_rules.why_shut(org, service, "", "login") is not None
    assert app_rules.why_shut(org, service, APP, "web") is not None
    assert app_rules.why_shut(org, service, APP, "refresh") is None


def test_an_app_that_nobody_installed_is_for_approvers_and_for_who_had_it(org: DemoOrg) -> None:
    service, admin = org.user(INTEGRATION_USER), org.user(ADMIN_USER)
    assert service is not None
    assert admin is not None
    assert app_rules.why_shut(org, service, "Look-alike", "web") is not None
    own = org.tokens.get(next(one for one in org.tokens).delete_token)
    assert own is not None
    org.tokens.put(own._replace(app_name="Look-alike", delete_token="x", application_id=None))
    assert app_rules.why_shut(org, service, "Look-alike", "web") is None
    org.permission_sets[0].permissions |= {"CanApproveUninstalledApps"}
    org.assign(admin, org.permission_sets[0])
    assert (app_rules.why_shut(org, admin, "Look-alike", "web") is None) is (
        "CanApproveUninstalledApps" in org.permissions_of(admin)
    )


def test_an_external_client_apps_files_tell_alike() -> None:
    org = healthy_org(NOW, external=True)
    shared = f"extlClntAppGlobalOauthSets/{APP}_glbloauth.ecaGlblOauth"
    more_of(org, shared, b"<externalClientApplication>", b"<consumerKey>3MVG9X</consumerKey>")
    assert app_rules.consumer_key(org, APP) == "3MVG9X"
    assert app_rules.knows_client(org, APP, "3MVG9X")
    assert not app_rules.knows_client(org, APP, KEY)
    assert app_rules.own_ranges(org, APP) == []
    ranges = b"<trustedIpRanges><endIpAddress>192.0.2.9</endIpAddress><startIpAddress>192.0.2.1</startIpAddress></trustedIpRanges>"
    more_of(org, f"extlClntAppOauthSettings/{APP}_oauth.ecaOauth", b"</ExtlClntAppOauthSettings>", ranges)
    assert [tuple(map(str, one)) for one in app_rules.own_ranges(org, APP)] == [("192.0.2.1", "192.0.2.9")]
    assert (app_rules.may_call(org, APP), app_rules.may_refresh(org, APP)) == (True, True)
