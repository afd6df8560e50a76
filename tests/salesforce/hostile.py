"""An org on this machine that lies, drips, echoes and bursts: what it does is a function of the request."""

import gzip
import itertools
import json
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlsplit

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class Asked:
    """A request as it came: all that an echo can give back."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    closing: threading.Event

    @property
    def echo(self) -> str:
        return (
            " ".join([*self.headers.values(), self.body.decode("latin-1")])
            .replace("\r", "")
            .replace("\n", "")
        )

    @property
    def bearer(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ") or self.echo


Behaviour = Callable[[Asked], Iterator[bytes]]
Hits = Callable[[Asked], bool]


@dataclass
class HostileOrg:
    """Where it is, and how often it was asked."""

    url: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def hostile_org(behave: Behaviour, hits: Hits, honest: str = "") -> Iterator[HostileOrg]:
    """Serve the behaviour to requests that it hits; all others are passed on to an honest org."""
    closing, listener = threading.Event(), socket.create_server(("127.0.0.1", 0), backlog=64)
    org = HostileOrg(f"http://127.0.0.1:{listener.getsockname()[1]}")
    threads: list[threading.Thread] = []

    def serve(line: socket.socket) -> None:
        with line, suppress(OSError):
            line.settimeout(30)
            asked = _asked(line, closing)
            if asked is None:
                return
            org.asked.append(f"{asked.method} {asked.path}")
            for piece in behave(asked) if hits(asked) else _passed_on(asked, honest):
                line.sendall(piece)

    def accept() -> None:
        while True:
            line, _ = listener.accept()
            if closing.is_set():
                line.close()
                return
            threads.append(threading.Thread(target=serve, args=(line,)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield org
    finally:
        closing.set()
        socket.create_connection(listener.getsockname()).close()
        accepting.join()
        for thread in threads:
            thread.join()
        listener.close()


def _asked(line: socket.socket, closing: threading.Event) -> Asked | None:
    with line.makefile("rb") as reader:
        method, _, rest = reader.readline().decode("latin-1").partition(" ")
        headers: dict[str, str] = {}
        while text := reader.readline().decode("latin-1").strip():
            name, _, value = text.partition(":")
            headers[name.lower()] = value.strip()
        body = reader.read(int(headers.get("content-length", "0")))
    return Asked(method, rest.split(" ")[0], headers, body, closing) if method else None


def _passed_on(asked: Asked, honest: str) -> Iterator[bytes]:
    if not honest:
        yield answer(b'[{"version":"66.0"}]')
        return
    connection = HTTPConnection(urlsplit(honest).netloc, timeout=30)
    kept = {name: value for name, value in asked.headers.items() if name not in ("host", "connection")}
    connection.request(asked.method, asked.path, asked.body, kept)
    told = connection.getresponse()
    body = told.read()
    connection.close()
    yield answer(body, str(told.status), type_=told.headers.get("Content-Type") or "")


def answer(body: bytes, status: str = "200 OK", *headers: str, type_: str = "application/json") -> bytes:
    """A whole answer, after which the connection ends."""
    told = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {type_}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*told, *headers, "", ""]).encode("latin-1") + body


def fixed(body: bytes, status: str = "200 OK", *headers: str, type_: str = "application/json") -> Behaviour:
    """Always the same answer."""
    whole = answer(body, status, *headers, type_=type_)
    return lambda _: iter([whole])


def raw(*pieces: bytes) -> Behaviour:
    """Always the same bytes."""
    return lambda _: iter(pieces)


def said(make: Callable[[Asked], bytes]) -> Behaviour:
    """One piece, made of the request."""
    return lambda asked: iter([make(asked)])


def drops(start: bytes, drop: bytes) -> Behaviour:
    """A beginning, and then one drop after the other as long as somebody listens."""

    def drip(asked: Asked) -> Iterator[bytes]:
        yield start
        while not asked.closing.wait(0.02):
            yield drop

    return drip


def silence(asked: Asked) -> Iterator[bytes]:
    """Nothing at all."""
    asked.closing.wait(30)
    yield b""


def flood(start: bytes, piece: bytes) -> Behaviour:
    """A beginning, and then as much as somebody takes, up to 64 MiB."""
    return lambda _: itertools.chain(
        [start], itertools.repeat(piece * 65536, 64 * MEBIBYTE // (len(piece) * 65536))
    )


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def page(**changes: object) -> bytes:
    """A page of a query, with something wrong."""
    return _json({"totalSize": 1, "done": True, "records": [{"Id": "x"}], **changes})


_PAGES: Final = itertools.count()
_OK: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED: Final = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_XML: Final = "text/xml"


def _endless(_: Asked) -> bytes:
    number = next(_PAGES)
    return answer(
        page(totalSize=10**9, done=False, nextRecordsUrl=f"/services/data/v66.0/query/01g-{number}")
    )


def _fault(asked: Asked) -> bytes:
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
        f"<faultcode>sf:{asked.bearer}</faultcode><faultstring>{asked.bearer}</faultstring></e:Fault></e:Body></e:Envelope>"
    ).encode("latin-1")


def _packed(piece: bytes, times: int, name: str, before: bytes = b"", after: bytes = b"") -> Behaviour:
    """A small answer that unpacks to a large one; packed when it's first asked for."""

    @cache
    def data() -> bytes:
        body = before + piece * times + after
        return answer(gzip.compress(body, 1) if "gzip" in name else zlib.compress(body, 1), "200 OK", header)

    header = f"Content-Encoding: {name}"
    return lambda _: iter([data()])


def _errors(code: str, text: str) -> bytes:
    return _json([{"errorCode": code, "message": text}])


def _redirect(make: Callable[[Asked], str]) -> Behaviour:
    return said(lambda asked: answer(b"", "302 Found", f"Location: {make(asked)}"))


ECHOES: Final[dict[str, Behaviour]] = {
    "echo in a message": said(lambda one: answer(_errors("INVALID_FIELD", one.echo), "400 Bad Request")),
    "echo as a code": said(lambda one: answer(_errors(one.bearer, one.bearer), "400 Bad Request")),
    "echo as an OAuth error": said(
        lambda one: answer(_json({"error": one.bearer, "error_description": one.echo}), "400 Bad Request")
    ),
    "echo on a page": said(lambda one: answer(one.echo.encode("latin-1"), type_="text/html")),
    "echo as the reason": said(lambda one: answer(b"{}", f"403 {one.bearer}")),
    "echo in a header": said(lambda one: answer(b"{}", "500 Oops", f"Sforce-Limit-Info: {one.echo}")),
    "echo in Retry-After": said(lambda one: answer(b"{}", "503 Later", f"Retry-After: {one.bearer}")),
    "echo in a row": said(lambda one: answer(page(records=[{"Id": one.bearer, "Name": one.echo}]))),
    "echo as a key": said(lambda one: answer(_json({one.bearer: one.bearer, "done": one.bearer}))),
    "echo in a fault": said(lambda one: answer(_fault(one), "500 Oops", type_=_XML)),
    "echo in a cookie": said(lambda one: answer(b"[]", "200 OK", f"Set-Cookie: sid={one.bearer}")),
    "echo in the type": said(lambda one: answer(b"[]", type_=one.bearer)),
}
REDIRECTS: Final[dict[str, Behaviour]] = {
    "redirect elsewhere": _redirect(lambda _: "https://evil.example/services/data/"),
    "redirect to a look-alike": _redirect(lambda one: f"http://{one.headers['host']}.evil.example{one.path}"),
    "redirect to https": _redirect(lambda one: f"https://{one.headers['host']}{one.path}"),
    "redirect in a circle": _redirect(lambda one: one.path),
    "redirect with the token": _redirect(lambda one: f"https://evil.example/?{one.bearer}"),
    "redirect to a revocation": _redirect(lambda _: "/services/oauth2/revoke?token=x"),
    "redirect nowhere": fixed(b"", "302 Found"),
    "redirect to junk": _redirect(lambda _: "http://[::1"),
}
DRIPS: Final[dict[str, Behaviour]] = {
    "drip a body": drops(_OK + b"Content-Length: 60000\r\n\r\n", b" "),
    "drip a header": drops(b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
    "drip 100 Continue": drops(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "drip chunks": drops(_CHUNKED, b"1\r\n \r\n"),
    "silence": silence,
}
BOMBS: Final[dict[str, Behaviour]] = {
    "bomb of gzip": _packed(b" ", 40 * MEBIBYTE, "gzip"),
    "bomb of deflate": _packed(b" ", 40 * MEBIBYTE, "deflate"),
    "bomb in a bomb": _packed(gzip.compress(b" " * MEBIBYTE), 1, "gzip, gzip"),
    "bomb of lists": _packed(b"[],", 4 * MEBIBYTE, "gzip", b"[", b"[]]"),
    "bomb of depth": _packed(b"[", 8 * MEBIBYTE, "gzip"),
    "bomb of elements": _packed(b"<b/>", 600_000, "gzip", b"<a>", b"</a>"),
    "bomb of entities": fixed(
        b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;&d;</a>', type_=_XML
    ),
    "a line between chunks without end": flood(_CHUNKED, b"0"),
    "a header without end": flood(_OK + b"X-Long: ", b"a"),
    "a body without end": flood(_OK + b"\r\n", b" "),
}
ENCODINGS: Final[dict[str, Behaviour]] = {
    "no gzip at all": fixed(b"{}", "200 OK", "Content-Encoding: gzip"),
    "brotli": fixed(b"{}", "200 OK", "Content-Encoding: br"),
    "UTF-16": fixed(page().decode().encode("utf-16")),
    "no UTF-8": fixed(b'{"totalSize": "\xff\xfe"}'),
    "half a character": fixed(b'{"totalSize":1,"done":true,"records":[{"Id":"\\ud800","Name":"\\udfff"}]}'),
    "an unknown charset": fixed(b"{}", type_="application/json; charset=utf-99"),
    "XML in UTF-7": fixed(b'<?xml version="1.0" encoding="utf-7"?><a/>', type_=_XML),
    "XML in no encoding": fixed(b'<?xml version="1.0" encoding="nonsense"?><a/>', type_=_XML),
}
TYPES: Final[dict[str, Behaviour]] = {
    "a number": fixed(b"1"),
    "null": fixed(b"null"),
    "a list of nulls": fixed(b"[null, null]"),
    "an empty body": fixed(b""),
    "a size as text": fixed(page(totalSize="1")),
    "a size below nothing": fixed(page(totalSize=-1)),
    "no end told": fixed(page(done="yes")),
    "rows that are no rows": fixed(page(records=[1, [], None])),
    "values of other types": fixed(
        page(records=[{"Id": {"a": []}, "Name": 1, "Username": True, "AppName": [{}]}])
    ),
    "a huge number": fixed(b'{"totalSize": ' + b"9" * 6000 + b"}"),
    "infinity": fixed(b'{"totalSize": Infinity, "done": true, "records": [{"Id": NaN}]}'),
    "keys twice": fixed(b'{"totalSize":1,"done":false,"done":true,"records":[],"records":[{"Id":"x"}]}'),
    "a limit below nothing": fixed(page(), "200 OK", "Sforce-Limit-Info: api-usage=99999999999/0"),
}
CUTS: Final[dict[str, Behaviour]] = {
    "cut off in the body": raw(_OK + b"Content-Length: 900\r\nConnection: close\r\n\r\n{"),
    "cut off in a chunk": raw(_CHUNKED + b"ff\r\n{"),
    "cut off in a header": raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "closed at once": raw(),
    "a length below nothing": raw(_OK + b"Content-Length: -5\r\nConnection: close\r\n\r\n{}"),
    "two lengths": raw(_OK + b"Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}"),
    "a thousand headers": raw(_OK + b"X-A: b\r\n" * 1000 + b"\r\n{}"),
    "a header too long": raw(_OK + b"X-A: " + b"b" * 70_000 + b"\r\n\r\n{}"),
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "an unknown status": fixed(b"{}", "999 What"),
    "a status that is none": raw(b"HTTP/1.1 abc OK\r\n\r\n"),
}
PAGES: Final[dict[str, Behaviour]] = {
    "pages without end": said(_endless),
    "pages in a circle": fixed(
        page(totalSize=9, done=False, nextRecordsUrl="/services/data/v66.0/query/01g-1")
    ),
    "pages elsewhere": fixed(page(totalSize=9, done=False, nextRecordsUrl="https://evil.example/")),
    "later, in a year": fixed(b"", "503 Later", "Retry-After: 31536000"),
    "too many, always": fixed(_errors("REQUEST_LIMIT_EXCEEDED", "x"), "429 Too Many"),
}
BEHAVIOURS: Final = {**ECHOES, **REDIRECTS, **DRIPS, **BOMBS, **ENCODINGS, **TYPES, **CUTS, **PAGES}
