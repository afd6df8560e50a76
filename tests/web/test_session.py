"""A wire to any service: what that one tries again, follows and counts, and what its errors call it."""

from dataclasses import replace

import pytest
import requests
import responses

from sfharden.errors import AnswerError, LimitError, UnreachableError
from sfharden.web.guard import Outgoing
from sfharden.web.meter import CallMeter
from sfharden.web.origin import server_at
from sfharden.web.retry import RetryPolicy
from sfharden.web.session import Peer, ServiceWire, WireCall
from tests.salesforce.kit import FakeTime

HOME = "https://a.example"
LIST = WireCall("GET", "/list", "Asking for a list", "list")


def peer(redirects: int = 0) -> Peer:
    return Peer(
        name="the shop",
        retried=frozenset({500}),
        limited=lambda status, _body: status == 429,
        limit_code="HTTP 429",
        limit_hint="Wait.",
        redirects=redirects,
        redirect_hint="Look at the address.",
    )


def gets(request: Outgoing) -> bool:
    return request.method == "GET"


def wire(time: FakeTime | None = None, redirects: int = 0) -> ServiceWire:
    return ServiceWire(
        peer(redirects),
        server_at(HOME, ""),
        None,
        meter=CallMeter(),
        rules=(gets,),
        timing=(time or FakeTime()).timing(),
        retries=RetryPolicy(attempts_after_limit=3),
    )


@responses.activate
def test_its_own_trouble_is_tried_again_and_told_by_its_name() -> None:
    responses.get(f"{HOME}/list", status=500)
    with pytest.raises(UnreachableError, match="the shop answered HTTP 500") as caught:
        wire().send(LIST)
    assert len(responses.calls) == RetryPolicy().attempts
    assert caught.value.hint.startswith("The shop is in trouble")


@responses.activate
def test_too_many_calls_narrow_the_wire_and_wait_as_long_as_asked() -> None:
    responses.get(f"{HOME}/list", status=429, headers={"Retry-After": "3"})
    time = FakeTime()
    asked = wire(time)
    with pytest.raises(LimitError, match="the shop answered HTTP 429"):
        asked.send(LIST)
    assert time.sleeps == [3.0, 3.0]
    assert asked.limit.width == 1


@responses.activate
def test_where_no_redirect_is_followed_none_is_even_to_itself() -> None:
    responses.get(f"{HOME}/list", status=302, headers={"Location": f"{HOME}/other"})
    responses.get(f"{HOME}/other", json={})
    with pytest.raises(AnswerError, match="the shop redirects"):
        wire().send(LIST)
    assert len(responses.calls) == 1
    assert wire(redirects=1).send(LIST).status == 200


@responses.activate
def test_a_redirect_to_another_host_is_not_followed() -> None:
    responses.get(f"{HOME}/list", status=302, headers={"Location": "https://b.example/list"})
    with pytest.raises(AnswerError, match="the shop redirects to another address") as caught:
        wire(redirects=1).send(LIST)
    assert caught.value.hint == "Look at the address."


@pytest.mark.parametrize(("again", "calls"), [(True, 2), (False, 1)])
@responses.activate
def test_what_was_refused_for_now_is_sent_again_if_that_was_said(again: bool, calls: int) -> None:
    responses.get(f"{HOME}/list", status=500)
    responses.get(f"{HOME}/list", status=200)
    call = replace(LIST, reading=False, again_if_refused=again)
    if again:
        assert wire().send(call).status == 200
    else:
        with pytest.raises(UnreachableError):
            wire().send(call)
    assert len(responses.calls) == calls


@responses.activate
def test_what_may_have_arrived_is_not_sent_again() -> None:
    responses.get(f"{HOME}/list", body=requests.exceptions.ConnectionError())
    with pytest.raises(UnreachableError):
        wire().send(replace(LIST, reading=False, again_if_refused=True))
    assert len(responses.calls) == 1
