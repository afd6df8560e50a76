"""Revoking at the wire: one token a call, in the body only, and no outcome better than the answer."""

import json
import re
from urllib.parse import parse_qs

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AuthError, LimitError, NoVerdictError
from sfharden.redact import Secret
from sfharden.salesforce.auth import sign_in_with_token
from sfharden.salesforce.connect import connect
from sfharden.salesforce.guard import REVOKING
from sfharden.salesforce.meter import CallMeter
from sfharden.salesforce.revoker import Outcome, Revoker, revoker_of

from .kit import DATA, ORG, QUERY, TOKEN, FakeTime, loopback_org, make_wire, reply

REVOKE = f"{ORG}/services/oauth2/revoke"
USAGE = f"{DATA}/apps/oauth/usage/tokens/"
DELETE_TOKEN = "5Aep861MadeUp.Delete_Token+with/odd=signs&more"
PAGE = "<html><body>Down for maintenance</body></html>"

AMBIGUOUS = [
    *(
        "",
        ".",
        "..",
        "tokens",
        "Tokens",
        "TOKENS",
        "a/tokens",
        "../0xI1/tokens",
        "%2e%2e",
        "a%2Ftokens",
        "a\\b",
    ),
    *("a;b", "a b", "a\n", "a?b", "a#b", "tokens/", "/tokens", "ａ", "a\x00", "tokens?", "0xI1/005/tokens"),
]


def revoker(time: FakeTime | None = None, meter: CallMeter | None = None) -> Revoker:
    return Revoker(make_wire(time=time, meter=meter, rules=REVOKING), "66.0")


def error(status: int, code: str) -> dict[str, object]:
    return {"status": status, "json": [{"errorCode": code, "message": DELETE_TOKEN}]}


@responses.activate
def test_the_token_is_in_the_body_and_nowhere_else() -> None:
    responses.post(REVOKE, status=200)
    assert revoker().revoke(Secret(DELETE_TOKEN)) is Outcome.REVOKED
    (call,) = responses.calls
    request = call.request
    assert request.url == REVOKE
    assert parse_qs(str(request.body.decode()), keep_blank_values=True) == {"token": [DELETE_TOKEN]}  # type: ignore[union-attr]
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in request.headers
    assert "Cookie" not in request.headers
    assert not any("5Aep" in value or TOKEN in value for value in map(str, request.headers.values()))


@responses.activate
def test_a_token_of_an_external_client_app_is_deleted_alone() -> None:
    responses.delete(f"{USAGE}0TaAbc.1-2_3!~=", status=204)
    responses.delete(f"{USAGE}a%2Bb", status=204)
    assert revoker().revoke_external(Secret("0TaAbc.1-2_3!~=")) is Outcome.REVOKED
    assert revoker().revoke_external(Secret("a+b")) is Outcome.REVOKED
    for call in responses.calls:
        assert call.request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert not call.request.body


@responses.activate
@pytest.mark.parametrize("word", AMBIGUOUS)
def test_an_id_that_could_be_read_as_another_resource_never_leaves(word: str) -> None:
    """Refused and not raised: one odd id must not keep the tokens behind it from being revoked."""
    assert revoker().revoke_external(Secret(word)) is Outcome.REFUSED
    assert len(responses.calls) == 0


@given(st.text(max_size=40))
def test_whatever_an_id_is_only_its_own_resource_is_deleted(word: str) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as org:
        org.add(responses.DELETE, url=re.compile(".*"), status=204)
        outcome = revoker().revoke_external(Secret(word))
        if outcome is Outcome.REFUSED:
            assert not org.calls
            return
        (call,) = org.calls
        address = str(call.request.url)
        assert address.startswith(USAGE)
        assert "/" not in address.removeprefix(USAGE)
        assert address.removeprefix(USAGE).lower() not in ("", "tokens", ".", "..")


@responses.activate
def test_an_empty_token_is_not_sent() -> None:
    assert revoker().revoke(Secret("")) is Outcome.REFUSED
    assert len(responses.calls) == 0


OUTCOMES = {
    "gone": ({"status": 400, "json": {"error": "invalid_token"}}, Outcome.GONE),
    "another kind of token": ({"status": 400, "json": {"error": "unsupported_token_type"}}, Outcome.REFUSED),
    "400, not JSON": ({"status": 400, "body": "no"}, Outcome.REFUSED),
    "400, another shape": ({"status": 400, "json": {"error": ["invalid_token"]}}, Outcome.REFUSED),
    "invalid_token with another status": ({"status": 404, "json": {"error": "invalid_token"}}, Outcome.REFUSED),
    "403": (error(403, "INSUFFICIENT_ACCESS"), Outcome.REFUSED),
    "403, a page": ({"status": 403, "body": PAGE, "content_type": "text/html"}, Outcome.REFUSED),
    "405": ({"status": 405}, Outcome.REFUSED),
    "409": ({"status": 409}, Outcome.REFUSED),
    "410": (error(410, "UNSUPPORTED_API_VERSION"), Outcome.REFUSED),
    "404, a page": ({"status": 404, "body": PAGE, "content_type": "text/html"}, Outcome.REFUSED),
    "500": (error(500, "UNKNOWN_EXCEPTION"), Outcome.LOST),
    "503": ({"status": 503, "body": PAGE, "content_type": "text/html"}, Outcome.LOST),
    "a redirect": ({"status": 302, "headers": {"Location": "https://evil.example/"}}, Outcome.LOST),
    "a redirect home": ({"status": 307, "headers": {"Location": REVOKE}}, Outcome.LOST),
    "200, an empty page": ({"status": 200, "body": "", "content_type": "text/html"}, Outcome.REVOKED),
    "a page that says 200": ({"status": 200, "body": PAGE, "content_type": "text/html"}, Outcome.LOST),
    "a page that hides its type": ({"status": 200, "body": " " + PAGE, "content_type": "text/plain"}, Outcome.LOST),
    "200 with an error in it": ({"status": 200, "json": {"error": "invalid_token"}}, Outcome.LOST),
    "200 with a code in it": (error(200, "INVALID_SESSION_ID"), Outcome.LOST),
    "202": ({"status": 202}, Outcome.LOST),
    "299": ({"status": 299}, Outcome.LOST),
    "no content": ({"status": 204}, Outcome.REVOKED),
    "a body without meaning": ({"status": 200, "json": {}}, Outcome.REVOKED),
    "deep JSON": ({"status": 400, "body": "[" * 100_000}, Outcome.REFUSED),
}  # fmt: skip


@responses.activate
@pytest.mark.parametrize("name", OUTCOMES)
def test_an_answer_is_never_taken_for_more_than_it_says(name: str) -> None:
    given_answer, outcome = OUTCOMES[name]
    responses.post(REVOKE, **given_answer)  # type: ignore[arg-type]
    assert revoker().revoke(Secret(DELETE_TOKEN)) is outcome


@responses.activate
def test_a_token_that_the_usage_resource_does_not_know_is_gone() -> None:
    responses.delete(f"{USAGE}x1", **error(404, "NOT_FOUND"))
    responses.delete(f"{USAGE}x2", status=404, body=PAGE)
    responses.delete(f"{USAGE}x3", **error(403, "INSUFFICIENT_ACCESS"))
    found = [revoker().revoke_external(Secret(f"x{number}")) for number in (1, 2, 3)]
    assert found == [Outcome.GONE, Outcome.REFUSED, Outcome.REFUSED]


@responses.activate
@pytest.mark.parametrize(
    ("given_answer", "kind"),
    [
        ({"status": 401}, AuthError),
        ({"status": 401, "json": {"error": DELETE_TOKEN, "error_description": DELETE_TOKEN}}, AuthError),
        (error(401, "INVALID_SESSION_ID"), AuthError),
        (error(403, "INVALID_SESSION_ID"), AuthError),
        (error(403, "REQUEST_LIMIT_EXCEEDED"), LimitError),
        (error(500, "REQUEST_LIMIT_EXCEEDED"), LimitError),
        (error(403, "TOO_MANY_REQUESTS"), LimitError),
        ({"status": 429}, LimitError),
    ],
)
def test_what_stops_the_whole_run_is_raised_and_holds_no_token(
    given_answer: dict[str, object], kind: type[NoVerdictError]
) -> None:
    responses.post(REVOKE, **given_answer)
    with pytest.raises(kind) as caught:
        revoker().revoke(Secret(DELETE_TOKEN))
    text = f"{caught.value} {caught.value.hint} {caught.value!r} {caught.value.__cause__}"
    assert "5Aep" not in text


@responses.activate
@pytest.mark.parametrize(
    ("failing", "tries"),
    [
        ({"status": 503}, 4),
        ({"body": requests.exceptions.ConnectionError(DELETE_TOKEN)}, 4),
        ({"body": requests.exceptions.ChunkedEncodingError(DELETE_TOKEN)}, 4),
        ({"body": requests.exceptions.ReadTimeout(DELETE_TOKEN)}, 2),
        ({"status": 500}, 1),
    ],
)
def test_tries_are_bounded_and_no_answer_is_not_known(failing: dict[str, object], tries: int) -> None:
    responses.post(REVOKE, **failing)
    time = FakeTime()
    assert revoker(time).revoke(Secret(DELETE_TOKEN)) is Outcome.LOST
    assert len(responses.calls) == tries
    assert len(time.sleeps) == tries - 1
    assert sum(time.sleeps) < 10


@responses.activate
def test_a_lost_answer_is_asked_for_again_and_then_the_token_is_gone() -> None:
    responses.post(REVOKE, body=requests.exceptions.ConnectionError())
    responses.post(REVOKE, status=400, json={"error": "invalid_token"})
    assert revoker().revoke(Secret(DELETE_TOKEN)) is Outcome.GONE


@responses.activate
def test_a_limit_is_tried_once_more_with_half_the_calls_at_once() -> None:
    responses.post(REVOKE, **error(403, "REQUEST_LIMIT_EXCEEDED"))
    responses.post(REVOKE, status=200)
    wire = make_wire(rules=REVOKING)
    assert Revoker(wire, "66.0").revoke(Secret(DELETE_TOKEN)) is Outcome.REVOKED
    assert wire.lanes.width == 4


@responses.activate
def test_the_budget_stops_a_call_before_it_leaves() -> None:
    responses.post(REVOKE, status=200)
    one = revoker(meter=CallMeter(budget=1))
    assert one.revoke(Secret(DELETE_TOKEN)) is Outcome.REVOKED
    with pytest.raises(LimitError):
        one.revoke(Secret(DELETE_TOKEN))
    assert len(responses.calls) == 1


def test_a_truncated_answer_is_asked_for_again() -> None:
    """A body shorter than announced, over a real socket, then the org knows the token no more."""
    gone = json.dumps({"error": "invalid_token"}).encode()
    with loopback_org(reply(body=b"{", Content_Length="100"), reply(400, gone)) as org:
        one = Revoker(make_wire(org.url, rules=REVOKING), "66.0")
        assert one.revoke(Secret(DELETE_TOKEN)) is Outcome.GONE
    assert org.seen == ["POST /services/oauth2/revoke"] * 2


@responses.activate
def test_beside_a_reading_connection_the_revoker_alone_may_revoke_and_only_that() -> None:
    responses.get(f"{ORG}/services/data/", json=[{"version": "66.0"}])
    responses.get(QUERY, json={"totalSize": 0, "done": True, "records": []})
    responses.post(REVOKE, status=200)
    session = sign_in_with_token(ORG, Secret(TOKEN))
    connection = connect(session, ["66.0"], CallMeter(), timing=FakeTime().timing())
    with revoker_of(connection, 16) as one:
        assert one.revoke(Secret(DELETE_TOKEN)) is Outcome.REVOKED
        assert one._wire.lanes.width == 16
        assert one._wire.bounds is connection.wire.bounds
        assert one._wire.retries is connection.wire.retries
        with pytest.raises(NoVerdictError):
            Revoker(connection.wire, "66.0").revoke(Secret(DELETE_TOKEN))
    assert [call.request.method for call in responses.calls] == ["GET", "POST"]
