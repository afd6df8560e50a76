"""Every app, the worst first; what users gave tokens to without an app; and only controls that ask about apps."""

from sfharden.checks.every_app import AppsReport, judge_apps
from sfharden.checks.registry import CHECKS
from sfharden.model import kinds
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import served
from tests.orgs.constants import APP_NAME, NOW
from tests.orgs.judging import shipped


def judged(snapshot: Snapshot) -> AppsReport:
    return judge_apps(snapshot, shipped(), (), NOW, "0")


def test_every_control_asks_about_an_app_alone_or_whether_it_is_installed() -> None:
    found = judged(served.healthy())
    assert all(CHECKS[one.check].alone or one.check == "apps_installed" for one in found.controls)
    asked = {one.id for one in found.controls}
    assert {"app-admin-approved", "app-device-flow-off", "connected-app-end-of-support"} <= asked


def test_the_worst_stands_first() -> None:
    bad = served.with_value(
        served.healthy(), kinds.CONNECTED_APP, APP_NAME, "oauthPolicy.ipRelaxation", "BYPASS"
    )
    found = judged(bad).apps
    assert found[0].name == APP_NAME
    assert [one.badness for one in found] == sorted((one.badness for one in found), reverse=True)


def test_a_package_is_named_as_the_publisher() -> None:
    assert {one.publisher for one in judged(served.healthy()).apps} == {"", "courier"}


def test_what_nobody_installed_has_a_row_of_its_own() -> None:
    strange = served.token(app_id="", app_label="Azure Logic App")
    worst = judged(served.changed(tokens=(*served.table("tokens"), strange))).apps
    (row,) = (one for one in worst if one.kind == "not installed")
    assert row.name == "Azure Logic App"
    assert row.results["app-installed"].status.value == "fail"


def test_enforcing_without_a_profile_to_look_at_is_for_a_person_to_judge() -> None:
    (row,) = (one for one in judged(served.healthy()).apps if one.name == APP_NAME)
    assert row.results["app-ip-enforced"].status.value == "manual"


def rotation(snapshot: Snapshot, name: str) -> str:
    (row,) = (one for one in judged(snapshot).apps if one.name == name)
    return row.results["app-refresh-token-rotation"].status.value


def test_what_no_call_shows_is_left_to_a_person_and_what_was_not_read_is_unknown() -> None:
    assert rotation(served.healthy(), "courier__Courier") == "manual"  # its developer's, not shown
    assert (
        rotation(served.healthy(), "Vault") == "unknown"
    )  # the org hands out no file, and nothing says whose it is
    element = "oauthConfig.isRefreshTokenRotationEnabled"
    own = served.with_value(served.healthy(), kinds.CONNECTED_APP, APP_NAME, element, None)
    assert rotation(own, APP_NAME) == "unknown"  # it should be there
    assert rotation(served.unread(kinds.CONNECTED_APP, APP_NAME), APP_NAME) == "unknown"
    damaged = served.with_value(served.healthy(), kinds.CONNECTED_APP, "courier__Courier", element, "perhaps")
    assert rotation(damaged, "courier__Courier") == "unknown"


def test_an_app_without_a_name_has_its_row_and_its_failure() -> None:
    nameless = served.token(app_id="", app_label="")
    found = judged(served.changed(tokens=(*served.table("tokens"), nameless))).apps
    (row,) = (one for one in found if one.kind == "not installed")
    assert row.label == "(no name)"
    assert row.results["app-installed"].status.value == "fail"


def test_what_failed_to_be_read_is_not_taken_for_kept_back() -> None:
    """Of an external client app the developer's settings may be kept back, or their reading may have failed."""
    assert rotation(served.healthy(), "Reporting_Sync") == "manual"
    for kind in (kinds.EXTERNAL_OAUTH, kinds.EXTERNAL_GLOBAL_OAUTH):
        failed = served.changed(Gap(what=kind, reason="the org didn't answer", kind=kind))
        assert rotation(failed, "Reporting_Sync") == "unknown"


def test_a_subscribers_own_part_of_a_packaged_app_should_be_there() -> None:
    silent = served.with_value(
        served.healthy(), kinds.CONNECTED_APP, "courier__Courier", "oauthPolicy.ipRelaxation", None
    )
    (row,) = (one for one in judged(silent).apps if one.name == "courier__Courier")
    assert row.results["app-ip-enforced"].status.value == "unknown"
