"""How rows of the Setup Audit Trail are worded, as far as people published rows of theirs; so what fits is only likely.

Object Reference, SetupAuditTrail, documents `Display` by one example (`Created permission set MAD: with user license
Salesforce.`), and no list of actions. These wordings are those of rows published by administrators and makers of log
parsers, as of November 2026. A wording that an org has and this table hasn't leaves a change without a row, never with
another's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sfharden.checks.drift.found import (
    APP,
    ASSIGNMENT,
    GROUP,
    GROUP_ASSIGNMENT,
    MEMBER,
    PROFILE,
    PROFILE_ACCESS,
    SET,
    SET_ACCESS,
    SETTINGS,
)
from sfharden.model.org import SetupChange

_PLAIN: Final = re.compile(r"[\w :]{4,}")  # words of a pattern that stand for themselves


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way in which a row is worded. `{name}`, `{other}` and `{id}` stand for what it must name.

    Named groups in it are compared with what changed: `start` and `end` of a range, `label` of a permission.
    """

    family: str
    aspects: frozenset[str]
    text: str
    sections: frozenset[str]

    def fits(self, family: str, aspect: str) -> bool:
        """Whether it can explain a change of that aspect."""
        return self.family == family and aspect in self.aspects

    def ends_name_once(self, display: str) -> bool:
        """Whether what follows the name stands there once: else the name may be a longer one that holds these words."""
        after = _PLAIN.match(self.text.partition("{name}")[2])
        return after is None or display.count(after[0]) < 2


_USERS: Final = frozenset({"Manage Users"})
_APPS: Final = frozenset({"Application", "Connected Apps", "Remote Access", "External Client Apps"})
_RUN_AS: Final = frozenset({"oauthClientCredentialUser", "clientCredentialsFlowUser"})
_ADMIN: Final = frozenset({"isAdminApproved", "permittedUsersPolicyType"})
_RELAXATION: Final = frozenset({"ipRelaxation", "ipRelaxationPolicyType"})


def _of(family: str, aspects: Iterable[str], sections: frozenset[str], *texts: str) -> Iterable[Phrasing]:
    return (Phrasing(family, frozenset(aspects), text, sections) for text in texts)


PHRASINGS: Final = (
    *_of(APP, _RELAXATION, _APPS, r"Changed connected app {name} IP relaxation setting from .+ to .+"),
    *_of(APP, _ADMIN, _APPS, r"Changed connected app {name} Permitted Users setting from .+ to .+"),
    *_of(APP, ("scopes",), _APPS, r"Changed connected app {name} scopes from .* to .*"),
    *_of(
        APP, ("isPkceRequired",), _APPS,
        r"Changed the {name} connected app setting Require Proof Key for Code Exchange .+",
    ),
    *_of(
        APP, _RUN_AS, frozenset({"OAuth Client Credentials User"}),
        r"Assigned OAuth client credentials user .+ to app {name}(?: \(AppID: .+\))?",
    ),
    *_of(
        APP, ("came",), _APPS,
        r"Installed Connected App {name} to Salesforce", r"Created (?:Connected|External Client) App {name}",
    ),
    *_of(APP, ("gone",), _APPS, r"(?:Uninstalled|Deleted) (?:Connected|External Client) App {name}"),
    *_of(
        PROFILE, ("loginIpRanges",), _USERS,
        r"(?:Added|Deleted|Changed) Login Ip Range to {name} from (?P<start>\S+) to (?P<end>\S+)",
    ),
    *_of(PROFILE, ("loginHours",), _USERS, r"Changed profile {name}: login hours were changed from .+"),
    *_of(
        PROFILE, ("userPermissions",), _USERS,
        r"Changed profile {name}: (?:general user |administrative |general |admin )*permission (?P<label>.+) was changed from .+",
    ),
    *_of(PROFILE, ("object",), _USERS, r"Changed profile {name}: {other} object permissions were changed from .+"),
    *_of(PROFILE, ("came",), _USERS, r"Created profile {name}: Cloned from profile .+"),
    *_of(PROFILE, ("gone",), _USERS, r"Deleted profile {name}"),
    *_of(
        SET, ("userPermissions",), _USERS,
        r"Changed permission set {name}: (?P<label>.+) permission was changed from .+",
    ),
    *_of(SET, ("object",), _USERS, r"Changed permission set {name}: {other} object permissions were changed from .+"),
    *_of(
        SET, ("needs activation",), _USERS,
        r"Changed Permission Set {name}: Session Activation Required has changed from .+",
    ),
    *_of(SET, ("came",), _USERS, r"Created permission set {name}: (?:with|using) .+"),
    *_of(SET, ("gone",), _USERS, r"Deleted permission set {name}"),
    *_of(SET_ACCESS, ("came",), _USERS, r"Changed permission set {name}: {other} connected app is enabled"),
    *_of(SET_ACCESS, ("gone",), _USERS, r"Changed permission set {name}: {other} connected app is disabled"),
    *_of(PROFILE_ACCESS, ("came",), _USERS, r"Changed profile {name}: {other} connected app is enabled"),
    *_of(PROFILE_ACCESS, ("gone",), _USERS, r"Changed profile {name}: {other} connected app is disabled"),
    *_of(
        ASSIGNMENT, ("came",), _USERS,
        r"Permission set {name}(?: with expiration)?: assigned to user .+ \(UserID: \[{id}\]\)(?:, expiring on .+)?",
    ),
    *_of(
        ASSIGNMENT, ("gone",), _USERS,
        r"Permission set {name}(?: with expiration)?: unassigned from user .+ \(UserID: \[{id}\]\)(?:, expiring on .+)?",
    ),
    *_of(
        ASSIGNMENT, ("expires",), _USERS,
        r"Permission set {name} assigned to user .+ \(UserID: \[{id}\]\): expiration was changed .+",
    ),
    *_of(
        GROUP_ASSIGNMENT, ("came",), _USERS,
        r"Permission set group {name}(?: with expiration)?: assigned to user .+ \(UserID: \[{id}\]\)(?:, expiring on .+)?",
    ),
    *_of(
        GROUP_ASSIGNMENT, ("gone",), _USERS,
        r"Permission set group {name}(?: with expiration)?: unassigned from user .+ \(UserID: \[{id}\]\)(?:, expiring on .+)?",
    ),
    *_of(
        GROUP_ASSIGNMENT, ("expires",), _USERS,
        r"Permission set group {name} assigned to user .+ \(UserID: \[{id}\]\): expiration was changed .+",
    ),
    *_of(GROUP, ("came",), frozenset({"Permission Set Group"}), r"Created permission set group {name}"),
    *_of(GROUP, ("gone",), frozenset({"Permission Set Group"}), r"Deleted permission set group {name}"),
    *_of(
        MEMBER, ("came",), frozenset({"Permission Set Group"}),
        r"Changed permission set group {name}: group member {other} was added",
    ),
    *_of(
        MEMBER, ("gone",), frozenset({"Permission Set Group"}),
        r"Changed permission set group {name}: group member {other} was removed",
    ),
    *_of(
        SETTINGS, ("ipRanges",), frozenset({"Security Controls"}),
        r"(?:Added|Deleted|Changed) Ip (?:AllowList|WhiteList) from (?P<start>\S+) to (?P<end>\S+)",
    ),
)  # fmt: skip

# Actions on a user. Most rows name one by the full name, which no snapshot holds; so only one that has the username or the
# record id fits.
USER_ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "profile": ("changedprofileforuser",), "active": ("deactivateduser", "activateduser", "reactivateduser"),
    "frozen": ("frozeuser", "unfrozeuser"), "username": ("changedusername",),
    "came": ("createduser", "activateduser", "reactivateduser"), "gone": ("deactivateduser",),
}  # fmt: skip

# Beside these wordings: a family's own words before the first name in quotes, or before a name that a colon ends. `app` alone
# may be one of Lightning, whose rows stand in other sections.
_NOUNS: Final = {
    APP: (r"(?:connected app|external client app)", frozenset[str]()),
    PROFILE: (r"profile", _USERS),
    SET: (r"permission set", _USERS),
    GROUP: (r"permission set group", frozenset({"Permission Set Group", *_USERS})),
}


def _quoted(noun: str) -> tuple[str, str]:
    return (rf"[^\"']*\b{noun} (?P<quote>[\"'])" + r"{name}(?P=quote).*", rf"Changed {noun} {{name}}: .+")


QUOTED: Final = {
    family: tuple(Phrasing(family, frozenset(), text, sections) for text in _quoted(noun))
    for family, (noun, sections) in _NOUNS.items()
}
_MADE: Final = {
    "came": ("created", "installed", "unblocked", "cloned"), "gone": ("deleted", "uninstalled", "removed"),
}  # fmt: skip
# Words by which a row says which property it is about; one that names others than what changed explains something else.
ASPECT_WORDS: Final = {
    "ip relaxation": _RELAXATION, "login hours": {"loginHours"}, "login ip range": {"loginIpRanges"},
    "permitted users": _ADMIN, "scope": {"scopes"}, "callback": {"callbackUrl"},
    "refresh token": {
        "refreshTokenPolicy", "refreshTokenPolicyType", "refreshTokenValidityPeriod", "refreshTokenValidityUnit",
        "isSecretRequiredForRefreshToken", "isRefreshTokenRotationEnabled", "isIpBindingEnabled", "tokenIpRanges",
    },
    "allowlist": {"isIpBindingEnabled", "ipRanges", "tokenIpRanges"},
    "proof key": {"isPkceRequired"}, "pkce": {"isPkceRequired"}, "client credentials": {*_RUN_AS, "isClientCredentialEnabled"},
    "permission": {"userPermissions", "object"}, "field-level": set(), "page layout": set(), "record type": set(),
    "tab ": set(), "application": set(), "apex": set(), "visualforce": set(), "custom permission": set(),
    "connected app is": set(), "password": set(), "description": {"description"}, "label": {"label"},
    "session": {"sessionTimeout", "needs activation"}, "created": set(), "deleted": set(), "installed": set(),
    "cloned": set(), "device flow": {"isDeviceFlowEnabled"}, "contact email": {"contactEmail"}, "logo": set(),
    "secret": {"isConsumerSecretOptional", "isSecretRequiredForRefreshToken"}, "certificate": {"certificate"},
}  # fmt: skip

# Switches of the org by their words in Setup (Help: Session Settings, My Domain, OAuth and OpenID Connect Settings).
SWITCHES: Final = {
    "enforceIpRangesEveryRequest": "Enforce login IP ranges on every request",
    "lockSessionsToIp": "Lock sessions to the IP address from which they originated",
    "lockSessionsToDomain": "Lock sessions to the domain in which they were first used",
    "forceLogoutOnSessionTimeout": "Force logout on session timeout",
    "forceRelogin": "Force relogin after Login-As-User",
    "requireHttpOnly": "Require HttpOnly attribute",
    "sessionTimeout": "Session timeout",
    "enableAdminApprovedAppsOnly": "API Access Control",
    "blockOAuthUnPwFlow": "Allow OAuth Username-Password Flows",
    "blockOAuthUsrAgtFlow": "Allow OAuth User-Agent Flows",
    "canOnlyLoginWithMyDomainUrl": "Prevent login from https://login.salesforce.com",
}
_SUFFIX: Final = r"(?:OffOn|OnOff|On|Off)?"


def is_about_user(row: SetupChange, aspect: str, names: Iterable[str], ids: Iterable[str]) -> bool:
    """Whether a row tells of that change of a user whom it names whole, by username or by record id."""
    actions = USER_ACTIONS.get(aspect, ())
    if not actions or not row.action.casefold().startswith(actions):
        return False
    marks = (*(re.escape(name) for name in names), *(rf"{re.escape(one[:15])}(?:\w{{3}})?" for one in ids))
    return any(re.search(rf"(?<![\w.@+-]){mark}(?![\w@+-]|\.\w)", row.display) for mark in marks)


def is_action_of(action: str, aspect: str) -> bool:
    """Whether an action is named after a switch, such as `flowBlockAxsToSessionIdOffOn`."""
    return bool(aspect) and re.fullmatch(rf"(?i:{re.escape(aspect)}){_SUFFIX}", action) is not None


def names_switch(display: str, aspect: str) -> bool:
    """Whether a text is about a switch of the org: by its element's name, or by its words in Setup before a change."""
    words = [re.escape(word) for word in (aspect, SWITCHES.get(aspect, "")) if word]
    if not words:
        return False
    either = "|".join(words)
    shapes = (
        rf"(?:Changed|Enabled|Disabled) (?:{either})(?: from .+ to .+)?\.?",
        rf".*[\"'](?:{either})[\"'].*",
        rf"Organization setup action: (?:{either}){_SUFFIX} has changed.*",
    )
    return any(re.fullmatch(shape, display, re.IGNORECASE | re.DOTALL) for shape in shapes)


def other_aspects(display: str, aspect: str) -> bool:
    """Whether a text names properties, and this one isn't among them."""
    told = display.casefold()
    if aspect in _MADE:
        return not any(word in told for word in _MADE[aspect])
    named = [aspects for words, aspects in ASPECT_WORDS.items() if words in told]
    return bool(named) and not any(aspect in aspects for aspects in named)


@lru_cache(maxsize=50_000)
def pattern(text: str, name: str, other: str, record: str) -> re.Pattern[str]:
    """A phrasing with its names put in. Rows write `Custom: ` before the name of a custom profile, and ids in 15 characters."""
    filled = text.replace("{name}", rf"(?:Custom: )?{re.escape(name)}")
    filled = filled.replace("{other}", re.escape(other)).replace(
        "{id}", rf"{re.escape(record[:15])}\w{{0,3}}"
    )
    return re.compile(filled, re.DOTALL)
