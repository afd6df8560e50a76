"""Will it break? For an app's setting that is wrong: what of its recent use would be refused if it were mended today.

This looks at what was recorded only. What the org doesn't record, such as whether a client sends a PKCE challenge, can't
be told; an app that nobody used can't break.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sfharden.addresses import address_of
from sfharden.checks.every_app import AppsReport
from sfharden.checks.policy import Control
from sfharden.facts.app_use import Use
from sfharden.facts.apps import App
from sfharden.facts.directory import NEEDS_ORG, same_record
from sfharden.facts.index import Index
from sfharden.facts.profiles import login_ranges
from sfharden.facts.values import CannotTell
from sfharden.model.org import Login, PermissionSetRow
from sfharden.text.wording import count, show_names

LOOK_BACK: Final = timedelta(days=90)
IDLE: Final = timedelta(days=30)  # what the remediation asks for: expire if not used for 30 days
_CLIENT_CREDENTIALS: Final = "oauthclientcredentials"


class Effect(Enum):
    """What mending would do to what was seen."""

    NONE = "nothing"
    BREAKS = "refused"
    CANNOT_TELL = "can't tell"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What mending one setting of one app would do, in words."""

    effect: Effect
    text: str


Forecasts = dict[tuple[str, str, str], Forecast]  # by control, kind and name of the app


def forecasts_of(found: AppsReport, index: Index, now: datetime) -> Forecasts:
    """What mending would do, for everything of an app that fails."""
    mending = Mending(index, now)
    return {
        (control.id, one.kind, one.name): mending.forecast(control, one.app, one.use)
        for control in found.controls
        for one in found.apps
        if one.app and control.id in one.results and one.results[control.id].is_finding
    }


class Mending:
    """What mending settings would do, as of the moment that the org was read."""

    def __init__(self, index: Index, now: datetime) -> None:
        self._index = index
        self._since = (index.snapshot.taken_at or now) - LOOK_BACK
        self._now = index.snapshot.taken_at or now

    def forecast(self, control: Control, app: App, use: Use | None) -> Forecast:
        """What would be refused of an app's use if a control's setting were mended today."""
        if use is None:
            return Forecast(Effect.CANNOT_TELL, f"what an app is used for {NEEDS_ORG}")
        try:
            return self._forecast(control, app, use)
        except CannotTell as reason:
            return Forecast(Effect.CANNOT_TELL, reason.reason)

    def _forecast(self, control: Control, app: App, use: Use) -> Forecast:
        recent = use.last is not None and use.last >= self._since
        ask = _ASKED.get(control.check)
        breaks = ask(self, app, use) if ask else ""
        if breaks:
            return Forecast(Effect.BREAKS, breaks)
        if use.gap:
            raise CannotTell(use.gap)
        if late := [one for one in use.maybe if one.last >= self._since]:
            raise CannotTell(f"what a login's status means is not known: '{late[0].status}'")
        if recent and not ask:
            raise CannotTell(
                f"it was used on {use.last:%Y-%m-%d}, and the org doesn't record how its client would take it"
            )
        self._require_logins()
        return Forecast(Effect.NONE, "nothing seen would be refused" if recent else "not used for 90 days")

    def _require_logins(self) -> None:
        read = self._index.directory.tables.logins_since
        if read is None or read > self._since:
            raise CannotTell("logins were not read as far back as 90 days")

    def _recent(self, use: Use) -> Iterator[Login]:
        return (one for one in use.logins if one.last >= self._since)

    # One question a setting -----------------------------------------------------------------

    def _strangers(self, app: App, use: Use) -> str:
        """Its users who are not approved for it."""
        approved = self._approved(app)
        found, open_ = [], ""
        for user_id in use.users:
            user = self._index.directory.users_by_id.get(user_id)
            if user is None:
                open_ = user_id
            if user is None or not user.active:
                continue
            may = self._index.grants.may_use(user, approved)
            if may is None:
                open_ = user.username
            elif not may:
                found.append(user.username)
        if found:
            return f"{count(len(found), 'user')} not approved for it: {show_names(sorted(found))}"
        if open_:
            raise CannotTell(f"whether '{open_}' is approved for it")
        return ""

    def _approved(self, app: App) -> list[PermissionSetRow]:
        directory = self._index.directory
        record, rows = self._index.app_record(app), directory.app_access
        rows.require_whole()
        ids = sorted({one.permission_set_id for one in rows if same_record(one.app_id, record.id)})
        if any(one not in directory.sets_by_id for one in ids):
            raise CannotTell("a permission set that is approved for it was not read")
        return [directory.sets_by_id[one] for one in ids]

    def _outside(self, _: App, use: Use) -> str:
        """Its logins from outside the login ranges of their users' profiles."""
        outside: list[Login] = []
        unsure: CannotTell | None = None
        for one in self._recent(use):
            try:
                outside += [one] if self._is_outside(one) else []
            except CannotTell as reason:
                unsure = unsure or reason
        if outside:
            times = count(sum(one.times for one in outside), "login")
            sources = show_names(sorted({one.source_ip for one in outside}))
            return f"{times} from outside its users' login ranges: {sources}"
        if unsure:
            raise unsure
        return ""

    def _is_outside(self, login: Login) -> bool:
        user = self._index.directory.users_by_id.get(login.user_id)
        if user is None:
            raise CannotTell("a user of it was not read")
        row = self._index.directory.profiles_by_id.get(user.profile_id)
        if row is None:
            raise CannotTell(f"the profile of '{user.username}' was not read")
        ranges = login_ranges(self._index.profile(row.api_name or row.label))
        ranges.require_whole()
        address = address_of(login.source_ip)
        if not ranges.entries:
            return False
        if address is None:
            raise CannotTell(f"a login came from '{login.source_ip}', which is no address")
        return address not in ranges.addresses

    def _idle(self, _: App, use: Use) -> str:
        """Its tokens that were used in that time, and not lately."""
        late = [
            one for one in use.tokens if one.last_used and self._since <= one.last_used < self._now - IDLE
        ]
        return f"{count(len(late), 'token')} used in these 90 days, but not in the last 30" if late else ""

    def _by_secret_alone(self, _: App, use: Use) -> str:
        """Its logins by client credentials."""
        found = [one for one in self._recent(use) if one.subtype.casefold() == _CLIENT_CREDENTIALS]
        times = count(sum(one.times for one in found), "login")
        if not found and any(not one.subtype for one in self._recent(use)):
            raise CannotTell("by which flow a login came was not told")
        return f"{times} by client credentials" if found else ""


_ASKED: Final[dict[str, Callable[[Mending, App, Use], str]]] = {
    "app_admin_approved": Mending._strangers,
    "app_ip_enforced": Mending._outside,
    "app_refresh_bounded": Mending._idle,
    "app_client_credentials": Mending._by_secret_alone,
}
