"""The sockets around whatever answers: how an answer leaves, and what is remembered of a request."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from sfharden.emulator.http.listener import Ending, Outcome, Served, Sleep, listen
from sfharden.emulator.wire import Reply, Request


@dataclass
class Echo(Served):
    """Answers each request with its own path, in one way."""

    ending: Ending = Ending.WHOLE

    def respond(self, ordinal: int, request: Request) -> Outcome:
        return Outcome(Reply(200, request.path.encode() * 4, "text/plain"), self.ending, f"echo {ordinal}")


@contextmanager
def asked(served: Served, method: str = "GET") -> Iterator[http.client.HTTPConnection]:
    with listen(served, "echo"):
        connection = http.client.HTTPConnection(served.base_url.removeprefix("http://"), timeout=5)
        connection.request(method, "/abc?secret=1", headers={"X-Secret": "s"})
        yield connection
        connection.close()


def test_an_answer_leaves_whole_and_the_request_is_remembered_without_values() -> None:
    echo = Echo()
    with asked(echo) as connection:
        assert connection.getresponse().read() == b"/abc" * 4
    (one,) = echo.requests
    assert (one.ordinal, one.method, one.operation, one.status, one.fault) == (1, "GET", "echo 1", 200, None)
    assert "x-secret" in one.header_names


def test_a_head_request_has_no_body() -> None:
    with asked(Echo(), "HEAD") as connection:
        answer = connection.getresponse()
        assert (answer.headers["Content-Length"], answer.read()) == ("16", b"")


@pytest.mark.parametrize("ending", [Ending.CUT, Ending.STALLED])
def test_half_a_body_may_leave(ending: Ending) -> None:
    echo = Echo(ending=ending)
    with asked(echo) as connection:
        answer = connection.getresponse()
        assert answer.read(8) == b"/abc" * 2
        echo.stopping.set()
        with pytest.raises(http.client.IncompleteRead):
            answer.read()


def test_a_reset_connection_is_no_answer() -> None:
    echo = Echo(ending=Ending.RESET)
    with asked(echo) as connection, pytest.raises(ConnectionError):
        connection.getresponse()
    assert echo.requests[0].status == 0


def test_silence_ends_with_the_server() -> None:
    echo = Echo(ending=Ending.SILENCE)
    with asked(echo) as connection:
        threading.Timer(0, echo.stopping.set).start()
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            connection.getresponse()


def test_a_body_may_drip_with_pauses_through_the_seam() -> None:
    slept: list[float] = []
    pause: Sleep = slept.append

    @dataclass
    class Dripping(Served):
        def respond(self, ordinal: int, request: Request) -> Outcome:
            body = b"x" * (100 if request.path else ordinal)
            return Outcome(Reply(200, body), Ending.DRIP, pause=0.25)

    with asked(Dripping(sleep=pause)) as connection:
        assert connection.getresponse().read() == b"x" * 100
    assert slept == [0.25] * 20
