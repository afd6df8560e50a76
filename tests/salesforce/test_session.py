"""Timeouts, retries, redirects and broken answers: a call ends in an answer or in an error of ours."""

import logging
import traceback

import pytest
import requests
import responses

from sfharden.errors import AnswerError, LimitError, OrgError, UnreachableError
from sfharden.ports import CallMade
from sfharden.salesforce.answers import json_of
from sfharden.salesforce.deploy import deploy_check_only
from sfharden.web.meter import CallMeter
from sfharden.web.session import WireCall

from .kit import DATA, LIMITS, ORG, TOKEN, FakeTime, loopback_org, make_wire, reply


@responses.activate
@pytest.mark.parametrize("status", [420, 502, 503, 504])
def test_trouble_is_tried_again_with_growing_pauses(status: int) -> None:
    for _ in range(3):
        responses.get(f"{DATA}/limits", status=status)
    responses.get(f"{DATA}/limits", json={"ok": 1})
    time, meter = FakeTime(), CallMeter()
    answer = make_wire(time=time, meter=meter).send(LIMITS)
    assert json_of(answer, "x") == {"ok": 1}
    assert time.sleeps == [0.375, 0.75, 1.5]
    assert meter.count().total == 4


@responses.activate
def test_trouble_without_end_is_given_up() -> None:
    responses.get(f"{DATA}/limits", status=503, body="<html>maintenance</html>")
    with pytest.raises(UnreachableError, match="HTTP 503"):
        make_wire().send(LIMITS)
    assert len(responses.calls) == 4


@responses.activate
@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 500])
def test_an_answer_that_will_not_change_is_not_asked_for_again(status: int) -> None:
    responses.get(f"{DATA}/limits", status=status, json=[])
    assert make_wire().send(LIMITS).status == status
    assert len(responses.calls) == 1


@responses.activate
def test_retry_after_is_honoured_within_a_bound() -> None:
    responses.get(f"{DATA}/limits", status=503, headers={"Retry-After": "20"})
    responses.get(f"{DATA}/limits", status=503, headers={"Retry-After": "Tue, 24 Nov 2026 12:00:12 GMT"})
    responses.get(f"{DATA}/limits", status=503, headers={"Retry-After": "3600"})
    time = FakeTime()
    with pytest.raises(UnreachableError):
        make_wire(time=time).send(LIMITS)
    assert time.sleeps == [20.0, 12.0]
    assert len(responses.calls) == 3


@responses.activate
def test_connection_faults_are_tried_again_then_named() -> None:
    responses.get(f"{DATA}/limits", body=requests.exceptions.ConnectionError(f"refused {TOKEN}"))
    with pytest.raises(UnreachableError, match="no connection") as caught:
        make_wire().send(LIMITS)
    assert len(responses.calls) == 4
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


@responses.activate
def test_silence_is_tried_again_once_only() -> None:
    responses.get(f"{DATA}/limits", body=requests.exceptions.ReadTimeout("…"))
    with pytest.raises(UnreachableError, match="in time"):
        make_wire().send(LIMITS)
    assert len(responses.calls) == 2


@responses.activate
@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        (requests.exceptions.SSLError("…"), "REQUESTS_CA_BUNDLE"),
        (requests.exceptions.ProxyError("http://user:pw@proxy"), "HTTPS_PROXY"),
        (OSError("no such bundle"), "CA bundle"),
        (requests.exceptions.InvalidHeader("…"), "CA bundle"),
    ],
)
def test_a_fault_of_this_side_is_not_tried_again(fault: Exception, hint: str) -> None:
    responses.get(f"{DATA}/limits", body=fault)
    with pytest.raises(UnreachableError) as caught:
        make_wire().send(LIMITS)
    assert hint in caught.value.hint
    assert "pw" not in caught.value.message
    assert len(responses.calls) == 1


def test_what_must_not_happen_twice_is_sent_once() -> None:
    with loopback_org(reply(503)) as org, pytest.raises(UnreachableError):
        deploy_check_only(make_wire(org.url), "66.0", b"PK")
    assert len(org.seen) == 1


@responses.activate
def test_what_is_told_of_a_call_has_no_query_and_counts_attempts() -> None:
    responses.get(f"{DATA}/limits", status=503)
    responses.get(f"{DATA}/limits", status=302, headers={"Location": f"{DATA}/limits?next=secret"})
    responses.get(f"{DATA}/limits", json={})
    told: list[CallMade] = []
    time = FakeTime()
    wire = make_wire(time=time, log=told.append)
    with_query = WireCall(
        "GET", "/services/data/v66.0/limits?a=secret", "Asking", "rest", params={"q": "secret"}
    )
    wire.send(with_query)
    path = "/services/data/v66.0/limits"
    assert told == [CallMade("GET", path, status, 0, attempt, "Asking")
                    for status, attempt in ((503, 1), (302, 2), (200, 2))]  # fmt: skip


# --- redirects


@responses.activate
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/services/data/v66.0/limits",
        "http://acme.my.salesforce.com/services/data/v66.0/limits",
        "https://acme.my.salesforce.com:8443/services/data/v66.0/limits",
        "//evil.example/x",
        "https://[",
        "javascript:alert(1)",
    ],
)
def test_a_redirect_elsewhere_is_refused(target: str) -> None:
    responses.get(f"{DATA}/limits", status=302, headers={"Location": target})
    with pytest.raises(AnswerError, match="not followed"):
        make_wire().send(LIMITS)
    assert len(responses.calls) == 1


def test_a_redirect_to_another_server_never_arrives_there() -> None:
    with (
        loopback_org(reply()) as other,
        loopback_org(reply(307, Location=f"{other.url}/services/data/")) as org,
    ):
        with pytest.raises(AnswerError):
            make_wire(org.url).send(LIMITS)
        assert (len(org.seen), other.seen) == (1, [])


@responses.activate
def test_a_redirect_on_the_same_host_is_followed_a_few_times() -> None:
    responses.get(f"{DATA}/limits", status=302, headers={"Location": "/services/data/v67.0/limits"})
    responses.get(f"{ORG}/services/data/v67.0/limits", json={"ok": 1})
    assert make_wire().send(LIMITS).body == b'{"ok": 1}'
    responses.get(f"{ORG}/services/data/v68.0/limits", status=302, headers={"Location": "limits"})
    with pytest.raises(AnswerError, match="without end"):
        make_wire().send(WireCall("GET", "/services/data/v68.0/limits", "x", "rest"))


def test_what_was_posted_is_not_posted_again_elsewhere() -> None:
    with loopback_org(reply(307, Location="/services/data/v67.0/metadata/deployRequest")) as org:
        with pytest.raises(AnswerError, match="not followed"):
            deploy_check_only(make_wire(org.url), "66.0", b"PK")
        assert len(org.seen) == 1


@responses.activate
def test_a_redirect_to_a_path_with_side_effects_is_stopped() -> None:
    responses.get(f"{DATA}/limits", status=302, headers={"Location": f"{ORG}/services/apexrest/x"})
    with pytest.raises(Exception, match="stopped before it was sent"):
        make_wire().send(LIMITS)
    assert len(responses.calls) == 1


# --- what is kept, told and looked up


def test_logs_hold_no_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with loopback_org(reply(503), reply(200)) as org:
        make_wire(org.url).send(LIMITS)
    assert "limits" in caplog.text
    assert TOKEN not in caplog.text


def test_no_repr_holds_a_body() -> None:
    call = WireCall("POST", "/x", "x", "soap", body=TOKEN.encode())
    with loopback_org(reply(200, TOKEN.encode())) as org:
        answer = make_wire(org.url).send(LIMITS)
    assert TOKEN not in repr(call) + repr(answer)


# --- cost


@responses.activate
def test_a_budget_counts_retries_too() -> None:
    responses.get(f"{DATA}/limits", status=503)
    meter = CallMeter(budget=2)
    with pytest.raises(LimitError, match="budget of 2"):
        make_wire(meter=meter).send(LIMITS)
    assert len(responses.calls) == 2
    assert meter.count().by_kind == {"rest": 2}


@responses.activate
def test_the_daily_limit_is_left_alone_before_it_is_reached() -> None:
    responses.get(f"{DATA}/limits", json={}, headers={"Sforce-Limit-Info": "api-usage=899/1000"})
    wire = make_wire()
    wire.send(LIMITS)
    responses.get(f"{DATA}/limits", json={}, headers={"Sforce-Limit-Info": "api-usage=900/1000"})
    wire.send(LIMITS)
    with pytest.raises(LimitError, match="900 of its 1000"):
        wire.send(LIMITS)
    assert len(responses.calls) == 2


@responses.activate
def test_a_failed_call_is_answered_for_the_meter() -> None:
    responses.get(f"{DATA}/limits", body=requests.exceptions.SSLError("…"))
    meter = CallMeter()
    with pytest.raises(OrgError):
        make_wire(meter=meter).send(LIMITS)
    assert meter.unanswered == 0
