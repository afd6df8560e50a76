"""The question in KQL has the replay's answer, run by a KQL engine over both tables of the connectors."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sfharden.model.org import Login
from sfharden.model.snapshot import Snapshot
from sfharden.report.simulate_kql import literal_of, render_kql
from sfharden.simulation.kql_facts import kql_facts
from sfharden.simulation.proposal import overlay
from sfharden.simulation.replay import LoginGroup, replay
from tests.kql.kit import CONNECTORS, NOW, asked, complaints
from tests.orgs.constants import ADMIN, ADMIN_DESK, EGRESS, ELSEWHERE, OPERATOR, SVC
from tests.orgs.metadata import APP, INTEGRATION, PROFILE, login_range, snapshot_of, xml
from tests.orgs.running import FILES, changed, login, running

LOOSE = changed(APP, ("ENFORCE", "BYPASS"))
PROPOSAL = {APP: FILES[APP], PROFILE: xml("Profile", login_range("192.0.2.0", "192.0.2.7"))}
SINCE = NOW - timedelta(days=30)
UI = "UsernamePasswordUiLogin"
# Everything that makes a difference, and what makes none: other users, failures, a status in capitals.
LOGINS = (
    login(),
    login(source=ELSEWHERE, times=3),
    login(source=ELSEWHERE, app="Some CLI"),
    login(source=ELSEWHERE, subtype=UI, app="Browser", times=2),
    login(source=OPERATOR, subtype=UI, app="Browser"),
    login(source="192.0.2.7"),
    login(source="192.0.2.8", times=5),
    login(source="::ffff:192.0.2.8", app="azure logic apps"),
    login(source="2001:db8::9"),
    login(source="Salesforce.com IP"),
    login(source=ELSEWHERE, subtype="OauthHybridNew"),
    login(source=ELSEWHERE, status="Invalid Password"),
    login(source=ELSEWHERE, status="success"),
    login(ADMIN, ELSEWHERE, subtype=UI, app="Browser"),
    login(ADMIN, ADMIN_DESK, subtype=UI, app="Browser"),
    login(source=EGRESS, subtype="OauthClientCredentials"),
)


def sides() -> tuple[Snapshot, Snapshot]:
    before = running(LOOSE)
    return before, overlay(before, snapshot_of(PROPOSAL))


def query() -> str:
    return render_kql(kql_facts(*sides(), [INTEGRATION]), SINCE)


def rows(one: Login) -> list[dict[str, Any]]:
    """The login as the audit connector has it: a row each."""
    row = {
        "TimeGenerated": one.first, "UserId": one.user_id, "SourceIp": one.source_ip, "Status": one.status,
        "LoginType": one.login_type, "LoginSubType": one.subtype, "Application": one.application,
    }  # fmt: skip
    return [row] * one.times


def test_kql_and_the_replay_have_one_answer() -> None:
    logins = [row for one in LOGINS for row in rows(one)]
    answered = asked(query(), CONNECTORS, {"SalesforceLoginHistoryV2_CL": logins})
    found = Counter[tuple[str, str, str]]()
    for row in answered:
        found[row["Verdict"], row["Address"], row["Application"]] += row["Times"]
    assert found == expected()
    assert {row["User15"] for row in answered} == {SVC[:15]}
    assert {verdict for verdict, *_ in found} == {"refused", "refused today, too", "can not be told"}


def expected() -> Counter[tuple[str, str, str]]:
    """What the replay says of the integration's user."""
    played = replay(LOGINS, *sides(), INTEGRATION)
    told = Counter[tuple[str, str, str]]()

    def count(verdict: str, groups: tuple[LoginGroup, ...]) -> None:
        for one in groups:
            if one.user in INTEGRATION.users:
                told[verdict, one.source_ip, one.app] += one.times

    count("refused", tuple(one for one in played.refused if not one.already))
    count("refused today, too", tuple(one for one in played.refused if one.already))
    count("can not be told", tuple(one for one in played.unknown if "status" not in one.reason))
    return told


def test_event_files_are_asked_too_where_every_kind_of_login_agrees() -> None:
    row = {
        "TimeGenerated": NOW - timedelta(days=1), "EventType": "Login", "LoginStatus": "LOGIN_NO_ERROR",
        "UserId": SVC[:15], "SourceIp": ELSEWHERE,
    }  # fmt: skip
    others = (
        {"EventType": "API"},
        {"LoginStatus": "LOGIN_ERROR_X"},
        {"UserId": ADMIN},
        {"TimeGenerated": SINCE - timedelta(days=1)},
    )
    events = [row, *({**row, **one} for one in others), {**row, "SourceIp": EGRESS}]
    found = asked(query(), CONNECTORS, {"SalesforceServiceCloudV2_CL": events})
    assert [(one["Address"], one["Kind"], one["Times"]) for one in found] == [(ELSEWHERE, "event", 1)]
    assert found[0]["Verdict"] != "in"


def test_the_language_service_has_nothing_against_it() -> None:
    assert complaints([query()], CONNECTORS) == [[]]


def test_hostile_names_stay_texts() -> None:
    assert literal_of("it's \\ a 'name'") == r"'it\'s \\ a \'name\''"
    assert literal_of("a\nb\x1b") == "'a b�'"
    two = INTEGRATION.model_copy(update={"users": (*INTEGRATION.users, "x'\n| take 1@acme.example")})
    text = render_kql(kql_facts(*sides(), [two]), SINCE)
    assert "// Not asked, since nobody here knows an id: x' | take 1@acme.example\n" in text
    assert complaints([text], CONNECTORS) == [[]]
