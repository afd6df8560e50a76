"""Where a token goes: told before the first signed call, and to no host that nobody vouched for."""

import pytest

from sfharden.emulator.http.server import DemoServer

from .kit import Run


def test_the_host_is_told_before_the_first_signed_call(ask: Run, server: DemoServer) -> None:
    code, _, err = ask("tokens")
    assert code == 0
    assert err.startswith("The token goes to 127.0.0.1.\n")
    assert server.org.leaks == []


@pytest.mark.parametrize("command", [("tokens",), ("check",), ("doctor",), ("revoke", "--all", "--dry-run")])
def test_a_host_that_is_not_salesforces_gets_nothing(
    run: Run, server: DemoServer, command: tuple[str, ...]
) -> None:
    code, out, err = run(*command, "--instance-url", "https://org.example")
    assert (code, out) == (2, "")
    assert "org.example is no host of Salesforce's, and gets no token" in err
    assert "--trust-host org.example" in err
    assert "goes to" not in err


def test_a_client_secret_is_not_asked_for_in_vain(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SF_CLIENT_SECRET", raising=False)
    code, _, err = run("tokens", "--instance-url", "https://org.example", "--client-id", "3MVG")
    assert code == 2
    assert "gets no token" in err


def test_a_trusted_host_is_asked(run: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody is there: what counts is that it's tried, and told.
    monkeypatch.setenv("https_proxy", server.base_url)
    monkeypatch.setenv("no_proxy", "")
    code, _, err = run("tokens", "--instance-url", "https://org.example", "--trust-host", "org.example")
    assert code == 3
    assert err.startswith("The token goes to org.example.\n")
    assert server.org.leaks == []


def test_trust_is_for_running_orgs_and_names_one_host(run: Run) -> None:
    assert run("tokens", "--snapshot", "x.json", "--trust-host", "a.example")[0] == 2
    code, _, err = run("tokens", "--instance-url", "https://a.example", "--trust-host", "https://a.example/")
    assert code == 2
    assert "name of one host" in err
