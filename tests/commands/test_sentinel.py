"""`sfharden sentinel` by its entry point: what it writes, and every exit code."""

import csv
from pathlib import Path

from .kit import Run


def test_without_an_integration_the_watchlist_is_empty_and_that_is_said(run: Run, tmp_path: Path) -> None:
    code, out, err = run("sentinel", "-o", tmp_path / "s")
    assert (code, out) == (0, "")
    assert "the watchlist is empty" in err
    assert len((tmp_path / "s" / "ranges.csv").read_text("utf-8").splitlines()) == 1


def test_a_snapshot_knows_the_ids(run: Run, ask: Run, integration: Path, tmp_path: Path) -> None:
    assert ask("snapshot", "-o", tmp_path / "snapshot.json")[0] == 0
    code, _, err = run(
        "sentinel", "-o", tmp_path / "s", "-i", integration, "--snapshot", tmp_path / "snapshot.json"
    )
    text = (tmp_path / "s" / "ranges.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert (code, "lacks" in err) == (0, False)
    assert rows
    assert all(row["UserId"].startswith("005") for row in rows)


def test_users_without_an_id_are_4(run: Run, integration: Path, tmp_path: Path) -> None:
    code, _, err = run("sentinel", "-o", tmp_path / "s", "-i", integration)
    assert code == 4
    assert "has no id here" in err
    assert (tmp_path / "s" / "rules.json").is_file()


def test_a_former_folder_is_replaced_and_another_is_not(run: Run, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x").write_text("mine", "utf-8")
    assert run("sentinel", "-o", tmp_path / "other")[0] == 2
    assert (tmp_path / "other" / "x").read_text("utf-8") == "mine"
    assert [run("sentinel", "-o", tmp_path / "s")[0] for _ in range(2)] == [0, 0]


def test_wrong_usage_is_2(run: Run, tmp_path: Path) -> None:
    assert run("sentinel")[0] == 2
    assert run("sentinel", "-o", tmp_path / "s", "--watchlist", "x'); drop")[0] == 2
    assert run("sentinel", "-o", tmp_path / "s", "-i", tmp_path / "none.yaml")[0] == 2
    (tmp_path / "x.json").write_text("{}", "utf-8")
    assert run("sentinel", "-o", tmp_path / "s", "--snapshot", tmp_path / "x.json")[0] == 2
    assert not (tmp_path / "s").exists()


def test_a_snapshot_without_users_is_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "force-app").mkdir()
    run("snapshot", "--source", tmp_path / "force-app", "-o", tmp_path / "x.json")
    assert run("sentinel", "-o", tmp_path / "s", "--snapshot", tmp_path / "x.json")[0] == 2


def test_a_place_that_cannot_be_written_to_is_3(run: Run, tmp_path: Path) -> None:
    assert run("sentinel", "-o", tmp_path / "no" / "s")[0] == 3
