"""A webhook gets what it can check: who sent it, when, and that nobody changed it."""

import hashlib
import hmac
import socket
from collections.abc import Sequence
from threading import Thread

import pytest
import responses

from sfharden.emulator.ingestion import (
    HOOK,
    IngestionFault,
    IngestionFaultKind,
    IngestionServer,
    serve_ingestion,
)
from sfharden.errors import UsageError
from sfharden.ports import CallMade, SendOutcome
from sfharden.text.redact import Secret
from sfharden.web.guard import Outgoing
from sfharden.web.webhook import Webhook, _sends_to, signature, webhook_at, webhook_secret
from tests.salesforce.kit import NOW, FakeTime

SECRET = "0123456789abcdef"
RUN = "11111111-1111-4111-8111-111111111111"
ROWS = [{"A": "x" * 50_000}] * 20
Kind = IngestionFaultKind


def sent(
    faults: Sequence[IngestionFault] = (), secret: str = SECRET
) -> tuple[IngestionServer, SendOutcome, list[CallMade]]:
    log: list[CallMade] = []
    with serve_ingestion({"A": "string"}, secret=SECRET, faults=faults) as server:
        origin, path = webhook_at(f"{server.base_url}{HOOK}")
        hook = Webhook(origin, path, Secret(secret), RUN, timing=FakeTime().timing(), log=log.append)
        outcome = hook.send(ROWS)
        hook.close()
    return server, outcome, log


def test_the_rows_arrive_signed_and_without_a_token() -> None:
    server, outcome, log = sent()
    assert (outcome.sent, outcome.lost, server.invalid, len(server.rows)) == (20, 0, [], 20)
    assert "authorization" not in server.requests[0].header_names
    assert {one.path for one in log} == {"(the webhook's path)"}


def test_a_secret_that_is_no_text_signs_with_its_own_bytes() -> None:
    key = b"\xff\xfe not UTF-8 at all"
    told = Secret(key.decode("utf-8", "surrogateescape"))  # as the environment gives it
    expected = hmac.new(key, b"v1.7.[]", hashlib.sha256).hexdigest()
    assert signature(told, 7, b"[]") == f"v1={expected}"


def test_another_secret_is_noticed_and_ends_it() -> None:
    server, outcome, _ = sent(secret="another secret, just as long")
    assert (outcome.sent, outcome.given_up) == (0, {"answered HTTP 401": 20})
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("kind", "taken"), [(Kind.UNAVAILABLE, 20), (Kind.THROTTLED, 20), (Kind.HTML, 3), (Kind.BAD_REQUEST, 3)]
)
def test_it_keeps_the_same_rules_as_log_analytics(kind: Kind, taken: int) -> None:
    server, outcome, _ = sent([IngestionFault(kind, nth=1)])
    assert (outcome.sent, len(server.rows), outcome.sent + outcome.lost) == (taken, taken, 20)


def test_the_signature_is_over_time_and_body() -> None:
    made = signature(Secret("key"), 5, b"[]")
    # printf 'v1.5.[]' | openssl dgst -sha256 -hmac key
    assert made == "v1=" + "51d0b9692b13fd5fce4d1cb505bc0e4e42e6603eec27c09f793fcfe2c2166b3b"
    assert len({made, signature(Secret("key"), 6, b"[]"), signature(Secret("key"), 5, b"[1]")}) == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://siem.example/hook",
        "https://siem.example/hook?sig=x",
        "https://siem.example/hook#x",
        "https://u:p@siem.example/hook",
        "https://siem.example//hook",
        "https://siem.example/a/../b",
        "siem.example",
        "",
        "https://[",
    ],
)
def test_an_address_that_shows_a_secret_or_misleads_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        webhook_at(url)


def test_a_short_secret_is_none() -> None:
    with pytest.raises(UsageError):
        webhook_secret("short")
    assert webhook_secret(SECRET).reveal() == SECRET


def test_each_attempt_is_one_delivery() -> None:
    server, _, _ = sent([IngestionFault(Kind.UNAVAILABLE, nth=1)])
    again, _, _ = sent()
    assert server.call_ids[0] == server.call_ids[1]
    assert server.call_ids[1:] == again.call_ids
    assert len(set(again.call_ids)) == 2


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, b"ok", None), (202, b"", None), (204, b"", None), (299, b"", None), (300, b"", "answered HTTP 300"),
        (200, b" <!doctype html>", "answered HTTP 200 with a web page"), (400, b"", "answered HTTP 400"),
    ],
)  # fmt: skip
@responses.activate
def test_any_status_of_success_is_a_yes_but_for_a_page(status: int, body: bytes, reason: str | None) -> None:
    responses.post("https://siem.example/hook", status=status, body=body)
    origin, path = webhook_at("https://siem.example/hook")
    outcome = Webhook(origin, path, Secret(SECRET), RUN, timing=FakeTime().timing()).send([{"A": "x"}])
    assert outcome.given_up == ({reason: 1} if reason else {})
    request = responses.calls[0].request
    assert request.headers["X-Sfharden-Timestamp"] == str(int(NOW.timestamp()))
    assert request.headers["Content-Type"] == "application/json"


def test_an_address_without_a_path_has_one() -> None:
    origin, path = webhook_at("https://siem.example:8443")
    assert (str(origin), path) == ("https://siem.example:8443", "/")
    assert webhook_at("http://127.0.0.1:9/a-b_c.d~e")[1] == "/a-b_c.d~e"


def test_nothing_but_a_post_to_that_path_is_sent() -> None:
    rule = _sends_to("/hook")
    assert rule(Outgoing("POST", "/hook", "", "application/json", b"[]"))
    for method, path, kind in (
        ("GET", "/hook", "application/json"), ("POST", "/x", "application/json"), ("POST", "/hook", "text/plain"),
    ):  # fmt: skip
        assert not rule(Outgoing(method, path, "", kind, b"[]"))


HEADS = [b"HTTP/1.1 204 No", b"HTTP/1.1 204 No Content\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"]


@pytest.mark.parametrize(("head", "taken"), [*((one, 0) for one in (b"", *HEADS)), (HEADS[1] + b"\r\n", 1)])
def test_an_answer_whose_head_never_ended_may_have_arrived(head: bytes, taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            line, _ = listener.accept()
            with line:
                line.recv(65536)
                line.sendall(head)

        Thread(target=answer, daemon=True).start()
        origin, path = webhook_at(f"http://127.0.0.1:{listener.getsockname()[1]}/hook")
        hook = Webhook(origin, path, Secret(SECRET), RUN, timing=FakeTime().timing())
        outcome = hook.send([{"A": "x"}])
        hook.close()
    assert (outcome.sent, outcome.perhaps) == (taken, 1 - taken)
