"""Which table of events rows are of, told by its columns and never by its name, and what each row says.

Columns: Object Reference, EventLogFile Supported Event Types (API Total Usage, Login, REST API, Bulk API); LoginHistory;
LoginEvent, ApiEvent. In Sentinel: the tables of the solution Salesforce Service Cloud (Azure/Azure-Sentinel), in whose
exports the portal writes the zone behind a name, `TimeGenerated [UTC]`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from sfharden.errors import InputError
from sfharden.model.events import INSIDE, LOGIN
from sfharden.text.record_ids import long_id
from sfharden.text.redact import safe_text
from sfharden.text.wording import shorten

Key = tuple[str, str, str, str, str, str]  # user, app, app id, source, kind, status

RIGHT: Final = (
    "Right would be an event log file of Salesforce (ApiTotalUsage, Login), an export of SalesforceLoginHistoryV2_CL, "
    "SalesforceServiceCloudV2_CL, _V3_CL or SalesForceRealTimeEventMonitoring_CL, or the login history of Setup, as CSV or JSON."
)
# What a row may say, and the columns that say it, the best one first; without case and marks.
_ROLES: Final = {
    "type": ("eventtype",),
    "time": ("timestampderived", "timestamp", "eventdate", "logintime", "timegenerated"),
    "user": ("userid", "useridentifier", "useridderived"),
    "username": ("username", "user"),
    "client": ("clientip",),
    "source": ("sourceip",),
    "app": ("connectedappname", "application"),
    "app_id": ("connectedappid", "connectedappidentifier"),
    "family": ("apifamily", "apitype"),
    "status": ("statuscode", "loginstatus", "status"),
    "login": ("logintype",),
}
ROLES: Final = tuple(_ROLES)
_LOGINS: Final = frozenset({"login", "loginevent"})
# Each API request; of the paid types those that have an address, too.
_REQUESTS: Final = {
    "apitotalusage": "", "restapi": "REST", "api": "SOAP", "bulkapi": "Bulk", "bulkapi2": "Bulk", "apievent": "",
}  # fmt: skip
# Object Reference, EventLogFile Supported Event Types, and the events of Real-Time Event Monitoring: no login and no request of
# which ApiTotalUsage doesn't tell. A type that is neither here nor above may be either.
_OTHERS: Final = frozenset(
    """
    apexcallout apexexecution apexrestapi apexsoap apextrigger apexunexpectedexception asyncreportrun aurarequest
    blockedredirect bulkapirequest changesetoperation concurrentlongrunningapexlimit console contentdistribution
    contentdocumentlink contenttransfer continuationcalloutsummary corsviolation cspviolation dashboard databasesave
    documentattachmentdownloads externalcrossorgcallout externalcustomapexcallout externaldatasourcecallout
    externalodatacallout flowexecution flownavmetric groupmembership hostnameredirects insecureexternalassets
    insufficientaccess knowledgearticleview lightningerror lightninginteraction lightninglogger lightningpageview
    lightningperformance loginas logout metadataapioperation multiblockreport namedcredential onecommerceusage
    packageinstall permissionupdate platformencryption queuedexecution report reportexport sandbox search searchclick sites
    timebasedworkflow transactionsecurity uitracking uri visualforcerequest wavechange wavedownload waveinteraction
    waveperformance apianomalyevent bulkapiresultevent concurlongrunapexerrevent credentialstuffingevent fileevent
    guestuseranomalyevent identityproviderevent identityverificationevent lightninguri lightningurievent listview
    listviewevent loginanomalyevent loginasevent logoutevent mobileemailevent permissionsetevent reportanomalyevent
    reportevent sessionhijacking sessionhijackingevent urievent
    """.split()  # noqa: SIM905 - one name a line otherwise
)
_ZONE: Final = re.compile(r"\s*\[[^\]]*\]$")
_MARKS: Final = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a row of `width` values stands what it says; `fixed` is the event type of a table that has one only.

    `places` leads from a role to a place; a time without a zone is in UTC where `in_utc`.
    """

    width: int
    places: Mapping[str, int]
    fixed: str = ""
    in_utc: bool = False

    @property
    def of_roles(self) -> "Layout":
        """The same of rows that hold a value for each of `ROLES`, in order."""
        return replace(self, width=len(ROLES), places={role: place for place, role in enumerate(ROLES)})

    @property
    def roles(self) -> tuple[str, ...]:
        """What `pick` picks, in order; how somebody logged in tells a login only in a table of several types."""
        left = ("time", "login") if self.fixed else ("time",)
        return tuple(role for role in self.places if role not in left)

    @property
    def pick(self) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """What gets the values of `roles` out of a row; there are two at least."""
        return itemgetter(*(self.places[role] for role in self.roles))


def plain(name: str) -> str:
    """A column's name for comparison: `CLIENT_IP`, `ClientIp` and `Client IP` are one."""
    return _MARKS.sub("", _ZONE.sub("", name.strip()).lower())


def by_role(names: Sequence[str]) -> dict[str, int]:
    """The place of the best column for each role that there is one for; of two columns of one name the first."""
    known = {plain(name): place for place, name in reversed(list(enumerate(names)))}
    return {
        role: known[found]
        for role, choices in _ROLES.items()
        if (found := next((one for one in choices if one in known), ""))
    }


def layout_of(names: Sequence[str], what: str) -> Layout:
    """How rows of these columns are read. Raises InputError if they are those of no event log; `what` names the file."""
    places = by_role(names)
    fixed = _fixed(places)
    if fixed is None:
        shown = shorten([safe_text(name, limit=40) for name in names])
        raise InputError(f"{what}: its columns ({shown}) are those of no event log that is known.", RIGHT)
    time = names[places["time"]]
    return Layout(len(names), places, fixed, "[utc]" in time.lower() or plain(time) == "timegenerated")


def _fixed(places: Mapping[str, int]) -> str | None:
    """The one event type of a table without types; None for what is no table of events."""
    told = set(places)
    if not {"time"} < told or not told & {"user", "username"} or not told & {"client", "source"}:
        return None
    if "type" in told:
        return ""
    return LOGIN if {"login", "source", "status"} <= told else None


def key_of(layout: Layout, values: Iterable[str]) -> Key | None:
    """What a row says of who, from where, by what; None for an event of another type, and for one that is of none."""
    told = _told(layout, values)
    kind = _kind(layout, told)
    status, app = told.get("status", ""), (told.get("app", ""), long_id(told.get("app_id", "")))
    user = long_id(told.get("user", "")) or told.get("username", "")
    if kind in _LOGINS:
        return user, *app, _address(told, "source", "client"), LOGIN, status
    if kind not in _REQUESTS:
        return None
    by = told.get("family", "") or _REQUESTS[kind] or "API"
    return user, *app, _address(told, "client", "source"), by, status


def other_type(layout: Layout, values: Iterable[str]) -> str:
    """The type of an event that is known to be neither a login nor a request; empty for every other."""
    told = _told(layout, values)
    return told["type"] if _kind(layout, told) in _OTHERS else ""


def _told(layout: Layout, values: Iterable[str]) -> dict[str, str]:
    return dict(zip(layout.roles, (one.strip().strip('"') for one in values), strict=True))


def _kind(layout: Layout, told: Mapping[str, str]) -> str:
    """The type of a row, by what it says where it names none that is known: a union of tables may leave it out."""
    kind = plain(told.get("type", "")) or layout.fixed.lower()
    if kind in _LOGINS or kind in _REQUESTS or kind in _OTHERS:
        return kind
    if not _address(told, "source", "client"):
        return ""
    if told.get("login") or told.get("status", "").startswith("LOGIN_"):
        return LOGIN.lower()
    return "apitotalusage" if told.get("family") else ""


def _address(told: Mapping[str, str], *roles: str) -> str:
    found = next((told[role] for role in roles if told.get(role)), "")
    return INSIDE if found.lower() == INSIDE.lower() else found
