"""What is tried again, what is given up, and how that is counted."""

from collections.abc import Sequence
from typing import Any

import pytest
import requests
import responses

from sfharden.ports import SendOutcome
from sfharden.web.batches import Batch
from sfharden.web.guard import Outgoing
from sfharden.web.meter import CallMeter
from sfharden.web.origin import server_at
from sfharden.web.posting import RETRIED, RETRIES, UNFIT, post_rows
from sfharden.web.session import Answer, Peer, ServiceWire, WireCall
from tests.salesforce.kit import FakeTime

HOME = "https://a.example"
PEER = Peer("the shop", RETRIED, lambda status, _: status == 429, "HTTP 429", "Wait.", 0, "Look.")
LARGE = {"A": "x" * 50_000}


def posts(request: Outgoing) -> bool:
    return request.method == "POST"


def send(rows: Sequence[dict[str, Any]], time: FakeTime | None = None) -> SendOutcome:
    wire = ServiceWire(
        PEER, server_at(HOME, ""), None, meter=CallMeter(), rules=(posts,),
        timing=(time or FakeTime()).timing(), retries=RETRIES,
    )  # fmt: skip
    return post_rows(wire, rows, call, judge)


def call(batch: Batch) -> WireCall:
    return WireCall(
        "POST", "/rows", "the rows", "rows", body=batch.body, reading=False, again_if_refused=True
    )


def judge(answer: Answer) -> str:
    return "" if answer.status == 204 else f"HTTP {answer.status}"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@responses.activate
def test_what_says_later_is_sent_again(status: int) -> None:
    time = FakeTime()
    responses.post(f"{HOME}/rows", status=status, headers={"Retry-After": "7"})
    responses.post(f"{HOME}/rows", status=204)
    assert send([{"A": 1}], time) == SendOutcome(1, {})
    assert [call.request.body for call in responses.calls] == [b'[{"A":1}]'] * 2
    assert time.sleeps == [7]


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 408, 413, 415, 501])
@responses.activate
def test_nothing_else_is(status: int) -> None:
    responses.post(f"{HOME}/rows", status=status)
    outcome = send([{"A": 1}, {"A": 2}])
    assert (outcome.sent, outcome.lost, outcome.perhaps) == (0, 2, 0)
    assert len(responses.calls) == 1


@responses.activate
def test_after_a_refusal_of_who_sends_nothing_more_is_sent() -> None:
    responses.post(f"{HOME}/rows", status=403)
    assert send([LARGE] * 40) == SendOutcome(0, {"HTTP 403": 40})
    assert len(responses.calls) == 1


@responses.activate
def test_after_a_refusal_of_some_rows_the_others_are_sent() -> None:
    responses.post(f"{HOME}/rows", status=204)
    responses.post(f"{HOME}/rows", status=413)
    responses.post(f"{HOME}/rows", status=204)
    outcome = send([LARGE] * 40)
    assert (outcome.sent, outcome.given_up) == (23, {"HTTP 413": 17})


@responses.activate
def test_silence_and_resets_are_not_tried_again_and_may_have_arrived() -> None:
    responses.post(f"{HOME}/rows", body=requests.exceptions.ConnectionError())
    responses.post(f"{HOME}/rows", body=requests.exceptions.ReadTimeout())
    outcome = send([LARGE] * 30)
    assert (outcome.sent, outcome.lost, outcome.perhaps) == (0, 30, 30)
    assert len(responses.calls) == 2


@responses.activate
def test_a_longer_wait_than_a_person_would_wait_is_given_up() -> None:
    responses.post(f"{HOME}/rows", status=429, headers={"Retry-After": "3600"})
    outcome = send([{"A": 1}])
    assert (outcome.sent, outcome.lost, outcome.perhaps) == (0, 1, 0)
    assert len(responses.calls) == 1


@responses.activate
def test_rows_that_are_no_rows_are_counted() -> None:
    responses.post(f"{HOME}/rows", status=204)
    assert send([{"A": float("inf")}, {"A": 1}]) == SendOutcome(1, {UNFIT: 1})
    assert send([]) == SendOutcome(0, {})


@pytest.mark.parametrize("status", [401, 403, 404, 410])
@responses.activate
def test_who_is_refused_so_is_not_asked_again(status: int) -> None:
    responses.post(f"{HOME}/rows", status=status)
    assert send([LARGE] * 40).lost == 40
    assert len(responses.calls) == 1


@pytest.mark.parametrize(("status", "calls", "perhaps"), [(503, 4, 2), (429, 4, 0)])
@responses.activate
def test_after_four_attempts_it_is_given_up(status: int, calls: int, perhaps: int) -> None:
    time = FakeTime()
    responses.post(f"{HOME}/rows", status=status, headers={"Retry-After": "60"})
    outcome = send([{"A": 1}, {"A": 2}], time)
    assert (outcome.sent, outcome.lost, outcome.perhaps) == (0, 2, perhaps)
    assert len(responses.calls) == calls
    assert time.sleeps == [60] * (calls - 1)


@responses.activate
def test_cuts_are_counted() -> None:
    responses.post(f"{HOME}/rows", status=204)
    assert send([{"A": "x" * 70_000}, {"A": "x"}]) == SendOutcome(2, {}, cut=1)
