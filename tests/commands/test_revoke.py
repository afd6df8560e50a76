"""`sfharden revoke` as a person meets it, on the embedded org: what it asks, what it does, what it leaves behind."""

import io
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sfharden.cli import main
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.records import OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.revocation.history import read_history
from sfharden.revocation.records import State
from tests.orgs.reading import NOW, doors, secrets_of
from tests.orgs.sized import sized_org

ROOT = Path(__file__).resolve().parents[2]
REVOKING = "POST /services/oauth2/revoke"


class Terminal:
    """A person at a terminal who types this line, after something else has happened."""

    def __init__(self, line: str, before: Callable[[], None] = lambda: None) -> None:
        self._line = line
        self._before = before

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        self._before()
        return self._line


def press_ctrl_c() -> None:
    raise KeyboardInterrupt


class Stage:
    """An org, and a person at a command line in an empty folder."""

    def __init__(
        self, server: DemoServer, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.server = server
        self.folder = folder
        self._patch = patch
        self._capture = capture
        self.shown = ""
        patch.chdir(folder)
        self.sign_in("auditor")

    def sign_in(self, caller: str) -> None:
        self._patch.setenv("SF_ACCESS_TOKEN", self.server.tokens[caller])

    def __call__(self, *arguments: str, typed: Terminal | io.StringIO | None = None) -> tuple[int, str, str]:
        self._patch.setattr(sys, "stdin", typed or io.StringIO())
        code = main(["revoke", "--instance-url", self.server.base_url, *arguments], doors())
        out, err = self._capture.readouterr()
        self.shown += out + err
        return int(code), out, err

    def typing_the_fingerprint(self, *arguments: str) -> tuple[int, str, str]:
        _, out, _ = self(*arguments, "--dry-run")
        word = out.rpartition("Fingerprint ")[2].split()[0]
        return self(*arguments, typed=Terminal(f"{word.lower()}\n"))

    @property
    def left(self) -> list[OauthToken]:
        with self.server.org.lock:
            return list(self.server.org.tokens)

    @property
    def journal(self) -> Path:
        (path,) = self.folder.glob("*.jsonl")
        return path

    def counts(self) -> dict[State, int]:
        return read_history(self.journal.read_bytes()).counts()

    def revocations(self) -> int:
        return sum(one.target == "/services/oauth2/revoke" for one in self.server.requests)


StageMaker = Callable[[DemoOrg], Stage]


@pytest.fixture(name="on")
def _on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[StageMaker]:
    """Stages an org; at the end, no secret of it may be in any stream, file or address."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        stages: list[tuple[Stage, set[str]]] = []

        def make(org: DemoOrg) -> Stage:
            server = stack.enter_context(serve(org))
            stage = Stage(server, tmp_path, monkeypatch, capsys)
            stages.append((stage, secrets_of(org)))
            return stage

        yield make
        for stage, secrets in stages:
            assert stage.server.org.leaks == []
            files = [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
            addresses = [one.target for one in stage.server.requests if "/usage/tokens/" not in one.target]
            everything = "\n".join([stage.shown, *files, *addresses])
            assert not any(secret in everything for secret in secrets)


def small_org(tokens: int = 12) -> DemoOrg:
    return sized_org(NOW, profiles=3, apps=3, users=4, tokens=tokens)


def of_app(stage: Stage, number: int) -> int:
    return sum(one.app_name == f"App {number:03d}" for one in stage.left)


def test_a_dry_run_prints_the_list_and_changes_nothing(on: StageMaker) -> None:
    stage = on(small_org())
    mine = of_app(stage, 0)
    code, out, _ = stage("--app", "App 000", "--dry-run")
    told = shlex.split(out.partition("\nNext:\n")[2].replace("\\\n", "").partition("shows this")[0])
    assert (told[:2], told[-2:]) == (["sfharden", "revoke"], ["--app", "App 000"])
    assert code == 0
    assert f"{mine} tokens of 1 app" in out
    assert out.count("user0000") >= mine
    assert "Nothing was revoked" in out
    assert (len(stage.left), stage.revocations(), list(stage.folder.iterdir())) == (12, 0, [])


def test_typing_the_fingerprint_revokes_what_was_shown_and_counts_again(on: StageMaker) -> None:
    stage = on(small_org())
    mine = of_app(stage, 0)
    code, out, err = stage.typing_the_fingerprint("--app", "App_000", "--receipt", "r.md")
    assert code == 0
    assert f"{mine} tokens: {mine} revoked." in out
    assert "none of the plan's tokens is left" in out
    assert of_app(stage, 0) == 0
    assert len(stage.left) == 12 - mine
    assert stage.counts()[State.REVOKED] == mine
    assert "auditor@acme.example" in (stage.folder / "r.md").read_text("utf-8")
    assert "revocation-" in err


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (Terminal("ABCDEFGH\n"), 5),
        (Terminal("y\n"), 5),
        (Terminal("\n"), 5),
        (Terminal(""), 5),
        (io.StringIO("ABCDEFGH\n"), 5),
        (Terminal("", press_ctrl_c), 130),
    ],
)
def test_anything_but_the_fingerprint_changes_nothing(
    on: StageMaker, typed: Terminal | io.StringIO, code: int
) -> None:
    stage = on(small_org())
    got, _, err = stage("--all", typed=typed)
    assert got == code
    assert code == 130 or "nothing was revoked" in err
    assert (len(stage.left), stage.revocations(), list(stage.folder.iterdir())) == (12, 0, [])


def test_the_fingerprint_piped_in_is_no_person(on: StageMaker) -> None:
    stage = on(small_org())
    _, out, _ = stage("--all", "--dry-run")
    word = out.rpartition("Fingerprint ")[2].split()[0]
    assert stage("--all", typed=io.StringIO(f"{word}\n"))[0] == 5


def test_unattended_the_number_must_be_right(on: StageMaker) -> None:
    stage = on(small_org())
    assert stage("--all", "--expect", "11", "--yes")[0] == 5
    assert len(stage.left) == 12
    assert stage("--all", "--expect", "12", "--yes")[0] == 0
    assert stage.left == []


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--all", "--yes"),
        ("--all", "--expect", "3"),
        ("--all", "--app", "App 000"),
        ("--app", "Ap 000"),
        ("--all", "--receipt", "no/such/folder/r.md"),
        ("--created-before", "yesterday"),
        ("--created-before", "2030-01-01"),
        ("--app", "App 000", "--created-before", ""),
        ("--resume", "x.jsonl", "--app", "App 000"),
        ("--resume", "x.jsonl", "--dry-run"),
        ("--resume", "x.jsonl"),
        ("--source", "x"),
    ],
)
def test_wrong_usage_is_two_and_changes_nothing(on: StageMaker, arguments: tuple[str, ...]) -> None:
    stage = on(small_org())
    code, _, err = stage(*arguments)
    assert code == 2
    assert len(err.strip().splitlines()) <= 4
    assert stage.revocations() == 0


def test_a_journal_that_is_there_is_not_touched(on: StageMaker) -> None:
    stage = on(small_org())
    (stage.folder / "j.jsonl").write_text("precious")
    assert stage("--all", "--expect", "12", "--yes", "--journal", "j.jsonl")[0] == 2
    assert (stage.folder / "j.jsonl").read_text() == "precious"
    assert stage.revocations() == 0


def test_production_is_named_in_capitals_first(on: StageMaker) -> None:
    org = small_org()
    org.is_sandbox = False
    _, out, _ = on(org)("--all", "--dry-run")
    assert "PRODUCTION" in out.splitlines()[0]


def test_a_login_that_may_not_see_all_is_refused_unless_accepted_and_then_not_called_complete(
    on: StageMaker,
) -> None:
    stage = on(healthy_org(NOW))
    stage.sign_in("no-customize")
    before = len(stage.left)
    code, _, err = stage("--all", "--expect", "1", "--yes")
    assert (code, len(stage.left)) == (5, before)
    assert "Not every token could be seen" in err
    assert stage("--all", "--dry-run")[0] == 4
    code, out, err = stage("--all", "--expect", "1", "--yes", "--accept-incomplete")
    assert (code, len(stage.left)) == (4, before - 1)
    assert "1 token: 1 revoked" in out
    assert "none of the plan's tokens is left" not in out
    assert "INCOMPLETE" in err


def test_tokens_of_external_client_apps_go_one_by_one(on: StageMaker) -> None:
    org = healthy_org(NOW)
    stage = on(org)
    code, _, _ = stage("--app", "Reporting Sync", "--expect", "1", "--yes")
    assert code == 0
    assert "Reporting Sync" not in {one.app_name for one in stage.left}
    assert len(stage.left) == 4
    assert not any(one.method == "DELETE" and one.target.endswith("/tokens") for one in stage.server.requests)


def test_certificates_and_client_credentials_are_warned_of(on: StageMaker) -> None:
    org = healthy_org(NOW)
    path = "connectedApps/Azure_Logic_Apps.connectedApp"
    org.metadata[path] = org.metadata[path].replace(b"CredentialEnabled>false<", b"CredentialEnabled>true<")
    _, _, err = on(org)("--app", "Azure Logic Apps", "--dry-run")
    assert "client credentials" in err


def test_the_callers_own_tokens_are_spared_and_told(on: StageMaker) -> None:
    org = small_org(tokens=3)
    auditor = org.user("auditor@acme.example")
    assert auditor
    org.tokens.put(OauthToken("A first app", auditor.id, NOW, "delete-token-of-the-auditor", NOW, 1))
    stage = on(org)
    code, out, err = stage("--all", "--dry-run")
    assert code == 0
    assert "1 token of the signed-in user, one of which may be this run's own: spared" in err
    assert "A first app" not in out
    # What is left then is nobody's but the caller's own; this login was shown others' before, so it's whole.
    assert stage("--all", "--expect", "3", "--yes")[0] == 0
    assert [one.app_name for one in org.tokens] == ["A first app"]


def test_lost_answers_and_breakdowns_leave_nothing_behind(on: StageMaker) -> None:
    stage = on(small_org(tokens=120))
    stage.server.faults += [
        Fault(FaultKind.LOST, path=REVOKING, share=0.05, seed=1),
        Fault(FaultKind.STATUS, path=REVOKING, share=0.05, seed=2),
        Fault(FaultKind.RESET, path=REVOKING, share=0.05, seed=3),
        Fault(FaultKind.HTML, path=REVOKING, share=0.02, seed=4),
    ]
    code, _, _ = stage("--all", "--expect", "120", "--yes")
    for _ in range(5):
        if code == 0:
            break
        assert code == 6
        code, _, _ = stage("--resume", stage.journal.name, "--expect", str(len(stage.left)), "--yes")
    assert code == 0
    assert stage.left == []
    counts = stage.counts()
    assert counts[State.REVOKED] + counts[State.ALREADY_GONE] == sum(counts.values()) == 120


def test_a_web_page_with_status_200_is_no_success(on: StageMaker) -> None:
    stage = on(small_org(tokens=2))
    stage.server.faults.append(Fault(FaultKind.HTML, path=REVOKING))
    code, out, err = stage("--all", "--expect", "2", "--yes")
    assert code == 6
    assert "failed (STILL_THERE)" in out
    assert "--resume" in err
    assert len(stage.left) == 2


def test_a_limit_slows_down_and_does_not_lose_a_token(on: StageMaker) -> None:
    stage = on(small_org(tokens=30))
    stage.server.faults.append(Fault(FaultKind.LIMIT, path=REVOKING, times=4))
    assert stage("--all", "--expect", "30", "--yes")[0] == 0
    assert stage.left == []


def test_an_ended_session_stops_and_says_how_to_go_on(on: StageMaker) -> None:
    stage = on(small_org(tokens=40))
    stage.server.faults.append(Fault(FaultKind.SESSION, path=REVOKING))
    code, _, err = stage("--all", "--expect", "40", "--yes")
    assert code == 3  # nothing was revoked
    assert "INVALID_SESSION_ID" in err
    assert stage.counts()[State.PLANNED] > 20
    stage.server.faults.clear()
    assert stage("--resume", stage.journal.name)[0] == 5
    assert stage("--resume", stage.journal.name, "--expect", str(len(stage.left)), "--yes")[0] == 0
    assert stage.left == []


class _Armed(Fault):
    """Hits every query once something was revoked."""

    def hits_request(self, ordinal: int, label: str) -> bool:  # noqa: ARG002 - as the base class has it
        self.hits += label.startswith(REVOKING)
        return self.hits > 0 and "query" in label


def test_without_a_second_count_success_is_not_claimed(on: StageMaker) -> None:
    stage = on(small_org(tokens=3))
    stage.server.faults.append(_Armed(FaultKind.STATUS))
    code, out, err = stage("--all", "--expect", "3", "--yes", "--receipt", "r.json")
    assert code == 4
    assert "none of the plan's tokens is left" not in out
    assert "counted again" in err
    told = json.loads((stage.folder / "r.json").read_text("utf-8"))
    assert told["recount"] is None
    assert told["counts"]["revoked"] == 3


def test_a_token_that_appears_after_the_plan_stays(on: StageMaker) -> None:
    stage = on(small_org(tokens=3))
    org = stage.server.org

    def meanwhile() -> None:
        with org.lock:
            org.tokens.remove(next(iter(org.tokens)).delete_token)
            org.tokens.put(OauthToken("App 000", org.users[0].id, NOW, "delete-token-made-late", NOW, 1))

    _, out, _ = stage("--all", "--dry-run")
    word = out.rpartition("Fingerprint ")[2].split()[0]
    code, _, _ = stage("--all", typed=Terminal(f"{word}\n", meanwhile))
    assert code == 0
    assert [one.delete_token for one in stage.left] == ["delete-token-made-late"]
    assert stage.counts()[State.ALREADY_GONE] == 1


def test_resuming_in_another_org_is_refused(on: StageMaker) -> None:
    stage = on(small_org(tokens=3))
    assert stage("--all", "--expect", "3", "--yes")[0] == 0
    other = small_org(tokens=3)
    other.id = "00Dxx0000000OTHERE"
    elsewhere = on(other)
    code, _, err = elsewhere("--resume", stage.journal.name)
    assert code == 2
    assert "another org" in err
    assert len(elsewhere.left) == 3


def test_age_and_use_select(on: StageMaker) -> None:
    org = small_org(tokens=4)
    old = next(iter(org.tokens))
    org.tokens.put(old._replace(created=NOW - timedelta(days=400), last_used=NOW - timedelta(days=100)))
    stage = on(org)
    for arguments in (
        ("--created-before", "300d"),
        ("--created-before", "2026-01-01"),
        ("--unused-for", "90"),
    ):
        code, out, _ = stage(*arguments, "--dry-run")
        assert code == 0
        assert "1 token of 1 app and 1 user" in out


def test_explaining_makes_no_call(on: StageMaker) -> None:
    stage = on(small_org(tokens=3))
    assert stage("--all", "--explain-api")[0] == 0
    assert stage.server.requests == []


def killed_run(stage: Stage, arguments: list[str], after: int, by: signal.Signals = signal.SIGKILL) -> int:
    """Run the program in a process of its own, and send it a signal once so many more tokens are gone."""
    goal = len(stage.left) - after
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-m",
        "sfharden",
        "revoke",
        "--instance-url",
        stage.server.base_url,
        *arguments,
    ]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        listed = Path(f"/proc/{process.pid}/cmdline")
        shown = ""
        while process.poll() is None and len(stage.left) > goal:
            if listed.exists() and not shown:
                shown = listed.read_bytes().decode(errors="replace")
        if process.poll() is None:
            process.send_signal(by)
        out, err = process.communicate()
    stage.shown += out.decode() + err.decode() + shown
    return process.returncode


def resumed(stage: Stage) -> list[str]:
    """Finish the journal, of which all that is left of the app is left."""
    return ["--resume", "j.jsonl", "--expect", str(of_app(stage, 0)), "--yes"]


def test_killed_twice_for_real_and_finished(on: StageMaker) -> None:
    stage = on(small_org(tokens=60))
    bystanders = 60 - of_app(stage, 0)
    stage.server.latency = 0.02
    expected = str(of_app(stage, 0))
    arguments = ["--app", "App 000", "--expect", expected, "--yes", "--workers", "2", "--journal", "j.jsonl"]
    assert killed_run(stage, arguments, after=5) == -signal.SIGKILL
    assert killed_run(stage, [*resumed(stage), "--workers", "2"], after=5) == -signal.SIGKILL
    assert of_app(stage, 0) > 0
    assert killed_run(stage, resumed(stage), after=1000) == 0
    assert of_app(stage, 0) == 0
    assert len(stage.left) == bystanders
    counts = stage.counts()
    assert counts[State.REVOKED] + counts[State.ALREADY_GONE] == sum(counts.values()) == int(expected)


def test_interrupted_for_real_every_answer_is_noted(on: StageMaker) -> None:
    stage = on(small_org(tokens=60))
    stage.server.latency = 0.02
    arguments = ["--all", "--expect", "60", "--yes", "--workers", "2", "--journal", "j.jsonl"]
    assert killed_run(stage, arguments, after=5, by=signal.SIGINT) == 130
    assert "Stopped. Finish it with: sfharden revoke" in stage.shown
    assert stage.counts()[State.REVOKED] == 60 - len(stage.left) > 0
    assert stage.counts()[State.PLANNED] > 0


def test_the_demo_org_can_be_looked_at_and_the_help_has_an_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["revoke", "--demo", "--app", "Azure Logic App", "--dry-run"], doors()) == 0
    out = capsys.readouterr().out
    assert "not installed" in out
    assert max(map(len, out.splitlines())) <= 80
    assert main(["revoke", "--help"]) == 0
    assert "Example" in capsys.readouterr().out
