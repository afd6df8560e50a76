"""`sfharden revoke` as a person types it, against the embedded org: every exit code, and nothing lost or leaked."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sfharden.cli import main
from sfharden.demo import ids
from sfharden.demo.faults import Fault, FaultKind
from sfharden.demo.generate import ADMIN_USER, APP_LABEL, healthy_org
from sfharden.demo.records import OauthToken
from sfharden.demo.sample import sample_folder
from sfharden.demo.server import DemoServer, serve
from sfharden.demo.state import DemoOrg
from sfharden.demo.story import LOOK_ALIKE, bad_org
from tests.reading import NOW, doors, secrets_of
from tests.revocation.kit import HOSTILE

REVOKE = r"POST /services/oauth2/revoke"


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
        self.out, self.err = captured.out, captured.err
        self.shown += self.out + self.err
        return int(code)

    def add(self, user: str, count: int = 1, app: str = APP_LABEL, **changes: Any) -> None:
        """More tokens of a user."""
        for _ in range(count):
            self.add_token(user, app, ids.opaque("added", self.org.next_number()), **changes)

    def add_token(self, user: str, app: str, secret: str, **changes: Any) -> None:
        holder = self.org.user(user)
        assert holder
        one = OauthToken(app, holder.id, NOW - timedelta(days=9), secret, NOW, 1)
        with self.org.lock:
            self.org.tokens.put(one._replace(**changes))
        self.secrets |= secrets_of(self.org)

    def held(self, app: str) -> int:
        return sum(one.app_name == app for one in self.org.tokens)

    def states(self) -> dict[str, str]:
        """Each token's last state in the journal."""
        told = [json.loads(line) for line in self.journal.read_text("utf-8").splitlines()]
        return {line["handle"]: line["event"] for line in told if "handle" in line}

    def calls(self, path: str = "revoke") -> int:
        return sum(path in one.target for one in self.server.requests)


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


def test_unattended_with_the_right_count_revokes_what_was_selected_and_nothing_else(desk: Desk) -> None:
    assert desk.revoke("--app", APP_LABEL, *unattended(5)) == 0
    assert desk.held(APP_LABEL) == 0
    assert desk.held(LOOK_ALIKE) == 2
    assert "5 revoked" in desk.out
    assert "none of them is left" in desk.out
    assert set(desk.states().values()) == {"revoked"}
    assert stat.S_IMODE(desk.journal.stat().st_mode) == 0o600
    assert desk.calls() == 5


def test_a_dry_run_lists_and_stops(desk: Desk) -> None:
    assert desk.revoke("--app", APP_LABEL, "--dry-run") == 0
    assert "Nothing was revoked" in desk.out
    assert "kim.lee@acme.example" in desk.out
    assert desk.calls() == 0
    assert list(desk.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--app", APP_LABEL, *unattended(4)), 5, "--expect 4, but 5 tokens"),
        (("--app", APP_LABEL, *unattended(0)), 5, "but 5 tokens"),
        (("--app", APP_LABEL), 5, "no terminal"),
        (("--app", APP_LABEL, "--yes"), 2, "go together"),
        (("--app", APP_LABEL, "--expect", "5"), 2, "go together"),
        ((), 2, "Say which tokens"),
        (("--app", "Azure Logic Aps"), 2, "Did you mean 'Azure Logic Apps'"),
        (("--user", "dana.reyes@acme.exampl"), 2, "Did you mean 'dana.reyes@acme.example'"),
        (("--profile", "Logic Apps Integratio"), 2, "Did you mean 'Logic Apps Integration'"),
        (("--app", ""), 2, "empty name"),
        (("--all-but", " "), 2, "empty name"),
        (("--created-before", "yesterday"), 2, "takes a date"),
        (("--unused-for", "0"), 2, "unused-for"),
        (("--unused-for", "99999999999"), 2, "unused-for"),
        (("--all", "--workers", "0"), 2, "workers"),
        (("--all", "--workers", "17"), 2, "workers"),
        (("--all", "--receipt", "/nowhere/at/all.md"), 2, "can't be a file"),
        (("--all", "--receipt", "."), 2, "can't be a file"),
        (("--all", "--receipt", "j", "--journal", "j"), 2, "one file"),
        (("--resume", "/nowhere.jsonl"), 2, "no journal"),
        (("--resume", "j", "--app", "x"), 2, "takes no selection"),
        (("--resume", "j", "--dry-run"), 2, "takes no selection"),
        (("--resume", "j", "--yes"), 2, "takes no selection"),
    ],
)
def test_whatever_is_declined_or_wrong_changes_nothing(
    desk: Desk, arguments: tuple[str, ...], code: int, words: str
) -> None:
    before = len(desk.org.tokens)
    assert desk.revoke(*arguments) == code
    assert words in desk.err
    assert "Traceback" not in desk.err
    assert len(desk.org.tokens) == before
    assert desk.calls() == 0
    assert list(desk.folder.iterdir()) == []


def test_nothing_selected_is_nothing_done(desk: Desk) -> None:
    assert desk.revoke("--app", LOOK_ALIKE, "--user", "kim.lee@acme.example", *unattended(0)) == 0
    assert "0 tokens" in desk.out
    assert not desk.journal.exists()


def test_a_profile_without_tokens_is_no_mistake_and_one_that_is_not_there_is(desk: Desk) -> None:
    with desk.org.lock:
        for one in desk.org.tokens:
            desk.org.tokens.remove(one.delete_token)
    assert desk.revoke("--profile", "Standard User", *unattended(0)) == 0
    assert desk.revoke("--profile", "Standart User", *unattended(0)) == 2


def test_the_logins_own_tokens_are_left_out_and_said_to_be(desk: Desk) -> None:
    desk.add("auditor@acme.example", 2)
    assert desk.revoke("--all", *unattended(7)) == 0
    assert "2 tokens of this login itself (auditor@acme.example) are left out" in " ".join(desk.out.split())
    assert len(desk.org.tokens) == 2
    assert desk.server.tokens["auditor"] in desk.org.sessions
    # Nothing but the own ones is left now: that must not look like a list cut short.
    assert desk.revoke("--resume", desk.journal) == 0


def test_only_the_own_tokens_selected_is_declined_and_not_done(desk: Desk) -> None:
    """Exit code 0 would say that none is left."""
    desk.add("auditor@acme.example", 2)
    assert desk.revoke("--user", "auditor@acme.example", *unattended(0)) == 5
    assert "own tokens" in desk.err


def test_an_incomplete_list_is_refused_unless_it_is_accepted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", desk.server.tokens["no-customize"])
    desk.add("no-customize@acme.example")
    desk.add("no-customize@acme.example", app=LOOK_ALIKE)
    assert desk.revoke("--all", *unattended(0)) == 5
    assert "INCOMPLETE" in desk.out
    assert "may not be whole" in desk.err
    monkeypatch.setenv("SF_ACCESS_TOKEN", desk.server.tokens["auditor"])
    desk.server.faults.append(Fault(FaultKind.STATUS, path="apps/oauth/usage", status=500))
    assert desk.revoke("--app", APP_LABEL, *unattended(6)) == 5
    assert desk.calls() == 0
    # Accepted, they are revoked; but that none is left can't be said then.
    assert desk.revoke("--app", APP_LABEL, *unattended(6), "--accept-incomplete") == 6
    assert desk.held(APP_LABEL) == 0
    assert "not whole" in desk.out
    assert "which are left is not known" in desk.err


def test_what_cannot_be_decided_is_left_out_and_told(desk: Desk) -> None:
    """A look-alike with the very label of the app that is to be spared."""
    desk.add("dana.reyes@acme.example", 1)
    assert desk.revoke("--all-but", APP_LABEL, *unattended(2)) == 5
    assert "can't be told whether they are meant: 'Azure Logic Apps' of dana" in " ".join(desk.out.split())
    assert desk.revoke("--all-but", APP_LABEL, *unattended(2), "--accept-incomplete") == 4
    assert (desk.held(APP_LABEL), desk.held(LOOK_ALIKE)) == (6, 0)


def test_without_knowing_who_is_signed_in_nothing_is_revoked_even_if_incomplete_is_accepted(
    desk: Desk,
) -> None:
    desk.server.faults.append(Fault(FaultKind.STATUS, path="userinfo|FROM.AuthSession|Username", status=404))
    assert desk.revoke("--all", *unattended(7), "--accept-incomplete") == 3
    assert "who is signed in" in desk.err
    assert desk.calls() == 0


@pytest.mark.parametrize(("told", "words"), [(True, "sandbox org Acme"), (False, "PRODUCTION org Acme")])
def test_the_first_line_names_the_org_and_production_in_capitals(desk: Desk, told: bool, words: str) -> None:
    desk.org.is_sandbox = told
    assert desk.revoke("--app", APP_LABEL, *unattended(5)) == 0
    assert desk.out.startswith(words)
    desk.add("dana.reyes@acme.example")
    assert desk.revoke("--resume", desk.journal) == 0
    assert desk.out.startswith(words)


def test_tokens_of_external_client_apps_go_one_by_one(healthy: Desk) -> None:
    assert healthy.revoke("--app", "Reporting Sync", *unattended(1)) == 0
    assert healthy.held("Reporting Sync") == 0
    assert healthy.held(APP_LABEL) == 1


def test_a_token_that_only_the_usage_resource_tells_of_is_deleted_alone(healthy: Desk) -> None:
    """OauthToken knows these by another label, so they are two tokens as far as anybody can tell."""
    with healthy.org.lock:
        (one,) = [one for one in healthy.org.tokens if one.app_name == "Reporting Sync"]
        healthy.org.tokens.put(one._replace(app_name="Reports"))
    healthy.add(ADMIN_USER, 1, "Reports", application_id=one.application_id)
    assert healthy.revoke("--app", "Reporting_Sync", "--user", ADMIN_USER, *unattended(1)) == 0
    assert [
        (token.user_id == one.user_id) for token in healthy.org.tokens if token.app_name == "Reports"
    ] == [True]
    deleted = [call for call in healthy.server.requests if call.method == "DELETE"]
    assert len(deleted) == 1
    assert "/apps/oauth/usage/tokens/" in deleted[0].target
    assert set(healthy.states().values()) == {"revoked"}


def test_a_token_that_lives_on_under_its_other_name_survives(healthy: Desk) -> None:
    """Revoked by its delete token, it vanishes from OauthToken; the usage resource still tells of it."""
    healthy.server.faults.append(_Hiding(healthy.server))
    assert healthy.revoke("--app", "Reporting Sync", *unattended(1)) == 6
    assert "1 are still there" in healthy.err


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


def yes_and_nothing(org: DemoOrg, times: int) -> None:
    """An org that says yes and does nothing, some times."""
    left, real = [times], org.revoke

    def revoke(delete_token: str) -> bool:
        left[0] -= 1
        return left[0] >= 0 or real(delete_token)

    org.revoke = revoke  # type: ignore[method-assign]


def test_survivors_end_in_six_and_are_named(desk: Desk) -> None:
    yes_and_nothing(desk.org, 2)
    assert desk.revoke("--app", APP_LABEL, *unattended(5), "--receipt", "r.json") == 6
    assert "2 are STILL THERE" in desk.out
    assert "2 are still there" in desk.err
    assert f"--resume {desk.journal}" in desk.err
    told = json.loads((desk.folder / "r.json").read_text("utf-8"))
    assert len(told["survivors"]) == 2
    assert (told["counts"]["failed"], told["counts"]["revoked"]) == (2, 3)
    assert desk.revoke("--resume", desk.journal) == 0
    assert desk.held(APP_LABEL) == 0


def test_a_failing_recount_ends_in_six(desk: Desk) -> None:
    """Reading fails as soon as something was revoked."""
    desk.server.faults.append(_AfterRevoking(desk.server, "services/(data|Soap|oauth2/userinfo)"))
    assert desk.revoke("--app", APP_LABEL, *unattended(5), "--receipt", "r.md") == 6
    assert "recount failed" in desk.out
    assert "which are left is not known" in desk.err
    assert "not done" in (desk.folder / "r.md").read_text("utf-8")
    desk.server.faults.clear()
    assert desk.revoke("--resume", desk.journal, "--receipt", "r.md") == 0
    assert "none is left" in (desk.folder / "r.md").read_text("utf-8")


class _AfterRevoking(Fault):
    """A fault that waits until something was revoked."""

    def __init__(self, server: DemoServer, path: str) -> None:
        super().__init__(FaultKind.SESSION, path=path)
        self._server = server

    def hits_request(self, ordinal: int, label: str) -> bool:
        revoked = any("oauth2/revoke" in one.target for one in self._server.requests)
        return revoked and super().hits_request(ordinal, label)


def test_a_limit_stops_and_the_rest_can_be_resumed(desk: Desk) -> None:
    desk.server.faults.append(Fault(FaultKind.LIMIT, path=REVOKE))
    assert desk.revoke("--app", APP_LABEL, *unattended(5), "--workers", "1") == 6
    assert "Stopped early" in desk.out
    assert "5 are still there" in desk.err
    assert sorted(desk.states().values()) == ["failed", *["planned"] * 4]
    desk.server.faults.clear()
    assert desk.revoke("--resume", desk.journal) == 0


def test_the_budget_is_kept_and_told(desk: Desk) -> None:
    assert desk.revoke("--app", APP_LABEL, *unattended(5), "--api-budget", "25") == 6
    assert len(desk.server.requests) == 25
    desk.secrets |= secrets_of(desk.org)
    assert desk.revoke("--resume", desk.journal) == 0


def test_an_org_near_its_daily_limit_is_helped_all_the_same(desk: Desk) -> None:
    """Whoever stole the tokens may have used up the calls."""
    desk.org.api_limit, desk.org.api_used = 1000, 950
    assert desk.revoke("--app", APP_LABEL, *unattended(5)) == 0


def test_resuming_in_another_org_is_declined(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.server.faults.append(Fault(FaultKind.LIMIT, path=REVOKE))
    assert desk.revoke("--app", APP_LABEL, *unattended(5)) == 6
    before = desk.journal.read_bytes()
    other = story()
    other.id = ids.make_id("00D", 4712)
    with serve(other) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        assert replace(desk, server=server).revoke("--resume", desk.journal) == 5
        assert len(other.tokens) == 7
    assert desk.journal.read_bytes() == before


def changed(path: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    told = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    change(told)
    path.write_text("".join(json.dumps(line) + "\n" for line in told), "utf-8")


def stopped(desk: Desk) -> None:
    """A run that a limit stopped at once."""
    desk.server.faults.append(Fault(FaultKind.LIMIT, path=REVOKE))
    assert desk.revoke("--app", LOOK_ALIKE, *unattended(2)) == 6
    desk.server.faults.clear()
    desk.server.requests.clear()


def test_a_journal_whose_plan_was_changed_revokes_nothing(desk: Desk) -> None:
    desk.revoke("--app", APP_LABEL, "--dry-run", "--journal", "x")
    foreign = next(word for word in desk.out.split() if len(word) == 12 and word.islower() and word.isalnum())
    stopped(desk)
    changed(desk.journal, lambda told: told[1].update(handle=foreign))
    before = desk.journal.read_bytes()
    assert desk.revoke("--resume", desk.journal) in (2, 5)
    changed(
        desk.journal,
        lambda told: [
            line.update(handle=foreign) for line in told if line.get("handle") == told[2]["handle"]
        ],
    )
    assert desk.revoke("--resume", desk.journal) in (2, 5)
    assert desk.server.requests == []
    assert before != b""
    assert len(desk.org.tokens) == 7


def test_a_journal_that_says_done_of_what_is_there_is_not_believed(desk: Desk) -> None:
    stopped(desk)
    changed(
        desk.journal,
        lambda told: [line.update(event="revoked") for line in told if line.get("event") == "failed"],
    )
    assert desk.revoke("--resume", desk.journal) == 6
    assert desk.revoke("--resume", desk.journal) == 0
    assert desk.held(LOOK_ALIKE) == 0


def test_a_journal_cannot_have_a_delete_token_put_into_an_address(desk: Desk) -> None:
    stopped(desk)
    changed(desk.journal, lambda told: [line.update(external=True) for line in told if "external" in line])
    assert desk.revoke("--resume", desk.journal) == 0
    assert not any(one.method == "DELETE" for one in desk.server.requests)


def test_whoever_resumes_keeps_their_own_login(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The auditor's plan has the tokens of another administrator, who finishes it."""
    desk.add("no-logins@acme.example", 2, LOOK_ALIKE)
    desk.server.faults.append(Fault(FaultKind.LIMIT, path=REVOKE))
    assert desk.revoke("--app", LOOK_ALIKE, *unattended(4)) == 6
    desk.server.faults.clear()
    other = desk.org.user("no-logins@acme.example")
    rights = desk.org.permission_set("Caller auditor")
    assert other
    assert rights
    desk.org.assign(other, rights)
    monkeypatch.setenv("SF_ACCESS_TOKEN", desk.server.tokens["no-logins"])
    assert desk.revoke("--resume", desk.journal, "--receipt", "r.json") == 6
    assert "2 are this login's own and were left alone" in " ".join(desk.out.split())
    assert desk.held(LOOK_ALIKE) == 2
    told = json.loads((desk.folder / "r.json").read_text("utf-8"))
    assert (told["by"], told["ended_by"]) == ("auditor@acme.example", "no-logins@acme.example")
    monkeypatch.setenv("SF_ACCESS_TOKEN", desk.server.tokens["auditor"])
    assert desk.revoke("--resume", desk.journal) == 0
    assert desk.held(LOOK_ALIKE) == 0


def test_resuming_with_a_list_that_may_lack_some_takes_none_for_gone(desk: Desk) -> None:
    stopped(desk)
    desk.server.faults.append(Fault(FaultKind.STATUS, path=r"DeleteToken.*FROM.OauthToken", status=500))
    before = desk.journal.read_bytes()
    assert desk.revoke("--resume", desk.journal) == 5
    assert desk.journal.read_bytes() == before
    assert desk.revoke("--resume", desk.journal, "--accept-incomplete") == 6
    assert "already-gone" not in desk.states().values()
    desk.server.faults.clear()
    assert desk.revoke("--resume", desk.journal) == 0
    assert desk.held(LOOK_ALIKE) == 0
    assert "revoked" in desk.states().values()


def test_a_token_that_appears_in_between_is_left_and_one_that_vanishes_is_no_error(desk: Desk) -> None:
    stopped(desk)
    desk.add("dana.reyes@acme.example", 1, LOOK_ALIKE)
    gone = next(one for one in desk.org.tokens if one.app_name == LOOK_ALIKE)
    desk.org.revoke(gone.delete_token)
    assert desk.revoke("--resume", desk.journal) == 0
    assert desk.held(LOOK_ALIKE) == 1
    assert sorted(desk.states().values()) == ["already-gone", "revoked"]


def test_a_second_run_cannot_use_the_same_journal(desk: Desk) -> None:
    stopped(desk)
    before = desk.journal.read_bytes()
    assert desk.revoke("--app", LOOK_ALIKE, *unattended(2)) == 2
    assert "there already" in desk.err
    with desk.journal.open("rb") as stream:
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX)
        assert desk.revoke("--resume", desk.journal) == 3
        assert "Another run" in desk.err
    assert desk.journal.read_bytes() == before
    assert desk.server.requests == [] or desk.calls() == 0


def test_the_receipt_is_private_and_complete_in_both_forms(desk: Desk) -> None:
    assert desk.revoke("--app", LOOK_ALIKE, *unattended(2), "--receipt", "r.md") == 0
    assert stat.S_IMODE((desk.folder / "r.md").stat().st_mode) == 0o600
    assert "auditor\\@acme\\.example" in (desk.folder / "r.md").read_text("utf-8")
    assert desk.revoke("--resume", desk.journal, "--receipt", "r.JSON") == 0
    told = json.loads((desk.folder / "r.JSON").read_text("utf-8"))
    assert told["counts"]["revoked"] == 2
    assert told["approved"] == "--expect 2 --yes"


def test_a_receipt_that_cannot_be_written_does_not_hide_what_was_done(desk: Desk) -> None:
    receipt = desk.folder / "sub" / "r.md"
    receipt.parent.mkdir()
    desk.server.faults.append(_Removing(receipt.parent))
    assert desk.revoke("--app", LOOK_ALIKE, *unattended(2), "--receipt", receipt) == 3
    assert "2 revoked" in desk.out
    assert "All tokens are revoked, but the receipt could not be written" in desk.err
    receipt.parent.mkdir()
    desk.server.faults.clear()
    assert desk.revoke("--resume", desk.journal, "--receipt", receipt) == 0
    assert receipt.exists()
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


def test_a_journal_that_lacks_the_last_answer_ends_in_six_though_none_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips, real = [0], os.fsync

    def fsync(descriptor: int) -> None:
        trips[0] += 1
        if trips[0] >= 5:  # plan, folder, first attempt, its answer with the second attempt; then this
            raise OSError
        real(descriptor)

    monkeypatch.setattr("os.fsync", fsync)
    assert desk.revoke("--app", LOOK_ALIKE, *unattended(2), "--workers", "1") == 6
    assert desk.held(LOOK_ALIKE) == 0
    assert "The journal is not complete: 0 are still there" in desk.err
    monkeypatch.setattr("os.fsync", real)
    assert desk.revoke("--resume", desk.journal) == 0
    assert set(desk.states().values()) == {"revoked", "already-gone"} or set(desk.states().values()) == {
        "revoked"
    }


def test_hostile_names_reach_no_terminal_and_break_no_file(desk: Desk) -> None:
    desk.add("dana.reyes@acme.example", 1, HOSTILE)
    assert desk.revoke("--all", *unattended(8), "--receipt", "r.md") == 0
    for text in (desk.out, desk.err, (desk.folder / "r.md").read_text("utf-8")):
        assert "\x1b" not in text
        assert "\u202e" not in text
    desk.add("dana.reyes@acme.example", 1, "Azure\x1b[2J Logic Apqs")
    assert desk.revoke("--app", "Azure[2J Logic Apqs", "--journal", "x") == 2
    assert "Did you mean" in desk.err
    assert "\x1b" not in desk.err


def test_what_goes_on_working_without_a_token_is_said_before_and_after(desk: Desk) -> None:
    path = "connectedApps/Azure_Logic_Apps.connectedApp"
    with desk.org.lock:
        desk.org.metadata[path] = desk.org.metadata[path].replace(
            b"<oauthConfig>", b"<oauthConfig><isClientCredentialEnabled>true</isClientCredentialEnabled>", 1
        )
    assert desk.revoke("--app", APP_LABEL, *unattended(5), "--receipt", "r.md") == 0
    assert desk.out.count("can go on signing in by client credentials") == 2
    assert "client credentials" in (desk.folder / "r.md").read_text("utf-8")


def test_lost_answers_and_refusals_leave_none_and_tell_each_once(desk: Desk) -> None:
    desk.add(ADMIN_USER, 60, "Bulk Loader")
    desk.server.faults += [
        Fault(FaultKind.LOST, path=REVOKE, share=0.2, seed=1),
        Fault(FaultKind.STATUS, path=REVOKE, share=0.2, seed=2),
    ]
    assert desk.revoke("--app", "Bulk Loader", *unattended(60)) == 0
    assert desk.held("Bulk Loader") == 0
    assert len(desk.org.tokens) == 7
    assert set(desk.states().values()) == {"revoked", "already-gone"}
    assert len(desk.states()) == 60


def test_explaining_makes_no_call(desk: Desk) -> None:
    assert desk.revoke("--all", "--explain-api") == 0
    assert desk.server.requests == []


def test_debugging_shows_no_secret_either(desk: Desk) -> None:
    desk.server.faults.append(Fault(FaultKind.SESSION, path=REVOKE))
    given = [
        "--debug",
        "revoke",
        "--instance-url",
        desk.server.base_url,
        "--all",
        *unattended(7),
        "--journal",
        "j",
    ]
    assert main(given, doors()) == 6
    captured = desk.capsys.readouterr()
    desk.shown += captured.out + captured.err
    assert "Traceback" in captured.err


def test_output_that_nobody_takes_does_not_change_what_the_exit_code_says(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sfharden.commands import revoke_run

    def gone(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(revoke_run, "write_output", gone)
    desk.server.faults.append(Fault(FaultKind.LIMIT, path=REVOKE))
    assert desk.revoke("--app", APP_LABEL, *unattended(5)) == 6
    desk.server.faults.clear()
    assert desk.revoke("--resume", desk.journal, "--receipt", "r.json") == 3
    assert json.loads((desk.folder / "r.json").read_text("utf-8"))["survivors"] == []


def test_the_default_journal_is_named_after_the_plan(desk: Desk) -> None:
    main(["revoke", "--instance-url", desk.server.base_url, "--app", LOOK_ALIKE, *unattended(2)], doors())
    (path,) = desk.folder.glob("revoke-*.jsonl")
    assert json.loads(path.read_text("utf-8").splitlines()[0])["fingerprint"] in path.name
    assert os.access(path, os.R_OK)
