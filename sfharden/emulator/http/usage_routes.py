"""OAuth usage of external client apps (Connect REST, /apps/oauth/usage), with its paging trap."""

from typing import Any, Final
from weakref import WeakKeyDictionary

from sfharden.emulator.backend import Backend
from sfharden.emulator.records import ExternalClientApp, OauthToken
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql.schema import Caller
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import Rows
from sfharden.emulator.wire import Reply, Request, json_reply, zulu

_ByUser = dict[str, list[OauthToken]]
_START: Final = "0Ta"
_KEPT: WeakKeyDictionary[Rows, dict[str, _ByUser]] = WeakKeyDictionary()
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
        page, size = _page(request)
        apps = [_app(base, one) for one in backend.org.external_apps]
        return _paged(
            request, "apps", apps[page * size : (page + 1) * size], base, more=len(apps) > (page + 1) * size
        )
    by_user = _tokens_of(backend.org, rest[0])
    if rest[1:] == ["users"]:
        return _users(backend.org, base, request, rest[0], by_user)
    if len(rest) == 3 and rest[2] == "tokens":
        mine = [_token(backend.org, base, one) for one in by_user.get(rest[1], ())]
        return json_reply({"tokens": mine, "currentPageUrl": request.target})
    raise RefusalError("NOT_FOUND", _GONE)


def _find(org: DemoOrg, identifier: str) -> ExternalClientApp:
    app = org.external_app(identifier)
    if app is None:
        raise RefusalError("NOT_FOUND", _GONE)
    return app


def _tokens_of(org: DemoOrg, identifier: str) -> _ByUser:
    """The tokens of an app by user; sorted out once until the next token comes or goes."""
    app, rows = _find(org, identifier), org.tokens.rows()
    if rows not in _KEPT:
        _KEPT[rows] = {}
        for token in rows:
            of_app = _KEPT[rows].setdefault(token.application_id or "", {})
            of_app.setdefault(token.user_id, []).append(token)
    return _KEPT[rows].get(app.id, {})


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


def _users(org: DemoOrg, base: str, request: Request, app: str, by_user: _ByUser) -> Reply:
    """A page of users, each with their first connection, last use and total uses. Even the last names a next one."""
    page, size = _page(request)
    held = list(by_user.values())[page * size : (page + 1) * size]
    return _paged(request, "users", [_user(org, base, one) for one in held], f"{base}/{app}/users", more=True)


def _user(org: DemoOrg, base: str, held: list[OauthToken]) -> dict[str, Any]:
    entry = _token(org, base, min(held, key=lambda one: one.created))
    used = [one.last_used for one in held if one.last_used]
    entry["lastUsedAt"] = zulu(max(used)) if used else None
    entry["useCount"] = sum(one.use_count for one in held)
    entry["revocationUrl"] = f"{base}/{held[0].application_id}/{held[0].user_id}/tokens"
    return entry


def _paged(request: Request, name: str, shown: list[dict[str, Any]], base: str, *, more: bool) -> Reply:
    """One page; it names a next one where there is `more` (Connect REST guide, OAuth usage)."""
    page, size = _page(request)
    following = f"{base}?page={page + 1}&pageSize={size}" if more else None
    return json_reply(
        {name: shown, "currentPageUrl": f"{base}?page={page}&pageSize={size}", "nextPageUrl": following}
    )


def _page(request: Request) -> tuple[int, int]:
    return _number(request, "page", 0, 0, 1_000_000), _number(request, "pageSize", 100, 1, 100)


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
        chosen = [one for held in _tokens_of(org, rest[0]).values() for one in held]
    elif len(rest) == 3 and rest[2] == "tokens":
        chosen = list(_tokens_of(org, rest[0]).get(rest[1], ()))
    else:
        raise RefusalError("NOT_FOUND", _GONE)
    for token in chosen:
        org.revoke(token.delete_token)
    return Reply(204)
