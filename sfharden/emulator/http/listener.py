"""Loopback sockets around whatever answers: recording, counting, latency, and an orderly end."""

import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, NamedTuple

from sfharden.emulator.wire import Reply, Request

Sleep = Callable[[float], None]
_LARGEST_BODY: Final = 100_000_000
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{1,7}")
_PIECES: Final = 20


class Ending(Enum):
    """How an answer leaves: as it should, or not."""

    WHOLE = "head and body in one piece"
    RESET = "the connection is reset"
    SILENCE = "nothing, until the client or the server gives up"
    CUT = "half of the body, then the end"
    STALLED = "half of the body, then nothing, until the client or the server gives up"
    DRIP = "the body in pieces, with a pause before each"


class Outcome(NamedTuple):
    """What a program does with a request: the answer, how it leaves, and what to record of it."""

    reply: Reply
    ending: Ending = Ending.WHOLE
    operation: str = ""
    fault: Enum | None = None
    pause: float = 0.0


class Recorded(NamedTuple):
    """What is kept of a request: no header values, no body. `status` is 0 where no answer was given."""

    ordinal: int
    method: str
    target: str
    body_size: int
    header_names: tuple[str, ...]
    operation: str
    status: int
    fault: Enum | None


@dataclass(kw_only=True)
class Served:
    """A running program: its address, what was asked, how many at once."""

    latency: float = 0.0
    sleep: Sleep = time.sleep
    base_url: str = ""
    requests: list[Recorded] = field(default_factory=list)
    in_flight: int = 0
    max_in_flight: int = 0
    started: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def respond(self, ordinal: int, request: Request) -> Outcome:
        """What comes of a request."""
        raise NotImplementedError

    def begin(self) -> int:
        """Count a request in; its ordinal, from 1."""
        with self._lock:
            self.started += 1
            self.in_flight += 1
            self.max_in_flight = max(self.max_in_flight, self.in_flight)
            return self.started

    def finish(self) -> None:
        """Count a request out."""
        with self._lock:
            self.in_flight -= 1

    def record(self, entry: Recorded) -> None:
        """Keep what was asked."""
        with self._lock:
            self.requests.append(entry)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece
    server: "_Listener"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing: the requests are recorded, and standard error belongs to the program."""

    def _serve(self) -> None:
        served = self.server.served
        ordinal = served.begin()
        try:
            self._answer(served, ordinal)
        finally:
            served.finish()

    def _answer(self, served: Served, ordinal: int) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._body(headers)
        outcome = served.respond(ordinal, Request(self.command, self.path, headers, body, served.base_url))
        gone = outcome.ending in (Ending.RESET, Ending.SILENCE)
        status = 0 if gone else outcome.reply.status
        names = tuple(sorted(headers))
        served.record(
            Recorded(
                ordinal, self.command, self.path, len(body), names, outcome.operation, status, outcome.fault
            )
        )
        if served.latency:
            served.sleep(served.latency)
        self._leave(served, outcome) if gone else self._send(served, outcome)

    def _body(self, headers: dict[str, str]) -> bytes:
        size = headers.get("content-length", "0")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunked()
        if not size.isdecimal() or int(size) > _LARGEST_BODY or "transfer-encoding" in headers:
            # What follows can't be told from a next request, so this is the last one.
            self.close_connection = True
            return b""
        return self.rfile.read(int(size))

    def _chunked(self) -> bytes:
        """A body in chunks (RFC 9112, 7.1), as the Salesforce CLI sends its forms; empty if they can't be told apart."""
        parts: list[bytes] = []
        while sum(map(len, parts)) <= _LARGEST_BODY:
            size = self.rfile.readline(64).partition(b";")[0].strip()
            if not _HEX.fullmatch(size):
                break
            parts.append(self.rfile.read(int(size, 16)))
            if self.rfile.readline(3) != b"\r\n":
                break
            if not parts[-1]:
                return b"".join(parts)
        self.close_connection = True
        return b""

    def _leave(self, served: Served, outcome: Outcome) -> None:
        self.close_connection = True
        if outcome.ending is Ending.SILENCE:
            served.stopping.wait()
        else:
            self.server.reset(self.connection)

    def _send(self, served: Served, outcome: Outcome) -> None:
        reply = outcome.reply
        self.send_response_only(reply.status)
        self.send_header("Content-Type", reply.content_type)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(served, outcome)

    def _send_body(self, served: Served, outcome: Outcome) -> None:
        body = outcome.reply.body
        if outcome.ending is Ending.DRIP:
            self._drip(served, body, outcome.pause)
            return
        if outcome.ending in (Ending.CUT, Ending.STALLED):
            self.close_connection = True
            body = body[: len(body) // 2]
        self.wfile.write(body)
        if outcome.ending is Ending.STALLED:
            self.wfile.flush()
            served.stopping.wait()

    def _drip(self, served: Served, body: bytes, pause: float) -> None:
        size = max(1, -(-len(body) // _PIECES))
        for start in range(0, len(body), size):
            self.wfile.flush()
            served.sleep(pause)
            self.wfile.write(body[start : start + size])


class _Listener(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128
    served: Served

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.crashes: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self._to_reset: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        # Here and not in the new thread: once the accepting thread has stopped, every connection is known.
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def reset(self, request: socket.socket) -> None:
        """Have a connection reset instead of ended in order, once its request is over."""
        request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._to_reset.add(request)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
            if request in self._to_reset:
                self._to_reset.discard(request)
                self.close_request(request)
                return
        super().shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """A client that went away is no event; anything else is a bug of the demo, raised at the end."""
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self.crashes.append(error)

    def hang_up(self) -> None:
        """End connections that clients keep open, so that their threads end."""
        with self._open_lock:
            for one in self._open:
                with suppress(OSError):  # the client may have hung up first
                    one.shutdown(socket.SHUT_RDWR)


@contextmanager
def listen(served: Served, name: str) -> Iterator[None]:
    """Serve on a loopback port of its own until the block ends; `served.base_url` says which."""
    listener = _Listener()
    served.base_url = f"http://127.0.0.1:{listener.server_address[1]}"
    listener.served = served
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, name=name)
    thread.start()
    try:
        yield
    finally:
        served.stopping.set()
        listener.shutdown()
        listener.hang_up()
        listener.server_close()
        thread.join()
    if listener.crashes:
        raise listener.crashes[0]
