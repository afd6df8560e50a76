"""`verify`: evidence since the hardening, and what to do where there is none."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sfharden.addresses import AddressSet
from sfharden.checks.observed import Observation, verify
from sfharden.model import org
from sfharden.model.integration import Egress, Integration
from sfharden.model.results import Status
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.sources.snapshot_file import save_snapshot
from sfharden.text.wrapping import display_width
from tests.conftest import Run
from tests.orgs.constants import HARDENED_YAML as YAML
from tests.orgs.metadata import INTEGRATION, PROFILE, login_range, permission, snapshot_of, xml
from tests.orgs.running import (  # fmt: skip
    DANA,
    EGRESS,
    ELSEWHERE,
    FILES,
    HARDENED,
    HARDENED_INTEGRATION,
    OPERATOR,
    login,
    running,
    token,
)

SUCCESS, REFUSAL = login(), login(source=ELSEWHERE, status="Restricted IP", days=2)
PASS, FAIL, UNKNOWN = Status.PASS, Status.FAIL, Status.UNKNOWN


def findings(snapshot: Snapshot, by: Integration = HARDENED_INTEGRATION) -> dict[str, Observation]:
    return {one.id: one for one in verify(snapshot, by).findings}


def status(name: str, *gaps: Gap, **tables: Any) -> Status:
    return findings(running(FILES, *gaps, **tables))[name].status


def test_all_evidence_is_there() -> None:
    found = findings(running())
    assert {one.status for one in found.values()} == {PASS}
    assert "status 'Restricted IP'" in found["refusal-from-elsewhere"].message


LOGINS = [
    ("success-from-egress", (REFUSAL,), UNKNOWN),
    ("success-from-egress", (login(days=-1),), UNKNOWN),  # before the hardening
    ("success-from-egress", (login(DANA),), UNKNOWN),  # somebody else
    ("success-from-egress", (login(status="success"),), UNKNOWN),  # spelled otherwise
    ("success-from-egress", (login(source=OPERATOR),), UNKNOWN),
    ("success-from-egress", (login(times=100, days=3),), PASS),  # the last of them counts
    ("refusal-from-elsewhere", (SUCCESS,), UNKNOWN),
    ("refusal-from-elsewhere", (login(status="Restricted IP"),), UNKNOWN),  # from egress
    ("refusal-from-elsewhere", (login(source=OPERATOR, status="Restricted IP"),), UNKNOWN),
    ("refusal-from-elsewhere", (login(source=ELSEWHERE, status="Restricted IP", days=-1),), UNKNOWN),
    ("refusal-from-elsewhere", (login(source=ELSEWHERE, status="Whatever"),), UNKNOWN),
    ("refusal-from-elsewhere", (login(source=ELSEWHERE, status="Restricted IP"),), PASS),
    ("no-success-from-elsewhere", (SUCCESS, login(source=ELSEWHERE)), FAIL),
    ("no-success-from-elsewhere", (SUCCESS, login(source=ELSEWHERE, days=-1)), PASS),
    ("no-success-from-elsewhere", (SUCCESS, login(source=OPERATOR)), PASS),
    ("no-success-from-elsewhere", (SUCCESS, login(DANA, ELSEWHERE)), PASS),
    ("no-success-from-elsewhere", (SUCCESS, login(source="Salesforce.com IP")), UNKNOWN),
    ("no-success-from-elsewhere", (REFUSAL,), UNKNOWN),  # nothing seen at all is no evidence
    ("no-refusal-from-egress", (login(days=2), login(status="Restricted IP", days=3)), FAIL),
    ("no-refusal-from-egress", (login(days=3), login(status="Restricted IP", days=2)), PASS),
    ("no-refusal-from-egress", (login(status="Restricted IP"),), FAIL),
    ("no-refusal-from-egress", (REFUSAL,), UNKNOWN),
]


@pytest.mark.parametrize(("name", "logins", "wanted"), LOGINS)
def test_logins(name: str, logins: tuple[org.Login, ...], wanted: Status) -> None:
    assert status(name, logins=logins) is wanted


TOKENS = [
    ("old-tokens-gone", (token(days=-1), token()), FAIL),
    ("old-tokens-gone", (token(DANA, days=-1),), FAIL),
    ("old-tokens-gone", (token(days=-1, label="Another app", app="0H4000000000009AAA"),), PASS),
    ("old-tokens-gone", (token(days=-1, app=""),), FAIL),  # the same label, whatever the record says
    ("old-tokens-gone", (token()._replace(created=None),), UNKNOWN),
    ("old-tokens-gone", (token(days=-1)._replace(summed=True),), UNKNOWN),  # the first connection may be over
    ("old-tokens-gone", (token()._replace(summed=True),), PASS),
    ("old-tokens-gone", (), PASS),
    ("expected-consent", (), PASS),  # an app that signs in by JWT or client credentials holds none
    ("expected-consent", (token(days=-1),), PASS),
    ("expected-consent", (token(), token(DANA)), FAIL),
    ("expected-consent", (token(), token(DANA, label="azure  logic apps", app="")), FAIL),
    ("expected-consent", (token(), token(days=2)), PASS),
]


@pytest.mark.parametrize(("name", "tokens", "wanted"), TOKENS)
def test_tokens(name: str, tokens: tuple[org.Token, ...], wanted: Status) -> None:
    assert status(name, tokens=tokens) is wanted


def test_tokens_of_external_client_apps_count_too() -> None:
    assert (
        status("old-tokens-gone", tokens=(), external_tokens=(token(days=-1)._replace(external=True),))
        is FAIL
    )


@pytest.mark.parametrize("kind", [org.LOGINS, org.TOKENS])
def test_a_table_that_may_lack_rows_proves_no_absence(kind: str) -> None:
    found = findings(running(FILES, Gap(what="x", reason="cut off", kind=kind)))
    absent = {
        org.LOGINS: ["no-success-from-elsewhere", "no-refusal-from-egress", "no-success-outside-ranges"],
        org.TOKENS: ["old-tokens-gone", "expected-consent"],
    }[kind]
    for name, one in found.items():
        assert one.status is (UNKNOWN if name in absent else PASS)
    assert all("cut off" in found[name].message for name in absent)


def test_bad_news_stands_even_if_rows_are_missing() -> None:
    gap = Gap(what="x", reason="cut off", kind=org.LOGINS)
    assert status("no-success-from-elsewhere", gap, logins=(login(source=ELSEWHERE),)) is FAIL
    gap = Gap(what="x", reason="cut off", kind=org.TOKENS)
    assert status("old-tokens-gone", gap, tokens=(token(days=-1),)) is FAIL


def test_logins_that_were_not_read_back_to_the_hardening_prove_no_absence() -> None:
    late = HARDENED + timedelta(hours=1)
    for since in (late, None):
        assert status("no-success-from-elsewhere", logins_since=since) is UNKNOWN
        assert status("success-from-egress", logins_since=since) is PASS


# What can be told without a moment of hardening.
ANYTIME = ("expected-consent", "no-success-outside-ranges")


@pytest.mark.parametrize(
    ("snapshot", "by", "words"),
    [
        (lambda: running(), INTEGRATION, "hardened_at"),
        (lambda: running(logins=None, tokens=None), HARDENED_INTEGRATION, "was not read"),
        (lambda: snapshot_of(FILES), HARDENED_INTEGRATION, "needs a live org"),
        (
            lambda: running().model_copy(update={"taken_at": HARDENED - timedelta(days=1)}),
            HARDENED_INTEGRATION,
            "before hardened_at",
        ),
    ],
)
def test_without_facts_everything_is_unknown(
    snapshot: Callable[[], Snapshot], by: Integration, words: str
) -> None:
    found = findings(snapshot(), by)
    since = [one for name, one in found.items() if name not in ANYTIME]
    assert {one.status for one in since} == {UNKNOWN}
    assert all(words in one.message for one in since)


def test_a_user_that_the_org_does_not_show_is_unknown() -> None:
    other = HARDENED_INTEGRATION.model_copy(update={"users": ("svc@acme.example", "gone@acme.example")})
    found = findings(running(), other)
    assert found["success-from-egress"].status is UNKNOWN
    assert "gone@acme.example" in found["success-from-egress"].message


def test_egress_that_is_not_known_makes_elsewhere_unknown() -> None:
    gap = Gap(what="egress", reason="it can't be read", kind="Egress")
    partly = HARDENED_INTEGRATION.model_copy(
        update={"egress": Egress(addresses=INTEGRATION.egress.addresses, gaps=(gap,))}
    )
    found = findings(running(logins=(SUCCESS, REFUSAL, login(source=ELSEWHERE))), partly)
    assert found["no-success-from-elsewhere"].status is UNKNOWN
    assert found["refusal-from-elsewhere"].status is UNKNOWN
    assert found["success-from-egress"].status is PASS


def test_a_failure_from_inside_the_ranges_is_no_evidence_that_they_refuse() -> None:
    narrow = HARDENED_INTEGRATION.model_copy(
        update={"egress": Egress(addresses=AddressSet.of(["192.0.2.9"]))}
    )
    found = findings(running(logins=(login(source=EGRESS, status="Invalid Password"),)), narrow)
    assert found["refusal-from-elsewhere"].status is UNKNOWN


def test_an_app_that_was_not_found_leaves_it_open_which_tokens_are_its_own() -> None:
    misspelt = HARDENED_INTEGRATION.model_copy(update={"app": "Azure Logic Appz"})
    gap = Gap(what="Connected apps", reason="cut off", kind=org.APPS)
    for snapshot, by in (
        (running(), misspelt),
        (running(apps=None), HARDENED_INTEGRATION),
        (running(FILES, gap), HARDENED_INTEGRATION),
    ):
        found = findings(snapshot, by)
        assert found["old-tokens-gone"].status is UNKNOWN
        assert found["expected-consent"].status is UNKNOWN
    short = token(days=-1, label="Renamed", app=token().app_id[:15])
    assert status("old-tokens-gone", tokens=(short,)) is FAIL


def test_what_a_look_alike_user_did_is_no_evidence() -> None:
    twin = org.User(DANA, "\u017fvc@acme.example", "00e000000000001AAA", True, "Standard", None)
    users = (*running().org.users[:2], twin)  # type: ignore[union-attr,index]
    logins = (login(DANA), login(DANA, ELSEWHERE, status="Restricted IP"))
    found = findings(running(users=users, logins=logins, tokens=(token(DANA),)))
    assert found["success-from-egress"].status is UNKNOWN
    assert found["refusal-from-elsewhere"].status is UNKNOWN
    assert found["expected-consent"].status is FAIL


@pytest.mark.parametrize(
    ("ranges", "words"), [("", "keep nobody out"), (None, "0 metadata files"), ("0.0.0.0", "keep nobody out")]
)
def test_a_failure_proves_nothing_of_ranges_that_refuse_nobody(ranges: str | None, words: str) -> None:
    files = {path: text for path, text in FILES.items() if path != PROFILE}
    if ranges is not None:
        wide = login_range(ranges, "255.255.255.255") if ranges else ""
        files[PROFILE] = xml("Profile", f"<custom>true</custom>{wide}{permission('ApiEnabled')}")
    found = findings(running(files))["refusal-from-elsewhere"]
    assert found.status is UNKNOWN
    assert words in found.message


# The command --------------------------------------------------------------------------------


def saved(folder: Path, snapshot: Snapshot) -> tuple[Path, Path]:
    integration, file = folder / "i.yaml", folder / "org.json"
    integration.write_text(YAML, "utf-8")
    save_snapshot(snapshot, file)
    return file, integration


@pytest.mark.parametrize(
    ("logins", "code"),
    [((SUCCESS, REFUSAL), 0), ((SUCCESS,), 4), ((SUCCESS, REFUSAL, login(source=ELSEWHERE)), 1)],
)
def test_exit_codes(run: Run, tmp_path: Path, logins: tuple[org.Login, ...], code: int) -> None:
    file, integration = saved(tmp_path, running(logins=logins))
    assert run("verify", "--snapshot", file, "-i", integration)[0] == code


def test_what_is_missing_comes_with_how_to_produce_it(run: Run, tmp_path: Path) -> None:
    file, integration = saved(tmp_path, running(logins=(SUCCESS,)))
    _, out, err = run("verify", "--snapshot", file, "-i", integration)
    assert err == ""
    assert "one harmless attempt" in out
    assert "svc@acme.example" in out
    assert max(display_width(line) for line in out.splitlines()) <= 80


def test_hostile_names_reach_no_terminal(run: Run, tmp_path: Path) -> None:
    evil = login(source=ELSEWHERE, status="\x1b[31mOwned\x1b[0m\u202egnp", days=2)
    holder = org.User(DANA, "d\x1b]0;x\x07@acme.example", "00e000000000003AAA", True, "Standard", None)
    users = (*running().org.users[:2], holder)  # type: ignore[union-attr,index]
    file, integration = saved(tmp_path, running(logins=(evil,), users=users, tokens=(token(DANA),)))
    _, out, _ = run("verify", "--snapshot", file, "-i", integration)
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "Owned" in out


def test_json(run: Run, tmp_path: Path) -> None:
    file, integration = saved(tmp_path, running())
    report = tmp_path / "report.json"
    assert run("verify", "--snapshot", file, "-i", integration, "-f", "json", "-o", report)[0] == 0
    data = json.loads(report.read_text("utf-8"))
    assert data["schema"] == "sfharden.verification/1"
    assert {one["status"] for one in data["integrations"][0]["findings"]} == {"pass"}
    assert report.stat().st_mode & 0o777 == 0o600


# Where nothing counts ------------------------------------------------------------------------


def test_without_hardened_at_the_last_line_says_what_to_add(run: Run, tmp_path: Path) -> None:
    file, integration = saved(tmp_path, running())
    integration.write_text(YAML.replace("    hardened_at: 2026-11-20T09:00:00Z\n", ""), "utf-8")
    code, out, _ = run("verify", "--snapshot", file, "-i", integration)
    assert code == 4
    last = out.split("\n\n")[-1].replace("\n", " ")
    assert "Then add hardened_at: <TIME OF THE LAST CHANGE>" in last
    assert "2026-11-24" not in last  # now is never the moment to write
    assert "What was seen" in out  # what fails fails without it, too
    code, out, _ = run("verify", "--snapshot", file, "-i", integration, "-f", "json")
    assert (code, len(json.loads(out)["integrations"][0]["findings"])) == (4, 7)


def test_of_several_only_the_one_without_hardened_at_is_told_to_add_it(run: Run, tmp_path: Path) -> None:
    file, integration = saved(tmp_path, running())
    lines = YAML.partition("integrations:\n")[2].replace("crm-sync", "other").splitlines(keepends=True)
    integration.write_text(YAML + "".join(lines[:-1]), "utf-8")
    code, out, _ = run("verify", "--snapshot", file, "-i", integration)
    assert code == 4
    assert "other: Harden first. Then add hardened_at: " in " ".join(out.split())
    assert out.count("What was seen") == 2


def test_metadata_files_are_one_line(run: Run, tmp_path: Path) -> None:
    file, integration = saved(tmp_path, snapshot_of(FILES))
    code, out, _ = run("verify", "--snapshot", file, "-i", integration)
    assert code == 4
    assert "verify needs a running org: " in out
    assert "What was seen" not in out
