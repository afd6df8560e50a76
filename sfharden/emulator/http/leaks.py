"""Credentials where they must never be: in an address."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from sfharden.emulator import ids
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.wire import Request

_TELLING: Final = frozenset(
    {"token", "access_token", "refresh_token", "client_secret", "assertion", "sessionid"}
)


def leaks_in(org: DemoOrg, request: Request) -> Iterator[str]:
    """What a request's address gives away, described without the value."""
    for name, value in request.query.items():
        if name.lower() in _TELLING or is_credential(org, value):
            yield f"{request.method} {request.path}: a credential in parameter '{name}'"
    for part in request.segments:
        if is_credential(org, unquote(part)):
            yield f"{request.method}: a credential in the path"


def is_credential(org: DemoOrg, value: str) -> bool:
    """True for an access, refresh or delete token of this org, or a client secret."""
    if value in org.sessions or org.tokens.get(ids.delete_token_of(value)) is not None:
        return True
    return any(value == one.secret for one in org.client_secrets.values())
