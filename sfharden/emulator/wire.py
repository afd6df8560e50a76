"""A request as the routes see it, and the answer they give; no sockets here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from sfharden.emulator.refusal import RefusalError

SOURCE_HEADER: Final = "x-demo-source-ip"
_JSON: Final = "application/json;charset=UTF-8"


@dataclass(frozen=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    base_url: str = ""

    @cached_property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return urlsplit(self.target).path

    @cached_property
    def segments(self) -> list[str]:
        """The path's parts, decoded; a closing slash counts for nothing."""
        return [unquote(part) for part in self.path.strip("/").split("/")]

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters of the query string; the first of a name counts."""
        return _form(urlsplit(self.target).query)

    @cached_property
    def form(self) -> dict[str, str]:
        """The parameters of a form body."""
        return _form(self.body.decode("utf-8", "replace"))

    @property
    def bearer(self) -> str:
        """The access token of the Authorization header."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() in ("bearer", "oauth") else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, body, and what headers it has besides its length."""

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = _JSON
    headers: tuple[tuple[str, str], ...] = ()


def _form(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def json_reply(value: Any, status: int = 200) -> Reply:
    """An answer in JSON; in ASCII, which can carry whatever a test calls things."""
    return Reply(status, json.dumps(value).encode())


def refusal_reply(error: RefusalError) -> Reply:
    """A refusal in the list shape that REST resources use."""
    return json_reply([{"message": error.message, "errorCode": error.code}], error.status)


def oauth_refusal(error: str, description: str) -> Reply:
    """A refusal in the object shape that the token endpoints use."""
    return json_reply({"error": error, "error_description": description}, 400)


def zulu(moment: datetime | None) -> str | None:
    """A moment as SOAP and Connect REST write it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
