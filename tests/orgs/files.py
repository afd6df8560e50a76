"""The healthy org as metadata files; each test changes one thing.

`HEALTHY` has the app as a connected app. `CONNECTED` is the same with a profile's session override, and `EXTERNAL`
has the app as an external client app, in five files. A test cuts files off, swaps texts, takes elements away.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

from sfharden.model.snapshot import Component, Gap, Snapshot, Source, Tool
from sfharden.sources.metadata_files import kind_and_name, load_snapshot
from sfharden.sources.metadata_types import SETTINGS_NAMES
from sfharden.sources.metadata_xml import BadMetadata, parse_component

Files = Mapping[str, str]

XMLNS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
PROFILE = "profiles/Logic Apps Integration.profile"
APP = "connectedApps/Azure_Logic_Apps.connectedApp"
SECURITY = "settings/Security.settings"


def xml(root: str, body: str) -> str:
    """A metadata document, one element of the body a line."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {XMLNS}>\n{body}\n</{root}>\n'


def login_range(start: str, end: str) -> str:
    """A login range as Salesforce writes it."""
    return (
        f"<loginIpRanges><endAddress>{end}</endAddress><startAddress>{start}</startAddress></loginIpRanges>"
    )


def token_range(start: str, end: str) -> str:
    """A range of an external client app's allowlist as Salesforce writes it."""
    return f"<tokenIpRanges><endIpAddress>{end}</endIpAddress><startIpAddress>{start}</startIpAddress></tokenIpRanges>"


def permission(name: str) -> str:
    """An enabled user permission."""
    return f"<userPermissions><enabled>true</enabled><name>{name}</name></userPermissions>"


RANGES = "\n".join([login_range("192.0.2.0", "192.0.2.15"), login_range("198.51.100.7", "198.51.100.7")])

HEALTHY: Mapping[str, str] = {
    PROFILE: xml("Profile", f"<custom>true</custom>\n{RANGES}\n{permission('ApiEnabled')}"),
    "profiles/Admin.profile": xml(
        "Profile",
        "<custom>false</custom>\n" + login_range("203.0.113.1", "203.0.113.9") + permission("ApiEnabled"),
    ),
    APP: xml(
        "ConnectedApp",
        "<label>Azure Logic Apps</label>\n<oauthConfig><consumerKey>3MVG9SECRETLIKE</consumerKey>\n"
        "<consumerSecret>HUSH-HUSH</consumerSecret>\n"
        "<isAdminApproved>true</isAdminApproved>\n<isClientCredentialEnabled>false</isClientCredentialEnabled>\n"
        "<isConsumerSecretOptional>false</isConsumerSecretOptional>\n<isDeviceFlowEnabled>false</isDeviceFlowEnabled>\n"
        "<isIntrospectAllTokens>false</isIntrospectAllTokens>\n<isIpBindingEnabled>true</isIpBindingEnabled>\n"
        "<isPkceRequired>true</isPkceRequired>\n<isRefreshTokenRotationEnabled>true</isRefreshTokenRotationEnabled>\n"
        "<isSecretRequiredForRefreshToken>true</isSecretRequiredForRefreshToken>\n<scopes>Api</scopes>\n<scopes>RefreshToken</scopes></oauthConfig>\n"
        "<oauthPolicy><ipRelaxation>ENFORCE</ipRelaxation>\n"
        "<refreshTokenPolicy>specific_inactivity:30:DAYS</refreshTokenPolicy></oauthPolicy>\n"
        "<profileName>Logic Apps Integration</profileName>",
    ),
    SECURITY: xml(
        "SecuritySettings",
        "<networkAccess/>\n<sessionSettings><enforceIpRangesEveryRequest>true</enforceIpRangesEveryRequest>\n"
        "<lockSessionsToIp>false</lockSessionsToIp>\n"
        "<sessionTimeout>TwoHours</sessionTimeout></sessionSettings>",
    ),
    "settings/OauthOidc.settings": xml(
        "OauthOidcSettings",
        "<blockOAuthUnPwFlow>true</blockOAuthUnPwFlow>\n<blockOAuthUsrAgtFlow>true</blockOAuthUsrAgtFlow>\n"
        "<isPkceRequired>false</isPkceRequired>",
    ),
    "settings/MyDomain.settings": xml(
        "MyDomainSettings",
        "<canOnlyLoginWithMyDomainUrl>true</canOnlyLoginWithMyDomainUrl>\n"
        "<doesApiLoginRequireOrgDomain>true</doesApiLoginRequireOrgDomain>",
    ),
    "settings/ConnectedApp.settings": xml(
        "ConnectedAppSettings",
        "<enableAdminApprovedAppsOnly>true</enableAdminApprovedAppsOnly>\n"
        "<enableAdminApprovedAppsOnlyForExternalUser>true</enableAdminApprovedAppsOnlyForExternalUser>",
    ),
    "settings/ExternalClientApp.settings": xml(
        "ExternalClientAppSettings",
        "<enableClientSecretInRestApiAccess>false</enableClientSecretInRestApiAccess>\n"
        "<enableConsumerSecretApiAccess>false</enableConsumerSecretApiAccess>",
    ),
}

OVERRIDE: Final = "profileSessionSettings/Logic_Apps.profileSessionSetting"
ECA: Final = "externalClientApps/Azure_Logic_Apps.eca"
ECA_OAUTH: Final = "extlClntAppOauthSettings/Azure_Logic_Apps_oauth.ecaOauth"
ECA_GLOBAL: Final = "extlClntAppGlobalOauthSets/Azure_Logic_Apps_glbloauth.ecaGlblOauth"
ECA_OAUTH_POLICY: Final = "extlClntAppOauthPolicies/Azure_Logic_Apps_oauthPlcy.ecaOauthPlcy"
ECA_SECURITY: Final = "extlClntAppOauthSecuritySettings/Azure_Logic_Apps_oauthSecurity.ecaOauthSecurity"
ECA_POLICY: Final = "extlClntAppPolicies/Azure_Logic_Apps_plcy.ecaPlcy"

_OVERRIDES: Final[Files] = {
    OVERRIDE: xml(
        "ProfileSessionSetting",
        "<profile>logic apps integration</profile>\n<sessionTimeout>30</sessionTimeout>",
    )
}
CONNECTED: Final[Files] = {**HEALTHY, **_OVERRIDES}

_PARENT = "<externalClientApplication>Azure_Logic_Apps</externalClientApplication>"
EXTERNAL: Final[Files] = {
    **{path: text for path, text in HEALTHY.items() if path != APP},
    **_OVERRIDES,
    ECA: xml(
        "ExternalClientApplication",
        "<distributionState>Local</distributionState>\n<label>Azure Logic Apps</label>",
    ),
    ECA_OAUTH: xml(
        "ExtlClntAppOauthSettings",
        f"<commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes>\n{_PARENT}\n"
        "<label>Azure Logic Apps OAuth</label>",
    ),
    ECA_GLOBAL: xml(
        "ExtlClntAppGlobalOauthSettings",
        f"<callbackUrl>https://logic-apps.acme.example/callback</callbackUrl>\n{_PARENT}\n"
        "<isClientCredentialsFlowEnabled>false</isClientCredentialsFlowEnabled>\n"
        "<isConsumerSecretOptional>false</isConsumerSecretOptional>\n<isDeviceFlowEnabled>false</isDeviceFlowEnabled>\n"
        "<isIntrospectAllTokens>false</isIntrospectAllTokens>\n<isPkceRequired>true</isPkceRequired>\n"
        "<isRefreshTokenRotationEnabled>true</isRefreshTokenRotationEnabled>\n"
        "<isSecretRequiredForRefreshToken>true</isSecretRequiredForRefreshToken>\n"
        "<label>Azure Logic Apps global OAuth</label>",
    ),
    ECA_OAUTH_POLICY: xml(
        "ExtlClntAppOauthConfigurablePolicies",
        f"<commaSeparatedProfile>Logic Apps Integration</commaSeparatedProfile>\n{_PARENT}\n"
        "<ipRelaxationPolicyType>Enforce</ipRelaxationPolicyType>\n"
        "<isClientCredentialsFlowEnabled>false</isClientCredentialsFlowEnabled>\n"
        "<label>Azure Logic Apps OAuth policy</label>\n"
        "<permittedUsersPolicyType>AdminApprovedPreAuthorized</permittedUsersPolicyType>\n"
        "<refreshTokenPolicyType>SpecificInactivity</refreshTokenPolicyType>\n"
        "<refreshTokenValidityPeriod>30</refreshTokenValidityPeriod>\n"
        "<refreshTokenValidityUnit>Days</refreshTokenValidityUnit>",
    ),
    ECA_POLICY: xml(
        "ExtlClntAppConfigurablePolicies",
        f"{_PARENT}\n<isEnabled>true</isEnabled>\n<label>Azure Logic Apps policy</label>",
    ),
    ECA_SECURITY: xml(
        "ExtlClntAppOauthSecuritySettings",
        f"{_PARENT}\n<label>Azure Logic Apps security</label>\n" + token_range("192.0.2.0", "192.0.2.15"),
    ),
}


# Changed ---------------------------------------------------------------------------------------


def changed(path: str, old: str, new: str) -> dict[str, str]:
    """The healthy files with one text replaced; the text must be there."""
    assert old in HEALTHY[path]
    return {**HEALTHY, path: HEALTHY[path].replace(old, new)}


def without(path: str, files: Mapping[str, str] = HEALTHY) -> dict[str, str]:
    """The healthy files, or others, but one."""
    return {name: text for name, text in files.items() if name != path}


def swapped(files: Files, path: str, *swaps: tuple[str, str]) -> dict[str, str]:
    """The files with texts of one file replaced; each old text must be there."""
    text = files[path]
    for old, new in swaps:
        assert old in text, f"{old!r} is not in {path}"
        text = text.replace(old, new)
    return {**files, path: text}


def cut_off(files: Files, *paths: str) -> dict[str, str]:
    """The files, some of which end in the middle."""
    assert set(paths) <= set(files)
    return {path: text[: len(text) // 2] if path in paths else text for path, text in files.items()}


def elements(text: str) -> Iterator[tuple[str, str]]:
    """Each element below the root of a document, as its name and its whole text."""
    opened: list[tuple[str, int]] = []
    for tag in re.finditer(r"<(/?)([A-Za-z]+)[^>]*?(/?)>", text):
        closing, name, empty = tag.groups()
        if not closing and not empty:
            opened.append((name, tag.start()))
            continue
        start = tag.start() if empty else opened.pop()[1]
        if opened:
            yield name, text[start : tag.end()]


# Read ------------------------------------------------------------------------------------------


def parsed(path: str, text: str, *, proposed: bool = False) -> Component:
    """One file as a component."""
    kind, name = kind_and_name(path)
    stream = BytesIO(text.encode())
    return parse_component(stream, name, path, max_bytes=10_000_000, expected=kind, proposed=proposed)


def outcome(path: str, text: str, *, proposed: bool = False) -> Component | Gap:
    """What reading one file gives; a file that can't be read is a gap."""
    try:
        return parsed(path, text, proposed=proposed)
    except BadMetadata as problem:
        kind, name = kind_and_name(path)
        return Gap(what=path, reason=problem.reason, kind=kind or SETTINGS_NAMES[name.lower()], name=name)


def snapshot_of(files: Files, *gaps: Gap, api_version: str | None = None, proposed: bool = False) -> Snapshot:
    """The files, read as a source reads them, or as a proposal; and further gaps."""
    read = (outcome(*item, proposed=proposed) for item in files.items())
    return assembled((*read, *gaps), api_version=api_version)


def assembled(read: Iterable[Component | Gap], *, api_version: str | None = None) -> Snapshot:
    """The snapshot of what was read."""
    found = list(read)
    components = (one for one in found if isinstance(one, Component))
    return Snapshot(
        tool=Tool(version="0"),
        source=Source(kind="files", name="test", api_version=api_version),
        components=tuple(sorted(components, key=lambda one: (one.kind, one.name, one.file))),
        gaps=tuple(one for one in found if isinstance(one, Gap)),
    )


def write(files: Mapping[str, str], folder: Path) -> Path:
    """The files on disk."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def loaded(folder: Path) -> Snapshot:
    """The folder as `check` reads it."""
    return load_snapshot(folder, "0")
