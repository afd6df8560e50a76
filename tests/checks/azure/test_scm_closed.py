"""The SCM site of a Standard app: its callers and basic credentials."""

from typing import Any

import pytest

from sfharden.checks.azure.admitted import RangeLimits
from sfharden.checks.azure.scm_closed import judge_scm_closed
from sfharden.checks.common import Verdict
from sfharden.model.azure import AzureResource
from tests.orgs.azure_side import SITE, WEB, basic_credentials, context, gap, site, snapshot, web_config

OPEN = [{"ipAddress": "Any", "action": "Allow", "priority": 2147483647}]
OPENED = {"scmIpSecurityRestrictions": OPEN, "scmIpSecurityRestrictionsDefaultAction": "Allow"}


def judged(*resources: AzureResource, **more: Any) -> Verdict:
    (found,) = judge_scm_closed(context(snapshot(*resources, **more)), RangeLimits())
    return found


def of(scm: Any = False, ftp: Any = False, **config: Any) -> Verdict:
    ways = (basic_credentials("scm", scm), basic_credentials("ftp", ftp))
    return judged(site(), web_config(**config), *ways)


@pytest.mark.parametrize(
    ("found", "status", "severity"),
    [
        (of(), "pass", None),
        (of(**OPENED, scmIpSecurityRestrictionsUseMain=True), "pass", None),
        (of(scmIpSecurityRestrictionsUseMain=True, ipSecurityRestrictions=OPEN), "fail", "medium"),
        (of(**OPENED), "fail", "medium"),
        (of(scm=True), "fail", "medium"),
        (of(ftp=True), "fail", "medium"),
        (of(scm=True, **OPENED), "fail", None),
        (of(scm=None), "unknown", None),
        (of(ftp="no"), "unknown", None),
        (of(scm=None, ftp=True), "fail", "medium"),
        (of(scmIpSecurityRestrictions=None), "unknown", None),
        (of(scmIpSecurityRestrictionsUseMain=None), "unknown", None),
        (of(scm=True, scmIpSecurityRestrictions=None), "fail", "medium"),
    ],
)
def test_each_property_decides(found: Verdict, status: str, severity: str | None) -> None:
    assert (found.status, found.severity) == (status, severity)


def test_unread_parts_are_unknown() -> None:
    ways = (basic_credentials("scm", False), basic_credentials("ftp", False))
    assert judged(site(), *ways, gaps=(gap(WEB),)).status == "unknown"
    unread = gap(f"{SITE}/basicPublishingCredentialsPolicies/ftp")
    assert judged(site(), web_config(), ways[0], gaps=(unread,)).status == "unknown"


def test_an_open_scm_site_behind_no_public_access_is_not_sure() -> None:
    ways = (basic_credentials("scm", False), basic_credentials("ftp", False))
    assert judged(site(publicNetworkAccess="Disabled"), web_config(**OPENED), *ways).status == "unknown"


def test_a_pass_tells_both_parts() -> None:
    assert len(of().evidence) == 3
