"""Pieces of packages that the deploy tests share."""

from typing import Any

from sfharden.emulator.generate import PROFILE
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import parse

PROFILE_PATH = f"profiles/{PROFILE}.profile"
APP_PATH = "connectedApps/Azure_Logic_Apps.connectedApp"
SECURITY = "settings/Security.settings"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'


def problems(result: dict[str, Any]) -> list[str]:
    assert result["status"] == "Failed"
    assert result["success"] is False
    assert result["details"]["componentSuccesses"] == []
    return [one["problem"] for one in result["details"]["componentFailures"]]


def ranges_of(org: DemoOrg, path: str = PROFILE_PATH) -> list[tuple[str, str]]:
    tree = parse(org.metadata[path])
    return [(one.value("startAddress"), one.value("endAddress")) for one in tree.all("loginIpRanges")]


def profile(inner: str) -> bytes:
    return HEAD + f'<Profile xmlns="http://soap.sforce.com/2006/04/metadata">{inner}</Profile>'.encode()


def login_range(start: str, end: str) -> str:
    return (
        f"<loginIpRanges><endAddress>{end}</endAddress><startAddress>{start}</startAddress></loginIpRanges>"
    )


def security(inner: str) -> bytes:
    return (
        HEAD
        + f'<SecuritySettings xmlns="http://soap.sforce.com/2006/04/metadata">{inner}</SecuritySettings>'.encode()
    )
