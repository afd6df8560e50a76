"""`hunt`: from a list to hits, gaps and what to revoke, on a running org, a snapshot, and event logs alone."""

import json
import shlex
from datetime import timedelta
from pathlib import Path

import pytest

from sfharden.emulator.event_rows import ApiRequest, day_files
from sfharden.emulator.generate import APP_LABEL, ELSEWHERE, INTEGRATION_USER
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.records import OauthToken
from sfharden.emulator.state import DemoOrg
from tests.orgs.constants import NOW
from tests.orgs.served import secrets_of

from .kit import Run, words

OUTSIDE = "198.51.100.200"
WHOLE_DAYS = ("--since", "2026-11-22", "--until", "2026-11-24")


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "indicators.txt"
    path.write_text("# published in August\n198[.]51[.]100[.]200\n2001:db8:bad::/48\n", "utf-8")
    return path


def plant(org: DemoOrg, times: int = 10, app: str = APP_LABEL) -> None:
    user = org.user(INTEGRATION_USER)
    assert user
    at = NOW - timedelta(days=2)
    org.api_requests += [
        ApiRequest(user.id, at + timedelta(minutes=n), OUTSIDE, "", app) for n in range(times)
    ]


def test_ten_requests_of_a_stolen_session_are_found_with_what_to_revoke(
    run: Run, server: DemoServer, org: DemoOrg, listed: Path
) -> None:
    plant(org)
    code, out, err = run("hunt", "--instance-url", server.base_url, "--addresses", listed)
    assert code == 1
    assert "THEY CAME IN: 10 requests." in out
    assert f"--app '{APP_LABEL}' --user '{INTEGRATION_USER}'" in out
    assert not any(secret in out + err for secret in secrets_of(org))


def test_a_clean_org_of_which_everything_was_searched_is_0(
    run: Run, server: DemoServer, listed: Path
) -> None:
    live = ("hunt", "--instance-url", server.base_url, "--addresses", listed)
    code, out, _ = run(*live, *WHOLE_DAYS)
    assert (code, "NOTHING FOUND.\n" in out) == (0, True)
    code, out, _ = run(*live, "--since", "2026-11-22")  # today's requests are in no log yet
    assert code == 4
    assert "come after a day's end" in words(out)


def test_without_the_right_nothing_found_is_not_clean(
    run: Run, server: DemoServer, org: DemoOrg, listed: Path
) -> None:
    given = org.permission_set("Caller auditor")
    assert given
    given.permissions.discard("ViewEventLogFiles")
    code, out, _ = run("hunt", "--instance-url", server.base_url, "--addresses", listed, *WHOLE_DAYS)
    assert code == 4
    assert "View Event Log Files" in words(out)


def test_what_was_refused_is_a_hit_and_puts_no_token_at_risk(
    run: Run, server: DemoServer, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"ip,note\n{ELSEWHERE[0]},seen before\n", "utf-8")
    code, out, _ = run("hunt", "--instance-url", server.base_url, "--addresses", path)
    assert code == 1
    assert "THEY TRIED" in out
    assert "sfharden revoke" not in out


def test_the_printed_selection_takes_just_the_tokens_at_risk(
    run: Run, server: DemoServer, org: DemoOrg, listed: Path, tmp_path: Path
) -> None:
    plant(org, app="Forgotten, 'quoted'")
    user = org.user(INTEGRATION_USER)
    assert user
    org.tokens.put(
        OauthToken("Forgotten, 'quoted'", user.id, NOW - timedelta(days=9), "made-up-delete-token")
    )
    live = ("--instance-url", server.base_url)
    _, out, _ = run("hunt", *live, "--addresses", listed, "-f", "json")
    data = json.loads(out)
    assert [one["app"] for one in data["tokens"]] == ["Forgotten, 'quoted'"]
    (command,) = data["revoke"]
    code, out, _ = run(*shlex.split(command)[1:], "--dry-run")
    assert code == 0
    assert "1 token" in out


def test_a_snapshot_is_searched_up_to_when_it_was_taken(
    run: Run, server: DemoServer, org: DemoOrg, listed: Path, tmp_path: Path
) -> None:
    plant(org)
    path = tmp_path / "snapshot.json"
    run("snapshot", "--instance-url", server.base_url, "--events", "-o", path)
    code, out, _ = run("hunt", "--snapshot", path, "--addresses", listed)
    assert code == 1
    assert "to 2026-11-24 12:00 UTC" in words(out)
    assert "sfharden revoke --org ALIAS" in out


def test_a_snapshot_is_searched_on_to_the_last_row_of_newer_files(
    run: Run, server: DemoServer, org: DemoOrg, listed: Path, tmp_path: Path
) -> None:
    path, log = tmp_path / "snapshot.json", tmp_path / "log.csv"
    run("snapshot", "--instance-url", server.base_url, "-o", path)
    row = f"ApiTotalUsage,2026-11-26T00:00:00.000Z,005000000000001,{OUTSIDE},200\n"
    log.write_text(f"EVENT_TYPE,TIMESTAMP_DERIVED,USER_ID,CLIENT_IP,STATUS_CODE\n{row}", "utf-8")
    code, out, _ = run("hunt", "--snapshot", path, "--addresses", listed, "--events", log)
    assert code == 1
    assert "to 2026-11-26 00:00 UTC" in words(out)
    assert "Logins: those after 2026-11-24 12:00 UTC were not read" in words(out)
    assert "later than now" in words(out)  # the clock stands at the 24th: told all the same, and named


def test_event_logs_alone_are_searched_and_the_rest_is_a_gap(
    run: Run, org: DemoOrg, listed: Path, tmp_path: Path
) -> None:
    plant(org)
    logs = []
    for number, one in enumerate(day_files("ApiTotalUsage", org.id, org.api_requests, NOW)):
        (tmp_path / f"{number}").write_bytes(one.content)
        logs += ["--events", tmp_path / f"{number}"]
    code, out, _ = run("hunt", "--addresses", listed, *logs, "-o", tmp_path / "hunt.csv", "-o", "-")
    assert code == 1
    assert "10 requests" in out
    assert "Logins: it needs a live org" in words(out)
    assert OUTSIDE in (tmp_path / "hunt.csv").read_text("utf-8")


def test_a_list_with_a_slip_of_the_pen_is_not_clean(run: Run, server: DemoServer, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("198.51.100.201\n198.51.100.2O0\n198.51.100.999\n", "utf-8")
    code, out, _ = run("hunt", "--instance-url", server.base_url, "--addresses", path, *WHOLE_DAYS)
    assert code == 4
    assert "198.51.100.999" in out


def test_a_pattern_that_is_not_understood_is_not_clean(run: Run, server: DemoServer, tmp_path: Path) -> None:
    pattern = "[ipv4-addr:value LIKE '198.51.100.%']"
    path = tmp_path / "bundle.json"
    objects = [{"type": "ipv4-addr", "value": "192.0.2.99"}, {"type": "indicator", "pattern": pattern}]
    path.write_text(json.dumps({"objects": objects}), "utf-8")
    code, out, _ = run("hunt", "--instance-url", server.base_url, "--addresses", path, *WHOLE_DAYS)
    assert code == 4
    assert f"1 indicator of the lists not understood, so not searched for: {pattern}" in words(out)


def test_rows_that_may_be_ranges_are_not_clean_and_say_the_way_out(
    run: Run, server: DemoServer, tmp_path: Path
) -> None:
    path = tmp_path / "list.txt"
    codes = []
    for row in ("192.0.2.7 192.0.2.9", "192.0.2.7-192.0.2.9"):
        path.write_text(row, "utf-8")
        code, out, _ = run("hunt", "--instance-url", server.base_url, "--addresses", path, *WHOLE_DAYS)
        codes.append((code, "1 row of the lists may be a range" in words(out), "write a-b" in words(out)))
    assert codes == [(4, True, True), (0, False, False)]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--addresses", "gone.txt", "--demo"), 2, "no list of addresses"),
        (("--demo",), 2, "--addresses"),
        (("--addresses", "{list}",), 2, "Give a source"),
        (("--addresses", "{list}", "--source", "."), 3, "Metadata files hold no logins"),
        (("--addresses", "{list}", "--demo", "--since", "soon"), 2, "--since"),
        (("--addresses", "{list}", "--demo", "--since", "1d", "--until", "9d"), 2, "ends before it begins"),
    ],
)  # fmt: skip
def test_what_cannot_be_searched_is_refused(
    run: Run, listed: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    found, _, err = run("hunt", *(str(listed) if one == "{list}" else one for one in arguments))
    assert found == code
    assert said in words(err), err


def test_the_calls_are_explained_with_the_logs_that_it_reads(
    run: Run, server: DemoServer, listed: Path
) -> None:
    code, out, _ = run("hunt", "--instance-url", server.base_url, "--addresses", listed, "--explain-api")
    assert code == 0
    assert "query EventLogFile" in out
    assert server.requests == []
