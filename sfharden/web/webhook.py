"""Rows to a web address of the user's own, signed by HMAC-SHA256 over the time and the body.

What is signed is `v1.TIMESTAMP.` and the body's bytes, so neither an old call nor another body passes for a new one.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from sfharden.errors import UsageError
from sfharden.ports import CallLog, SendOutcome, Timing, no_log
from sfharden.text.redact import Secret
from sfharden.web.batches import Batch, Row
from sfharden.web.guard import Outgoing, Rule, is_ambiguous
from sfharden.web.meter import CallMeter
from sfharden.web.origin import WebOrigin, origin_of
from sfharden.web.posting import RETRIED, RETRIES, post_rows
from sfharden.web.session import Answer, Peer, ServiceWire, WireCall
from sfharden.web.transport import Bounds

SECRET_VARIABLE: Final = "SFHARDEN_WEBHOOK_SECRET"  # noqa: S105 - a name
TIMESTAMP_HEADER: Final = "X-Sfharden-Timestamp"
SIGNATURE_HEADER: Final = "X-Sfharden-Signature"
DELIVERY_HEADER: Final = "X-Sfharden-Delivery"
_SHORTEST_SECRET: Final = 16
_PATH: Final = re.compile(r"/[A-Za-z0-9._~/-]*")

RECEIVER: Final = Peer(
    name="the webhook",
    retried=RETRIED,
    limited=lambda status, _body: status == 429,
    limit_code="HTTP 429",
    limit_hint="Send the report again later.",
    redirects=0,
    redirect_hint="Give the address that it redirects to.",
)


def webhook_at(url: str) -> tuple[WebOrigin, str]:
    """Host and path of a webhook as a user writes it. Raises UsageError; a query is refused, since it may hold a secret."""
    origin, path = origin_of(url), _path_of(url)
    odd = not _PATH.fullmatch(path) or is_ambiguous(path, "") or any(mark in url for mark in "?#\\")
    if origin is None or odd:
        raise UsageError(
            "A webhook's address must look like https://siem.example/hook",
            "It has no user name, no query and no fragment: other users of this machine can read an argument.",
        )
    if origin.scheme == "http" and not origin.is_loopback:
        raise UsageError(
            "Plain http is accepted for loopback addresses only", "Write https:// before the host's name."
        )
    return origin, path


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        return ""


def webhook_secret(value: str) -> Secret:
    """The key that calls are signed with. Raises UsageError for none, or one that is guessed too soon."""
    if len(value) < _SHORTEST_SECRET:
        raise UsageError(
            f"{SECRET_VARIABLE} must hold the shared secret, of {_SHORTEST_SECRET} characters at least."
        )
    return Secret(value)


def signature(secret: Secret, timestamp: int, body: bytes) -> str:
    """What stands in the signature's header."""
    signed = f"v1.{timestamp}.".encode() + body
    key = secret.reveal().encode("utf-8", "surrogateescape")  # the variable's own bytes, be they UTF-8 or not
    return f"v1={hmac.new(key, signed, hashlib.sha256).hexdigest()}"


def _sends_to(path: str) -> Rule:
    def rule(request: Outgoing) -> bool:
        return (request.method, request.path, request.content_type) == ("POST", path, "application/json")

    return rule


class Webhook:
    """One address, open for rows. It gets no token: the signature tells it who sends."""

    def __init__(
        self,
        origin: WebOrigin,
        path: str,
        secret: Secret,
        run_id: str,
        *,
        timing: Timing | None = None,
        bounds: Bounds | None = None,
        log: CallLog = no_log,
    ) -> None:
        self._path, self._secret, self._run = path, secret, UUID(run_id)
        self._wire = ServiceWire(
            RECEIVER,
            origin,
            None,
            meter=CallMeter(None, reserve_share=None),
            rules=(_sends_to(path),),
            timing=timing,
            retries=RETRIES,
            bounds=bounds,
            log=log,
        )

    @property
    def origin(self) -> WebOrigin:
        """Where the rows go."""
        return self._wire.origin

    def close(self) -> None:
        """Close the pooled connections."""
        self._wire.close()

    def send(self, rows: Iterable[Row]) -> SendOutcome:
        """Send all rows; each is taken once, or given up."""
        return post_rows(self._wire, rows, self._call, _refusal)

    def _call(self, batch: Batch) -> WireCall:
        timestamp = int(self._wire.timing.now().timestamp())
        return WireCall(
            "POST",
            self._path,
            "the rows",
            "rows",
            headers={
                "Content-Type": "application/json",
                TIMESTAMP_HEADER: str(timestamp),
                SIGNATURE_HEADER: signature(self._secret, timestamp, batch.body),
                DELIVERY_HEADER: str(uuid5(self._run, f"batch {batch.number}")),
            },
            body=batch.body,
            reading=False,
            again_if_refused=True,
            signed=False,
            shown_path="(the webhook's path)",  # for some receivers it is what lets a caller in
        )


def _refusal(answer: Answer) -> str:
    if 200 <= answer.status < 300:
        page = answer.body.lstrip()[:1] == b"<"
        return f"answered HTTP {answer.status} with a web page" if page else ""
    return f"answered HTTP {answer.status}"
