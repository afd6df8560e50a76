"""The guarded, bounded bottom of every request: one adapter, and a session that keeps and follows nothing."""

import io
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

import sfharden
from sfharden.errors import AnswerError, NoVerdictError
from sfharden.salesforce.guard import OutgoingGuard
from sfharden.text.redact import Secret

MEBIBYTE: Final = 1024 * 1024
POOL_SIZE: Final = 16
_CHUNK: Final = 64 * 1024

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long and how large an answer may be. Seconds; bytes after decompression.

    A retrieved zip is at most 50 MB in base 64 (Metadata API Developer Guide, retrieve()); the rest of the
    SOAP bound is for its file properties. `total` bounds one answer that arrives in drops.
    """

    connect: float = 10.0
    read: float = 30.0
    total: float = 300.0
    json_bytes: int = 64 * MEBIBYTE
    soap_bytes: int = 128 * MEBIBYTE

    def bytes_for(self, path: str) -> int:
        """The most bytes that an answer from this path may have."""
        return self.soap_bytes if path.startswith("/services/Soap/") else self.json_bytes


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


class GuardedAdapter(HTTPAdapter):
    """Sends what the guard lets out, with timeouts, and reads the whole answer within bounds.

    Raises AnswerError for an answer over the bounds. All above it, libraries too, see complete answers only.
    """

    def __init__(self, guard: OutgoingGuard, bounds: Bounds, clock: Clock) -> None:
        super().__init__(pool_connections=2, pool_maxsize=POOL_SIZE)
        self._guard = guard
        self._bounds = bounds
        self._clock = clock

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
        self._guard.check(request.method or "", url, content_type, _bytes(request.body))
        # A proxy for plain http would see the token of a request meant for this machine only.
        way = {} if self._guard.origin.is_loopback else dict(proxies or {})
        waits = timeout or (self._bounds.connect, self._bounds.read)
        response = super().send(
            request,
            stream=True,
            timeout=waits,  # type: ignore[arg-type] # the stubs know more forms than we pass on
            verify=verify,
            cert=cert,  # type: ignore[arg-type] # as above
            proxies=way,
        )
        self._read(response, self._bounds.bytes_for(urlsplit(url).path))
        return response

    def _read(self, response: requests.Response, limit: int) -> None:
        try:
            # A BytesIO gives its buffer away uncopied; joined chunks would be there twice.
            buffer = io.BytesIO()
            for chunk in self._chunks(response, limit):
                buffer.write(chunk)
            response._content = buffer.getvalue()
        except requests.exceptions.ConnectionError:
            # So requests calls a server that falls silent in the middle of an answer.
            raise requests.exceptions.ReadTimeout from None
        finally:
            response.close()

    def _chunks(self, response: requests.Response, limit: int) -> Iterator[bytes]:
        deadline = self._clock() + self._bounds.total
        size = 0
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise AnswerError(f"The org's answer is larger than {limit // MEBIBYTE} MiB")
            if self._clock() > deadline:
                raise AnswerError(f"The org's answer took more than {self._bounds.total:.0f} seconds")
            yield chunk


class QuietSession(requests.Session):
    """A session that follows no redirect by itself; the caller decides, see `Wire`."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - whatever it says
        """Never a target: requests would follow it to any host."""
        return None


def build_session(
    guard: OutgoingGuard,
    *,
    token: Secret | None = None,
    bounds: Bounds | None = None,
    clock: Clock = time.monotonic,
) -> QuietSession:
    """A session that reaches the guard's origin only.

    Proxies and the CA bundle come from the environment, as requests reads them; credentials do not.
    """
    session = QuietSession()
    adapter = GuardedAdapter(guard, bounds or Bounds(), clock)
    session.adapters.clear()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.auth = Bearer(token) if token else Unsigned()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": f"sfharden/{sfharden.__version__}", "Accept": "application/json"})
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
