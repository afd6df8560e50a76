"""Which logins and tokens of an integration are meant, and from when on they count."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Final

from sfharden.addresses import AddressSet, address_of
from sfharden.facts.apps import App
from sfharden.facts.directory import NEEDS_ORG, Directory
from sfharden.facts.index import Index
from sfharden.facts.logins import KEPT, Meaning, declared, meaning
from sfharden.facts.ownership import AppMarks, Tie, tokens_of
from sfharden.facts.profiles import keeps_nobody_out, login_ranges
from sfharden.facts.rows import NamedUsers, Rows
from sfharden.facts.values import CannotTell
from sfharden.model.integration import Integration
from sfharden.model.org import Login, Token
from sfharden.model.snapshot import Component
from sfharden.text.wording import day

# Statuses that don't tell whether it was the address: there the operator's own word may.
OPEN: Final = (Meaning.FAILED, Meaning.UNKNOWN)


class Seen:
    """What the org recorded of an integration since it was hardened. What is missing raises CannotTell."""

    def __init__(self, index: Index, integration: Integration, read_at: datetime | None) -> None:
        self.integration = integration
        self.egress = integration.egress.addresses
        self.expected = self.egress | integration.operator_ranges
        self._index = index
        self._read_at = read_at

    @property
    def directory(self) -> Directory:
        """The tables of the org; metadata files have none."""
        if not self._index.live:
            raise CannotTell(f"it {NEEDS_ORG} (logins and tokens are not in metadata files)")
        return self._index.directory

    @property
    def since(self) -> datetime:
        """When the hardening was done, which must be before the org was read."""
        moment = self.integration.hardened_at
        if moment is None:
            more = "" if self._index.live else f", and it {NEEDS_ORG}"
            raise CannotTell(f"the integration file has no hardened_at{more}")
        self.refuse_early()
        return moment

    def refuse_early(self) -> None:
        """Raise CannotTell if the org was read before the hardening: it can't show what came after."""
        moment = self.integration.hardened_at
        if moment and self._read_at and self._read_at < moment:
            raise CannotTell("the facts were read before hardened_at, so they can't show what came after")

    @property
    def profile(self) -> Component:
        """The integration's profile."""
        return self._index.profile(self.integration.profile)

    # Whose ----------------------------------------------------------------------------------

    @cached_property
    def named(self) -> NamedUsers:
        """The integration's users."""
        return self.directory.named_users(self.integration.users, self.integration.profile)

    @cached_property
    def bound(self) -> frozenset[str]:
        """The users whom the profile's login ranges bind: those of the integration's who have the profile."""
        profile = self.directory.profile_id(self.integration.profile)
        return frozenset(user.id for user in self.named.found if user.profile_id == profile)

    @cached_property
    def tokens(self) -> Rows[Token]:
        """Tokens of the app, known by its record or by its name: what merely bears that counts, too."""
        sides, gap = self._sides()
        external = not sides or any(app.external for app in sides)
        rows = tokens_of(self.directory, self.marks, external=external)
        return Rows(rows.rows, rows.gap or gap)

    @cached_property
    def marks(self) -> AppMarks:
        """What tells the app: its records, and its names."""
        sides, _ = self._sides()
        own = (name for app in sides for name in (app.api_name, *app.labels))
        names = (self.integration.app, *own)
        named = AppMarks.of((), names)
        ids = (
            row.id
            for row in self.directory.known_apps
            if {named.tie(row.label), named.tie(row.api_name)} != {Tie.NONE}
        )
        return AppMarks.of(ids, names)

    def _sides(self) -> tuple[tuple[App, ...], str]:
        """The app, or both sides of a migrated one, and why it can't be told which tokens are its own; empty if it can."""
        sides: tuple[App, ...] = ()
        try:
            sides = self._index.sides(self.integration.app, self.integration.app_kind)
            for app in sides:
                self._index.app_record(app)
            self.directory.apps.require_whole()
        except CannotTell as reason:
            return sides, f"which tokens are the app's is open: {reason.reason}"
        return sides, ""

    # Since when -----------------------------------------------------------------------------

    @cached_property
    def logins(self) -> Rows[Login]:
        """Logins of the integration's users since the hardening."""
        return self.logins_of(self.named.ids, self.since)

    def logins_of(self, users: Iterable[str], since: datetime | None) -> Rows[Login]:
        """Logins of some users, of which at least the last was since then. Somebody unread may have any."""
        rows, ids = self.directory.logins, frozenset(users)
        mine = tuple(one for one in rows if one.user_id in ids and (since is None or one.last >= since))
        return Rows(mine, self.named.gap or rows.gap or self._unread(since))

    def _unread(self, since: datetime | None) -> str:
        """Why logins may be missing that are still kept; what Salesforce keeps no longer, nobody can show."""
        read = self.directory.tables.logins_since
        if read is None:
            return "since when logins were read is not known"
        if since and self._read_at:
            since = max(since, self._read_at - KEPT)
        return "logins were not read as far back as the hardening" if since and read > since else ""

    def start(self, since: datetime | None) -> datetime:
        """From when on there are logins that count."""
        read = self.directory.tables.logins_since
        if read is None:
            raise CannotTell("since when logins were read is not known")
        return max(read, since) if since else read

    def counted_since(self, since: datetime | None) -> str:
        """` since 2026-11-20`, for a count of logins: a run reads 30 days, a snapshot half a year. Empty if it isn't known."""
        return f" since {day(self.start(since))}" if self.directory.tables.logins_since else ""

    # From where, and how it came out --------------------------------------------------------

    def of(
        self, *meant: Meaning, inside: AddressSet | None = None, outside: AddressSet | None = None
    ) -> tuple[Login, ...]:
        """The integration's logins that came out so, from one address inside a set or outside another."""
        return tuple(
            one for one in self.logins if meaning(one.status) in meant and placed(one, inside, outside)
        )

    def is_attempt(self, login: Login) -> bool:
        """True for a login that the operator declared as an attempt that was to be refused."""
        return declared(login, self.integration.attempts, self.since)

    def was_refused(self, login: Login) -> bool:
        """True if its address was refused: by its status, or where that doesn't tell, by the operator's word."""
        found = meaning(login.status)
        return found is Meaning.BY_ADDRESS or (found in OPEN and self.is_attempt(login))

    @cached_property
    def ranges(self) -> AddressSet:
        """The profile's login ranges, if they keep somebody out: else no failure is due to them."""
        found = login_ranges(self.profile)
        found.require_whole()
        if not found.addresses or keeps_nobody_out(found.addresses):
            text = "the profile's login ranges keep nobody out, so no failure is due to them"
            raise CannotTell(text, found.where)
        return found.addresses

    def require_egress(self) -> None:
        """Raise CannotTell if an address elsewhere may be one of egress that is not known."""
        for gap in self.integration.egress.gaps:
            raise CannotTell(f"some egress addresses are not known: {gap.reason}", gap.what)
        if not self.egress:
            raise CannotTell("the integration has no egress addresses")


def placed(login: Login, inside: AddressSet | None = None, outside: AddressSet | None = None) -> bool:
    """True if a login came from one address, inside a set and outside another where they are given."""
    address = address_of(login.source_ip)
    if address is None:
        return False
    return (inside is None or address in inside) and (outside is None or address not in outside)
