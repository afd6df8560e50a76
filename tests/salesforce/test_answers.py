"""Answers that break, stall, drip or overflow end in an error of ours, and none of them is believed."""

import socket
from http.server import BaseHTTPRequestHandler

import pytest
import responses

from sfharden.errors import AnswerError, UnreachableError
from sfharden.salesforce.answers import json_of
from sfharden.web.transport import Bounds

from .kit import DATA, LIMITS, loopback_org, make_wire, reply


def _reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    handler.connection.close()
    handler.close_connection = True
    # The base class flushes what is closed by now.
    handler.wfile = open("/dev/null", "wb")  # noqa: PTH123, SIM115


def _broken_chunks(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b'9\r\n{"rows": \r\nZZ\r\n')
    handler.close_connection = True


def test_a_body_shorter_than_announced_is_no_answer() -> None:
    with loopback_org(reply(200, b'{"records": [', Content_Length="500", Connection="close")) as org:
        with pytest.raises(AnswerError, match="cut off"):
            make_wire(org.url).send(LIMITS)
        assert len(org.seen) == 4


def test_broken_chunks_are_no_answer() -> None:
    with loopback_org(_broken_chunks) as org, pytest.raises(AnswerError, match="cut off"):
        make_wire(org.url).send(LIMITS)


def test_a_cut_answer_is_asked_for_again() -> None:
    with loopback_org(_broken_chunks, reply(200, b'{"ok": 1}')) as org:
        assert make_wire(org.url).send(LIMITS).body == b'{"ok": 1}'


def test_a_reset_connection_is_tried_again() -> None:
    with loopback_org(_reset, reply(200, b'{"ok": 1}')) as org:
        assert make_wire(org.url).send(LIMITS).body == b'{"ok": 1}'


def test_an_org_that_keeps_resetting_is_unreachable() -> None:
    with loopback_org(_reset) as org, pytest.raises(UnreachableError):
        make_wire(org.url).send(LIMITS)


def test_nobody_there_is_unreachable() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(UnreachableError, match="no connection"):
        make_wire(f"http://127.0.0.1:{port}").send(LIMITS)


def test_an_org_that_never_answers_is_left() -> None:
    # Nobody accepts here, but the kernel does: the request is taken and never answered.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = make_wire(f"http://127.0.0.1:{listener.getsockname()[1]}", bounds=Bounds(read=0.05))
        with pytest.raises(UnreachableError, match="in time"):
            wire.send(LIMITS)


def test_an_answer_that_stops_in_the_middle_is_left() -> None:
    def stall(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"{")
        handler.rfile.read(1)  # until the other side gives up

    with loopback_org(stall) as org, pytest.raises(UnreachableError, match="in time"):
        make_wire(org.url, bounds=Bounds(read=0.05)).send(LIMITS)


@responses.activate
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html>log in</html>", "text/html;charset=UTF-8"),
        (b'{"totalSize": 3, "rec', "application/json"),
        (b"", "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b"[" * 200_000, "application/json"),
    ],
)
def test_what_is_not_json_is_no_answer(body: bytes, content_type: str) -> None:
    responses.get(f"{DATA}/limits", body=body, content_type=content_type)
    with pytest.raises(AnswerError):
        json_of(make_wire().send(LIMITS), "Asking")


@responses.activate
def test_a_web_page_is_no_answer_even_where_it_could_be_read() -> None:
    responses.get(f"{DATA}/limits", body=b"{}", content_type="text/html")
    with pytest.raises(AnswerError, match="web page"):
        json_of(make_wire().send(LIMITS), "Asking")
