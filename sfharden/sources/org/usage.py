"""Tokens of external client apps, by their own resource (Connect REST API Guide, OAuth usage).

The resource gives its apps, the users of each, and the tokens of each user. The users come a hundred a page, with
their first connection and their latest use: that is evidence enough for most questions. Single tokens cost a call
for each user and app, and are asked for only where something rests on them. The list of users names a next page
even on its last one, so pages are asked for until one is empty.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from sfharden.errors import AnswerError, OrgError
from sfharden.model.org import Token
from sfharden.salesforce.handles import handle_of, name_of
from sfharden.salesforce.rest import OrgClient
from sfharden.sources.org.tokens import Tasks
from sfharden.sources.org.values import Row, moment, number, optional, required
from sfharden.text.redact import Secret

_PAGE_SIZE: Final = 100
_MOST_PAGES: Final = 10_000
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_]{1,100}", re.ASCII)
_REVOCATION: Final = re.compile(r"/apps/oauth/usage/tokens/([^/?#]+)$")


@dataclass
class SingleTokens:
    """Tokens one by one, and what revokes each by its handle, if that was asked for."""

    tokens: list[Token] = field(default_factory=list)
    secrets: dict[str, Secret] = field(default_factory=dict, repr=False)


def read_usage(client: OrgClient, org_id: Callable[[], str], tasks: Tasks) -> tuple[Token, ...]:
    """Who uses external client apps: for each user of each app one token that stands for all of theirs.

    They are labelled with the apps' developer names. Raises OrgError.
    """
    apps = external_app_ids(client)
    key = _key(org_id)
    found: dict[tuple[str, str], Token] = {}

    def read(app: str) -> None:
        for row in _pages(client, f"/{_word(app)}/users", "users"):
            one = _summed(row, app, apps[app], key)
            found[app, one.user_id] = one

    tasks.each(read, apps)
    return tuple(found[key] for key in sorted(found))


def _key(org_id: Callable[[], str]) -> str:
    """What keys names. An org that doesn't tell its id still shows true rows."""
    try:
        return org_id()
    except OrgError:
        return ""


def external_app_ids(client: OrgClient) -> dict[str, str]:
    """Developer names of the external client apps that are in use, by id. Raises OrgError."""
    return {required(app, "identifier"): optional(app, "developerName") for app in _pages(client, "", "apps")}


def read_single_tokens(
    client: OrgClient, pairs: Iterable[Token], org_id: str, tasks: Tasks, *, secrets: bool
) -> SingleTokens:
    """All tokens that these users gave these apps, in place of the tokens that stand for them. Raises OrgError."""
    by_pair = {f"{one.app_id}|{one.user_id}": one for one in pairs}
    reading = SingleTokens()

    def read(pair: str) -> None:
        summed = by_pair[pair]
        path = f"apps/oauth/usage/{_word(summed.app_id)}/{_word(summed.user_id)}/tokens"
        rows = _list(client.get(path), "tokens")
        for at, row in enumerate(rows):
            token, secret = _single(row, summed, org_id, at, secrets=secrets)
            reading.tokens.append(token)
            if secrets:
                reading.secrets[token.handle] = secret

    tasks.each(read, sorted(by_pair))
    return reading


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


def _summed(row: Row, app: str, label: str, org_id: str) -> Token:
    user = required(row, "userIdentifier")
    return _token(row, name_of((app, user), org_id), label, (app, user), summed=True)


def _single(row: Row, summed: Token, org_id: str, at: int, *, secrets: bool) -> tuple[Token, Secret]:
    found = _REVOCATION.search(required(row, "revocationUrl"))
    if not found:
        raise AnswerError("Reading OAuth usage: a token came without the way to revoke it")
    secret = Secret(unquote(found[1]))
    app, user = summed.app_id, summed.user_id
    created = str(row.get("initialConnectionAt"))
    handle = handle_of(secret, org_id) if secrets else name_of((app, user, created, str(at)), org_id)
    return _token(row, handle, summed.app_label, (app, user)), secret


def _token(row: Row, handle: str, label: str, whose: tuple[str, str], *, summed: bool = False) -> Token:
    app, user = whose
    created, used = moment(row, "initialConnectionAt"), moment(row, "lastUsedAt")
    return Token(handle, label, app, user, created, used, number(row, "useCount"), True, summed)
