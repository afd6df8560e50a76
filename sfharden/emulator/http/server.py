"""The loopback server: sockets, recording, faults and latency around the routes."""

import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, NamedTuple

from sfharden.emulator.backend import Backend
from sfharden.emulator.http import oauth_routes, rest_routes, soap_routes
from sfharden.emulator.http.faults import Fault, FaultKind, changed, choose, instead
from sfharden.emulator.http.leaks import leaks_in
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.wire import Reply, Request, refusal_reply

Sleep = Callable[[float], None]
_LONGEST_TARGET: Final = 16_384
_LARGEST_BODY: Final = 100_000_000
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{1,7}")
_GONE: Final = frozenset({FaultKind.RESET, FaultKind.SILENCE, FaultKind.LOST})


class Recorded(NamedTuple):
    """What is kept of a request: no header values, no body. `status` is 0 where no answer was given."""

    ordinal: int
    method: str
    target: str
    body_size: int
    header_names: tuple[str, ...]
    operation: str
    status: int
    fault: FaultKind | None


@dataclass
class DemoServer:
    """A running org: its address, its callers' tokens, what was asked, and what shall go wrong."""

    org: DemoOrg
    backend: Backend
    latency: float
    sleep: Sleep
    base_url: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[Recorded] = field(default_factory=list)
    in_flight: int = 0
    max_in_flight: int = 0
    started: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def tokens(self) -> dict[str, str]:
        """Access tokens of the org's callers, by the callers' names."""
        return self.org.callers

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

    def choose(self, ordinal: int, label: str) -> Fault | None:
        """The fault that hits a request, if any."""
        with self._lock:
            return choose(self.faults, ordinal, label)

    def work(self, request: Request) -> Reply:
        """The org's answer."""
        try:
            with self.org.lock:
                self.org.leaks.extend(leaks_in(self.org, request))
                return self._routed(request)
        except RefusalError as error:
            return refusal_reply(error)

    def _routed(self, request: Request) -> Reply:
        head = request.segments[:2]
        if head == ["services", "data"]:
            reply = rest_routes.answer(self.backend, request)
            usage = rest_routes.usage_header(self.backend)
            return Reply(reply.status, reply.body, reply.content_type, (*reply.headers, usage))
        if head == ["services", "Soap"]:
            return soap_routes.answer(self.backend, request)
        if head == ["services", "oauth2"]:
            return oauth_routes.answer(self.backend, request)
        raise RefusalError("NOT_FOUND", "The requested resource does not exist")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece
    server: "_Listener"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing: the requests are recorded, and standard error belongs to the program."""

    def _serve(self) -> None:
        demo = self.server.demo
        ordinal = demo.begin()
        try:
            self._answer(demo, ordinal)
        finally:
            demo.finish()

    def _answer(self, demo: DemoServer, ordinal: int) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._body(headers)
        request = Request(self.command, self.path, headers, body, demo.base_url)
        soap = request.segments[:2] == ["services", "Soap"]
        operation = soap_routes.operation_of(body) if soap else ""
        rule = demo.choose(ordinal, f"{self.command} {self.path} {operation}".strip())
        reply = self._reply(demo, request, rule, soap)
        kind = rule.kind if rule else None
        status = 0 if kind in _GONE else reply.status
        names = tuple(sorted(headers))
        demo.record(Recorded(ordinal, self.command, self.path, len(body), names, operation, status, kind))
        if demo.latency:
            demo.sleep(demo.latency)
        self._send(demo, changed(rule, reply), kind)

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

    def _reply(self, demo: DemoServer, request: Request, rule: Fault | None, soap: bool) -> Reply:
        if len(request.target) > _LONGEST_TARGET:
            return refusal_reply(RefusalError("URI_TOO_LONG", "URI Too Long"))
        if sum(map(len, request.headers.values())) + len(request.target) > _LONGEST_TARGET:
            return refusal_reply(RefusalError("HEADERS_TOO_LARGE", "Request Header Fields Too Large"))
        if rule and rule.kind in (FaultKind.RESET, FaultKind.SILENCE):
            return Reply(0)
        return (instead(rule, soap=soap) if rule else None) or demo.work(request)

    def _send(self, demo: DemoServer, reply: Reply, kind: FaultKind | None) -> None:
        if kind in _GONE:
            self.close_connection = True
            if kind is FaultKind.SILENCE:
                demo.stopping.wait()
            else:
                self.server.reset(self.connection)
            return
        body = reply.body
        self.send_response_only(reply.status)
        self.send_header("Content-Type", reply.content_type)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers:
            self.send_header(name, value)
        if kind is FaultKind.TRUNCATED:
            self.close_connection = True
            body = body[: len(body) // 2]
        self.end_headers()
        self.wfile.write(body)


class _Listener(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128
    demo: DemoServer

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
def serve(org: DemoOrg, *, latency: float = 0.0, sleep: Sleep = time.sleep) -> Iterator[DemoServer]:
    """Serve an org on a loopback port of its own until the block ends. `latency` in seconds an answer."""
    listener = _Listener()
    demo = DemoServer(org, Backend(org), latency, sleep, f"http://127.0.0.1:{listener.server_address[1]}")
    listener.demo = demo
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, name="demo-org")
    thread.start()
    try:
        yield demo
    finally:
        demo.stopping.set()
        listener.shutdown()
        listener.hang_up()
        listener.server_close()
        thread.join()
    if listener.crashes:
        raise listener.crashes[0]
