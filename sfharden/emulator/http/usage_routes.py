"""OAuth usage of external client apps (Connect REST, /apps/oauth/usage), with its paging trap."""

from collections.abc import Sequence
from typing import Any, Final

from sfharden.emulator.backend import Backend
from sfharden.emulator.records import ExternalClientApp, OauthToken
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql.schema import Caller
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.wire import Reply, Request, json_reply, zulu

_START: Final = "0Ta"
_GONE: Final = "The requested resource does not exist"


def usage_id(delete_token: str) -> str:
    """A token's id in this resource. It isn't the delete token, which must never be in an address."""
    return _START + delete_token.swapcase()


def answer(backend: Backend, caller: Caller, version: str, request: Request) -> Reply:
    """The answer to anything below /apps. Raises RefusalError."""
    if request.segments[4:6] != ["oauth", "usage"]:
        raise RefusalError("NOT_FOUND", _GONE)
    rest = request.segments[6:]
    base = f"/services/data/v{version}/apps/oauth/usage"
    if request.method == "DELETE":
        return _revoke(backend.org, caller, rest)
    if not rest:
        apps = [_app(base, one) for one in backend.org.external_apps]
        return _paged(request, "apps", apps, base, trap=False)
    tokens = _tokens_of(backend.org, rest[0])
    if rest[1:] == ["users"]:
        return _paged(
            request, "users", _users(backend.org, base, tokens), f"{base}/{rest[0]}/users", trap=True
        )
    if len(rest) == 3 and rest[2] == "tokens":
        mine = [_token(backend.org, base, one) for one in tokens if one.user_id == rest[1]]
        return json_reply({"tokens": mine, "currentPageUrl": request.target})
    raise RefusalError("NOT_FOUND", _GONE)


def _find(org: DemoOrg, identifier: str) -> ExternalClientApp:
    app = org.external_app(identifier)
    if app is None:
        raise RefusalError("NOT_FOUND", _GONE)
    return app


def _tokens_of(org: DemoOrg, identifier: str) -> list[OauthToken]:
    app = _find(org, identifier)
    return [one for one in org.tokens if one.application_id == app.id]


def _app(base: str, app: ExternalClientApp) -> dict[str, Any]:
    return {
        "identifier": app.id,
        "developerName": app.developer_name,
        "description": None,
        "isFromPackage": False,
        "accessTokenFormat": "Opaque",
        "availableActions": ["BLOCK", "REVOKE"],
        "usageDetailsUrl": f"{base}/{app.id}/users",
    }


def _token(org: DemoOrg, base: str, token: OauthToken) -> dict[str, Any]:
    user = org.user(token.user_id)
    app = org.external_app(token.application_id or "")
    return {
        "userIdentifier": token.user_id,
        "username": user.username if user else None,
        "appIdentifier": token.application_id,
        "appDeveloperName": app.developer_name if app else None,
        "accessTokenFormat": "Opaque",
        "initialConnectionAt": zulu(token.created),
        "lastUsedAt": zulu(token.last_used),
        "useCount": token.use_count,
        "revocationUrl": f"{base}/tokens/{usage_id(token.delete_token)}",
    }


def _users(org: DemoOrg, base: str, tokens: Sequence[OauthToken]) -> list[dict[str, Any]]:
    """One entry a user, with their first connection, last use and total uses."""
    by_user: dict[str, list[OauthToken]] = {}
    for token in tokens:
        by_user.setdefault(token.user_id, []).append(token)
    users = []
    for user_id, held in by_user.items():
        entry = _token(org, base, min(held, key=lambda one: one.created))
        used = [one.last_used for one in held if one.last_used]
        entry["lastUsedAt"] = zulu(max(used)) if used else None
        entry["useCount"] = sum(one.use_count for one in held)
        entry["revocationUrl"] = f"{base}/{held[0].application_id}/{user_id}/tokens"
        users.append(entry)
    return users


def _paged(request: Request, name: str, entries: list[dict[str, Any]], base: str, *, trap: bool) -> Reply:
    """One page. With `trap` even the last one names a next page (Connect REST guide, OAuth usage, users)."""
    page = _number(request, "page", 0, 0, 1_000_000)
    size = _number(request, "pageSize", 100, 1, 100)
    shown = entries[page * size : (page + 1) * size]
    more = trap or len(entries) > (page + 1) * size
    following = f"{base}?page={page + 1}&pageSize={size}" if more else None
    return json_reply(
        {name: shown, "currentPageUrl": f"{base}?page={page}&pageSize={size}", "nextPageUrl": following}
    )


def _number(request: Request, name: str, default: int, low: int, high: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal() or not low <= int(text) <= high:
        raise RefusalError("ILLEGAL_QUERY_PARAMETER_VALUE", f"The value for {name} is out of range")
    return int(text)


def _revoke(org: DemoOrg, caller: Caller, rest: list[str]) -> Reply:
    if not caller.has("ExternalClientAppAdmin"):
        raise RefusalError("INSUFFICIENT_ACCESS", "insufficient access rights on this resource")
    if len(rest) == 2 and rest[0] == "tokens":
        chosen = [one for one in (org.tokens.get(rest[1].removeprefix(_START).swapcase()),) if one]
        if not chosen or org.external_app(chosen[0].application_id or "") is None:
            raise RefusalError("NOT_FOUND", _GONE)
    elif len(rest) == 2 and rest[1] == "tokens":
        chosen = _tokens_of(org, rest[0])
    elif len(rest) == 3 and rest[2] == "tokens":
        chosen = [one for one in _tokens_of(org, rest[0]) if one.user_id == rest[1]]
    else:
        raise RefusalError("NOT_FOUND", _GONE)
    for token in chosen:
        org.revoke(token.delete_token)
    return Reply(204)
