"""What people do in the tour that sfharden doesn't: deploy, tidy up in Setup, authorise, call."""

import io
import json
import re
import urllib.error
import urllib.request
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from sfharden.emulator.access import file_tree
from sfharden.emulator.backend import DeployJob
from sfharden.emulator.deploy import run as deploy
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import APP_LABEL, APP_NAME, INTEGRATION_USER, MINIMUM, OPERATOR, PROFILE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.records import AuditEntry
from sfharden.emulator.untidy import COLLEAGUE
from sfharden.emulator.wire import SOURCE_HEADER

ADMIN_RIGHTS: Final = ("AuthorApex", "CustomizeApplication", "ManageUsers", "ModifyAllData", "ViewAllData")
_RANGE: Final = f"<loginIpRanges><endAddress>{OPERATOR}</endAddress><startAddress>{OPERATOR}</startAddress></loginIpRanges>"
_SWITCHES: Final = ("enableAdminApprovedAppsOnly", "enableAdminApprovedAppsOnlyForExternalUser")


def deploy_folder(server: DemoServer, folder: Path) -> bool:
    """Deploy a package to the embedded org, as the Salesforce CLI would; False if the org refused it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    with server.org.lock:
        job = DeployJob(0, False, content.getvalue(), {}, server.org.users[0].id)
        return bool(deploy.run(server.org, job).get("success"))


def tidy_up(server: DemoServer) -> None:
    """By hand, in Setup: what the plan leaves to people because it concerns more than the integration."""
    with server.org.lock:
        for right in ADMIN_RIGHTS:
            _replace(server, f"profiles/{PROFILE}.profile", _permission(right), "")
        for profile in ("Admin", "Standard", MINIMUM):
            path = f"profiles/{profile}.profile"
            _replace(server, path, r"<loginIpRanges>.*?</loginIpRanges>\s*", "")
            _replace(server, path, r"(<custom>\w+</custom>)", rf"\1{_RANGE}")
        app = f"connectedApps/{APP_NAME}.connectedApp"
        _replace(server, app, "<scopes>Full</scopes>", "<scopes>Api</scopes>")
        _replace(server, app, "isPkceRequired>false", "isPkceRequired>true")
        _replace(server, app, "isRefreshTokenRotationEnabled>false", "isRefreshTokenRotationEnabled>true")
        _replace(server, app, "isDeviceFlowEnabled>true", "isDeviceFlowEnabled>false")
        _turn_on_allowlist(server, app)
        # Support has enabled the feature, which brings its settings and Use Any API Client into being.
        server.org.knobs.api_access_control = True
        settings = "".join(f"<{switch}>true</{switch}>" for switch in _SWITCHES)
        _replace(server, "settings/ConnectedApp.settings", r"(<ConnectedAppSettings[^>]*>)", rf"\1{settings}")
        sync(server.org)


def _turn_on_allowlist(server: DemoServer, app: str) -> None:
    """First the addresses, which no file has: here those that the profile admits; then the switch."""
    profile = file_tree(server.org, "Profile", PROFILE)
    if profile:
        ranges = (
            (one.value("startAddress"), one.value("endAddress")) for one in profile.all("loginIpRanges")
        )
        server.org.token_lists[APP_NAME] = tuple(ranges)
    _replace(server, app, "isIpBindingEnabled>false", "isIpBindingEnabled>true")


def close_pages(server: DemoServer) -> None:
    """By hand, once the connection was authorised: the integration's user can sign in to no page any more."""
    right = "<userPermissions><enabled>true</enabled><name>ApiUserOnly</name></userPermissions>"
    with server.org.lock:
        _replace(server, f"profiles/{PROFILE}.profile", "</Profile>", f"{right}</Profile>")
        sync(server.org)


def _permission(name: str) -> str:
    return rf"<userPermissions>\s*<enabled>true</enabled>\s*<name>{name}</name>\s*</userPermissions>\s*"


def _replace(server: DemoServer, path: str, pattern: str, text: str) -> None:
    before = server.org.metadata[path].decode()
    server.org.metadata[path] = re.sub(pattern, text, before, flags=re.DOTALL).encode()


def authorise(server: DemoServer, source: str) -> bool:
    """The integration's user consents to the app, from an address; False if the org refused."""
    code = server.org.authorise(APP_NAME, INTEGRATION_USER)
    form = urlencode({"grant_type": "authorization_code", "code": code}).encode()
    url = f"{server.base_url}/services/oauth2/token"
    request = urllib.request.Request(url, form, {SOURCE_HEADER: source})  # noqa: S310 - a loopback address
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
            return bool(json.load(answer).get("access_token"))
    except urllib.error.HTTPError:
        return False


def relax(server: DemoServer, at: datetime) -> None:
    """At night a colleague relaxes the app's policy for a vendor; the org writes down who did."""
    with server.org.lock:
        _replace(server, f"connectedApps/{APP_NAME}.connectedApp", "ENFORCE<", "BYPASS<")
        sync(server.org)
        text = (
            f"Changed connected app {APP_LABEL} IP relaxation setting "
            "from Enforce IP restrictions to Relax IP restrictions"
        )
        colleague = next(one for one in server.org.users if one.username == COLLEAGUE)
        entry = AuditEntry(
            server.org.new_id("0Ym"), "changeIpRelaxationPolicy", "Application", text, at, colleague.id
        )
        server.org.audit_trail.append(entry)
