"""The app's allowlist as a control: failing, passing and unreadable on both kinds of app, and by hand where nothing shows."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import load_policy
from sfharden.model import kinds
from sfharden.model.integration import Egress
from sfharden.model.results import Result
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import healthy
from tests.orgs.constants import NOW
from tests.orgs.files import APP, CONNECTED, ECA_GLOBAL, ECA_SECURITY, EXTERNAL, token_range
from tests.orgs.healthy import ECA
from tests.orgs.metadata import INTEGRATION
from tests.orgs.tables import running

CONTROL = "app-token-allowlist"
SWITCH = "<isIpBindingEnabled>true</isIpBindingEnabled>\n"
OWN = token_range("192.0.2.0", "192.0.2.15")
OPERATOR = token_range("198.51.100.7", "198.51.100.7")


def listing(*ranges: tuple[str, str]) -> healthy.Files:
    """The healthy org whose external client app has another list."""
    return healthy.swapped(EXTERNAL, ECA_SECURITY, (OWN, "\n".join(token_range(*pair) for pair in ranges)))


def switched(old: str, new: str) -> healthy.Files:
    return healthy.swapped(CONNECTED, APP, (old, new))


def verdict(files: healthy.Files, **changes: object) -> Result:
    return healthy.verdict(CONTROL, files, healthy.integration(**changes))


# A connected app --------------------------------------------------------------------------------


def test_a_connected_apps_list_that_is_on_is_compared_by_hand() -> None:
    found = verdict(CONNECTED)
    assert found.status.value == "manual"
    assert "App Manager" in found.message
    assert "192.0.2.0-192.0.2.15" in found.message


def test_a_connected_apps_list_that_is_off_fails() -> None:
    found = verdict(switched("isIpBindingEnabled>true", "isIpBindingEnabled>false"))
    assert found.status.value == "fail"
    assert found.severity.value == "medium"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SWITCH, ""),
        ("isIpBindingEnabled>true", "isIpBindingEnabled>on"),
        ("isIpBindingEnabled>", "isIpBindingEnable>"),
    ],
)
def test_a_connected_apps_switch_that_cannot_be_read_is_unknown(old: str, new: str) -> None:
    assert verdict(switched(old, new)).status.value == "unknown"


@pytest.mark.parametrize("version", ["62.0", "66.0", "67.0"])
def test_before_api_68_a_connected_app_is_unknown_and_it_is_said_which_version_shows_it(version: str) -> None:
    found = healthy.verdict(CONTROL, switched(SWITCH, ""), api_version=version)
    assert found.status.value == "unknown"
    assert f"API {version} doesn't show" in found.message
    assert "API 68.0" in found.message


def test_manual_never_keeps_a_run_from_0() -> None:
    assert CONTROL in [
        one.control for one in healthy.report(CONNECTED).results if one.status.value == "manual"
    ]
    assert not [
        one
        for one in healthy.report(CONNECTED, healthy.control(CONTROL)).results
        if one.is_finding or one.is_open
    ]


# An external client app -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([("192.0.2.0", "192.0.2.15")], "pass"),
        ([("192.0.2.0", "192.0.2.7"), ("192.0.2.8", "192.0.2.15"), ("198.51.100.7", "198.51.100.7")], "pass"),
        ([("192.0.2.0", "192.0.2.31")], "pass"),  # 16 more
        ([("192.0.2.0", "192.0.2.32")], "fail"),
        ([("192.0.2.1", "192.0.2.15")], "fail"),
        ([("198.51.100.7", "198.51.100.7")], "fail"),
        ([("0.0.0.0", "255.255.255.255")], "fail"),
        ([("0.0.0.0", "127.255.255.255"), ("128.0.0.0", "255.255.255.255")], "fail"),
        ([("192.0.2.0", "192.0.2.15"), ("2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")], "fail"),
        ([], "fail"),
        ([("192.0.2.0", "192.0.2.x")], "unknown"),
        ([("192.0.2.0", "")], "unknown"),
    ],
)
def test_an_external_client_apps_addresses(ranges: list[tuple[str, str]], expected: str) -> None:
    assert verdict(listing(*ranges)).status.value == expected


def test_missing_addresses_are_counted_and_named() -> None:
    found = verdict(listing(("192.0.2.0", "192.0.2.12")))
    assert "3 of 16 egress addresses are not in the app's allowlist: 192.0.2.13-192.0.2.15" in found.message


def test_more_than_salesforce_takes_is_no_list() -> None:
    many = [(f"192.0.2.{number}", f"192.0.2.{number}") for number in range(129)]
    found = healthy.verdict(CONTROL, listing(*many), surplus_addresses=1000)
    assert "at most 128 ranges" in found.message
    wide = healthy.verdict(CONTROL, listing(("192.0.2.0", "192.0.3.0")), surplus_addresses=1000)
    assert "256 addresses" in wide.message
    assert found.status.value == wide.status.value == "fail"


def test_egress_that_is_not_all_known_never_passes() -> None:
    gap = Gap(what="logic-app.json", reason="it holds no addresses")
    egress = Egress(addresses=INTEGRATION.egress.addresses, gaps=(gap,))
    assert verdict(EXTERNAL, egress=egress).status.value == "unknown"
    assert verdict(EXTERNAL, egress=Egress(addresses=AddressSet())).status.value == "unknown"
    assert verdict(listing(("198.51.100.7", "198.51.100.7")), egress=egress).status.value == "fail"


def test_egress_that_no_list_can_hold_is_said_with_what_would_fit() -> None:
    found = verdict(listing(), egress=["192.0.2.0/24", "2001:db8::/120"])
    assert found.status.value == "fail"
    assert "IPv4 only (256 addresses)" in found.message


def test_a_file_that_is_not_there_is_no_absence_unless_the_org_was_asked() -> None:
    files = healthy_without_list()
    assert verdict(files).status.value == "unknown"
    assert org_verdict(running(files, apps=(), metadata_asked=(kinds.EXTERNAL_OAUTH_SECURITY,))) == "fail"
    assert org_verdict(running(files, apps=())) == "unknown"


def healthy_without_list() -> dict[str, str]:
    return {path: text for path, text in EXTERNAL.items() if path != ECA_SECURITY}


def org_verdict(snapshot: Snapshot) -> str:
    by = INTEGRATION.model_copy(update={"app": "Azure_Logic_Apps"})
    (found,) = evaluate(snapshot, [healthy.policy_of(healthy.control(CONTROL))], [by], (), NOW, "0").results
    return found.status.value


# Both -------------------------------------------------------------------------------------------


def test_a_migration_that_lost_the_list_is_found() -> None:
    assert ECA in EXTERNAL
    both = {**listing(), APP: CONNECTED[APP]}
    found = verdict(both)
    assert found.status.value == "fail"
    assert "the migration doesn't carry it over" in found.message
    kept = verdict({**EXTERNAL, APP: CONNECTED[APP]})
    assert kept.status.value == "manual"  # one side is compared, the other by hand


def test_the_addresses_of_another_integration_of_the_app_are_no_surplus() -> None:
    other = healthy.integration(name="other", egress=["192.0.2.64/26"])
    both = listing(("192.0.2.0", "192.0.2.15"), ("192.0.2.64", "192.0.2.127"))
    alone = healthy.report(both, healthy.control(CONTROL)).results
    shared = healthy.report(both, healthy.control(CONTROL), by=[healthy.integration(), other]).results
    assert [one.status.value for one in alone] == ["fail"]
    assert [one.status.value for one in shared] == ["pass", "pass"]


# What the partner mandate exempts ---------------------------------------------------------------

_PARTNER = next(
    one for one in load_policy("salesforce-partner-2026").controls if one.id == "partner-token-allowlist"
)


@pytest.mark.parametrize(
    ("callbacks", "exempt"),
    [
        ("https://localhost:8080/cb", True), ("http://127.0.0.1/cb", True), ("myapp://done", True),
        ("https://acme.my.salesforce.com/services/authcallback/x", True),
        ("https://app.acme.example/cb", False), ("https://localhost.acme.example/cb", False),
        ("https://salesforce.com.acme.example/cb", False), ("https://evilsalesforce.com/cb", False),
        ("https://localhost/cb\nhttps://app.acme.example/cb", False), ("", False), ("no address at all", False),
        ("https://[::1", False),
    ],
)  # fmt: skip
def test_only_where_every_callback_is_exempt_no_list_is_asked_for(callbacks: str, exempt: bool) -> None:
    files = healthy.swapped(EXTERNAL, ECA_GLOBAL, ("https://logic-apps.acme.example/callback", callbacks))
    (result,) = healthy.report(files, _PARTNER).results
    assert (result.status.value == "not-applicable") is exempt
