"""Credentials where they must never be are remembered, without their value."""

from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import FORM, Client


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
