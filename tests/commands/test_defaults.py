"""Defaults of the environment: an option wins, another source does over the org, and `revoke` heeds none."""

from pathlib import Path

import pytest

from sfharden.emulator.http.server import DemoServer
from tests.orgs.files import HEALTHY, write

from .kit import Run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(HEALTHY, tmp_path / "org")


def test_the_integration_file_and_the_policies_may_stand_in_the_environment(
    run: Run, source: Path, integration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFHARDEN_INTEGRATION", str(integration))
    monkeypatch.setenv("SFHARDEN_POLICY", "logic-apps-salesforce-files")
    _, out, _ = run("check", "--source", source)
    assert "Integrations  crm-sync" in out
    assert "Policies      logic-apps-salesforce-files" in out
    _, chosen, _ = run("check", "--source", source, "--policy", "logic-apps-salesforce")
    assert "Policies      logic-apps-salesforce\n" in chosen
    assert "crm-sync" in run("egress")[1]


def test_the_environment_says_nothing_of_the_embedded_org(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("check", "--demo", "--summary")
    _, before, _ = run(*asked)
    for name in ("ORG", "INTEGRATION", "POLICY"):
        monkeypatch.setenv(f"SFHARDEN_{name}", "nobody-has-this")
    assert run(*asked)[1] == before


def test_a_missing_integration_file_names_both_ways(run: Run, source: Path) -> None:
    code, _, err = run("verify", "--source", source)
    assert code == 2
    assert "-i FILE" in err
    assert "SFHARDEN_INTEGRATION" in err


def test_the_org_is_one_that_was_typed_unless_nothing_is(
    run: Run, server: DemoServer, source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """There is no Salesforce CLI on the path: the alias gets as far as that."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SFHARDEN_ORG", "production")
    assert run("check", "--source", source)[0] == 4
    assert run("check", "--instance-url", server.base_url)[0] in (0, 1, 4)
    code, _, err = run("tokens")
    assert code == 3
    assert "Salesforce CLI" in err


def test_no_token_is_revoked_on_an_org_that_was_not_typed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFHARDEN_ORG", "production")
    code, _, err = run("revoke", "--all", "--dry-run")
    assert code == 2
    assert "Give a source" in err
