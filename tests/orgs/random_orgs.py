"""Orgs by chance, and changes to them by chance: what is judged, what is not, and what only looks harmless.

The same seed gives the same org and the same change. A change is files as a project would deploy them.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Final

from sfharden.emulator import ids
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import (
    APP_LABEL,
    APP_NAME,
    EGRESS,
    INTEGRATION_USER,
    OPERATOR,
    PROFILE,
    healthy_org,
)
from sfharden.emulator.grants import policy_of
from sfharden.emulator.records import OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import (
    Pair,
    connected_app_xml,
    external_app_files,
    permission_set_xml,
    profile_xml,
    security_xml,
    settings_xml,
)
from tests.orgs.constants import NOW

Files = dict[str, bytes]

TOKEN: Final = ids.opaque("random", 1)
KEY: Final = "3MVG9EXAMPLEONLY"
COLLEAGUES: Final = "Colleagues"  # who reads the org has a profile of their own, and always gets in
CALLING: Final = "Calling"
ACTIVATED: Final = "Activated"
APP_FILE: Final = f"connectedApps/{APP_NAME}.connectedApp"
SECURITY_FILE: Final = "settings/Security.settings"
_OWN_PROFILE: Final = f"profiles/{PROFILE}.profile"
_OTHER_PROFILE: Final = f"profiles/{COLLEAGUES}.profile"
_POLICY: Final = f"extlClntAppOauthPolicies/{APP_NAME}_oauthPlcy.ecaOauthPlcy"
_GLOBAL: Final = f"extlClntAppGlobalOauthSets/{APP_NAME}_glbloauth.ecaGlblOauth"
_OAUTH: Final = f"extlClntAppOauthSettings/{APP_NAME}_oauth.ecaOauth"

_RELAXATIONS: Final = ("ENFORCE", "ENFORCE", "ENFORCE", "ENFORCE_RELAXREFRESH", "BYPASS_2FACTOR", "BYPASS")
_EXTERNAL_RELAXATIONS: Final = ("Enforce", "Enforce", "Enforce_RelaxRefresh", "Bypass_2factor", "Bypass")
_REFRESH: Final = ("infinite", "specific_inactivity:30:DAYS", "specific_lifetime:400:DAYS")
_RANGES: Final[tuple[list[Pair], ...]] = (
    *([EGRESS, (OPERATOR, OPERATOR)] for _ in range(5)),
    [(OPERATOR, OPERATOR)],
    [("203.0.113.0", "203.0.113.7"), (OPERATOR, OPERATOR)],
    [EGRESS],
    [("100.64.0.0", "100.64.255.255"), EGRESS, (OPERATOR, OPERATOR)],
    [],
)
_OTHERS: Final[tuple[list[Pair], ...]] = (
    [(OPERATOR, OPERATOR)],
    [(OPERATOR, OPERATOR)],
    [("10.0.0.0", "10.9.9.9")],
    [],
)
_SETTING: Final = "</sessionSettings>"


def random_org(chance: Random) -> DemoOrg:
    """An org of any kind, with an integration that may work or not."""
    external = chance.random() < 0.3
    org = healthy_org(NOW, external=external, tidy=chance.random() < 0.5)
    org.knobs.conditional_permissions |= {"IsSsoEnabled", "EditTask"}
    org.metadata.update(_external_app(chance) if external else {APP_FILE: _app(chance)})
    org.metadata.update(_profiles(chance))
    org.metadata.update(_sets())
    org.metadata[SECURITY_FILE] = security_xml(every_request=chance.random() < 0.7)
    if chance.random() < 0.6:
        off = {"enableAdminApprovedAppsOnly": False, "enableAdminApprovedAppsOnlyForExternalUser": False}
        org.metadata["settings/ConnectedApp.settings"] = settings_xml("ConnectedApp", **off)
    sync(org)
    _people(org, chance)
    _token(org)
    return org


def _app(chance: Random, *, key: str = KEY) -> bytes:
    assigned = chance.choice(([PROFILE], [PROFILE], [PROFILE], [PROFILE, COLLEAGUES], []))
    text = connected_app_xml(
        APP_LABEL,
        key=key,
        admin_approved=chance.random() < 0.8,
        relaxation=chance.choice(_RELAXATIONS),
        refresh=chance.choice(_REFRESH),
        profiles=assigned,
        permission_sets=chance.choice(([], [], [CALLING])),
    )
    if chance.random() < 0.2:
        own = b"<ipRanges><end>192.0.2.80</end><start>192.0.2.60</start></ipRanges>"
        text = _before(text, b"</ConnectedApp>", own)
    if chance.random() < 0.1:
        action = chance.choice((b"Block", b"RaiseSessionLevel"))
        level = b"<sessionLevel>HIGH_ASSURANCE</sessionLevel>"
        policy = b"<sessionPolicy><policyAction>" + action + b"</policyAction>" + level + b"</sessionPolicy>"
        text = _before(text, b"</ConnectedApp>", policy)
    return text


def _external_app(chance: Random) -> Files:
    files = external_app_files(
        APP_NAME,
        APP_LABEL,
        ipRelaxationPolicyType=chance.choice(_EXTERNAL_RELAXATIONS),
        permittedUsersPolicyType=chance.choice(("AdminApprovedPreAuthorized",) * 4 + ("AllSelfAuthorized",)),
        refreshTokenPolicyType=chance.choice(("SpecificInactivity", "Infinite")),
        commaSeparatedProfile=chance.choice((PROFILE, PROFILE, COLLEAGUES)),
    )
    key = b"<consumerKey>" + KEY.encode() + b"</consumerKey>"
    return {**files, _GLOBAL: _before(files[_GLOBAL], b"</ExtlClntAppGlobalOauthSettings>", key)}


def _profiles(chance: Random) -> Files:
    rights = {"ApiUserOnly"} | ({"ApiEnabled"} if chance.random() < 0.5 else set())
    colleagues = {"ApiEnabled"} if chance.random() < 0.3 else set()
    return {
        _OWN_PROFILE: profile_xml(rights, ranges=chance.choice(_RANGES), licence="Salesforce Integration"),
        _OTHER_PROFILE: profile_xml(colleagues, ranges=chance.choice(_OTHERS)),
    }


def _sets() -> Files:
    return {
        f"permissionsets/{CALLING}.permissionset": permission_set_xml(CALLING, {"ApiEnabled"}),
        f"permissionsets/{ACTIVATED}.permissionset": permission_set_xml(
            ACTIVATED, {"ApiEnabled"}, session_based=True
        ),
        "permissionsets/Approving.permissionset": permission_set_xml(
            "Approving", {"CanApproveUninstalledApps"}
        ),
    }


def _people(org: DemoOrg, chance: Random) -> None:
    service = org.user(INTEGRATION_USER)
    assert service is not None
    for name, share in ((CALLING, 0.7), (ACTIVATED, 0.2)):
        given = org.permission_set(name)
        if given and chance.random() < share:
            org.assign(service, given)
    for number in range(chance.randrange(3)):
        colleague = org.add_user(f"colleague{number}@acme.example", COLLEAGUES)
        for name, share in (("Approving", 0.15), (CALLING, 0.3)):
            held = org.permission_set(name)
            if held and chance.random() < share:
                org.assign(colleague, held)
    fate = chance.random()
    service.is_frozen, service.is_active = fate < 0.05, fate < 0.95
    service.is_active = service.is_active or service.is_frozen


def _token(org: DemoOrg) -> None:
    """The integration's token, of two days ago: no policy of today ends it, and a shorter one may."""
    policy, service, made = policy_of(org, APP_NAME), org.user(INTEGRATION_USER), NOW - timedelta(days=2)
    assert service is not None
    item, app = policy.menu_item_id, policy.application_id
    org.tokens.put(OauthToken(APP_LABEL, service.id, made, TOKEN, made, 3, item, app))


# Changes -----------------------------------------------------------------------------------------


def random_change(org: DemoOrg, chance: Random) -> Files:
    """Some files of the org, changed: one to three changes of any kind."""
    files: Files = {}
    while not files:  # some change nothing in an org that hasn't what they are about
        files = _some(org, chance)
    return files


def _some(org: DemoOrg, chance: Random) -> Files:
    files: Files = {}
    # Of a connected app the org takes no other key; of an external client app it does.
    keys = () if APP_FILE in org.metadata else (_another_key,) * 3
    for change in chance.sample((*_CHANGES, *keys), chance.choice((1, 1, 2, 3))):
        files.update(change(org, chance, files))
    return files


Change = Callable[[DemoOrg, Random, Files], Files]


def _now(org: DemoOrg, files: Files, path: str) -> bytes:
    return files.get(path) or org.metadata.get(path, b"")


def _edit(org: DemoOrg, files: Files, path: str, pattern: str, new: str) -> Files:
    """One file with what a pattern finds replaced; nothing where the org has no such file."""
    text = _now(org, files, path).decode()
    return {path: re.sub(pattern, new, text, flags=re.S).encode()} if text else {}


def _before(text: bytes, mark: bytes, more: bytes) -> bytes:
    return text.replace(mark, more + mark)


def _inserted(org: DemoOrg, files: Files, path: str, mark: str, more: str) -> Files:
    text = _now(org, files, path)
    return {path: _before(text, mark.encode(), more.encode())} if text else {}


def _another_app(org: DemoOrg, chance: Random, files: Files) -> Files:
    """The app as a hardening, or a loosening, would have it."""
    if APP_FILE in org.metadata:
        return {APP_FILE: _app(chance)}
    return {_POLICY: _external_app(chance)[_POLICY]}


def _ends_tokens(org: DemoOrg, chance: Random, files: Files) -> Files:
    ends = chance.choice(("zero", "specific_lifetime:1:HOURS", "specific_inactivity:5:DAYS"))
    kind = r"\1" + chance.choice(("Zero", "Infinite")) + r"\2"
    return {
        **_edit(org, files, APP_FILE, "(<refreshTokenPolicy>).*?(</)", rf"\g<1>{ends}\g<2>"),
        **_edit(org, files, _POLICY, "(<refreshTokenPolicyType>).*?(</)", kind),
    }


def _loses_a_scope(org: DemoOrg, chance: Random, files: Files) -> Files:
    lost = chance.choice(("Api", "RefreshToken"))
    rest = "RefreshToken" if lost == "Api" else "Api"
    return {
        **_edit(org, files, APP_FILE, rf"<scopes>{lost}</scopes>", "<scopes>OpenID</scopes>"),
        **_edit(org, files, _OAUTH, "(<commaSeparatedOauthScopes>).*?(</)", rf"\g<1>{rest}\g<2>"),
    }


def _another_key(org: DemoOrg, chance: Random, files: Files) -> Files:
    path = APP_FILE if APP_FILE in org.metadata else _GLOBAL
    return _edit(org, files, path, "(<consumerKey>).*?(</)", r"\g<1>3MVG9OTHER\g<2>")


def _ranges(org: DemoOrg, chance: Random, files: Files) -> Files:
    path, choices = chance.choice(((_OWN_PROFILE, _RANGES), (_OTHER_PROFILE, _OTHERS)))
    rest = profile_xml(ranges=chance.choice(choices))
    return {path: re.sub(rb"<userLicense>.*?</userLicense>", b"", rest)}


def _profile_permission(org: DemoOrg, chance: Random, files: Files) -> Files:
    name = chance.choice(("ApiEnabled", "ApiEnabled", "IsSsoEnabled", "ApiUserOnly", "ViewSetup", "EditTask"))
    enabled = "false" if name == "ApiEnabled" or chance.random() < 0.3 else "true"
    one = f"<userPermissions><enabled>{enabled}</enabled><name>{name}</name></userPermissions>"
    text = files.get(_OWN_PROFILE) or b'<Profile xmlns="http://soap.sforce.com/2006/04/metadata"></Profile>'
    return {_OWN_PROFILE: _before(text, b"</Profile>", one.encode())}


def _set_changes(org: DemoOrg, chance: Random, files: Files) -> Files:
    path = f"permissionsets/{CALLING}.permissionset"
    off = permission_set_xml(CALLING).replace(
        b"</PermissionSet>",
        b"<userPermissions><enabled>false</enabled><name>ApiEnabled</name></userPermissions></PermissionSet>",
    )
    return {
        path: chance.choice(
            (
                permission_set_xml(CALLING, {"ApiEnabled"}, session_based=True),
                permission_set_xml(CALLING),
                permission_set_xml(CALLING),
                permission_set_xml(CALLING, {"ViewSetup"}),
                permission_set_xml(CALLING, {"ApiEnabled", "IsSsoEnabled"}),
                permission_set_xml(CALLING, {"ApiEnabled", "ViewSetup"}),
                off,
            )
        )
    }


def _wakes_a_set(org: DemoOrg, chance: Random, files: Files) -> Files:
    path = f"permissionsets/{ACTIVATED}.permissionset"
    return {path: permission_set_xml(ACTIVATED, {"ApiEnabled"}, session_based=False)}


def _every_request(org: DemoOrg, chance: Random, files: Files) -> Files:
    on = "true" if chance.random() < 0.7 else "false"
    return _edit(org, files, SECURITY_FILE, "(<enforceIpRangesEveryRequest>).*?(</)", rf"\g<1>{on}\g<2>")


def _session_setting(org: DemoOrg, chance: Random, files: Files) -> Files:
    more = chance.choice(
        (
            "<enforceUserDeviceRevoked>true</enforceUserDeviceRevoked>",
            "<lockSessionsToIp>true</lockSessionsToIp>",
            "<enableCSRFOnGet>true</enableCSRFOnGet>",
        )
    )
    return _inserted(org, files, SECURITY_FILE, _SETTING, more)


def _sign_on(org: DemoOrg, chance: Random, files: Files) -> Files:
    more = (
        "<singleSignOnSettings><isLoginWithSalesforceCredentialsDisabled>true"
        "</isLoginWithSalesforceCredentialsDisabled></singleSignOnSettings>"
    )
    return _inserted(org, files, SECURITY_FILE, "</SecuritySettings>", more)


def _my_domain(org: DemoOrg, chance: Random, files: Files) -> Files:
    return _edit(org, files, "settings/MyDomain.settings", ">true<", ">false<")


def _block(org: DemoOrg, chance: Random, files: Files) -> Files:
    key = chance.choice((KEY, "3MVG9NOBODYS"))
    text = (
        '<BlacklistedConsumer xmlns="http://soap.sforce.com/2006/04/metadata"><blockedByApiWhitelisting>false'
        f"</blockedByApiWhitelisting><consumerKey>{key}</consumerKey><consumerName>x</consumerName>"
        "<masterLabel>x</masterLabel></BlacklistedConsumer>"
    )
    return {"blacklistedConsumers/x.blacklistedConsumer": text.encode()}


def _of_the_app(org: DemoOrg, chance: Random, files: Files) -> Files:
    """Something of the app that nobody judges, or that is harmless."""
    more = chance.choice(
        (
            "<isSecretRequiredForRefreshToken>true</isSecretRequiredForRefreshToken>",
            "<isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>",
            "<isIpBindingEnabled>true</isIpBindingEnabled>",
            "<isPkceRequired>true</isPkceRequired>",
        )
    )
    found = _edit(org, files, APP_FILE, "<isPkceRequired>.*?</isPkceRequired>", "")
    return _inserted(org, found, APP_FILE, "</oauthConfig>", more) if found else {}


_CHANGES: Final[tuple[Change, ...]] = (
    _another_app, _another_app, _another_app, _ranges, _ranges, _every_request, _every_request, _ends_tokens,
    _loses_a_scope, _another_key, _profile_permission, _profile_permission, _wakes_a_set,
    *(_set_changes for _ in range(5)), _session_setting, _sign_on, _my_domain, _block, _of_the_app,
)  # fmt: skip
