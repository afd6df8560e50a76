"""The app's allowlist in a plan: a file of its own, new addresses first and old ones later, by hand where no file has it."""

from collections.abc import Mapping
from typing import Any

import pytest

from sfharden.addresses import AddressSet
from sfharden.emulator.generate import APP_LABEL, EGRESS, healthy_org
from sfharden.emulator.http.server import serve
from sfharden.emulator.templates import allowlist_file
from sfharden.model import kinds
from sfharden.model.plan import Plan
from sfharden.plan.allowlist_changes import LATER, SETTING
from sfharden.plan.package import package_files, rollback_files
from sfharden.plan.planner import PlanResult
from tests.emulator.kit import NOW, client
from tests.orgs import served
from tests.orgs.files import APP, ECA_SECURITY, EXTERNAL, token_range
from tests.plan.kit import addresses, after, healthy, integration, only, planned
from tests.plan.test_plan_deploy import connected, planned_on, verdicts

OWN = token_range("192.0.2.0", "192.0.2.15")
CONTROL = "app-token-allowlist"


def listing(*ranges: tuple[str, str]) -> dict[str, bytes]:
    """The healthy files whose external client app has another list."""
    text = EXTERNAL[ECA_SECURITY].replace(OWN, "\n".join(token_range(*pair) for pair in ranges))
    return {path: one.encode() for path, one in {**EXTERNAL, ECA_SECURITY: text}.items()}


def listed(result: PlanResult) -> AddressSet:
    return AddressSet.of(only(result).after)


def said(plan: Plan) -> str:
    return " ".join((*plan.manual, *plan.notes, *plan.conditions))


# An external client app -------------------------------------------------------------------------


def test_a_list_that_is_right_stays_and_so_does_the_operators_address() -> None:
    assert planned(listing(("192.0.2.0", "192.0.2.15"))).plan.changes == ()
    fine = [("192.0.2.0", "192.0.2.15"), ("198.51.100.7", "198.51.100.7")]
    assert planned(listing(*fine)).plan.changes == ()
    assert planned(listing(("192.0.2.0", "192.0.2.31"))).plan.changes == ()  # within the tolerance


def test_a_list_that_is_empty_gets_the_egress_and_the_package_is_of_api_67() -> None:
    result = planned(listing())
    change = only(result)
    assert (change.kind, change.setting, change.control) == (kinds.EXTERNAL_OAUTH_SECURITY, SETTING, CONTROL)
    assert (change.before, change.after) == ((), ("192.0.2.0-192.0.2.15",))
    assert "<startIpAddress>192.0.2.0</startIpAddress>" in after(result, ECA_SECURITY)
    assert result.plan.api_version == "67.0"
    manifest = package_files(result)["package.xml"].decode()
    assert "<name>ExtlClntAppOauthSecuritySettings</name>" in manifest
    assert "<version>67.0</version>" in manifest
    assert "16 egress addresses in 1 range fit" in said(result.plan)
    assert rollback_files(result)[ECA_SECURITY] == listing()[ECA_SECURITY]


def test_new_addresses_come_first_and_old_ones_go_with_a_later_plan() -> None:
    old = listing(("192.0.2.0", "192.0.2.7"), ("203.0.113.0", "203.0.113.99"))
    first = planned(old)
    assert only(first).setting == SETTING
    assert listed(first) == AddressSet.of(["192.0.2.0/28", "203.0.113.0-203.0.113.99"])
    assert "keeps 203.0.113.0-203.0.113.99 for now" in said(first.plan)
    second = planned({**old, ECA_SECURITY: after(first, ECA_SECURITY).encode()})
    assert only(second).setting == LATER
    assert listed(second) == AddressSet.of(["192.0.2.0/28"])
    assert "when no call comes from there" in said(second.plan)
    third = planned({**old, ECA_SECURITY: after(second, ECA_SECURITY).encode()})
    assert third.plan.changes == ()


def test_old_and_new_addresses_that_do_not_fit_together_are_for_a_person() -> None:
    result = planned(listing(("203.0.113.0", "203.0.113.249")))
    assert result.plan.changes == ()
    assert "take out those that no call comes from (203.0.113.0-203.0.113.249)" in said(result.plan)


def test_egress_that_no_list_can_hold_is_told_with_what_would_fit() -> None:
    wide = integration(egress=addresses("192.0.2.0/28", "20.1.0.0/22"))
    result = planned(listing(), wide)
    assert kinds.EXTERNAL_OAUTH_SECURITY not in {one.kind for one in result.plan.changes}
    assert "don't fit" in said(result.plan)
    assert "NAT gateway" in said(result.plan)


def test_an_app_of_two_integrations_gets_the_addresses_of_both() -> None:
    other = integration(name="other", egress=addresses("192.0.2.0/28", "192.0.2.64/28"))
    result = planned(listing(), integration(), other)
    (change,) = [one for one in result.plan.changes if one.kind == kinds.EXTERNAL_OAUTH_SECURITY]
    assert change.after == ("192.0.2.0-192.0.2.15", "192.0.2.64-192.0.2.79")


@pytest.mark.parametrize(
    "files",
    [
        {path: text for path, text in listing().items() if path != ECA_SECURITY},
        listing(("192.0.2.0", "192.0.2.x")),
    ],
)
def test_a_list_that_was_not_read_is_never_overwritten(files: Mapping[str, bytes]) -> None:
    result = planned(files)
    assert result.plan.changes == ()
    assert "External Client App Manager" in said(result.plan)
    assert "can't be told" in said(result.plan)


# A connected app --------------------------------------------------------------------------------


def test_a_connected_apps_list_is_set_by_hand_and_one_that_is_on_is_left_alone() -> None:
    off = planned(healthy(app=healthy()[APP].replace(b"IpBindingEnabled>true", b"IpBindingEnabled>false")))
    assert off.plan.changes == ()
    assert "no metadata holds its addresses" in said(off.plan)
    assert "16 egress addresses in 1 range fit" in said(off.plan)
    assert "Refresh Token" not in said(planned(healthy()).plan)
    silent = healthy(app=healthy()[APP].replace(b"<isIpBindingEnabled>true</isIpBindingEnabled>", b""))
    assert "can't be told" in said(planned(silent).plan)


# On the embedded org ----------------------------------------------------------------------------


def reach(server: Any, source: str) -> bool:
    code = server.org.authorise(APP_LABEL, served.INTEGRATION.users[0])
    with client(server, source=source) as caller:
        status: int = caller.form("token", grant_type="authorization_code", code=code).status
        return status == 200


def test_a_missing_list_is_made_enforced_and_judged_and_a_migration_gets_its_list_back() -> None:
    org = healthy_org(NOW, external=True)
    (path,) = allowlist_file("Azure_Logic_Apps", [])
    del org.metadata[path]
    free = org.metadata["profiles/Logic Apps Integration.profile"]
    with serve(org) as server, client(server) as auditor, connected(server) as connection:
        assert verdicts(connection, served.INTEGRATION)[CONTROL] == {"fail"}
        result = planned_on(connection, served.INTEGRATION)
        (file,) = [one for one in result.files if one.kind == kinds.EXTERNAL_OAUTH_SECURITY]
        assert (file.before, file.member) == (None, path)
        assert any("rollback doesn't delete it" in one for one in result.plan.undo)
        assert auditor.deploy(package_files(result))["success"]
        assert verdicts(connection, served.INTEGRATION)[CONTROL] == {"pass"}
        assert planned_on(connection, served.INTEGRATION).plan.changes == ()
        assert reach(server, EGRESS[0])
        org.metadata["profiles/Logic Apps Integration.profile"] = free.replace(
            b"loginIpRanges", b"tabSettings"
        )
        assert not reach(server, "100.64.0.9")


def test_the_external_side_of_a_migrated_app_gets_back_what_the_migration_lost() -> None:
    result = planned({**listing(), APP: healthy()[APP]})
    assert only(result).kind == kinds.EXTERNAL_OAUTH_SECURITY
    assert listed(result) == AddressSet.of(["192.0.2.0/28"])
