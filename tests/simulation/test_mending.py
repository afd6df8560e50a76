"""What mending a setting would refuse: seen, not seen, and what can't be known."""

from datetime import timedelta

import pytest

from sfharden.emulator.generate import APP_NAME, ELSEWHERE, PROFILE
from sfharden.facts.app_use import app_use, key_of
from sfharden.facts.index import Index
from sfharden.model import org
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.mending import Effect, Mending
from tests.orgs import served
from tests.orgs.constants import NOW
from tests.orgs.judging import control

APPROVED, ENFORCED, REFRESH = "app-admin-approved", "app-ip-enforced", "app-refresh-token-bounded"
PKCE, FLOW = "app-pkce-required", "app-client-credentials-off"
NOTHING, REFUSED, OPEN = Effect.NONE, Effect.BREAKS, Effect.CANNOT_TELL


def forecast(snapshot: Snapshot, name: str) -> tuple[Effect, str]:
    index = Index(snapshot)
    app = index.app(APP_NAME)
    found = Mending(index, NOW).forecast(control(name), app, app_use(index).known.get(key_of(app)))
    return found.effect, found.text


def effect(snapshot: Snapshot, name: str) -> Effect:
    return forecast(snapshot, name)[0]


@pytest.mark.parametrize("name", [APPROVED, ENFORCED, REFRESH, FLOW])
def test_what_the_healthy_org_shows_speaks_against_nothing(name: str) -> None:
    assert forecast(served.healthy(), name) == (NOTHING, "nothing seen would be refused")


def test_a_user_who_is_not_approved_would_be_refused() -> None:
    assert effect(served.changed(app_access=()), APPROVED) is REFUSED
    assert effect(served.without(org.APP_ACCESS, "app_access"), APPROVED) is OPEN
    lost = served.access(permission_set_id="0PS000000000000AAA")
    assert effect(served.changed(app_access=(lost,)), APPROVED) is OPEN
    nobody = served.token(user_id="005000000000000AAA")
    assert effect(served.changed(tokens=(nobody,)), APPROVED) is OPEN


def test_a_login_from_outside_its_users_ranges_would_be_refused() -> None:
    stranger = served.login(source_ip=ELSEWHERE[0])
    found, text = forecast(served.changed(logins=(*served.table("logins"), stranger)), ENFORCED)
    assert (found, ELSEWHERE[0] in text) == (REFUSED, True)
    old = stranger._replace(first=NOW - timedelta(days=100), last=NOW - timedelta(days=91))
    assert effect(served.changed(logins=(*served.table("logins"), old)), ENFORCED) is NOTHING
    assert (
        effect(served.with_ranges(served.healthy(), PROFILE), ENFORCED) is NOTHING
    )  # it has none to enforce


def test_a_token_that_lies_idle_between_two_uses_would_end() -> None:
    late = served.token(last_used=NOW - timedelta(days=45))
    assert effect(served.changed(tokens=(late,), logins=()), REFRESH) is REFUSED


def test_a_login_by_a_secret_alone_would_be_refused() -> None:
    alone = served.login(subtype="OauthClientCredentials")
    assert effect(served.changed(logins=(*served.table("logins"), alone)), FLOW) is REFUSED


def test_what_the_org_does_not_record_cannot_be_told_unless_nobody_uses_the_app() -> None:
    assert effect(served.healthy(), PKCE) is OPEN
    unused = served.changed(tokens=(served.token(last_used=NOW - timedelta(days=120)),), logins=())
    assert forecast(unused, PKCE) == (NOTHING, "not used for 90 days")


@pytest.mark.parametrize("name", [APPROVED, ENFORCED, REFRESH, PKCE, FLOW])
def test_nothing_is_safe_of_what_was_not_read(name: str) -> None:
    unused = {"tokens": (), "logins": ()}
    assert effect(served.changed(**unused), name) is NOTHING
    for kind, table in ((org.TOKENS, "tokens"), (org.LOGINS, "logins")):
        poorer = served.without(kind, table)
        assert effect(poorer, name) is OPEN
    short = served.changed(logins_since=NOW - timedelta(days=30), **unused)
    assert effect(short, name) is OPEN


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (APPROVED, {"status": "Erfolgreich"}),
        (ENFORCED, {"source_ip": "Salesforce.com IP"}),
        (ENFORCED, {"status": "成功", "source_ip": ELSEWHERE[0]}),
        (FLOW, {"subtype": ""}),
        (FLOW, {"status": "?", "subtype": "OauthClientCredentials"}),
    ],
)
def test_a_login_that_cannot_be_placed_is_never_passed_over(name: str, changes: dict[str, str]) -> None:
    strange = served.login(**changes)
    assert effect(served.changed(logins=(*served.table("logins"), strange)), name) is OPEN


def test_one_login_that_is_surely_outside_tells_whatever_another_does() -> None:
    both = (served.login(source_ip="Salesforce.com IP"), served.login(source_ip=ELSEWHERE[0]))
    assert effect(served.changed(logins=both), ENFORCED) is REFUSED
