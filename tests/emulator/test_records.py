"""Records hold secrets, and show none."""

from dataclasses import replace

from sfharden.emulator.generate import CLIENT_ID
from sfharden.emulator.state import DemoOrg


def test_records_show_no_secret_in_their_repr(org: DemoOrg) -> None:
    token = next(iter(org.callers.values()))
    session = replace(org.sessions[token], delete_token="delete-secret")
    assert "delete-secret" not in repr(session)
    assert token not in repr(org)
    assert org.client_secrets[CLIENT_ID].secret not in repr(org.client_secrets)
