"""One healthy org as metadata files; each test changes one thing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from sfharden.addresses import AddressSet
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import DEFAULT_POLICIES, load_policy
from sfharden.model.integration import Egress, Integration
from sfharden.model.results import Result
from sfharden.model.snapshot import Component, Gap, Snapshot, Source, Tool
from sfharden.sources.metadata_files import kind_and_name, load_snapshot
from sfharden.sources.metadata_xml import parse_component

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
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
        "<isAdminApproved>true</isAdminApproved>\n<isIntrospectAllTokens>false</isIntrospectAllTokens>\n"
        "<isPkceRequired>true</isPkceRequired>\n<scopes>Api</scopes>\n<scopes>RefreshToken</scopes></oauthConfig>\n"
        "<oauthPolicy><ipRelaxation>ENFORCE</ipRelaxation>\n"
        "<refreshTokenPolicy>specific_inactivity:30:DAYS</refreshTokenPolicy></oauthPolicy>\n"
        "<profileName>Logic Apps Integration</profileName>",
    ),
    SECURITY: xml(
        "SecuritySettings",
        "<networkAccess/>\n<sessionSettings><enforceIpRangesEveryRequest>true</enforceIpRangesEveryRequest>\n"
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

INTEGRATION = Integration(
    name="crm-sync",
    app="Azure Logic Apps",
    profile="Logic Apps Integration",
    users=("svc@acme.example",),
    egress=Egress(addresses=AddressSet.of(["192.0.2.0/28"])),
    operator_ranges=AddressSet.of(["198.51.100.7"]),
)


def changed(path: str, old: str, new: str) -> dict[str, str]:
    """The healthy files with one text replaced; the text must be there."""
    assert old in HEALTHY[path]
    return {**HEALTHY, path: HEALTHY[path].replace(old, new)}


def without(path: str, files: Mapping[str, str] = HEALTHY) -> dict[str, str]:
    """The healthy files, or others, but one."""
    return {name: text for name, text in files.items() if name != path}


def parsed(path: str, text: str) -> Component:
    """One file as a component."""
    kind, name = kind_and_name(path)
    return parse_component(BytesIO(text.encode()), name, path, max_bytes=10_000_000, expected=kind)


def snapshot_of(files: Mapping[str, str], *gaps: Gap) -> Snapshot:
    """The snapshot of some files."""
    components = tuple(
        sorted((parsed(*item) for item in files.items()), key=lambda one: (one.kind, one.name))
    )
    return Snapshot(
        tool=Tool(version="0"), source=Source(kind="files", name="test"), components=components, gaps=gaps
    )


def judged(snapshot: Snapshot, integration: Integration = INTEGRATION) -> dict[str, list[Result]]:
    """All results by control, under both shipped policies."""
    policies = [load_policy(name) for name in DEFAULT_POLICIES]
    found: dict[str, list[Result]] = {}
    for result in evaluate(snapshot, policies, [integration], (), NOW, "0").results:
        found.setdefault(result.control, []).append(result)
    return found


def statuses(files: Mapping[str, str], control: str, integration: Integration = INTEGRATION) -> set[str]:
    """How one control came out, over all its subjects."""
    return {result.status.value for result in judged(snapshot_of(files), integration)[control]}


def write(files: Mapping[str, str], folder: Path) -> Path:
    """The files on disk."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def loaded(folder: Path) -> Snapshot:
    """The folder as `check` reads it."""
    return load_snapshot(folder, "0")
