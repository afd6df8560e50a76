"""What an app's policy says of a sign-in, and when it ends a token."""

from datetime import timedelta

import pytest

from sfharden.emulator import ids
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import EGRESS_USED, ELSEWHERE, INTEGRATION_USER, PROFILE
from sfharden.emulator.grants import expired
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.records import OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import allowlist_file, external_app_files
from tests.emulator.kit import NOW, Client, client, code_for, use_policy


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
    org.metadata.update({**lax, **allowlist_file("Reporting_Sync", [])})
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
