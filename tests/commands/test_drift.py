"""`sfharden drift`: two snapshots, two reports, or a snapshot and an org; and what ends in which exit code."""

import base64
import csv
import io
import json
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sfharden.doors.run_doors import RunDoors
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import fixed
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import security_xml
from sfharden.ports import Timing
from sfharden.sources.events.files import read_event_files
from sfharden.sources.snapshot_file import load_snapshot_file, save_snapshot
from tests.checks.drift.planted import AT, LATER, PLANTED, row_of
from tests.emulator.kit import Client
from tests.orgs.constants import NOW
from tests.orgs.files import APP, HEALTHY, changed, write
from tests.orgs.served import doors

from .attest_kit import a_key, private_pem
from .kit import Run, widest, words

WORKFLOW = {
    "id": "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Logic/workflows/crm", "name": "crm", "location": "westeurope",
    "type": "Microsoft.Logic/workflows", "properties": {"state": "Enabled", "definition": {"actions": {}, "triggers": {}}},
}  # fmt: skip
RELAXED = next(one for one in PLANTED if one.name == "IP relaxation")
Take = Callable[[str], Path]


def tomorrow(days: int = 1) -> RunDoors:
    """The doors of a run a day later, or some days."""
    now = NOW + timedelta(days=days)
    timing = Timing(sleep=lambda _: None, clock=lambda: 0.0, chance=lambda: 0.0, now=lambda: now)
    return RunDoors(timing, doors().bounds)


@pytest.fixture
def take(run: Run, server: DemoServer, org: DemoOrg, tmp_path: Path) -> Take:
    """A snapshot of the served org, by the clock of the org."""

    def taken(name: str) -> Path:
        path = tmp_path / name
        through = doors() if org.clock() == NOW else tomorrow()
        code, _, err = run("snapshot", "--instance-url", server.base_url, "-o", path, through=through)
        assert code == 0, err
        return path

    return taken


def relax(org: DemoOrg) -> None:
    """A colleague relaxes the app's policy, which leaves a row; the next reading is a day later."""
    RELAXED.make(org)
    sync(org)
    assert RELAXED.row
    org.audit_trail.append(row_of(org, RELAXED.row(org), AT))
    org.clock = fixed(LATER)


def told(out: str) -> dict[str, Any]:
    document = json.loads(out)
    assert document["schema"] == "sfharden.drift/1"
    return dict(document)


def test_two_snapshots_of_an_org_at_rest_are_no_drift(
    run: Run, take: Take, org: DemoOrg, integration: Path
) -> None:
    old = take("old.json")
    org.clock = fixed(LATER)
    code, out, _ = run("drift", old, take("new.json"), "-i", integration)
    assert code == 0
    assert "NO REGRESSION: no verdict changed; no fact changed." in words(out)
    assert widest(out) <= 80


def test_who_relaxed_the_policy_is_told_and_ends_in_1(
    run: Run, take: Take, org: DemoOrg, integration: Path
) -> None:
    old = take("old.json")
    relax(org)
    code, out, _ = run("drift", old, take("new.json"), "-i", integration)
    assert code == 1
    assert "regressed, high: app-ip-enforced" in words(out)
    assert (
        "Likely: admin@acme.example, 2026-11-24 21:00 UTC: Changed connected app Azure Logic Apps IP relaxation"
        in words(out)
    )


def test_a_deployment_is_on_record_with_who_made_it(
    run: Run, take: Take, org: DemoOrg, server: DemoServer, integration: Path
) -> None:
    old = take("old.json")
    org.clock = fixed(AT)
    with closing(Client(server)) as client:
        client.deploy({"settings/Security.settings": security_xml(every_request=False)})
    org.clock = fixed(LATER)
    code, out, _ = run("drift", old, take("new.json"), "-i", integration, "-f", "json")
    assert code == 1
    facts = told(out)["facts"]
    assert facts
    assert {one["explained"]["telling"] for one in facts} == {"likely"}
    assert {one["explained"]["rows"][0]["who"] for one in facts} == {"auditor@acme.example"}


def test_a_snapshot_and_a_running_org_say_the_same(
    run: Run, take: Take, org: DemoOrg, server: DemoServer, integration: Path
) -> None:
    old = take("old.json")
    relax(org)
    live = run(
        "drift", old, "--instance-url", server.base_url, "-i", integration, "-f", "json", through=tomorrow()
    )
    saved = run("drift", old, take("new.json"), "-i", integration, "-f", "json", through=tomorrow())
    assert (live[0], saved[0]) == (1, 1)
    one, other = told(live[1]), told(saved[1])
    assert one["facts"] == other["facts"]
    assert one["verdicts"] == other["verdicts"]


def test_the_same_files_give_the_same_bytes_on_any_day(
    run: Run, take: Take, org: DemoOrg, integration: Path
) -> None:
    old = take("old.json")
    relax(org)
    new = take("new.json")
    first, second = (
        run("drift", old, new, "-i", integration, "-f", "json", through=one)[1]
        for one in (tomorrow(), tomorrow(90))
    )
    assert first == second


def test_every_form_has_it(run: Run, take: Take, org: DemoOrg, integration: Path, tmp_path: Path) -> None:
    old = take("old.json")
    relax(org)
    places = [tmp_path / f"drift.{ending}" for ending in ("md", "csv", "json", "html")]
    options = [word for place in places for word in ("-o", place)]
    assert run("drift", old, take("new.json"), "-i", integration, *options)[0] == 1
    page, table, document, html = (place.read_text("utf-8") for place in places)
    assert "Likely: admin@acme.example" in page
    assert any(one["who"] == "admin@acme.example" for one in csv.DictReader(io.StringIO(table)))
    assert told(document)["old"]["judged_by"] == "snapshot"
    assert "Likely: admin@acme.example" in html


def test_a_regression_below_the_least_severity_is_none(
    run: Run, take: Take, org: DemoOrg, integration: Path
) -> None:
    old = take("old.json")
    relax(org)
    new = take("new.json")
    assert run("drift", old, new, "-i", integration, "--fail-on", "high")[0] == 1
    assert run("drift", old, new, "-i", integration, "--fail-on", "critical")[0] == 0


def test_what_cannot_be_told_any_more_ends_in_4(
    run: Run, take: Take, server: DemoServer, integration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = take("old.json")
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["no-customize"])
    code, out, _ = run("drift", old, "--instance-url", server.base_url, "-i", integration)
    assert code == 4
    assert "NOT ALL KNOWN" in out
    assert "(the earlier state had it)" in words(out)
    assert "gone" not in out.partition("Not compared")[0].partition("Tokens")[2]


def test_mended_is_no_regression(run: Run, take: Take, org: DemoOrg, integration: Path) -> None:
    before = org.metadata[f"connectedApps/{RELAXED.told[1]}.connectedApp"]
    RELAXED.make(org)
    sync(org)
    old = take("old.json")
    org.metadata[f"connectedApps/{RELAXED.told[1]}.connectedApp"] = before
    sync(org)
    org.clock = fixed(LATER)
    code, out, _ = run("drift", old, take("new.json"), "-i", integration)
    assert code == 0
    assert "mended, high: app-ip-enforced" in words(out)


def test_an_older_snapshot_is_read(run: Run, take: Take, org: DemoOrg, integration: Path) -> None:
    old = take("old.json")
    old.write_text(old.read_text("utf-8").replace("sfharden.snapshot/2", "sfharden.snapshot/1"), "utf-8")
    org.clock = fixed(LATER)
    assert run("drift", old, take("new.json"), "-i", integration)[0] == 0


# Reports, files and what can't be compared -------------------------------------------------------


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The healthy org's files, and the same with the app's policy relaxed."""
    relaxed = changed(APP, "ENFORCE", "BYPASS")
    return write(HEALTHY, tmp_path / "old"), write(relaxed, tmp_path / "new")


def test_of_two_reports_the_verdicts_are_compared(
    run: Run, folders: tuple[Path, Path], integration: Path, tmp_path: Path
) -> None:
    saved = [tmp_path / "a.json", tmp_path / "b.json"]
    for folder, place in zip(folders, saved, strict=True):
        run("check", "--source", folder, "-i", integration, "-o", place)
    code, out, _ = run("drift", *saved)
    assert code == 1
    assert "app-ip-enforced" in out
    assert "only their verdicts" in words(out)
    code, _, err = run("drift", *saved, "-i", integration)
    assert (code, "judged already" in err) == (2, True)


def test_of_files_facts_are_compared_and_nobody_is_on_record(
    run: Run, folders: tuple[Path, Path], integration: Path, tmp_path: Path
) -> None:
    old = tmp_path / "files.json"
    run("snapshot", "--source", folders[0], "-o", old)
    code, out, _ = run("drift", old, "--source", folders[1], "-i", integration, "-f", "json")
    assert code == 1
    document = told(out)
    assert [one["what"] for one in document["facts"]] == ["oauthPolicy.ipRelaxation"]
    assert document["facts"][0]["explained"]["telling"] == "not-read"
    assert document["trail"] is None


def test_a_report_and_a_snapshot_are_refused_whichever_comes_first(
    run: Run, take: Take, ask: Run, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    ask("check", "-o", report)
    snapshot = take("old.json")
    for pair in ((report, snapshot), (snapshot, report), (report,)):
        code, out, err = run("drift", *pair)
        assert (code, out) == (2, "")
        assert "Give two" in err


@pytest.mark.parametrize("extra", [(), ("--org", "prod", "--demo")])
def test_without_a_later_state_or_with_two_nothing_is_compared(
    run: Run, take: Take, extra: tuple[str, ...]
) -> None:
    assert run("drift", take("old.json"), *extra)[0] == 2


def test_a_later_file_and_a_source_are_one_too_many_and_a_named_org_stands_back(
    run: Run, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = take("old.json")
    assert run("drift", old, old, "--demo")[0] == 2
    assert run("drift", old, old, "--azure")[0] == 2
    monkeypatch.setenv("SFHARDEN_ORG", "production")
    assert run("drift", old, old)[0] == 0


def test_another_org_and_a_wrong_order_are_refused(
    run: Run, take: Take, org: DemoOrg, tmp_path: Path
) -> None:
    old = take("old.json")
    org.clock = fixed(LATER)
    new = take("new.json")
    assert "Give the earlier one first" in run("drift", new, old)[2]
    snapshot = load_snapshot_file(new)
    other = snapshot.model_copy(
        update={"source": snapshot.source.model_copy(update={"org_id": "00Dxx00000009Zz"})}
    )
    save_snapshot(other, tmp_path / "other.json")
    code, _, err = run("drift", old, tmp_path / "other.json")
    assert (code, "two orgs" in err) == (2, True)


def test_no_file_and_a_file_that_is_none_end_in_2(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "text.json"
    text.write_text("{}", "utf-8")
    for path in (tmp_path / "none.json", text, tmp_path):
        assert run("drift", path, path)[0] == 2


def test_calls_are_explained_and_none_is_made(run: Run, take: Take, server: DemoServer) -> None:
    code, out, _ = run("drift", take("old.json"), "--instance-url", server.base_url, "--explain-api")
    assert code == 0
    assert "SetupAuditTrail" in out


# With the usual report ---------------------------------------------------------------------------


def test_check_since_adds_what_changed_to_the_usual_report(
    run: Run, take: Take, org: DemoOrg, server: DemoServer, integration: Path, tmp_path: Path
) -> None:
    old = take("old.json")
    relax(org)
    report = tmp_path / "report.json"
    given = ("--instance-url", server.base_url, "-i", integration)
    code, out, _ = run(
        "check", *given, "--since", old, "-o", "-", "-o", report, "-o", tmp_path / "r.md", through=tomorrow()
    )
    assert code == 1
    assert "NOT HARDENED" in out
    assert "Since then: 2026-11-24 12:00 UTC to 2026-11-25 12:00 UTC" in words(out)
    assert "Likely: admin@acme.example" in words(out)
    drift = json.loads(report.read_text("utf-8"))["drift"]
    alone = run("drift", old, *given, "-f", "json", through=tomorrow())[1]
    assert drift["facts"] == told(alone)["facts"]
    assert drift["verdicts"] == told(alone)["verdicts"]
    assert "# Since then" in (tmp_path / "r.md").read_text("utf-8")
    # A saved report says it again, in the forms that tell it.
    assert "Likely: admin@acme.example" in words(run("report", report)[1])


def test_check_alone_says_nothing_of_before(ask: Run) -> None:
    code, out, _ = ask("check", "-f", "json")
    assert json.loads(out)["drift"] is None
    assert code in (0, 4)


def test_a_short_report_stays_short(run: Run, take: Take, org: DemoOrg, server: DemoServer) -> None:
    old = take("old.json")
    for short in ("--quiet", "--summary"):
        out = run("check", "--instance-url", server.base_url, "--since", old, short)[1]
        assert "Since then" not in out


def test_what_only_the_later_state_holds_is_not_judged_of_both(
    run: Run, take: Take, org: DemoOrg, server: DemoServer, integration: Path, tmp_path: Path
) -> None:
    old = take("old.json")
    org.clock = fixed(LATER)
    exports = tmp_path / "answers"
    exports.mkdir()
    (exports / "workflow.json").write_text(json.dumps(WORKFLOW), "utf-8")
    given = ("--instance-url", server.base_url, "-i", integration, "--azure-exports", exports)
    alone = told(run("drift", old, *given, "-f", "json", through=tomorrow())[1])
    report = json.loads(run("check", *given, "--since", old, "-f", "json", through=tomorrow())[1])
    assert "azure-logic-apps" in report["policies"]
    for found in (alone, report["drift"]):
        assert "azure-logic-apps" not in found["policies"]
        assert found["verdicts"] == []
        assert any(one["what"] == "Azure" and not one["is_new"] for one in found["gaps"])


def private_key(path: Path) -> Path:
    path.write_bytes(private_pem(a_key()))
    path.chmod(0o600)
    return path


def test_requests_that_were_judged_and_are_not_any_more_are_incomplete(
    run: Run, take: Take, tmp_path: Path, integration: Path
) -> None:
    bare, old = take("new.json"), tmp_path / "old.json"
    log = tmp_path / "requests.csv"
    log.write_text(
        "EVENT_TYPE,TIMESTAMP_DERIVED,USER_ID,CLIENT_IP,STATUS_CODE\n"
        "ApiTotalUsage,2026-11-20T00:00:00.000Z,005xx0000000001AAA,192.0.2.9,200\n"
    )
    read, _ = read_event_files((log,))
    save_snapshot(load_snapshot_file(bare).model_copy(update={"events": read}), old)
    code, out, _ = run("drift", old, bare, "-f", "json")
    assert (code, [gap["what"] for gap in json.loads(out)["gaps"] if gap["is_new"]]) == (
        4,
        ["Requests in event logs"],
    )
    assert run("drift", old, bare, "--events", log)[0] == 0
    check = ("check", "--snapshot", bare, "-i", integration, "--since")
    assert run(*check, bare)[0] == 0
    assert run(*check, old)[0] == 4
    assert run(*check, old, "--events", log)[0] == run(*check[:-1], "--events", log)[0]
    key = private_key(tmp_path / "key.pem")
    assert run(*check, old, "--attest", tmp_path / "a.json", "--attest-key", key)[0] == 4
    payload = json.loads((tmp_path / "a.json").read_text("utf-8"))["payload"]
    assert json.loads(base64.b64decode(payload))["predicate"]["exitCode"] == 4
    assert run("drift", old, bare, "--events")[0] == 2
