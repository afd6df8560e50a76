"""Tokens of external client apps, by their own resource (Connect REST API Guide, OAuth usage).

The resource gives its apps, the users of each, and the tokens of each user. The list of users names a next page
even on its last one, so pages are asked for until one is empty.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from sfharden.errors import AnswerError
from sfharden.model.org import Token
from sfharden.salesforce.handles import handle_of
from sfharden.salesforce.rest import OrgClient
from sfharden.sources.org.tokens import Tasks
from sfharden.sources.org.values import Row, moment, number, optional, required
from sfharden.text.redact import Secret

_PAGE_SIZE: Final = 100
_MOST_PAGES: Final = 10_000
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_]{1,100}", re.ASCII)
_REVOCATION: Final = re.compile(r"/apps/oauth/usage/tokens/([^/?#]+)$")


@dataclass
class UsageReading:
    """Tokens by handle, and what revokes each."""

    tokens: dict[str, Token] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict, repr=False)


def read_usage(client: OrgClient, org_id: Callable[[], str], tasks: Tasks) -> UsageReading:
    """All tokens of external client apps, labelled with the apps' developer names. Raises OrgError."""
    reading = UsageReading()
    apps = {required(app, "identifier"): optional(app, "developerName") for app in _pages(client, "", "apps")}
    held: list[tuple[str, str]] = []
    tasks.each(lambda app: held.extend(_users(client, app)), apps)

    def read(pair: str) -> None:
        app, _, user = pair.partition("|")
        for row in _list(client.get(f"apps/oauth/usage/{_word(app)}/{_word(user)}/tokens"), "tokens"):
            token, secret = _token(row, app, apps[app], user, org_id())
            reading.tokens[token.handle] = token
            reading.secrets[token.handle] = secret

    tasks.each(read, sorted({f"{app}|{user}" for app, user in held}))
    return reading


def _users(client: OrgClient, app: str) -> Iterator[tuple[str, str]]:
    for row in _pages(client, f"/{_word(app)}/users", "users"):
        yield app, required(row, "userIdentifier")


def _word(identifier: str) -> str:
    # What the org calls an app or a user becomes part of an address.
    if not _IDENTIFIER.fullmatch(identifier):
        raise AnswerError("Reading OAuth usage: an identifier can't stand in an address")
    return identifier


def _pages(client: OrgClient, below: str, name: str) -> Iterator[Row]:
    seen: set[int] = set()
    for page in range(_MOST_PAGES):
        answer = client.get(f"apps/oauth/usage{below}", {"page": str(page), "pageSize": str(_PAGE_SIZE)})
        rows = _list(answer, name)
        if not rows:
            return
        shown = hash(json.dumps(rows, sort_keys=True))
        if shown in seen:
            raise AnswerError("Reading OAuth usage: the org gave the same page twice")
        seen.add(shown)
        yield from rows
        if len(rows) < _PAGE_SIZE and not answer.get("nextPageUrl"):
            return
    raise AnswerError("Reading OAuth usage: the org's pages have no end")


def _list(answer: Any, name: str) -> list[Row]:
    rows = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError("Reading OAuth usage: the org's answer has another shape than documented")
    return rows


def _token(row: Row, app: str, label: str, user: str, org_id: str) -> tuple[Token, Secret]:
    found = _REVOCATION.search(required(row, "revocationUrl"))
    if not found:
        raise AnswerError("Reading OAuth usage: a token came without the way to revoke it")
    secret = Secret(unquote(found[1]))
    created, used = moment(row, "initialConnectionAt"), moment(row, "lastUsedAt")
    handle = handle_of(secret, org_id)
    return Token(handle, label, app, user, created, used, number(row, "useCount"), True), secret
