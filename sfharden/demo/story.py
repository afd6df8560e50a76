"""The org of the tour: a Logic Apps integration with every mistake the checklist is about."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sfharden.emulator import ids
from sfharden.emulator.derive import load_metadata, sync
from sfharden.emulator.event_rows import ApiRequest
from sfharden.emulator.generate import (
    ADMIN_USER,
    APP_LABEL,
    ELSEWHERE,
    INTEGRATION_USER,
    MINIMUM,
    OPERATOR,
    PROFILE,
    add_callers,
    add_health,
    fixed,
    integration_login,
)
from sfharden.emulator.grants import policy_of
from sfharden.emulator.records import AuditEntry, AuthSession, Login, OauthToken, User
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import LoginStore
from sfharden.emulator.templates import profile_xml
from sfharden.emulator.untidy import COLLEAGUE, GONE, add_untidiness
from sfharden.errors import InputError

# From the Logic App export beside the metadata; another set than the healthy org's.
EGRESS_USED: Final = ("192.0.2.10", "203.0.113.20")
LOOK_ALIKE: Final = "Azure Logic App"
COURIER_NAME: Final = "courier__Courier"
FORGOTTEN: Final = "Forgotten Importer"
UNRELATED_USER: Final = COLLEAGUE
INACTIVE_USER: Final = GONE
# Days since the token was made, days since its last use, and its use count.
_INTEGRATION_TOKENS: Final = ((400, 12, 9120), (200, 90, 411), (20, 0, 480))


def bad_org(metadata_folder: Path, now: datetime) -> DemoOrg:
    """The org before hardening, on the metadata of a folder, with a clock that stands at `now`.

    The folder must hold a connected app labelled "Azure Logic Apps", and the profiles "Logic Apps
    Integration" and System Administrator. Raises InputError if it doesn't.
    """
    org = DemoOrg(clock=fixed(now), default_source_ip=OPERATOR)
    load_metadata(org, metadata_folder)
    _need_cast(org)
    org.metadata.setdefault(f"profiles/{MINIMUM}.profile", profile_xml(custom=False))
    sync(org)
    admin = org.add_user(ADMIN_USER, "Admin", last_login=now - timedelta(days=1))
    service = org.add_user(INTEGRATION_USER, PROFILE, last_login=now)
    add_callers(org)
    add_untidiness(org, now)
    dana, kim = (next(one for one in org.users if one.username == name) for name in (COLLEAGUE, GONE))
    org.tokens.extend(_tokens(org, service, dana, kim, now))
    logins = (*org.logins, *_logins(org, admin, service, dana, now))
    org.logins = LoginStore(sorted(logins, key=lambda one: one.time))
    opened = now - timedelta(minutes=20)
    org.auth_sessions.append(AuthSession(org.new_id("0Ak"), service.id, opened, opened, EGRESS_USED[0]))
    org.api_requests.extend(_requests(org, service, now))
    org.audit_trail.append(_audit(org, admin, now - timedelta(days=30)))
    add_health(org)
    return org


def _need_cast(org: DemoOrg) -> None:
    missing = [name for name in (PROFILE, "Admin") if org.profile(name) is None]
    if org.connected_app(APP_LABEL) is None:
        missing.append(APP_LABEL)
    if missing:
        raise InputError(f"The demo's metadata lacks: {', '.join(missing)}.")


def _tokens(org: DemoOrg, service: User, dana: User, kim: User, now: datetime) -> Iterator[OauthToken]:
    app = policy_of(org, APP_LABEL)
    held = [(service, *ages) for ages in _INTEGRATION_TOKENS] + [(dana, 300, 250, 3), (kim, 500, 480, 17)]
    for number, (user, made, used, count) in enumerate(held):
        yield OauthToken(
            APP_LABEL,
            user.id,
            now - timedelta(days=made),
            ids.opaque("story", number),
            now - timedelta(days=used),
            count,
            app.menu_item_id,
            app.application_id,
        )
    # The app that nobody installed: no menu item, no application, just a name that looks right.
    for number, made in enumerate((33, 9)):
        token = ids.opaque("look-alike", number)
        yield OauthToken(LOOK_ALIKE, dana.id, now - timedelta(days=made), token, now, 58 + number)
    yield from _stale(org, dana, kim, now)


def _stale(org: DemoOrg, dana: User, kim: User, now: datetime) -> Iterator[OauthToken]:
    """What years leave: tokens of an app that is still there, and of one that nobody remembers."""
    courier = policy_of(org, COURIER_NAME)
    for number, (user, used) in enumerate(((kim, 480), (dana, 130))):
        made, token = now - timedelta(days=500), ids.opaque("stale", number)
        last = now - timedelta(days=used)
        yield OauthToken(
            courier.label, user.id, made, token, last, 3, courier.menu_item_id, courier.application_id
        )
    for number, days in enumerate((900, 800)):
        token = ids.opaque("forgotten", number)
        yield OauthToken(FORGOTTEN, dana.id, now - timedelta(days=days), token)


def _logins(org: DemoOrg, admin: User, service: User, dana: User, now: datetime) -> Iterator[Login]:
    for step in range(120):
        source = EGRESS_USED[step % len(EGRESS_USED)]
        yield integration_login(org, service, now - timedelta(hours=12 * step + 1), source)
    for days, source in ((3, ELSEWHERE[0]), (11, ELSEWHERE[1]), (40, ELSEWHERE[0])):
        yield integration_login(org, service, now - timedelta(days=days, minutes=7), source)
    for days in range(1, 60, 7):
        time = now - timedelta(days=days)
        yield Login(
            org.new_id("0Ya"), admin.id, time, OPERATOR, "Browser", "Application", "UsernamePasswordUiLogin"
        )
    for days in (33, 9):
        time = now - timedelta(days=days)
        yield Login(org.new_id("0Ya"), dana.id, time, ELSEWHERE[0], LOOK_ALIKE, subtype="OauthWebServer")


def _requests(org: DemoOrg, service: User, now: datetime) -> Iterator[ApiRequest]:
    """A week of the integration's calls; ten of them by a session that began inside and is used from elsewhere."""
    app = org.connected_app(APP_LABEL)
    app_id = app.id if app else ""
    for step in range(24 * 7):
        source = EGRESS_USED[step % len(EGRESS_USED)]
        yield ApiRequest(service.id, now - timedelta(hours=step + 1), source, app_id, APP_LABEL)
    for minute in range(10):
        at = now - timedelta(days=2, minutes=minute)
        yield ApiRequest(service.id, at, ELSEWHERE[1], app_id, APP_LABEL)


def _audit(org: DemoOrg, admin: User, time: datetime) -> AuditEntry:
    text = f"Cloned profile {PROFILE} from System Administrator"
    return AuditEntry(org.new_id("0Ym"), "profileClone", "Manage Users", text, time, admin.id)
