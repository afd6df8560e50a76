"""Deploying: what it changes, and that the facts follow the files."""

from tests.emulator.kit import Client
from tests.emulator.packages import (
    SECURITY,
    security,
)


def test_a_deploy_is_in_the_audit_trail(auditor: Client) -> None:
    auditor.deploy({SECURITY: security("<networkAccess/>")})
    (row,) = auditor.rows("SELECT Action, Display, CreatedBy.Username FROM SetupAuditTrail")
    assert row["Display"] == f"Deployed {SECURITY}"
    assert row["CreatedBy"]["Username"] == "auditor@acme.example"
