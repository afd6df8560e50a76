"""The OAuth endpoints: token (four grants), revoke, userinfo."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sfharden.emulator import ids
from sfharden.emulator.access import enter, file_tree, source_of
from sfharden.emulator.app_rules import knows_client
from sfharden.emulator.backend import Backend
from sfharden.emulator.grants import AppPolicy, Grant, GrantRefusedError, expired, policy_of, sign_in
from sfharden.emulator.http.jwt import claims_of
from sfharden.emulator.records import OauthToken, User
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.wire import Reply, Request, json_reply, oauth_refusal

_JWT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def answer(backend: Backend, request: Request) -> Reply:
    """The answer to anything below /services/oauth2. Raises RefusalError."""
    org = backend.org
    resource = request.segments[2] if len(request.segments) > 2 else ""
    if resource == "userinfo":
        return _userinfo(org, request)
    if resource == "revoke":
        return _revoke(org, request)
    if resource != "token" or request.method != "POST":
        raise RefusalError("NOT_FOUND", "The requested resource does not exist")
    grant = _GRANTS.get(request.form.get("grant_type", ""))
    if grant is None:
        return oauth_refusal("unsupported_grant_type", "grant type not supported")
    try:
        return json_reply(grant(org, request))
    except GrantRefusedError as refused:
        return oauth_refusal(refused.error, refused.description)


def _userinfo(org: DemoOrg, request: Request) -> Reply:
    user = enter(org, request.bearer, request).user
    return json_reply(
        {
            "sub": f"{request.base_url}/id/{org.id}/{user.id}",
            "user_id": user.id,
            "organization_id": org.id,
            "preferred_username": user.username,
            "name": user.name,
            "user_type": user.user_type.upper(),
            "active": user.is_active,
            "urls": {
                "rest": f"{request.base_url}/services/data/v{{version}}/",
                "metadata": f"{request.base_url}/services/Soap/m/{{version}}/{org.id[:15]}",
            },
        }
    )


def _revoke(org: DemoOrg, request: Request) -> Reply:
    # The platform takes the token from the query string too; that it was there is noted as a leak.
    token = request.form.get("token") if request.method == "POST" else None
    token = token or request.query.get("token", "")
    if token in org.sessions:
        org.end_session(token)
    elif not org.revoke(ids.delete_token_of(token)):
        return oauth_refusal("invalid_token", "invalid token")
    return Reply(200)


def _basic(value: str) -> str:
    try:
        return base64.b64decode(value.encode()).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _client(request: Request) -> tuple[str, str]:
    """Client id and secret, from the body or a Basic header."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        name, _, secret = _basic(value).partition(":")
        return name, secret
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _answer(org: DemoOrg, request: Request, user: User, access: str, refresh: str = "") -> dict[str, Any]:
    body = {
        "access_token": access,
        "scope": "api refresh_token",
        "instance_url": request.base_url,
        "id": f"{request.base_url}/id/{org.id}/{user.id}",
        "token_type": "Bearer",
        "issued_at": str(int(org.clock().timestamp() * 1000)),
    }
    return {**body, "refresh_token": refresh} if refresh else body


def _by_code(org: DemoOrg, request: Request) -> dict[str, Any]:
    app, user_id = org.codes.pop(request.form.get("code", ""), ("", ""))
    user = org.user(user_id)
    if user is None:
        raise GrantRefusedError("invalid_grant", "invalid authorization code")
    grant = Grant(app, user, "web", source_of(org, request), "OauthWebServer")
    policy = policy_of(org, app)
    _need_key(org, request, policy.name)
    if policy.refresh == "zero":
        return _answer(org, request, user, sign_in(org, grant))
    now = org.clock()
    token = _new_token(policy, user, now, ids.opaque("delete", org.next_number()))
    access = sign_in(org, grant, token.delete_token)
    org.tokens.put(token)
    return _answer(org, request, user, access, ids.refresh_token(token.delete_token))


def _need_key(org: DemoOrg, request: Request, app: str) -> None:
    if not knows_client(org, app, _client(request)[0]):
        raise GrantRefusedError("invalid_client_id", "client identifier invalid")


def _new_token(policy: AppPolicy, user: User, now: datetime, delete_token: str) -> OauthToken:
    item = policy.menu_item_id
    return OauthToken(policy.label, user.id, now, delete_token, now, 1, item, policy.application_id)


def _by_refresh(org: DemoOrg, request: Request) -> dict[str, Any]:
    token = org.tokens.get(ids.delete_token_of(request.form.get("refresh_token", "")))
    user = org.user(token.user_id) if token else None
    if token is None or user is None:
        raise GrantRefusedError("invalid_grant", "expired access/refresh token")
    policy = policy_of(org, token.application_id or token.app_name)
    _need_key(org, request, policy.name)
    if expired(policy.refresh, token, org.clock()):
        raise GrantRefusedError("invalid_grant", "expired access/refresh token")
    grant = Grant(policy.name, user, "refresh", source_of(org, request), "OauthRefreshToken")
    access = sign_in(org, grant, token.delete_token)
    org.tokens.put(token._replace(last_used=org.clock(), use_count=token.use_count + 1))
    return _answer(org, request, user, access)


def _by_assertion(org: DemoOrg, request: Request) -> dict[str, Any]:
    claims = claims_of(org, request.form.get("assertion", ""))
    app = next((one.full_name for one in org.connected_apps if _key(org, one.full_name) == claims["iss"]), "")
    if not app and claims["iss"] not in org.jwt_keys:
        raise GrantRefusedError("invalid_client_id", "client identifier invalid")
    user = org.user(claims["sub"])
    if user is None:
        raise GrantRefusedError("invalid_grant", "user hasn't approved this consumer")
    grant = Grant(app, user, "jwt", source_of(org, request), None, pre_approved=True)
    return _answer(org, request, user, sign_in(org, grant))


def _key(org: DemoOrg, full_name: str) -> str:
    tree = file_tree(org, "ConnectedApp", full_name)
    return tree.value("oauthConfig.consumerKey") if tree else ""


def _by_client(org: DemoOrg, request: Request) -> dict[str, Any]:
    client, secret = _client(request)
    known = org.client_secrets.get(client)
    if known is None:
        raise GrantRefusedError("invalid_client_id", "client identifier invalid")
    if known.secret != secret:
        raise GrantRefusedError("invalid_client", "invalid client credentials")
    user = org.user(known.user_id)
    if user is None:
        raise GrantRefusedError("invalid_grant", "no client credentials user enabled")
    source = source_of(org, request)
    return _answer(
        org,
        request,
        user,
        sign_in(org, Grant("", user, "client_credentials", source, "OauthClientCredentials")),
    )


_GRANTS: Final[dict[str, Callable[[DemoOrg, Request], dict[str, Any]]]] = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh,
    _JWT: _by_assertion,
    "client_credentials": _by_client,
}
