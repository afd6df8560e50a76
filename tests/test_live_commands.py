"""The commands that ask a running org, through the entry point: exit codes, streams, and what a person reads."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sfharden.cli import main
from sfharden.commands.live import Doors
from sfharden.demo import ids
from sfharden.demo.faults import Fault, FaultKind
from sfharden.demo.generate import ADMIN_USER, healthy_org
from sfharden.demo.records import OauthToken
from sfharden.demo.server import DemoServer, serve
from sfharden.demo.state import DemoOrg
from sfharden.needs import GRANTED, NEEDS
from sfharden.report.to_table import display_width
from tests.demo.kit import client, manifest
from tests.reading import INTEGRATION_FILE, NOW, doors, no_waiting

Outcome = tuple[int, str, str]
Run = Callable[..., Outcome]
LIVE = ("check", "snapshot", "tokens", "doctor", "init")


@pytest.fixture
def org() -> DemoOrg:
    return healthy_org(NOW)


@pytest.fixture
def server(org: DemoOrg, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    with serve(org) as running:
        monkeypatch.setenv("SF_ACCESS_TOKEN", running.tokens["auditor"])
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
        yield running


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def runner(*arguments: object, through: Doors | None = None) -> Outcome:
        code = main([str(one) for one in arguments], through or doors())
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return int(code), told.out, told.err

    return runner


@pytest.fixture
def ask(run: Run, server: DemoServer) -> Run:
    """Run a command on the served org."""
    return lambda *arguments, **how: run(
        arguments[0], "--instance-url", server.base_url, *arguments[1:], **how
    )


@pytest.fixture
def integration(tmp_path: Path) -> Path:
    path = tmp_path / "integration.yaml"
    path.write_text(INTEGRATION_FILE, "utf-8")
    return path


def widest(text: str) -> int:
    return max(display_width(line) for line in text.splitlines())


def words(text: str) -> str:
    return " ".join(text.split())


# doctor


def test_doctor_with_all_permissions(ask: Run) -> None:
    code, out, err = ask("doctor")
    assert code == 0
    assert "Acme (sandbox)" in out
    assert "auditor@acme.example (by access token)" in out
    assert " NO " not in out
    assert widest(out) <= 80
    assert re.search(r"\d+ API calls to 127\.0\.0\.1; [\d,]+ of its 100,000 daily calls are left\.", err)


@pytest.mark.parametrize(
    ("caller", "lacking", "unknown"),
    [
        ("no-customize", "Customize Application", "tokens-held-by-integration-users"),
        ("no-modify-metadata", "Modify Metadata", "login-ranges-cover-egress"),
        ("no-logins", "Manage Users", "failure-and-success-observed"),
        ("no-setup", "View Setup", "app-limited-to-integration-profile"),
    ],
)
def test_doctor_names_what_is_lacking_and_what_it_costs(
    ask: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch, caller: str, lacking: str, unknown: str
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens[caller])
    code, out, _ = ask("doctor")
    assert code == 4
    row = next(line for line in out.splitlines() if line.startswith(lacking.split(" ")[0]))
    assert re.search(r"\sNO\s", row) or lacking == "Manage Users"
    assert unknown in out
    assert "NOT READ, OR NOT ALL OF IT" in out
    assert "sfharden doctor --permission-set" in out
    assert widest(out) <= 80


@pytest.mark.parametrize("caller", ["no-customize", "no-modify-metadata", "no-logins", "no-setup"])
def test_what_doctor_calls_unknown_does_not_pass_in_check(
    ask: Run,
    server: DemoServer,
    integration: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caller: str,
) -> None:
    """Nothing passes by silence: what this caller can't see can't be told."""
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens[caller])
    ask("check", "-i", integration, "-f", "json", "-o", tmp_path / "less.json")
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
    ask("check", "-i", integration, "-f", "json", "-o", tmp_path / "full.json")
    less, full = (json.loads((tmp_path / name).read_text("utf-8")) for name in ("less.json", "full.json"))
    assert less["gaps"]
    assert full["gaps"] == []
    assert verdicts(less, "pass") <= verdicts(full, "pass")


def verdicts(report: dict[str, Any], status: str) -> set[tuple[str, str]]:
    results = (one for one in report["results"] if one["status"] == status)
    # An app whose label was not read goes by its API name.
    return {(one["control"], one["subject"]["name"].replace("_", " ")) for one in results}


def test_the_permission_set_deploys_and_gives_what_doctor_asks_for(
    run: Run, server: DemoServer, org: DemoOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, text, err = run("doctor", "--permission-set")
    assert (code, err) == (0, "")
    path = "permissionsets/sfharden_reader.permissionset"
    with client(server) as admin:
        result = admin.deploy({path: text.encode(), "package.xml": manifest([path])})
    assert result["success"], result
    given = org.permission_set("sfharden_reader")
    assert given is not None
    assert given.permissions == set(GRANTED)
    assert all(set(need.names) & given.permissions for need in NEEDS)
    user = org.add_user("reader@acme.example", "Minimum Access - Salesforce")
    org.assign(user, given)
    monkeypatch.setenv("SF_ACCESS_TOKEN", org.open_session(user))
    assert run("doctor", "--instance-url", server.base_url)[0] == 0


# tokens

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "+1",
    "-2",
    "\t=x",
    "＝1",
    'a,b"c\nd',
    "\x1b[2J\x9b31m",
    "\u202eevil",
    "",
)


@pytest.fixture
def hostile(org: DemoOrg) -> DemoOrg:
    admin = org.user(ADMIN_USER)
    assert admin is not None
    for number, name in enumerate(HOSTILE):
        org.tokens.put(OauthToken(name, admin.id, NOW, ids.opaque("hostile", number)))
    return org


def test_tokens_as_a_table(hostile: DemoOrg, ask: Run) -> None:
    code, out, _ = ask("tokens")
    assert code == 0
    assert "managed" in out
    assert "not installed" in out
    assert widest(out) <= 80
    assert not set(out) & {"\x1b", "\x9b", "\u202e", "\t"}


def test_tokens_as_csv_hold_no_formula(hostile: DemoOrg, ask: Run, tmp_path: Path) -> None:
    code, _, _ = ask("tokens", "-f", "csv", "-o", tmp_path / "tokens.csv")
    assert code == 0
    text = (tmp_path / "tokens.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(hostile.tokens)
    assert {one["active"] for one in rows} == {"yes"}
    for row in rows:
        assert all(cell.lstrip()[:1] not in "=+-@|%＝＋－＠" for cell in row.values() if cell.strip())
        assert len(row) == 9
    assert {one["managed"] for one in rows if "calc" in one["app"]} == {"no"}


def test_tokens_as_json(hostile: DemoOrg, ask: Run) -> None:
    code, out, _ = ask("tokens", "-f", "json")
    found = json.loads(out)
    assert (code, found["schema"], found["complete"]) == (0, "sfharden.tokens/1", True)
    assert {one["app"] for one in found["tokens"]} >= {name for name in HOSTILE if name.isascii()}
    assert out.isascii()
    assert all(re.fullmatch("[a-z2-7]{12}", one["handle"]) for one in found["tokens"])


@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_an_incomplete_list_says_so_in_every_format(
    ask: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["no-customize"])
    code, out, err = ask("tokens", "-f", format_)
    assert code == 4
    assert "CustomizeApplication" in words(out + err)
    if format_ == "json":
        assert json.loads(out)["complete"] is False
    else:
        assert "INCOMPLETE" in out + err


def test_half_of_the_tokens_are_listed_and_called_half(ask: Run, server: DemoServer) -> None:
    """Without the other resource: a token that nothing links to an app may be of an external client app."""
    server.faults = [Fault(FaultKind.HTML, path="oauth/usage")]
    code, out, _ = ask("tokens")
    assert code == 4
    assert "INCOMPLETE: OAuth usage was not read" in words(out)
    assert "not installed" not in out
    assert "can't tell" in out


def test_without_any_token_there_is_no_verdict(ask: Run, server: DemoServer) -> None:
    server.faults = [Fault(FaultKind.HTML, path="oauth/usage|OauthToken")]
    code, out, err = ask("tokens")
    assert (code, out) == (3, "")
    assert "The tokens can't be told" in err


# check and snapshot


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
    again = run("tokens", "--snapshot", tmp_path / "s.json", "-f", "json")[1]
    assert again == ask("tokens", "-f", "json")[1]


def test_a_partial_snapshot_says_so(ask: Run, server: DemoServer, tmp_path: Path) -> None:
    server.faults = [Fault(FaultKind.LIMIT, path="LoginHistory")]
    code, _, err = ask("snapshot", "-o", tmp_path / "s.json")
    assert code == 4
    assert "1 not read" in err


@pytest.mark.parametrize("command", LIVE)
def test_explaining_makes_no_call(ask: Run, server: DemoServer, tmp_path: Path, command: str) -> None:
    target = ("-o", tmp_path / "file") if command in ("snapshot", "init") else ()
    code, out, _ = ask(command, "--explain-api", *target)
    assert code == 0
    assert "None was made." in out
    assert server.requests == []
    assert list(tmp_path.iterdir()) == []
    assert widest(out) <= 80


def test_what_is_explained_is_what_is_done(ask: Run, server: DemoServer, tmp_path: Path) -> None:
    """In an org as small as this one, nearly the least number of calls."""
    _, out, _ = ask("snapshot", "--explain-api", "-o", tmp_path / "s.json")
    told = int(re.findall(r"At least (\d+) calls", out)[0])
    ask("snapshot", "-o", tmp_path / "s.json")
    assert told <= len(server.requests) <= told + 5


def test_a_budget_is_kept(ask: Run, server: DemoServer) -> None:
    code, out, err = ask("check", "--api-budget", "12")
    assert code in (1, 4)
    assert len(server.requests) == 12
    assert "12 API calls" in err
    assert "The call budget of 12 is used up" in words(out)


@pytest.mark.parametrize("since", ["soon", "-3d", "2100-01-01", "0001-01-01T00:00:00+14:00", "9999999d"])
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

    code, out, err = ask("check", through=Doors(replace(no_waiting(), sleep=stop)))
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
