"""`sfharden snapshot`: a private file that gives the same verdicts later."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from sfharden.sources.snapshot_file import save_snapshot
from tests.orgs.constants import HARDENED_YAML, NOW
from tests.orgs.constants import INTEGRATION_YAML as INTEGRATION
from tests.orgs.files import HEALTHY, write
from tests.orgs.tables import running

from .kit import Run


@pytest.fixture
def org(tmp_path: Path) -> Path:
    return write(HEALTHY, tmp_path / "org")


@pytest.fixture
def integration(tmp_path: Path) -> Path:
    path = tmp_path / "integration.yaml"
    path.write_text(INTEGRATION, "utf-8")
    return path


def test_a_snapshot_gives_the_same_verdicts_and_is_private(
    run: Run, org: Path, integration: Path, tmp_path: Path
) -> None:
    path = tmp_path / "s.json"
    code, _, err = run("snapshot", "--source", org, "-o", path)
    assert (code, f"Next:\n  sfharden check --snapshot {path} -i FILE\n" in err) == (0, True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    direct = json.loads(run("check", "--source", org, "-i", integration, "-f", "json")[1])
    stored = json.loads(run("check", "--snapshot", path, "-i", integration, "-f", "json")[1])
    assert (direct.pop("source")["kind"], stored["source"]["kind"]) == ("files", "snapshot")
    source = stored.pop("source")
    assert (direct.pop("folder"), stored.pop("folder")) == ("", None)  # a snapshot's files stand nowhere
    assert (source["origin"], source["file"], source["signed"]) == ("files", str(path), False)
    assert direct == stored


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema":"sfharden.snapshot/9"}', "\x00"])
def test_what_is_no_snapshot_is_refused(run: Run, tmp_path: Path, content: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(content, "utf-8")
    assert run("check", "--snapshot", path)[0] == 2


def test_a_snapshot_of_which_something_was_not_read_is_incomplete(
    run: Run, org: Path, tmp_path: Path
) -> None:
    (org / "broken.profile").write_text("<Profile>", "utf-8")
    code, out, err = run("snapshot", "--source", org, "-o", tmp_path / "s.json")
    assert (code, out) == (4, "")
    assert "1 not read" in err
    assert "broken.profile" in (tmp_path / "s.json").read_text("utf-8")


def test_a_snapshot_holds_no_secret_of_the_files(run: Run, org: Path, tmp_path: Path) -> None:
    run("snapshot", "--source", org, "-o", tmp_path / "s.json")
    kept = (tmp_path / "s.json").read_text("utf-8")
    assert not any(secret in kept for secret in ("HUSH-HUSH", "3MVG9SECRETLIKE"))


def test_a_snapshot_of_a_snapshot_is_the_same(run: Run, org: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    run("snapshot", "--source", org, "-o", first)
    assert run("snapshot", "--snapshot", first, "-o", second)[0] == 0
    assert first.read_bytes() == second.read_bytes()


# A snapshot says that it is one ---------------------------------------------------------------


@pytest.fixture(name="old")
def _old(tmp_path: Path) -> Path:
    """The hardened org, as it was two days ago."""
    path = tmp_path / "old.json"
    save_snapshot(running().model_copy(update={"taken_at": NOW - timedelta(days=2)}), path)
    (tmp_path / "i.yaml").write_text(HARDENED_YAML, "utf-8")
    return path


def test_each_report_names_the_file_and_its_age(run: Run, old: Path, tmp_path: Path) -> None:
    """S004."""
    given = ("--snapshot", old, "-i", tmp_path / "i.yaml")
    for command, *more in (("check",), ("verify",), ("check", "-f", "waivers"), ("tokens", "-f", "csv")):
        words = ("--snapshot", old) if command == "tokens" else given
        _, out, err = run(command, *words, *more)
        said = "".join((out + err).split())  # a long path is broken on the screen
        for part in (f"file{old}", "taken2026-11-2212:00UTC", "2daysold", "notsigned"):
            assert part in said, command
    for command in ("check", "verify", "tokens"):
        words = ("--snapshot", old) if command == "tokens" else given
        source = json.loads(run(command, *words, "-f", "json")[1])["source"]
        assert (source["kind"], source["file"]) == ("snapshot", str(old))
        assert (source["age_days"], source["signed"]) == (2, False)


def by_control(run: Run, *given: str | Path) -> dict[str, set[str]]:
    """How each control came out for its subjects."""
    found: dict[str, set[str]] = {}
    for one in json.loads(run("check", *given, "-f", "json")[1])["results"]:
        found.setdefault(one["control"], set()).add(one["status"])
    return found


def test_an_old_one_tells_nothing_of_what_time_decides_and_settings_stay_judged(
    run: Run, old: Path, tmp_path: Path
) -> None:
    given = ("--snapshot", old, "-i", tmp_path / "i.yaml")
    young, aged = (by_control(run, *given, *more) for more in ((), ("--max-age", "2")))
    changed = {control for control, statuses in aged.items() if statuses != young[control]}
    assert all(aged[control] == {"unknown"} for control in changed)
    assert {"tokens-issued-after-hardening", "failure-and-success-observed", "tokens-fresh"} <= changed
    assert not any(
        name.startswith(("app-ip", "app-admin", "ip-", "login-ranges", "integration-")) for name in changed
    )
    assert sum(statuses == {"pass"} for statuses in aged.values()) > 10
    assert run("verify", *given, "--max-age", "2")[0] == 4
    assert run("tokens", "--snapshot", old, "--max-age", "2")[0] == 4


def test_another_day_to_judge_by_is_another_age(run: Run, old: Path) -> None:
    source = json.loads(run("check", "--snapshot", old, "--as-of", "2026-12-22", "-f", "json")[1])["source"]
    assert source["age_days"] == 30


def test_max_age_is_for_snapshots(run: Run, org: Path) -> None:
    assert run("check", "--source", org, "--max-age", "3")[0] == 2
