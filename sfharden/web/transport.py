"""The guarded, bounded bottom of every request: one adapter, and a session that keeps and follows nothing."""

import io
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from typing import IO, Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

import sfharden
from sfharden.errors import AnswerError, NoVerdictError
from sfharden.text.redact import Secret
from sfharden.web.guard import OutgoingGuard
from sfharden.web.large_answers import MEBIBYTE, SMALL_BYTES, LargeAnswers
from sfharden.web.watchdog import Watch, Watchdog, watched

POOL_SIZE: Final = 16
_CHUNK: Final = 64 * 1024
_NEVER: Final = float("inf")
# What we can unpack piece by piece, each piece bounded (urllib3 2.6). Another, or one in another, wasn't asked for.
_ENCODINGS: Final = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long and how large an answer may be. Seconds; bytes after decompression.

    `read` bounds each silence, and what comes slower than `slowest` bytes a second; `total` one answer, however
    fast it comes; `run` one reading of an org. A page of 2,000 rows is under 4 MiB. A retrieved zip is at most
    50 MB in base 64 (Metadata API Developer Guide, retrieve()); the rest of the SOAP bound is for its file properties.
    """

    connect: float = 10.0
    read: float = 30.0
    total: float = 300.0
    run: float = 7200.0
    slowest: int = 8 * 1024
    json_bytes: int = 8 * MEBIBYTE
    soap_bytes: int = 96 * MEBIBYTE
    log_bytes: int = 4096 * MEBIBYTE  # of an event log, which goes to a file and not into memory

    def waiting(self, seconds: float) -> "Bounds":
        """The same for somebody who waits so long for an answer: ten times as long for a large one."""
        return replace(self, connect=min(self.connect, seconds), read=seconds, total=10 * seconds)

    def patience(self, size: int) -> float:
        """How long so many bytes may take on their way."""
        return min(self.total, self.read + size / self.slowest)

    def bytes_for(self, path: str) -> int:
        """The most bytes that an answer from this path may have."""
        return self.soap_bytes if path.startswith("/services/Soap/") else self.json_bytes


def is_token(token: Secret) -> bool:
    """Whether this can be an access token: one word of visible ASCII, so that it can stand in a header."""
    value = token.reveal()
    return value.isascii() and value.isprintable() and " " not in value and bool(value)


class Bearer(AuthBase):
    """Puts the access token into the header, and nowhere else, as late as requests allows."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        return request


class Unsigned(AuthBase):
    """Adds nothing. Any auth object at all keeps requests from looking into a .netrc file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Sinks(threading.local):
    """Where the answer of the call that a thread is about to make goes, if not into memory."""

    current: IO[bytes] | None = None


class GuardedAdapter(HTTPAdapter):
    """Sends what the guard lets out, with timeouts, and reads the whole answer within bounds.

    Raises AnswerError for an answer over the bounds. All above it, libraries too, see complete answers only.
    """

    def __init__(
        self, guard: OutgoingGuard, bounds: Bounds, clock: Clock, large: LargeAnswers, sinks: Sinks
    ) -> None:
        self._sinks = sinks
        self._watchdog = Watchdog()  # before the pools, which are made of it
        super().__init__(pool_connections=2, pool_maxsize=POOL_SIZE)
        self._guard = guard
        self._whose = f"{guard.owner[:1].upper()}{guard.owner[1:]}'s"
        self._bounds = bounds
        self._clock = clock
        self._large = large

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make pools whose connections can be ended from outside."""
        super().init_poolmanager(*args, **kwargs)
        self._watch_pools_of(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """The same for the pools of a proxy."""
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not known:
            self._watch_pools_of(manager)
        return manager

    def _watch_pools_of(self, manager: PoolManager) -> None:
        kinds = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {name: watched(kind, self._watchdog) for name, kind in kinds.items()}

    def close(self) -> None:
        """Close the pools."""
        super().close()
        self._watchdog.close()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - the answer is always streamed, to count its bytes
        timeout: object = None,
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request; see HTTPAdapter.send."""
        url = request.url or ""
        content_type = _text(request.headers.get("Content-Type"))
        body = _bytes(request.body)
        self._guard.check(request.method or "", url, content_type, body)
        # A proxy for plain http would see the token of a request meant for this machine only.
        way = {} if self._guard.origin.is_loopback else dict(proxies or {})
        waits = timeout or (self._bounds.connect, self._bounds.read)
        with self._watched(len(body)) as watch:
            response = super().send(
                request,
                stream=True,
                timeout=waits,  # type: ignore[arg-type] # the stubs know more forms than we pass on
                verify=verify,
                cert=cert,  # type: ignore[arg-type] # as above
                proxies=way,
            )
            self._read(response, self._bounds.bytes_for(urlsplit(url).path), watch)
        return response

    @contextmanager
    def _watched(self, sent: int) -> Iterator[Watch]:
        """A call that the watchdog ends at its deadline; then whatever became of it is a timeout."""
        with self._watchdog.watch(self._bounds.connect, self._bounds.patience(sent)) as watch:
            try:
                yield watch
            except (requests.exceptions.RequestException, HTTPError, OSError):
                if not watch.late:
                    raise
        # Also where nothing was raised: to the reader, the end of a connection may be the end of an answer.
        if watch.late:
            raise requests.exceptions.ReadTimeout from None

    def _read(self, response: requests.Response, limit: int, watch: Watch) -> None:
        try:
            self._refuse_encoding(response)
            if self._sinks.current and response.status_code == 200:
                for chunk in self._chunks(response, self._bounds.log_bytes, watch):
                    self._sinks.current.write(chunk)
                response._content = b""
                return
            # A BytesIO gives its buffer away uncopied; joined chunks would be there twice.
            buffer = io.BytesIO()
            for chunk in self._chunks(response, limit, watch):
                buffer.write(chunk)
            response._content = buffer.getvalue()
        except requests.exceptions.ConnectionError:
            # So requests calls a server that falls silent in the middle of an answer.
            raise requests.exceptions.ReadTimeout from None
        finally:
            response.close()

    def _refuse_encoding(self, response: requests.Response) -> None:
        if response.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
            raise AnswerError(f"{self._whose} answer is packed in a way that wasn't asked for")

    def _chunks(self, response: requests.Response, limit: int, watch: Watch) -> Iterator[bytes]:
        # The watchdog's clock is not ours: its time passes whatever a test makes of ours.
        began, real, size = self._clock(), time.monotonic(), 0
        self._watchdog.allow(watch, real + self._bounds.patience(0))
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise AnswerError(f"{self._whose} answer is larger than {limit // MEBIBYTE} MiB")
            if size > SMALL_BYTES and not self._large.has_turn:
                waited = self._wait_for_turn(watch)
                began, real = began + waited, real + waited
            if self._clock() - began > self._bounds.total:
                raise AnswerError(f"{self._whose} answer took more than {self._bounds.total:.0f} seconds")
            self._watchdog.allow(watch, real + self._bounds.patience(size))
            yield chunk

    def _wait_for_turn(self, watch: Watch) -> float:
        """Wait until a large answer may go on, and tell for how long: that isn't the server's fault."""
        began = time.monotonic()
        self._watchdog.allow(watch, _NEVER)
        self._large.take_turn()
        return time.monotonic() - began


class QuietSession(requests.Session):
    """A session that follows no redirect by itself; the caller decides, see `Wire`."""

    def __init__(self) -> None:
        super().__init__()
        self.sinks = Sinks()

    @contextmanager
    def into(self, sink: IO[bytes] | None) -> Iterator[None]:
        """Have the next good answer of this thread written to a file, from its beginning."""
        if sink is not None:
            sink.seek(0)
            sink.truncate()
        self.sinks.current = sink
        try:
            yield
        finally:
            self.sinks.current = None

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - whatever it says
        """Never a target: requests would follow it to any host."""
        return None


def build_session(
    guard: OutgoingGuard,
    *,
    token: Secret | None = None,
    bounds: Bounds | None = None,
    clock: Clock = time.monotonic,
    large: LargeAnswers | None = None,
) -> QuietSession:
    """A session that reaches the guard's origin only.

    Proxies and the CA bundle come from the environment, as requests reads them; credentials do not.
    """
    session = QuietSession()
    adapter = GuardedAdapter(guard, bounds or Bounds(), clock, large or LargeAnswers(), session.sinks)
    session.adapters.clear()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.auth = Bearer(token) if token else Unsigned()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update(
        {
            "User-Agent": f"sfharden/{sfharden.__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }
    )
    return session


def _bytes(body: object) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    raise NoVerdictError("A request whose body cannot be looked at was stopped before it was sent")


def _text(value: str | bytes | None) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value or ""
