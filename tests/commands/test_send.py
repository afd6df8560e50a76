"""`sfharden send` by its entry point: every exit code, and what is told on the way."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sfharden.emulator.ingestion import (
    HOOK,
    IngestionFault,
    IngestionFaultKind,
    IngestionServer,
    serve_ingestion,
)
from sfharden.model.results import Report, Status
from sfharden.report.json_text import render_json
from sfharden.report.send_rows import COLUMNS, rows_of
from tests.azure.test_ingestion import RULE
from tests.report.forms_kit import every_state, hostile_report, named
from tests.report.test_check_table import report

from .kit import Run

SECRET = "0123456789abcdef"
REPORT = every_state().model_copy(update={"policies": ("p",)})
Kind = IngestionFaultKind


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return written(tmp_path / "report.json", REPORT)


def written(path: Path, given: Report) -> Path:
    path.write_text(render_json(given), "utf-8")
    return path


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[IngestionServer]:
    with serve_ingestion(COLUMNS, secret=SECRET) as server:
        monkeypatch.setenv("AZURE_ACCESS_TOKEN", server.token)
        monkeypatch.setenv("SFHARDEN_WEBHOOK_SECRET", SECRET)
        yield server


def to(service: IngestionServer) -> Sequence[str]:
    return ("--to", "log-analytics", "--endpoint", service.base_url, "--rule", RULE)


def test_all_rows_are_sent(run: Run, saved: Path, service: IngestionServer) -> None:
    code, out, err = run("send", saved, *to(service))
    many = len(REPORT.results) + 1
    assert (code, out) == (0, "")
    assert f"{many} rows sent, 0 given up." in err
    assert service.invalid == []
    assert service.rows == list(rows_of(REPORT))


def test_a_hostile_report_is_sent_whole(run: Run, tmp_path: Path, service: IngestionServer) -> None:
    given = hostile_report().model_copy(update={"policies": ("p",)})
    assert run("send", written(tmp_path / "r.json", given), *to(service))[0] == 0
    assert (service.invalid, len(service.rows)) == ([], len(given.results) + 1)


def test_the_verdict_before_goes_with_it(run: Run, tmp_path: Path, service: IngestionServer) -> None:
    old = written(tmp_path / "old.json", report(named(Status.PASS, "A")))
    new = written(tmp_path / "new.json", report(named(Status.FAIL, "A")))
    assert run("send", new, *to(service), "--previous", old)[0] == 0
    assert [(row["PreviousVerdict"], row["Verdict"]) for row in service.rows] == [
        ("unknown", "fail"),  # nothing of the report's integration had passed
        ("pass", "fail"),
    ]


def large(tmp_path: Path) -> Path:
    """A report of about 30 batches."""
    message = "x" * 59_000
    rows = [named(Status.FAIL, f"N{number}", message=message) for number in range(30)]
    return written(tmp_path / "large.json", report(*rows))


def test_some_rows_given_up_is_6_and_says_how_many(
    run: Run, tmp_path: Path, service: IngestionServer
) -> None:
    service.faults.append(IngestionFault(Kind.TOO_LARGE, nth=2))
    code, _, err = run("send", large(tmp_path), *to(service))
    assert code == 6
    assert "given up: too large for Log Analytics (HTTP 413)." in err
    assert f"{len(service.rows)} rows sent, {31 - len(service.rows)} given up." in err


@pytest.mark.parametrize("kind", [Kind.FORBIDDEN, Kind.THROTTLED, Kind.UNAVAILABLE, Kind.RESET, Kind.HTML])
def test_none_sent_is_3(run: Run, saved: Path, service: IngestionServer, kind: IngestionFaultKind) -> None:
    service.faults.append(IngestionFault(kind))
    code, _, err = run("send", saved, *to(service))
    assert code == 3
    assert "0 rows sent" in err
    assert service.rows == []


def test_without_a_token_it_is_3_and_nothing_is_sent(
    run: Run, saved: Path, service: IngestionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_ACCESS_TOKEN")
    monkeypatch.setenv("PATH", "")
    assert run("send", saved, *to(service))[0] == 3
    assert service.requests == []


def test_a_dry_run_prints_the_rows_and_sends_nothing(run: Run, saved: Path, service: IngestionServer) -> None:
    code, out, err = run("send", saved, "--to", "log-analytics", "--dry-run")
    assert (code, err, service.requests) == (0, "", [])
    assert [json.loads(line) for line in out.splitlines()] == list(rows_of(REPORT))


def test_a_dry_run_shows_the_rows_as_they_would_be_cut(run: Run, tmp_path: Path) -> None:
    given = written(tmp_path / "r.json", report(named(Status.FAIL, "A", message="x" * 90_000)))
    row = json.loads(run("send", given, "--to", "webhook", "--dry-run")[1].splitlines()[1])
    assert row["Message"].endswith("…[cut: 90000 bytes]")


def test_a_webhook_gets_the_same_rows(run: Run, saved: Path, service: IngestionServer) -> None:
    code, _, err = run("send", saved, "--to", "webhook", f"{service.base_url}{HOOK}")
    assert (code, service.invalid) == (0, [])
    assert service.rows == list(rows_of(REPORT))
    assert SECRET not in err


def test_ocsf_goes_to_a_file(run: Run, saved: Path, tmp_path: Path) -> None:
    code, _, _ = run("send", saved, "--to", "ocsf", tmp_path / "events.json")
    assert code == 0
    assert (tmp_path / "events.json").read_text("utf-8") == run("report", saved, "-f", "ocsf")[1]
    assert run("send", saved, "--to", "ocsf", "--dry-run")[1] == run("report", saved, "-f", "ocsf")[1]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--to", "log-analytics"),
        ("--to", "log-analytics", "--endpoint", "https://evil.example", "--rule", RULE),
        ("--to", "log-analytics", "--endpoint", "http://127.0.0.1:9", "--rule", "nonsense"),
        ("--to", "log-analytics", "--endpoint", "http://127.0.0.1:9", "--rule", RULE, "--stream", "Perf"),
        ("x.json", "--to", "log-analytics", "--endpoint", "http://127.0.0.1:9", "--rule", RULE),
        ("--to", "ocsf"),
        ("--to", "ocsf", "x.json", "--rule", RULE),
        ("--to", "webhook"),
        ("--to", "webhook", "https://siem.example/?code=x"),
        ("--to", "webhook", "http://siem.example/"),
        ("--to", "pigeon"),
    ],
)
def test_wrong_usage_is_2(run: Run, saved: Path, words: Sequence[str], service: IngestionServer) -> None:
    assert run("send", saved, *words)[0] == 2


def test_a_file_that_is_no_report_is_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}", "utf-8")
    assert run("send", tmp_path / "x.json", "--to", "log-analytics", "--dry-run")[0] == 2


def test_another_org_s_or_a_later_report_is_no_previous_one(run: Run, saved: Path, tmp_path: Path) -> None:
    other = REPORT.source.model_copy(update={"org_id": "00D000000000002"})
    for name, changed in (("o", {"source": other}), ("l", {"generated_at": "2099-01-01T00:00:00Z"})):
        path = written(tmp_path / f"{name}.json", REPORT.model_copy(update=changed))
        assert run("send", saved, "--to", "log-analytics", "--dry-run", "--previous", path)[0] == 2


def test_a_place_that_cannot_be_written_to_is_3(run: Run, saved: Path, tmp_path: Path) -> None:
    assert run("send", saved, "--to", "ocsf", tmp_path / "no" / "x.json")[0] == 3


def test_a_log_tells_no_token_and_no_secret(run: Run, saved: Path, service: IngestionServer) -> None:
    told = run("-v", "send", saved, *to(service))[2]
    told += run("-v", "send", saved, "--to", "webhook", f"{service.base_url}{HOOK}")[2]
    assert "POST" in told
    assert service.token not in told
    assert SECRET not in told
    assert HOOK not in told
