"""The catalogue of objects: columns that are null, lead on, or count."""

from sfharden.emulator.generate import INTEGRATION_USER
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import Client


def test_the_token_id_is_always_null_and_counts_nothing(auditor: Client) -> None:
    assert auditor.column("SELECT Id FROM OauthToken") == [None, None]
    assert auditor.rows("SELECT COUNT(Id) FROM OauthToken") == [{"expr0": 0}]


def test_a_token_leads_to_its_app_and_user(auditor: Client, org: DemoOrg) -> None:
    rows = auditor.rows(
        "SELECT AppName, AppMenuItem.ApplicationId, User.Username FROM OauthToken ORDER BY CreatedDate"
    )
    assert rows[0] == {
        "AppName": "Azure Logic Apps",
        "AppMenuItem": {"ApplicationId": org.connected_apps[0].id},
        "User": {"Username": INTEGRATION_USER},
    }
    assert rows[0]["AppMenuItem"]["ApplicationId"].startswith("0H4")
    assert rows[1]["AppMenuItem"] is None
