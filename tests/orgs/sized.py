"""Orgs of any size, for benchmarks and for what only shows in numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sfharden.emulator import ids, kinds
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import add_callers, fixed
from sfharden.emulator.records import Knobs, Login, OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import LazyLogins, LoginStore
from sfharden.emulator.templates import (
    connected_app_xml,
    external_app_files,
    profile_xml,
    security_xml,
    settings_xml,
)

# Names that have broken tools before; every sized org with room for them has them.
HARD_NAMES: Final = (
    "100% Remote",
    "O'Neil & Sons",
    "Ventes/Région",
    'The "Core" Team',
    "営業部",
    "A.B (C): D",
)
_RETENTION: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Spread:
    """How tokens are spread: over how many users and apps (None: all), and how many share a moment."""

    users: int | None = None
    apps: int | None = None
    per_moment: int = 1


_EVENLY: Final = Spread()


def sized_org(
    now: datetime,
    *,
    profiles: int = 500,
    apps: int = 15,
    users: int = 200,
    tokens: int = 6000,
    logins: int = 0,
    external: int = 0,
    hidden: bool = False,
    polls: int = 1,
    spread: Spread = _EVENLY,
) -> DemoOrg:
    """An org with that many of each; logins are made only when they are read. Same arguments, same org.

    Every user has a token of each of the `external` client apps; `hidden`, only their own list shows those. A
    retrieve is done after so many `polls` in vain.
    """
    knobs = Knobs(eca_tokens_hidden=hidden, retrieve_polls=polls)
    org = DemoOrg(clock=fixed(now), api_limit=5_000_000, knobs=knobs)
    org.metadata.update(_files(profiles, apps))
    for number in range(external):
        org.metadata.update(external_app_files(f"Client_{number}", f"Client {number}"))
    sync(org)
    for number in range(users):
        org.add_user(f"user{number:05d}@acme.example", org.profiles[number % profiles].full_name)
    org.tokens.extend(_tokens(org, tokens, spread, now))
    org.tokens.extend(_external_tokens(org, now))
    add_callers(org, ["auditor"])
    if logins:
        org.logins = LoginStore(_lazy_logins(org, logins, now))
    return org


def _files(profiles: int, apps: int) -> dict[str, bytes]:
    labels = [
        HARD_NAMES[number] if number < len(HARD_NAMES) else f"Profile {number:04d}"
        for number in range(profiles)
    ]
    files = {
        f"profiles/{kinds.encode_name(label)}.profile": profile_xml(
            {"ApiEnabled"}, ranges=[(f"203.0.113.{number % 250}", f"203.0.113.{number % 250 + 4}")]
        )
        for number, label in enumerate(labels)
    }
    for number in range(apps):
        content = connected_app_xml(
            f"App {number:03d}", key=f"3MVG9KEY{number:05d}", profiles=[labels[number % profiles]]
        )
        files[f"connectedApps/App_{number:03d}.connectedApp"] = content
    files["settings/Security.settings"] = security_xml(every_request=False)
    files["settings/OauthOidc.settings"] = settings_xml("OauthOidc", blockOAuthUnPwFlow=True)
    files["settings/MyDomain.settings"] = settings_xml("MyDomain", canOnlyLoginWithMyDomainUrl=True)
    files["settings/ConnectedApp.settings"] = settings_xml("ConnectedApp", enableAdminApprovedAppsOnly=False)
    files["settings/ExternalClientApp.settings"] = settings_xml(
        "ExternalClientApp", enableConsumerSecretApiAccess=False
    )
    return files


def _tokens(org: DemoOrg, count: int, spread: Spread, now: datetime) -> Iterator[OauthToken]:
    holders = [user.id for user in org.users][: spread.users]
    apps = org.connected_apps[: spread.apps]
    items = {one.application_id: one.id for one in org.menu_items}
    moments = -(-count // spread.per_moment)
    step = _RETENTION / max(moments, 1)
    used = now - timedelta(hours=1)
    for number in range(count):
        app = apps[number // len(holders) % len(apps)]
        created = now - step * (moments - number // spread.per_moment)
        delete_token = ids.opaque("sized", number)
        holder = holders[number % len(holders)]
        yield OauthToken(app.name, holder, created, delete_token, used, number % 97, items[app.id], app.id)


def _external_tokens(org: DemoOrg, now: datetime) -> Iterator[OauthToken]:
    """As such tokens often are: without a menu item. One in three was made long ago, and all are in use."""
    for number, app in enumerate(org.external_apps):
        for place, user in enumerate(org.users):
            created = now - timedelta(days=120 if place % 3 == 0 else 30, seconds=place)
            key = ids.opaque(f"external {number}", place)
            yield OauthToken(app.label, user.id, created, key, now - timedelta(hours=2), 9, None, app.id)


def _lazy_logins(org: DemoOrg, count: int, now: datetime) -> LazyLogins:
    people = [user.id for user in org.users]
    names = [app.name for app in org.connected_apps]
    start, step = now - _RETENTION, _RETENTION / count

    def make(position: int) -> Login:
        source = f"203.0.113.{position % 250}"
        time = start + step * position
        # Digits need no work for the three closing characters of an id: they have no case.
        name = f"0Ya{position:012d}CAA"
        return Login(name, people[position % len(people)], time, source, names[position % len(names)])

    return LazyLogins(count, make)
