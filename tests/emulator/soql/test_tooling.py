"""What only the Tooling API has: the health check, and a whole profile a row."""

from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import Client


def test_the_health_check_is_asked_by_tooling(auditor: Client, org: DemoOrg) -> None:
    assert auditor.column("SELECT Score FROM SecurityHealthCheck", tooling=True) == [org.health_score]
    rows = auditor.rows("SELECT RiskType, Setting FROM SecurityHealthCheckRisks", tooling=True)
    assert {row["RiskType"] for row in rows} == {"MEETS_STANDARD", "MEDIUM_RISK"}
    assert auditor.query("SELECT Id FROM ExtlClntAppOauthPlcyCnfg", tooling=True).code == "INVALID_TYPE"


def test_a_whole_profile_by_tooling_is_one_row_at_a_time(auditor: Client) -> None:
    text = "SELECT FullName, Metadata FROM Profile"
    assert auditor.query(text, tooling=True).code == "MALFORMED_QUERY"
    (row,) = auditor.rows(f"{text} WHERE Name = 'Logic Apps Integration'", tooling=True)
    assert row["Metadata"]["custom"] is True
    assert {"endAddress": "203.0.113.15", "startAddress": "203.0.113.0"} in row["Metadata"]["loginIpRanges"]
