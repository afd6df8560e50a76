"""`--events`: requests in a check, a verification and a snapshot, of the org's logs and of files, and where they can't be had."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from sfharden.emulator.event_rows import ApiRequest, day_files
from sfharden.emulator.generate import APP_LABEL, INTEGRATION_USER
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.model import org as tables
from sfharden.sources.snapshot_file import load_snapshot_file
from tests.orgs.constants import NOW
from tests.orgs.reading import INTEGRATION_FILE

from .kit import Run, words

OUTSIDE = "198.51.100.200"


@pytest.fixture
def integration(tmp_path: Path) -> Path:
    path = tmp_path / "integration.yaml"
    path.write_text(INTEGRATION_FILE, "utf-8")
    return path


def plant(org: DemoOrg, times: int = 10) -> None:
    """So many requests from outside, by a session that began inside."""
    user = org.user(INTEGRATION_USER)
    assert user
    at = NOW - timedelta(days=2)
    org.api_requests += [
        ApiRequest(user.id, at + timedelta(minutes=n), OUTSIDE, "", APP_LABEL) for n in range(times)
    ]


def forbid(org: DemoOrg) -> None:
    given = org.permission_set("Caller auditor")
    assert given
    given.permissions.discard("ViewEventLogFiles")


def log_files(folder: Path, org: DemoOrg) -> list[object]:
    """The org's logs of requests as files given by hand, as words for a command line."""
    found: list[object] = []
    for number, one in enumerate(day_files("ApiTotalUsage", org.id, org.api_requests, NOW)):
        path = folder / f"log{number}.csv"
        path.write_bytes(one.content)
        found += ["--events", path]
    return found


def statuses(out: str) -> dict[str, str]:
    return {one["id"]: one["status"] for one in json.loads(out)["integrations"][0]["findings"]}


def test_ten_planted_requests_are_found_where_logins_show_nothing(
    run: Run, server: DemoServer, org: DemoOrg, integration: Path
) -> None:
    plant(org)
    live = ("verify", "--instance-url", server.base_url, "-i", integration)
    assert run(*live)[0] == 0
    code, out, _ = run(*live, "--events")
    assert code == 1
    assert "sfharden revoke --instance-url" in out
    told = run(*live, "--events", "-f", "json")[1]
    assert statuses(told)["every-request-held"] == "fail"
    assert re.search(
        r"10 requests of 1\d\d came from outside its egress and operator ranges: 198\.51\.100\.200;", told
    )


def test_without_the_right_it_is_unknown_with_the_way_to_get_it(
    run: Run, server: DemoServer, org: DemoOrg, integration: Path
) -> None:
    plant(org)
    forbid(org)
    code, out, _ = run("verify", "--instance-url", server.base_url, "-i", integration, "--events")
    assert code == 4
    assert "View Event Log Files" in words(out)
    code, out, _ = run(
        "check", "--instance-url", server.base_url, "-i", integration, "--events", "-f", "json"
    )
    assert code == 4
    found = {one["control"]: one["status"] for one in json.loads(out)["results"]}
    assert found["api-calls-from-egress"] == "unknown"


def test_files_stand_in_for_what_the_org_refuses(
    run: Run, server: DemoServer, org: DemoOrg, integration: Path, tmp_path: Path
) -> None:
    forbid(org)
    live = ("check", "--instance-url", server.base_url, "-i", integration, "--events")
    assert run(*live)[0] == 4
    code, out, _ = run(*live, *log_files(tmp_path, org)[1:], "-f", "json")
    found = {one["control"]: one["status"] for one in json.loads(out)["results"]}
    assert (code, found["api-calls-from-egress"]) == (0, "pass")
    plant(org)
    assert run(*live, *log_files(tmp_path, org)[1:])[0] == 1


def test_the_healthy_org_passes_with_its_own_logs(run: Run, server: DemoServer, integration: Path) -> None:
    live = ("--instance-url", server.base_url, "-i", integration, "--events")
    assert run("check", *live)[0] == 0
    code, out, _ = run("verify", *live)
    assert code == 0
    assert "Requests came from its own" in out
    assert "Requests were not looked at" not in words(out)


def test_without_it_no_policy_asks_and_verify_says_that_nobody_looked(
    run: Run, server: DemoServer, integration: Path
) -> None:
    live = ("--instance-url", server.base_url, "-i", integration)
    code, out, _ = run("verify", *live)
    assert code == 0
    assert "Requests were not looked at" in words(out)
    _, out, _ = run("check", *live, "-f", "json")
    assert "api-calls-from-egress" not in out
    assert run("check", *live, "--policy", "salesforce-requests")[0] == 4
    assert not any("EventLog" in one.target for one in server.requests)


def test_a_snapshot_holds_them_and_is_judged_later(
    run: Run, server: DemoServer, org: DemoOrg, integration: Path, tmp_path: Path
) -> None:
    plant(org)
    path = tmp_path / "snapshot.json"
    assert run("snapshot", "--instance-url", server.base_url, "--events", "-o", path)[0] == 0
    snapshot = load_snapshot_file(path)
    assert snapshot.events is not None
    assert {one.kind for one in snapshot.events.periods} == {tables.REQUESTS, tables.LOGIN_EVENTS}
    assert run("verify", "--snapshot", path, "-i", integration)[0] == 1
    assert (
        run("verify", "--snapshot", path, "-i", integration, "--as-of", "2027-02-01")[0] == 4
    )  # too old to say


def test_files_go_with_a_snapshot_too(
    run: Run, server: DemoServer, org: DemoOrg, integration: Path, tmp_path: Path
) -> None:
    path = tmp_path / "snapshot.json"
    assert run("snapshot", "--instance-url", server.base_url, "-o", path)[0] == 0
    plant(org)
    assert run("verify", "--snapshot", path, "-i", integration)[0] == 0
    assert run("verify", "--snapshot", path, "-i", integration, *log_files(tmp_path, org))[0] == 1


def test_without_a_file_it_needs_a_running_org(run: Run, integration: Path, tmp_path: Path) -> None:
    code, _, err = run("check", "--source", tmp_path, "-i", integration, "--events")
    assert code == 2
    assert "--events FILE" in err


def test_a_file_that_is_no_event_log_is_named(run: Run, server: DemoServer, integration: Path) -> None:
    code, _, err = run(
        "verify", "--instance-url", server.base_url, "-i", integration, "--events", integration
    )
    assert code == 2
    assert "SalesforceLoginHistoryV2_CL" in words(err)


def test_the_calls_are_explained_before_any_is_made(run: Run, server: DemoServer, integration: Path) -> None:
    live = ("--instance-url", server.base_url, "-i", integration)
    code, out, _ = run("verify", *live, "--events", "--explain-api")
    assert code == 0
    assert "query EventLogFile" in out
    assert "EventLogFile" not in run("verify", *live, "--explain-api")[1]
    assert server.requests == []


def test_simulate_replays_requests_where_they_are_asked_for(
    run: Run, server: DemoServer, org: DemoOrg, integration: Path, tmp_path: Path
) -> None:
    plant(org)
    security = org.metadata["settings/Security.settings"]
    proposal = tmp_path / "change" / "settings"
    proposal.mkdir(parents=True)
    (proposal / "Security.settings-meta.xml").write_bytes(security)
    org.metadata["settings/Security.settings"] = security.replace(b"EveryRequest>true", b"EveryRequest>false")
    live = ("simulate", "--instance-url", server.base_url, "-i", integration, "--with", proposal.parent)
    code, out, _ = run(*live, "--events", "-f", "json")
    assert code == 1
    (found,) = json.loads(out)["integrations"]
    assert [one["times"] for one in found["requests"]["replay"]["refused"]] == [10]
    assert json.loads(run(*live, "-f", "json")[1])["integrations"][0]["requests"] is None
