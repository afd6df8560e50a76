"""`init`: what it writes is a start that check takes, and check says what in it is still not a person's own word."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from sfharden.emulator.generate import APP_LABEL, INTEGRATION_USER, PROFILE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from tests.orgs.files import HEALTHY, write

from .kit import Run, words

LEFT = ("egress, logic_app: EDIT.json", "operator_ranges: 0.0.0.0")


@pytest.fixture
def made(ask: Run, tmp_path: Path) -> Path:
    path = tmp_path / "made.yaml"
    code, _, err = ask("init", "-o", path)
    assert code == 0
    assert "Look at each GUESS and replace each EDIT" in err
    return path


def test_app_profile_and_user_are_paired_from_an_untidy_org(made: Path) -> None:
    (said,) = yaml.safe_load(made.read_text("utf-8"))["integrations"]
    assert (said["app"], said["profile"], said["users"]) == (APP_LABEL, PROFILE, [INTEGRATION_USER])
    assert made.read_text("utf-8").count("    # GUESS: ") == 3


def test_check_says_what_still_stands_there_before_any_finding(ask: Run, made: Path) -> None:
    code, out, _ = ask("check", "-i", made)
    assert code == 1
    head, _, rest = words(out).partition("FAILED")
    assert "MEND THE INTEGRATION FILE FIRST" in head
    assert all(f"my-integration, {one} still stands there as init wrote it" in head for one in LEFT)
    assert rest


def test_once_the_placeholders_are_replaced_check_says_nothing_of_them(
    ask: Run, made: Path, integration: Path
) -> None:
    ours = yaml.safe_load(integration.read_text("utf-8"))["integrations"][0]
    said = yaml.safe_load(made.read_text("utf-8"))
    said["integrations"][0].update({key: ours[key] for key in ("egress", "operator_ranges", "hardened_at")})
    made.write_text(yaml.safe_dump(said), "utf-8")
    code, out, _ = ask("check", "-i", made)
    assert (code, "MEND" in out) == (0, False)


@pytest.mark.parametrize("caller", ["no-customize", "no-setup", "no-profile-names", "no-modify-metadata"])
def test_a_login_that_sees_less_guesses_less_and_says_why(
    ask: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caller: str
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens[caller])
    path = tmp_path / "less.yaml"
    assert ask("init", "-o", path)[0] == 0
    text = path.read_text("utf-8")
    (said,) = yaml.safe_load(text)["integrations"]
    assert set(said["users"]) <= {INTEGRATION_USER, "EDIT@example.invalid"}
    assert caller == "no-modify-metadata" or "Not all was read: " in text


def test_a_stranger_on_the_profile_is_not_written_down_as_the_integrations(
    ask: Run, org: DemoOrg, tmp_path: Path
) -> None:
    org.add_user("stray@acme.example", PROFILE)
    path = tmp_path / "i.yaml"
    assert ask("init", "-o", path)[0] == 0
    assert yaml.safe_load(path.read_text("utf-8"))["integrations"][0]["users"] == [INTEGRATION_USER]
    assert "#   stray@acme.example: has the profile" in path.read_text("utf-8")


def test_files_tell_who_is_approved_and_nothing_of_users(run: Run, tmp_path: Path) -> None:
    source, path = write(HEALTHY, tmp_path / "src"), tmp_path / "i.yaml"
    assert run("init", "--source", source, "-o", path)[0] == 0
    (said,) = yaml.safe_load(path.read_text("utf-8"))["integrations"]
    assert (said["profile"], said["users"]) == (PROFILE, ["EDIT@example.invalid"])
    assert "GUESS: it's approved for the app" in path.read_text("utf-8")
    code, out, _ = run("check", "--source", source, "-i", path)
    assert code in (1, 4)
    assert "users: EDIT@example.invalid still stands there" in words(out)


def test_what_hints_and_init_say_to_type_runs_as_it_stands(run: Run, tmp_path: Path) -> None:
    folder, file = write(HEALTHY, tmp_path / "my source"), tmp_path / "my integration.yaml"
    for asked in (("check",), ("simulate",), ("verify",), ("plan",)):
        code, _, err = run(*asked, "--source", folder, "-i", file)
        assert code == 2
        (hint,) = re.findall("`(sfharden [^`]*)`", err)
        code, _, told = run(*shlex.split(hint)[1:])
        assert code == 0
        assert file.is_file()
        whole = told.replace("\\\n", "")  # as a shell reads it
        check = next(line for line in whole.splitlines() if line.startswith("  sfharden check"))
        assert run(*shlex.split(check)[1:])[0] == 1  # what EDIT stands for is still to be written
        file.unlink()
