"""Revoking over the wire: what leaves, what each answer means, and what can never leave."""

import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

import sfharden
from sfharden.errors import AuthError, BudgetError, NoVerdictError
from sfharden.ports import CallMade, Ending, RevokeOutcome
from sfharden.salesforce.auth import OrgSession
from sfharden.salesforce.connect import connect
from sfharden.salesforce.guard import REVOKING
from sfharden.salesforce.origin import parse_origin
from sfharden.salesforce.revoker import Revoker, revoker_of
from sfharden.text.redact import Secret
from sfharden.web.guard import OutgoingGuard
from sfharden.web.meter import CallMeter
from sfharden.web.session import WireCall

from .kit import DATA, ORG, TOKEN, FakeTime, loopback_org, make_wire, reply

REVOKE = f"{ORG}/services/oauth2/revoke"
USAGE = f"{DATA}/apps/oauth/usage/tokens"
SECRET = Secret("delete+token/with=odd&signs")
TOKEN_ID = Secret("0Taxx0000000001-abc_DEF")


def make_revoker(time: FakeTime | None = None, meter: CallMeter | None = None) -> Revoker:
    return Revoker(make_wire(time=time, meter=meter, rules=REVOKING), "66.0")


@responses.activate
def test_the_token_is_in_the_body_only_and_our_own_is_not_sent() -> None:
    responses.post(REVOKE, status=200, body=b"")
    assert make_revoker().revoke(SECRET) == RevokeOutcome(Ending.REVOKED)
    request = responses.calls[0].request
    assert request.url == REVOKE
    assert parse_qsl(str(request.body or b"", "ascii") if isinstance(request.body, bytes) else "") == [
        ("token", SECRET.reveal())
    ]
    assert "Authorization" not in request.headers
    assert SECRET.reveal() not in str(request.headers)


@responses.activate
def test_an_external_clients_token_goes_by_its_id() -> None:
    responses.delete(f"{USAGE}/{TOKEN_ID.reveal()}", status=204)
    assert make_revoker().revoke_external(TOKEN_ID) == RevokeOutcome(Ending.REVOKED)
    assert responses.calls[0].request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert not responses.calls[0].request.body


@responses.activate
def test_what_is_told_of_a_call_names_no_token() -> None:
    responses.delete(f"{USAGE}/{TOKEN_ID.reveal()}", status=204)
    told: list[CallMade] = []
    Revoker(make_wire(rules=REVOKING, log=told.append), "66.0").revoke_external(TOKEN_ID)
    path = "/services/data/v66.0/apps/oauth/usage/tokens/***"
    assert told == [CallMade("DELETE", path, 204, 0, 1, "Revoking a token")]


@pytest.mark.parametrize(
    ("status", "body", "content_type", "outcome"),
    [
        (200, "", "text/html", RevokeOutcome(Ending.REVOKED)),
        (200, "", "application/json", RevokeOutcome(Ending.REVOKED)),
        (200, '{"success":true}', "application/json", RevokeOutcome(Ending.REVOKED)),
        (200, "<html>Maintenance</html>", "text/html;charset=UTF-8", RevokeOutcome(Ending.UNKNOWN, "WEB_PAGE")),
        (200, '{"error":"invalid_token"}', "application/json", RevokeOutcome(Ending.UNKNOWN, "invalid_token")),
        (400, '{"error":"invalid_token"}', "application/json", RevokeOutcome(Ending.GONE, "invalid_token")),
        (
            400,
            '{"error":"unsupported_token_type"}',
            "application/json",
            RevokeOutcome(Ending.REFUSED, "unsupported_token_type"),
        ),
        (400, "<html>", "text/html", RevokeOutcome(Ending.REFUSED, "HTTP_400")),
        (400, '{"error":"tell tale token=abc"}', "application/json", RevokeOutcome(Ending.REFUSED, "HTTP_400")),
        (404, "", "text/html", RevokeOutcome(Ending.REFUSED, "HTTP_404")),
        (
            403,
            '[{"errorCode":"INSUFFICIENT_ACCESS"}]',
            "application/json",
            RevokeOutcome(Ending.REFUSED, "INSUFFICIENT_ACCESS"),
        ),
        (403, '[{"errorCode":"REQUEST_LIMIT_EXCEEDED"}]', "application/json",
         RevokeOutcome(Ending.LIMITED, "REQUEST_LIMIT_EXCEEDED")),
        (429, "", "text/plain", RevokeOutcome(Ending.LIMITED, "HTTP_429")),
        (500, "", "text/html", RevokeOutcome(Ending.UNKNOWN, "HTTP_500")),
        (503, "", "text/html", RevokeOutcome(Ending.UNKNOWN, "NO_ANSWER")),
        (302, "", "text/html", RevokeOutcome(Ending.UNKNOWN, "HTTP_302")),
        (202, "", "text/plain", RevokeOutcome(Ending.UNKNOWN, "HTTP_202")),
        (200, " <html>", "text/plain", RevokeOutcome(Ending.UNKNOWN, "WEB_PAGE")),
        (200, '[{"errorCode":"INVALID_SESSION_ID"}]', "application/json",
         RevokeOutcome(Ending.UNKNOWN, "INVALID_SESSION_ID")),
        (400, '{"error":"delete_token_in_disguise"}', "application/json", RevokeOutcome(Ending.REFUSED, "HTTP_400")),
        (400, '{"error":["invalid_token"]}', "application/json", RevokeOutcome(Ending.REFUSED, "HTTP_400")),
        (400, "[" * 100_000, "application/json", RevokeOutcome(Ending.REFUSED, "HTTP_400")),
        (404, '{"error":"invalid_token"}', "application/json", RevokeOutcome(Ending.REFUSED, "HTTP_404")),
    ],
)  # fmt: skip
@responses.activate
def test_what_each_answer_means(status: int, body: str, content_type: str, outcome: RevokeOutcome) -> None:
    responses.post(REVOKE, status=status, body=body, content_type=content_type)
    assert make_revoker().revoke(SECRET) == outcome


@pytest.mark.parametrize(
    ("status", "code", "ending"),
    [
        (404, "NOT_FOUND", Ending.GONE),
        (404, "METHOD_NOT_ALLOWED", Ending.REFUSED),
        (403, "INSUFFICIENT_ACCESS", Ending.REFUSED),
        (400, "INVALID_ID", Ending.REFUSED),
        (500, "UNKNOWN_EXCEPTION", Ending.UNKNOWN),
    ],
)
@responses.activate
def test_what_each_answer_for_an_external_token_means(status: int, code: str, ending: Ending) -> None:
    responses.delete(re.compile(USAGE), status=status, json=[{"errorCode": code, "message": "x"}])
    assert make_revoker().revoke_external(TOKEN_ID) == RevokeOutcome(ending, code)


@responses.activate
def test_a_redirect_is_not_followed_and_nothing_is_known() -> None:
    responses.post(REVOKE, status=302, headers={"Location": "https://evil.example/"})
    assert make_revoker().revoke(SECRET).ending is Ending.UNKNOWN
    assert len(responses.calls) == 1


@responses.activate
def test_an_ended_session_is_no_outcome_of_one_token() -> None:
    responses.delete(re.compile(USAGE), status=401, json=[{"errorCode": "INVALID_SESSION_ID"}])
    with pytest.raises(AuthError):
        make_revoker().revoke_external(TOKEN_ID)


@pytest.mark.parametrize(
    "fault", [requests.exceptions.ConnectionError("reset"), requests.exceptions.ReadTimeout("late")]
)
@responses.activate
def test_a_lost_answer_is_asked_for_again_and_then_unknown(fault: Exception) -> None:
    time = FakeTime()
    for _ in range(4):
        responses.post(REVOKE, body=fault)
    assert make_revoker(time).revoke(SECRET).ending is Ending.UNKNOWN
    assert 2 <= len(responses.calls) <= 4
    assert time.sleeps


@responses.activate
def test_a_second_try_after_a_lost_answer_finds_it_gone() -> None:
    responses.post(REVOKE, body=requests.exceptions.ConnectionError())
    responses.post(REVOKE, status=400, json={"error": "invalid_token"})
    assert make_revoker().revoke(SECRET).ending is Ending.GONE


@responses.activate
def test_a_budget_stops_and_the_share_left_to_others_does_not() -> None:
    responses.post(REVOKE, status=200)
    meter = CallMeter()
    meter.before_call("query")
    meter.after_call("api-usage=99999/100000")
    with pytest.raises(BudgetError):
        meter.before_call("query")
    assert make_revoker(meter=meter).revoke(SECRET).ending is Ending.REVOKED
    with pytest.raises(BudgetError):
        make_revoker(meter=CallMeter(budget=0)).revoke(SECRET)


@responses.activate
def test_an_empty_token_is_not_sent() -> None:
    assert make_revoker().revoke(Secret("")).ending is Ending.REFUSED
    assert len(responses.calls) == 0


@given(st.text(max_size=40))
def test_whatever_an_id_is_only_its_own_resource_is_deleted(word: str) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as org:
        org.add(responses.DELETE, url=re.compile(".*"), status=204)
        outcome = make_revoker().revoke_external(Secret(word))
        addresses = [str(call.request.url) for call in org.calls]
    assert len(addresses) == (outcome.ending is Ending.REVOKED)
    for address in addresses:
        rest = address.removeprefix(f"{USAGE}/")
        assert "/" not in rest
        assert rest.lower() not in ("", "tokens", ".", "..")


@pytest.mark.parametrize(
    "token_id",
    ["tokens", "TOKENS", ".tokens", "%74okens", "tokens ", "", "a/b/c/d/e/f", "..%2F..%2Fx%2Ftokens", "0Ta\r\n123456",
     "0Ta?x=123456", "0Ta#123456789", "0Ta;a=b123456", "0Ta\\123456789", "0Ta%00123456", "日本語日本語日本語"],
)  # fmt: skip
@responses.activate
def test_an_id_that_could_mean_another_resource_is_not_sent(token_id: str) -> None:
    assert make_revoker().revoke_external(Secret(token_id)) == RevokeOutcome(Ending.REFUSED, "UNSENDABLE_ID")
    assert len(responses.calls) == 0


@pytest.mark.parametrize(
    "path",
    [
        "apps/oauth/usage/0xIxx0000000001/tokens",
        "apps/oauth/usage/Reporting_Sync/tokens",
        "apps/oauth/usage/tokens/tokens",
        "apps/oauth/usage/tokens/TOKENS",
        "apps/oauth/usage/tokens/%74okens",
        "apps/oauth/usage/tokens/tokens%20",
        "apps/oauth/usage/tokens/x/../../0xI/tokens",
        "apps/oauth/usage/0xIxx0000000001/005xx0000000001/tokens",
        "connect/apps/oauth/usage/tokens/tokens",
        "apps/oauth/usage",
    ],
)
def test_the_guard_never_lets_out_what_revokes_all_tokens_of_an_app(path: str) -> None:
    guard = OutgoingGuard(parse_origin(ORG), REVOKING)
    with pytest.raises(NoVerdictError):
        guard.check("DELETE", f"{DATA}/{path}", "", b"")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"token="),
        ("application/x-www-form-urlencoded", b"token=a&token=b"),
        ("application/x-www-form-urlencoded", b"token=a&callback=evil"),
        ("application/x-www-form-urlencoded", b"id=a"),
        ("application/json", b'{"token":"a"}'),
    ],
)
def test_the_guard_lets_out_one_token_at_a_time(content_type: str, body: bytes) -> None:
    guard = OutgoingGuard(parse_origin(ORG), REVOKING)
    guard.check("POST", REVOKE, "application/x-www-form-urlencoded", b"token=a%2Bb")
    with pytest.raises(NoVerdictError):
        guard.check("POST", REVOKE, content_type, body)
    with pytest.raises(NoVerdictError):
        guard.check("POST", f"{REVOKE}?token=a", "application/x-www-form-urlencoded", b"token=a")


def test_the_wire_that_revokes_can_do_nothing_else() -> None:
    wire = make_wire(rules=REVOKING)
    for call in (
        WireCall("GET", "/services/data/v66.0/limits", "x", "rest"),
        WireCall("POST", "/services/data/v66.0/sobjects/User", "x", "rest", body=b"{}"),
        WireCall("DELETE", "/services/data/v66.0/sobjects/User/005", "x", "rest"),
    ):
        with pytest.raises(NoVerdictError):
            wire.send(call)


def test_only_the_revokers_module_may_revoke() -> None:
    folder = Path(sfharden.__file__).parent
    naming = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if re.search(r"\bREVOKING\b|\bguard import .*\brevokes\b", path.read_text("utf-8"))
    }
    assert naming == {"salesforce/guard.py", "salesforce/revoker.py"}


def test_beside_a_reading_connection_each_wire_does_its_own_only() -> None:
    answers = [reply(200, b'[{"version":"66.0"}]'), reply(200, b""), reply(200, b"{}")]
    with loopback_org(*answers) as org:
        session = OrgSession(org.url, Secret(TOKEN), "access token")
        connection = connect(session, ["66.0"], CallMeter(), timing=FakeTime().timing())
        with revoker_of(connection, 2) as revoker:
            assert revoker.revoke(SECRET).ending is Ending.REVOKED
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        with pytest.raises(NoVerdictError):
            connection.wire.send(
                WireCall("POST", "/services/oauth2/revoke", "x", "rest", headers=form, body=b"token=a")
            )
        connection.wire.close()
    assert org.seen == ["GET /services/data/", "POST /services/oauth2/revoke"]
