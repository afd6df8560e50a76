"""What a login's status means, and which attempts the operator declared.

`Status` is "either success or a reason for failure" (Object Reference, LoginHistory), in words that are listed for
event log files only (Object Reference, Login Event Type, LOGIN_STATUS Values). They may come in the reader's language.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sfharden.addresses import AddressSet, address_of, show_ranges
from sfharden.model.integration import Attempt
from sfharden.model.org import Login
from sfharden.text.wording import count

# Of the six months that logins are kept (Object Reference, LoginHistory), what every half-year has.
KEPT: Final = timedelta(days=180)
# How far apart an attempt that was written down and the login that the org recorded may lie.
NEAR: Final = timedelta(minutes=5)
# How many logins one attempt makes at most: an action of a workflow tries once, and by default four times more (Azure
# Logic Apps documentation, Handle errors and exceptions, Retry policies).
_TRIES: Final = 5

# Listed for LOGIN_ERROR_RESTRICTED_DOMAIN; seen beside `Remote Access 2.0` where a profile's login ranges refused an
# OAuth exchange (forceworkbench#772, sfdx-mass-action-scheduler#122).
_BY_ADDRESS: Final = "Restricted IP"

# How statuses begin that name another reason. The listed ones; "not approved" was seen where the app isn't assigned to
# the user. "IP address not allowed" (LOGIN_OAUTH_INVALID_IP) is the app's own refusal, not the profile's.
_OTHERWISE: Final = tuple(
    one.casefold()
    for one in """\
Invalid password
Invalid login
Invalid username
Password lockout
User is inactive
User is frozen
Failed: Not approved for access
Failed: API security token required
Failed: API version removed
Failed: API-only user
Failed: Computer activation
Failed: Client update required
Failed: Mobile license required
Failed: Mobile disabled
Failed: IP address not allowed
Failed: OAuth API access disabled
Failed: Consumer deleted
Failed: Get access token limit exceeded
Failed: Activation secret
Failed: Device id missing
Failed: Invalid
Failed: Nonce
Failed: Version not supported
Failed: Unexpected parameter
Failed: Login over insecure channel
Failed: Assertion
Failed: Audience invalid
Failed: Configuration error
Failed: InResponseTo invalid
Failed: Issuer mismatched
Failed: Missing
Failed: Recipient mismatched
Failed: Replay detected
Failed: SAML provision error
Failed: Signature invalid
Failed: Specified site is inactive
Failed: Status invalid
Failed: Subject confirmation error
Failed: Username or SSO id invalid
Activation secret missing
Missing consumer key
Missing OAuth token
Package for this consumer is not installed
Installed package for this consumer is out of date
Multi-factor
Two-factor
Lightning Login required
Login rate exceeded
Maximum logins exceeded
Mutual authentication failed
No Experience Cloud site access
Organization
Restricted time
Restricted country
Restricted domain
The Single Sign-On Gateway URL is invalid
Your company's authentication service is down
Trial expired""".splitlines()
)


class Meaning(Enum):
    """What a status says of a login."""

    SUCCESS = "it got in"
    BY_ADDRESS = "it was refused by its address"
    OTHERWISE = "it was refused for another reason than its address"
    FAILED = "it failed, and why is not known"
    UNKNOWN = "it's not known how it came out"


def meaning(status: str) -> Meaning:
    """What a status says. A text that isn't known, in whatever language, may be anything, success included."""
    if status == "Success":
        return Meaning.SUCCESS
    if status == _BY_ADDRESS:
        return Meaning.BY_ADDRESS
    folded = status.strip().casefold()
    if folded.startswith(_OTHERWISE):
        return Meaning.OTHERWISE
    return Meaning.FAILED if folded.startswith("failed") else Meaning.UNKNOWN


def got_in(login: Login) -> bool:
    """True if a login's status says that it succeeded, and for nothing else."""
    return meaning(login.status) is Meaning.SUCCESS


def declared(login: Login, attempts: Iterable[Attempt], since: datetime) -> bool:
    """True if the operator said that they made such an attempt, from that address at about that time.

    Of logins that differ in their time only, the first and the last are known; one of them is enough.
    """
    times = [at for at in (login.first, login.last) if at >= since]
    return any(_is_near(at, one) for one in _from_there(login, attempts) for at in times)


def wholly_declared(login: Login, attempts: Iterable[Attempt]) -> bool:
    """True if all of these logins are one attempt, tried again within minutes: nobody else's are among them."""
    return login.times <= _TRIES and any(
        _is_near(login.first, one) and _is_near(login.last, one) for one in _from_there(login, attempts)
    )


def _from_there(login: Login, attempts: Iterable[Attempt]) -> Iterator[Attempt]:
    address = address_of(login.source_ip)
    return (one for one in attempts if address is not None and address_of(one.from_) == address)


def _is_near(at: datetime, attempt: Attempt) -> bool:
    return abs(at - attempt.at) <= NEAR


def latest(logins: Iterable[Login]) -> Login | None:
    """The one whose last time is the latest."""
    return max(logins, key=lambda one: (one.last, one.source_ip, one.status), default=None)


def times_of(logins: Sequence[Login], since: datetime | None) -> str:
    """How many logins; of those that began earlier, only the last is known to be since then."""
    earlier = since is not None and any(one.first < since and one.times > 1 for one in logins)
    return ("up to " if earlier else "") + count(sum(one.times for one in logins), "login")


def sources_of(logins: Iterable[Login]) -> str:
    """The addresses that logins came from, in words."""
    found = {address for one in logins if (address := address_of(one.source_ip)) is not None}
    return show_ranges(AddressSet.from_intervals((one, one) for one in found))
