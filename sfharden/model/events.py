"""What event logs tell: requests and logins as groups of rows that differ in nothing but their time.

EventLogFile and its like (Object Reference, EventLogFile Supported Event Types: API Total Usage, Login). Requests are what
login history never shows: a stolen session leaves no login. The kinds of gaps are `org.REQUESTS` and `org.LOGIN_EVENTS`.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sfharden.model.base import Model, Moment

# What stands in place of an address where Salesforce called itself (Object Reference, API Total Usage, CLIENT_IP).
INSIDE: Final = "Salesforce.com IP"
LOGIN: Final = "Login"  # the `kind` of a login; every other kind is one of request


class RequestGroup(NamedTuple):
    """Requests, or logins, that differ in nothing but their time: how many there were, the first and the last.

    `user` is the record id in 18 characters, or the username where nothing else was told; `source` an address, or what
    stood in its place. `status` is as written, empty where the log has none.
    """

    user: str
    app: str
    app_id: str
    source: str
    kind: str
    status: str
    times: int
    first: Moment
    last: Moment


class EventPeriod(NamedTuple):
    """A time of which all rows of a kind were read; `where` names the file or the object."""

    kind: str
    start: Moment
    end: Moment
    where: str


class OtherEvents(NamedTuple):
    """Rows of a type that is known and not read, such as URI; `where` names the file."""

    type: str
    times: int
    where: str


class EventSnapshot(Model):
    """The groups in order, the periods they cover, and what else stood beside."""

    groups: tuple[RequestGroup, ...] = ()
    periods: tuple[EventPeriod, ...] = ()
    others: tuple[OtherEvents, ...] = ()

    @property
    def requests(self) -> Iterator[RequestGroup]:
        """The groups that are no logins."""
        return (one for one in self.groups if one.kind != LOGIN)

    @property
    def logins(self) -> Iterator[RequestGroup]:
        """The groups of logins."""
        return (one for one in self.groups if one.kind == LOGIN)
