"""Every command that asks a running org: exit codes, streams, calls explained and budgeted, options that clash."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sfharden.doors.run_doors import RunDoors
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.state import DemoOrg
from tests.commands.kit import LIVE, Run, words
from tests.orgs.reading import NOW, doors, no_waiting


def test_a_snapshot_judges_like_the_org(ask: Run, run: Run, integration: Path, tmp_path: Path) -> None:
    code, _, err = ask("snapshot", "-o", tmp_path / "s.json")
    assert code == 0
    assert "0 not read" in err
    first, live, _ = ask("check", "-i", integration, "-f", "json")
    second, kept, _ = run("check", "--snapshot", tmp_path / "s.json", "-i", integration, "-f", "json")
    one, other = json.loads(live), json.loads(kept)
    assert first == second
    assert [(r["control"], r["subject"], r["status"]) for r in one["results"]] == [
        (r["control"], r["subject"], r["status"]) for r in other["results"]
    ]
    again = json.loads(run("tokens", "--snapshot", tmp_path / "s.json", "-f", "json")[1])
    now = json.loads(ask("tokens", "-f", "json")[1])
    assert (again.pop("source")["kind"], now.pop("source")["kind"]) == ("snapshot", "org")
    assert again == now


def test_a_partial_snapshot_says_so(ask: Run, server: DemoServer, tmp_path: Path) -> None:
    server.faults = [Fault(FaultKind.LIMIT, path=r"FROM\+LoginHistory")]
    code, _, err = ask("snapshot", "-o", tmp_path / "s.json")
    assert code == 4
    assert " 1 not read" in err


def test_a_budget_is_kept(ask: Run, server: DemoServer) -> None:
    code, out, err = ask("check", "--api-budget", "12")
    assert code in (1, 4)
    assert len(server.requests) == 12
    assert "12 API calls" in err
    assert "The call budget of 12 is used up" in words(out)


@pytest.mark.parametrize("since", ["soon", "-3d", "2100-01-01", "0001-01-01T00:00:00+14:00", "9999999d", ""])
def test_a_date_that_makes_no_sense(ask: Run, server: DemoServer, since: str) -> None:
    code, _, err = ask("check", "--logins-since", since)
    assert (code, server.requests) == (2, [])
    assert "--logins-since" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--explain-api"],
        ["tokens"],
        ["doctor"],
        ["doctor", "--explain-api"],
        ["check", "--demo", "--org", "x"],
        ["check", "--demo", "--client-id", "x"],
        ["check", "--org", "x", "--username", "me"],
        ["check", "--source", ".", "--explain-api"],
        ["check", "--source", ".", "--api-budget", "3"],
        ["check", "--source", ".", "--timeout", "3"],
        ["check", "--source", ".", "--every-token"],
        ["tokens", "--snapshot", "x", "--every-token"],
        ["snapshot", "--explain-api", "-o", "x"],
        ["tokens", "--instance-url", "https://acme.my.salesforce.com", "--jwt-key-file", "key.pem"],
        ["tokens", "--instance-url", "https://acme.my.salesforce.com", "--username", "me"],
        ["tokens", "--instance-url", "http://acme.my.salesforce.com"],
        ["tokens", "--instance-url", "https://user@acme.my.salesforce.com"],
        ["tokens", "--instance-url", "https://acme.lightning.force.com"],
        ["tokens", "--instance-url", "https://login.salesforce.com", "--client-id", "x"],
        ["tokens", "--demo", "--api-budget", "0"],
        ["tokens", "--demo", "--timeout", "0"],
        ["tokens", "--org", "--alias"],
        ["check", "--demo", "--policy", "nosuch"],
    ],
)
def test_what_does_not_go_together(run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", "00Dxx!made.up")
    monkeypatch.setenv("SF_CLIENT_SECRET", "made-up")
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "Error: " in err


def test_without_a_token_it_says_where_to_put_one(run: Run) -> None:
    code, _, err = run("check", "--instance-url", "https://acme.my.salesforce.com")
    assert code == 2
    assert "SF_ACCESS_TOKEN" in err


@pytest.mark.parametrize("command", ["check", "tokens", "doctor"])
def test_a_refused_sign_in_is_no_verdict(
    ask: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", "00Dxx000000ended!token.of.nobody")
    code, out, err = ask(command)
    assert (code, out) == (3, "")
    assert "INVALID_SESSION_ID" in err
    assert "Sign in again" in err or "Hint" in err
    assert "token.of.nobody" not in err


def test_client_credentials_that_are_wrong_are_no_verdict(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SF_CLIENT_SECRET", "not-the-secret")
    code, _, err = ask("check", "--client-id", "3MVG9DEMOCLIENT")
    assert code == 3
    assert "invalid_client" in err
    assert "not-the-secret" not in err


def test_a_host_that_is_not_there_is_no_verdict(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(healthy_org(NOW)) as gone:
        url = gone.base_url
        monkeypatch.setenv("SF_ACCESS_TOKEN", gone.tokens["auditor"])
    code, out, err = run("check", "--instance-url", url)
    assert (code, out) == (3, "")
    assert "no connection to the org" in err


def test_an_org_that_says_nothing_is_no_verdict(ask: Run, server: DemoServer) -> None:
    server.faults = [Fault(FaultKind.SILENCE)]
    code, _, err = ask("check", through=doors(patience=0.05))
    assert code == 3
    assert "did not answer in time" in err


def test_interrupted(ask: Run) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    code, out, err = ask("check", through=RunDoors(replace(no_waiting(), sleep=stop)))
    assert (code, out) == (130, "")
    assert "Interrupted" in err


def test_an_org_of_an_old_version_is_no_verdict(ask: Run, org: DemoOrg) -> None:
    org.versions = ("60.0",)
    code, _, err = ask("check")
    assert code == 3
    assert "no API version" in err


def test_the_demo_answers_every_command(run: Run, tmp_path: Path) -> None:
    for command in LIVE:
        target = ("-o", tmp_path / command) if command in ("snapshot", "init") else ()
        assert run(command, "--demo", *target)[0] in (0, 1, 4), command


# What a login may not read.


@pytest.mark.parametrize("more", [(), ("-f", "json"), ("-o", "out")])
def test_a_plan_without_the_right_to_read_metadata_names_it(
    ask: Run,
    server: DemoServer,
    integration: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    more: tuple[str, ...],
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["no-modify-metadata"])
    monkeypatch.chdir(tmp_path)
    code, out, err = ask("plan", "-i", integration, *more)
    assert (code, out) == (3, "")
    assert "this login lacks Modify Metadata Through Metadata API Functions" in words(err)
    assert "doctor --permission-set" in err
    assert not (tmp_path / "out").exists()


def test_a_plan_whose_files_did_not_come_says_what_the_org_said(
    ask: Run, server: DemoServer, integration: Path
) -> None:
    server.faults = [Fault(FaultKind.LIMIT, path="Soap")]
    code, out, err = ask("plan", "-i", integration)
    assert (code, out) == (3, "")
    assert "REQUEST_LIMIT_EXCEEDED" in err


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ((), "--client-id and --username"),
        (("--client-id", "3MVG9"), "--username"),
        (("--username", "m@e"), "--client-id"),
    ],
)
def test_a_key_asks_for_what_was_not_given_and_for_nothing_else(
    run: Run, given: tuple[str, ...], asked: str
) -> None:
    code, _, err = run(
        "tokens", "--instance-url", "https://acme.my.salesforce.com", "--jwt-key-file", "key.pem", *given
    )
    assert code == 2
    assert f"Error: --jwt-key-file needs {asked}." in err


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
