"""Attacks on `sfharden revoke`, each through its command line: what a bad hour, a bad org or a bad file could do."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sfharden.cli import main
from sfharden.demo.sample import sample_folder
from sfharden.demo.story import LOOK_ALIKE, bad_org
from sfharden.emulator import ids
from sfharden.emulator.generate import ADMIN_USER, APP_LABEL, healthy_org
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.records import OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.revocation.history import read_history
from sfharden.revocation.journal import Disk
from sfharden.revocation.plan import fingerprint
from sfharden.revocation.records import seal
from tests.orgs.reading import NOW, doors, secrets_of

REVOKE = "POST /services/oauth2/revoke"
HOSTILE = "a|b\n# [x](https://evil.example) \x1b[31m<b>&lt; `c` www.evil.example \u202e*d* @evil"


@dataclass
class Desk:
    """A person at a command line, an org, and every secret that org ever had."""

    server: DemoServer
    capsys: pytest.CaptureFixture[str]
    folder: Path
    secrets: set[str]
    out: str = ""
    err: str = ""
    shown: str = ""

    @property
    def org(self) -> DemoOrg:
        return self.server.org

    @property
    def journal(self) -> Path:
        return self.folder / "journal.jsonl"

    def revoke(self, *arguments: str | Path) -> int:
        """Type a command; the journal is always the same."""
        given = [str(one) for one in arguments]
        if not {"--resume", "--journal", "--dry-run"} & set(given):
            given += ["--journal", str(self.journal)]
        code = main(["revoke", "--instance-url", self.server.base_url, *given], doors())
        captured = self.capsys.readouterr()
        self.out, self.err = " ".join(captured.out.split()), " ".join(captured.err.split())
        self.shown += captured.out + captured.err
        return int(code)

    def add(self, user: str, count: int = 1, app: str = APP_LABEL, **changes: Any) -> None:
        """More tokens of a user."""
        holder = self.org.user(user)
        assert holder
        for _ in range(count):
            secret = ids.opaque("added", self.org.next_number())
            one = OauthToken(app, holder.id, NOW - timedelta(days=9), secret, NOW, 1)
            with self.org.lock:
                self.org.tokens.put(one._replace(**changes))
        self.secrets |= secrets_of(self.org)

    def held(self, app: str) -> int:
        return sum(one.app_name == app for one in self.org.tokens)

    def states(self) -> dict[str, int]:
        counts = read_history(self.journal.read_bytes()).counts()
        return {state.value: number for state, number in counts.items() if number}

    def calls(self) -> int:
        return sum("oauth2/revoke" in one.target for one in self.server.requests)


EVERY = 14  # tokens of the story's org


def story() -> DemoOrg:
    return bad_org(sample_folder() / "force-app", NOW)


def _at(
    org: DemoOrg, capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    with serve(org) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        monkeypatch.chdir(folder)
        desk = Desk(server, capsys, folder, secrets_of(org))
        yield desk
        assert org.leaks == []
        _no_secret_anywhere(desk)


def _no_secret_anywhere(desk: Desk) -> None:
    """Not on the screen, not in a file, not in an address but the one that its resource is documented to have."""
    texts = [desk.shown, *(one.read_text("utf-8") for one in desk.folder.iterdir() if one.is_file())]
    texts += [one.target for one in desk.server.requests if "/apps/oauth/usage/tokens/" not in one.target]
    for text in texts:
        assert not [secret for secret in desk.secrets if secret in text]


@pytest.fixture
def desk(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    yield from _at(story(), capsys, tmp_path, monkeypatch)


@pytest.fixture
def healthy(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """With a token of an external client app."""
    yield from _at(healthy_org(NOW), capsys, tmp_path, monkeypatch)


def unattended(count: int) -> tuple[str, ...]:
    return "--expect", str(count), "--yes"


def stopped(desk: Desk) -> None:
    """A run that an ended session stopped at once."""
    desk.server.faults.append(Fault(FaultKind.SESSION, path=REVOKE))
    assert desk.revoke("--app", LOOK_ALIKE, *unattended(2), "--workers", "1") in (3, 6)
    desk.server.faults.clear()
    desk.server.requests.clear()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--app", LOOK_ALIKE, "--user", "kim.lee@acme.example", *unattended(2)), 5),  # none is selected
        (("--app", ""), 2),
        (("--all-but", " "), 2),
        (("--unused-for", "99999999999"), 2),
        (("--created-before", "0001-01-01T00:00:00+14:00"), 2),
        (("--all", "--receipt", "."), 2),
        (("--all", "--receipt", "j", "--journal", "j"), 2),
        (("--resume", "j", "--receipt", "j"), 2),
        (("--profile", "Standart User", *unattended(0)), 2),
    ],
)
def test_whatever_is_declined_or_wrong_changes_nothing(
    desk: Desk, arguments: tuple[str, ...], code: int
) -> None:
    assert desk.revoke(*arguments) == code
    assert "Traceback" not in desk.err
    assert "A bug" not in desk.err
    assert len(desk.org.tokens) == EVERY
    assert desk.calls() == 0
    assert list(desk.folder.iterdir()) == []


def test_the_receipt_cannot_take_the_place_of_the_journal_that_is_named_after_the_plan(desk: Desk) -> None:
    desk.revoke("--app", LOOK_ALIKE, "--dry-run")
    name = f"revocation-{desk.out.rpartition('Fingerprint ')[2].split()[0]}.jsonl"
    given = ["revoke", "--instance-url", desk.server.base_url, "--app", LOOK_ALIKE, *unattended(2)]
    assert main([*given, "--receipt", name], doors()) == 2
    assert desk.calls() == 0
    assert list(desk.folder.iterdir()) == []
    desk.capsys.readouterr()


def test_a_name_in_an_error_speaks_to_no_terminal(desk: Desk) -> None:
    assert desk.revoke("--app", "\x1b[2Jpasted\u202e") == 2
    assert "pasted" in desk.err
    assert "\x1b" not in desk.shown
    assert "\u202e" not in desk.shown


def test_a_finished_purge_does_not_look_like_a_list_cut_short(desk: Desk) -> None:
    """Once all others' tokens are revoked, the login's own are all that anybody is shown."""
    desk.add("auditor@acme.example", 2)
    assert desk.revoke("--all", *unattended(EVERY)) == 0
    assert "none of the plan's tokens is left" in desk.out
    assert len(desk.org.tokens) == 2
    assert "Next:" in desk.out
    assert desk.revoke("--resume", desk.journal) == 0
    assert "none of the plan's tokens is left" in desk.out
    assert "Next:" not in desk.out  # nothing was done
    assert "Revoking" not in desk.err


def test_a_purge_cut_off_at_its_very_end_can_be_finished(desk: Desk) -> None:
    """The plan's tokens are gone, and not noted; what is left is the login's own."""
    desk.add("auditor@acme.example")
    stopped(desk)
    with desk.org.lock:
        for one in desk.org.tokens:
            if one.user_id != _user(desk, "auditor@acme.example"):
                desk.org.tokens.remove(one.delete_token)
    assert desk.revoke("--resume", desk.journal) == 0
    assert desk.states() == {"already-gone": 2}


def test_another_logins_own_rows_alone_prove_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add("no-logins@acme.example")
    stopped(desk)
    monkeypatch.setenv("SF_ACCESS_TOKEN", desk.server.tokens["no-logins"])
    assert desk.revoke("--resume", desk.journal) == 5
    assert desk.held(LOOK_ALIKE) == 2


def _user(desk: Desk, name: str) -> str:
    found = desk.org.user(name)
    assert found
    return found.id


def test_only_the_own_tokens_selected_is_declined_and_not_done(desk: Desk) -> None:
    """Exit code 0 would say that none is left."""
    desk.add("auditor@acme.example", 2)
    assert desk.revoke("--user", "auditor@acme.example", *unattended(0)) == 5
    assert len(desk.org.tokens) == EVERY + 2


def test_without_knowing_who_is_signed_in_nothing_is_revoked_even_if_incomplete_is_accepted(
    desk: Desk,
) -> None:
    desk.add("auditor@acme.example")
    desk.server.faults.append(Fault(FaultKind.STATUS, path="userinfo|FROM.AuthSession|Username", status=404))
    assert desk.revoke("--all", *unattended(EVERY + 1), "--accept-incomplete") == 3
    assert desk.calls() == 0
    desk.server.faults.clear()
    stopped(desk)
    desk.server.faults.append(Fault(FaultKind.STATUS, path="userinfo|FROM.AuthSession|Username", status=404))
    assert desk.revoke("--resume", desk.journal, "--accept-incomplete") == 3
    assert desk.calls() == 0


def test_tokens_that_only_the_usage_resource_tells_of_are_deleted_alone(healthy: Desk) -> None:
    """OauthToken knows these by another label, so they are two tokens as far as anybody can tell."""
    with healthy.org.lock:
        (one,) = [one for one in healthy.org.tokens if one.app_name == "Reporting Sync"]
        healthy.org.tokens.put(one._replace(app_name="Reports"))
    healthy.add(ADMIN_USER, 1, "Reports", application_id=one.application_id)
    assert healthy.revoke("--app", "Reporting_Sync", "--user", ADMIN_USER, *unattended(1)) == 0
    assert [token.user_id == one.user_id for token in healthy.org.tokens if token.app_name == "Reports"] == [
        True
    ]
    deleted = [call for call in healthy.server.requests if call.method == "DELETE"]
    assert len(deleted) == 1
    assert "/apps/oauth/usage/tokens/" in deleted[0].target
    assert healthy.states() == {"revoked": 1}


def test_a_delete_token_that_is_the_usage_id_as_well_never_becomes_an_address(
    healthy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No documentation says that the two differ."""
    monkeypatch.setattr("sfharden.emulator.http.usage_routes.usage_id", lambda delete_token: delete_token)
    assert healthy.revoke("--app", "Reporting Sync", *unattended(1)) == 0
    assert healthy.held("Reporting Sync") == 0
    assert not any(call.method == "DELETE" for call in healthy.server.requests)


def test_a_token_that_lives_on_under_its_other_name_survives(healthy: Desk) -> None:
    """Revoked by its delete token, it vanishes from OauthToken; the usage resource still tells of it."""
    healthy.server.faults.append(_Hiding(healthy.server))
    assert healthy.revoke("--app", "Reporting Sync", *unattended(1)) == 6
    assert "still" in healthy.err


class _Hiding(Fault):
    """An org that answers yes, then only hides the token from OauthToken."""

    def __init__(self, server: DemoServer) -> None:
        super().__init__(FaultKind.STATUS)
        self._server = server

    def hits_request(self, ordinal: int, label: str) -> bool:  # noqa: ARG002 - the base class's signature
        org = self._server.org
        if label.startswith(REVOKE):
            with org.lock:
                (one,) = [one for one in org.tokens if one.app_name == "Reporting Sync"]
                org.tokens.remove(one.delete_token)
                # The same authorisation: another secret, and a row that OauthToken tells under no such label.
                org.tokens.put(one._replace(app_name="hidden", delete_token=ids.opaque("other name")))
        return False


def test_an_org_near_its_daily_limit_is_helped_all_the_same(desk: Desk) -> None:
    """Whoever stole the tokens may have used up the calls."""
    desk.org.api_limit, desk.org.api_used = 1000, 950
    assert desk.revoke("--app", APP_LABEL, *unattended(5)) == 0


def changed(path: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    told = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    change(told)
    path.write_text("".join(json.dumps(line) + "\n" for line in told), "utf-8")


def sealed_again(told: list[dict[str, Any]]) -> None:
    """As somebody does who knows how a journal is written: number, fingerprint and seal are put right."""
    head, planned = told[0], [line for line in told if line["record"] == "planned"]
    handles = tuple(line["token"]["handle"] for line in planned)
    head.update(count=len(planned), fingerprint=fingerprint(head["plan"]["org_id"], handles))
    lines = "".join(json.dumps(line) + "\n" for line in (head, *planned))
    told[:] = [head, *planned, {"record": "sealed", "sha256": seal(lines.encode())}]


@pytest.mark.parametrize(
    "lie", [{"external": True}, {"app": APP_LABEL}, {"user": "x@acme.example"}, {"created": None}], ids=str
)
def test_a_journal_cannot_say_of_a_token_what_the_org_does_not(desk: Desk, lie: dict[str, Any]) -> None:
    """Not even to have a delete token put into an address."""
    stopped(desk)

    def told(lines: list[dict[str, Any]]) -> None:
        for line in lines:
            line.get("token", {}).update(lie)

    changed(desk.journal, told)
    assert desk.revoke("--resume", desk.journal, *unattended(2)) == 2
    changed(desk.journal, sealed_again)
    assert desk.revoke("--resume", desk.journal, *unattended(2)) == 2
    assert "nothing was revoked" in desk.err
    assert desk.calls() == 0


@pytest.mark.parametrize("honest", [True, False])
def test_a_widened_journal_is_not_carried_out_without_a_word(desk: Desk, honest: bool) -> None:
    """S002: another app's tokens are added by their handles, under their own names or under the first app's."""
    desk.server.faults.append(Fault(FaultKind.SESSION, path=REVOKE))
    assert desk.revoke("--app", APP_LABEL, *unattended(5), "--journal", "other") == 3
    others = [json.loads(line) for line in Path("other").read_text("utf-8").splitlines()][1:6]
    stopped(desk)

    def widen(lines: list[dict[str, Any]]) -> None:
        mine = next(line["token"] for line in lines if line["record"] == "planned")
        more = [line["token"] if honest else {**mine, "handle": line["token"]["handle"]} for line in others]
        lines += [{"record": "planned", "token": one} for one in more]
        sealed_again(lines)

    changed(desk.journal, widen)
    assert desk.revoke("--resume", desk.journal) == (5 if honest else 2)
    assert desk.revoke("--resume", desk.journal, *unattended(2)) == (5 if honest else 2)
    assert desk.calls() == 0
    if honest:
        assert "Left: 7 tokens of 2 apps" in desk.out


def test_whoever_resumes_keeps_their_own_login(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The auditor's plan has the tokens of another administrator, who finishes it."""
    desk.add("no-logins@acme.example", 2, LOOK_ALIKE)
    desk.server.faults.append(Fault(FaultKind.SESSION, path=REVOKE))
    assert desk.revoke("--app", LOOK_ALIKE, *unattended(4), "--workers", "1") in (3, 6)
    desk.server.faults.clear()
    other, rights = desk.org.user("no-logins@acme.example"), desk.org.permission_set("Caller auditor")
    assert other
    assert rights
    desk.org.assign(other, rights)
    monkeypatch.setenv("SF_ACCESS_TOKEN", desk.server.tokens["no-logins"])
    assert desk.revoke("--resume", desk.journal, *unattended(2), "--receipt", "r.json") == 6
    assert desk.held(LOOK_ALIKE) == 2
    monkeypatch.setenv("SF_ACCESS_TOKEN", desk.server.tokens["auditor"])
    assert desk.revoke("--resume", desk.journal, *unattended(2)) == 0
    assert desk.held(LOOK_ALIKE) == 0


def test_resuming_with_a_list_that_may_lack_some_takes_none_for_gone(desk: Desk) -> None:
    stopped(desk)
    desk.server.faults.append(Fault(FaultKind.STATUS, path=r"DeleteToken.*FROM.OauthToken", status=500))
    assert desk.revoke("--resume", desk.journal) == 5
    assert desk.revoke("--resume", desk.journal, "--accept-incomplete") == 6
    assert "already-gone" not in desk.states()
    desk.server.faults.clear()
    assert desk.revoke("--resume", desk.journal, *unattended(2)) == 0
    assert desk.states() == {"revoked": 2}


def test_a_second_run_cannot_use_the_same_journal(desk: Desk) -> None:
    stopped(desk)
    before = desk.journal.read_bytes()
    assert desk.revoke("--app", LOOK_ALIKE, *unattended(2)) == 2
    with desk.journal.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert desk.revoke("--resume", desk.journal) == 3
    assert desk.journal.read_bytes() == before
    assert desk.calls() == 0


def test_a_receipt_that_cannot_be_written_does_not_hide_what_was_done(desk: Desk) -> None:
    receipt = desk.folder / "sub" / "r.md"
    receipt.parent.mkdir()
    desk.server.faults.append(_Removing(receipt.parent))
    assert desk.revoke("--app", LOOK_ALIKE, *unattended(2), "--receipt", receipt) == 3
    assert "2 revoked" in desk.out
    receipt.parent.mkdir()
    desk.server.faults.clear()
    assert desk.revoke("--resume", desk.journal, "--receipt", receipt) == 0
    receipt.unlink()


class _Removing(Fault):
    """Takes a folder away once something is being revoked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(FaultKind.STATUS)
        self._folder = folder

    def hits_request(self, ordinal: int, label: str) -> bool:  # noqa: ARG002 - the base class's signature
        if "oauth2/revoke" in label and self._folder.exists():
            self._folder.rmdir()
        return False


def broken_at(monkeypatch: pytest.MonkeyPatch, trip: int) -> Callable[[], None]:
    """From some trip to the disk on, it is full; gives what repairs it."""
    trips, real = [0], os.fsync

    def fsync(descriptor: int) -> None:
        trips[0] += 1
        if trips[0] >= trip:
            raise OSError
        real(descriptor)

    place = "sfharden.revocation.journal.Disk"
    monkeypatch.setattr(place, lambda now: Disk(now, sync=fsync))
    return lambda: monkeypatch.setattr(place, Disk)


@pytest.mark.parametrize(("trip", "sent"), [(3, 0), (4, 1), (5, 2), (6, 2)])
def test_wherever_the_disk_fills_up_the_code_is_six_and_the_receipt_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, trip: int, sent: int
) -> None:
    """3 would say that nothing was done. Trips: plan, folder, first attempt, second, last answer, recount."""
    repair = broken_at(monkeypatch, trip)
    code = desk.revoke("--app", LOOK_ALIKE, *unattended(2), "--workers", "1", "--receipt", "r.json")
    repair()
    assert code == 6
    assert "journal can't be written" in desk.err
    assert desk.calls() == sent
    assert desk.held(LOOK_ALIKE) == 2 - sent
    assert json.loads((desk.folder / "r.json").read_text("utf-8"))["schema"] == "sfharden.receipt/1"
    assert desk.revoke("--resume", desk.journal, *unattended(2 - sent)) == 0
    assert desk.held(LOOK_ALIKE) == 0


def test_hostile_names_reach_no_terminal_and_break_no_file(desk: Desk) -> None:
    desk.add("dana.reyes@acme.example", 1, HOSTILE)
    assert desk.revoke("--all", *unattended(EVERY + 1), "--receipt", "r.md") == 0
    for text in (desk.shown, (desk.folder / "r.md").read_text("utf-8")):
        assert "\x1b" not in text
        assert "\u202e" not in text
    desk.add("dana.reyes@acme.example", 1, "Azure\x1b[2J Logic Apqs")
    assert desk.revoke("--app", "Azure[2J Logic Apqs", "--journal", "x") == 2
    assert "Did you mean" in desk.err
    assert "\x1b" not in desk.shown


def test_debugging_shows_no_secret_either(desk: Desk) -> None:
    desk.server.faults.append(Fault(FaultKind.SESSION, path=REVOKE))
    given = [
        "--debug",
        "revoke",
        "--instance-url",
        desk.server.base_url,
        "--all",
        *unattended(EVERY),
        "--journal",
        "j",
    ]
    assert main(given, doors()) in (3, 6)
    captured = desk.capsys.readouterr()
    desk.shown += captured.out + captured.err
    assert "Traceback" in captured.err


class Gone:
    """A reader of standard output who went away."""

    encoding = "utf-8"

    def __init__(self, after: int) -> None:
        self.left = after

    def write(self, text: str) -> int:
        self.left -= 1
        if self.left < 0:
            raise BrokenPipeError
        return len(text)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        raise OSError


def test_output_that_nobody_takes_does_not_change_what_is_done_and_noted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan was shown; the outcome goes to nobody."""
    import sys

    yes_and_nothing(desk.org, 1)
    monkeypatch.setattr(sys, "stdout", Gone(1))
    code = desk.revoke("--app", LOOK_ALIKE, *unattended(2), "--receipt", "r.json")
    monkeypatch.undo()
    assert code == 6
    assert len(json.loads((desk.folder / "r.json").read_text("utf-8"))["recount"]["survivors"]) == 1


def yes_and_nothing(org: DemoOrg, times: int) -> None:
    """An org that says yes and does nothing, some times."""
    left, real = [times], org.revoke

    def revoke(delete_token: str) -> bool:
        left[0] -= 1
        return left[0] >= 0 or real(delete_token)

    org.revoke = revoke  # type: ignore[method-assign]


def test_survivors_are_named_and_revoked_by_resuming(desk: Desk) -> None:
    yes_and_nothing(desk.org, 2)
    assert desk.revoke("--app", APP_LABEL, *unattended(5), "--receipt", "r.json") == 6
    told = json.loads((desk.folder / "r.json").read_text("utf-8"))
    assert len(told["recount"]["survivors"]) == 2
    assert desk.states() == {"failed": 2, "revoked": 3}
    assert desk.revoke("--resume", desk.journal, *unattended(2)) == 0
    assert desk.held(APP_LABEL) == 0


def test_another_orgs_journal_is_not_touched(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped(desk)
    before = desk.journal.read_bytes()
    other = story()
    other.id = ids.make_id("00D", 4712)
    with serve(other) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        assert replace(desk, server=server).revoke("--resume", desk.journal, *unattended(2)) == 2
        assert len(other.tokens) == EVERY
    assert desk.journal.read_bytes() == before
