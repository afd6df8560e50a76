"""The plain facts that an access decision rests on, and the decision itself.

A fact that is None was not read, or can't be told. It never makes a decision more definite.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from sfharden.addresses import AddressSet
from sfharden.facts.apps import IpRelaxation


class Flow(StrEnum):
    """How somebody comes in."""

    LOGIN = "login"
    CODE_EXCHANGE = "code exchange"
    REFRESH = "refresh"
    API_CALL = "API call"
    JWT_BEARER = "JWT bearer"
    CLIENT_CREDENTIALS = "client credentials"
    USER_AGENT = "user-agent"
    USERNAME_PASSWORD = "username-password"  # noqa: S105 - the name of an OAuth flow


class Outcome(StrEnum):
    """What becomes of them. PARTLY is for sets: some are let in, and some are refused."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    PARTLY = "partly"
    CANNOT_TELL = "cannot tell"


class SessionPolicy(StrEnum):
    """What an app's session policy asks for (Metadata API Guide, ConnectedApp, sessionPolicy)."""

    NONE = "none"
    RAISE = "raise session level"
    BLOCK = "block"


class Own(StrEnum):
    """Where an address stands to the app's own trusted ranges."""

    NONE = "the app has none"
    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Who:
    """A user. `login_ranges` and `login_hours` are the profile's; an empty set of ranges restricts nobody.

    `pre_approved`: the profile or a permission set of theirs is assigned to the app. `consented`: they
    authorised the app before. `approves_uninstalled` and `any_api_client` are the permissions
    CanApproveUninstalledApps and UseAnyApiClient.
    """

    name: str
    login_ranges: AddressSet | None = None
    login_hours: bool | None = None
    pre_approved: bool | None = None
    consented: bool | None = None
    approves_uninstalled: bool | None = None
    any_api_client: bool | None = None


@dataclass(frozen=True, slots=True)
class AppFacts:
    """An app's policy. `own_ranges` are its trusted ranges; empty means that it has none.

    `blocked` is whether the org blocks the app; `client_credentials` whether that flow is on for it.
    `token_allowlist` is its Refresh Token IP Allowlist: empty means that it has none, None that there may be one or that
    what it holds is not known; `allowlist_gap` says why. `refreshes` is False where its policy ends refresh tokens at
    once. `unknown` names settings that are on and whose effect is not documented: with any, nothing is allowed for sure.
    """

    name: str
    external: bool = False
    installed: bool | None = None
    blocked: bool | None = None
    admin_approved: bool | None = None
    relaxation: IpRelaxation | None = None
    own_ranges: AddressSet | None = None
    session_policy: SessionPolicy | None = None
    client_credentials: bool | None = None
    token_allowlist: AddressSet | None = None
    refreshes: bool | None = True
    unknown: tuple[str, ...] = ()
    allowlist_gap: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """Settings of the org. `trusted_ranges` never refuse anybody.

    `access_control_by_default`: that it's off is not written down, but what its absence means.
    """

    every_request: bool | None = None
    session_lock: bool | None = None
    trusted_ranges: AddressSet | None = None
    api_access_control: bool | None = None
    user_agent_blocked: bool | None = None
    password_blocked: bool | None = None
    access_control_by_default: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address stands. `inside` is about the profile's ranges, `allowlisted` about the app's allowlist; None if these are not known."""

    inside: bool | None
    own: Own
    trusted: bool | None = None
    allowlisted: bool | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the chain: what it says, the published rule it rests on, and where it leads."""

    text: str
    rule: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Further:
    """A reason that whoever asks brings along, such as what was not judged; for these flows only, or for all."""

    reason: Reason
    flows: frozenset[Flow] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything but the person and the address; a login has no app."""

    org: OrgFacts
    app: AppFacts | None = None
    more: tuple[Further, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Addresses of a set that all fare alike."""

    addresses: AddressSet
    outcome: Outcome
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome and the chain of reasons, the deciding ones first; for a set also its parts."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    parts: tuple[Part, ...] = ()
