"""The index: a profile or an app by name, known for sure, or a reason why not."""

import pytest

from sfharden.emulator.generate import APP_LABEL, APP_NAME, PROFILE
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.org import AppRow
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import served
from tests.orgs.files import APP, CONNECTED, EXTERNAL, HEALTHY, login_range, snapshot_of, swapped
from tests.orgs.files import PROFILE as PROFILE_FILE

ECA = "Azure_Logic_Apps"


def reason(snapshot: Snapshot, profile: str = "", app: str = "") -> str:
    with pytest.raises(CannotTell) as told:
        _ = Index(snapshot).profile(profile) if profile else Index(snapshot).app(app)
    return told.value.reason


# Profiles of files -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Logic Apps Integration", "logic  apps INTEGRATION"])
def test_a_profile_is_found_without_case(name: str) -> None:
    assert Index(snapshot_of(HEALTHY)).profile(name).name == "Logic Apps Integration"


@pytest.mark.parametrize("name", ["Admin", "System Administrator"])
def test_a_standard_profile_is_found_by_either_name(name: str) -> None:
    assert Index(snapshot_of(HEALTHY)).profile(name).name == "Admin"


def test_a_profile_that_was_not_read_is_no_profile_and_the_nearest_is_named() -> None:
    said = reason(snapshot_of(HEALTHY), "Logic App Integration")
    assert said == "no profile named 'Logic App Integration' was read. Did you mean 'Logic Apps Integration'?"


def test_a_file_that_can_not_be_read_hides_its_own_profile_only() -> None:
    gap = Gap(what="x.profile", reason="cut off", kind=kinds.PROFILE, name="logic apps integration")
    assert reason(snapshot_of(HEALTHY, gap), "Logic Apps Integration") == "x.profile can't be read: cut off"
    assert Index(snapshot_of(HEALTHY, gap)).profile("Admin").name == "Admin"


def test_two_files_of_one_profile_may_only_agree() -> None:
    twice = {**HEALTHY, f"b/{PROFILE_FILE}": HEALTHY[PROFILE_FILE]}
    assert Index(snapshot_of(twice)).profile("Logic Apps Integration").file in twice
    more = login_range("203.0.113.77", "203.0.113.77")
    for old, new in (
        ("<custom>true", f"{more}<custom>true"),
        ("<custom>true", "<custom>false"),
        ("ApiEnabled", "ViewSetup"),
    ):
        other = swapped(twice, f"b/{PROFILE_FILE}", (old, new))
        assert "2 files describe the profile" in reason(snapshot_of(other), "Logic Apps Integration")


# Apps of files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Azure Logic Apps", "azure_logic_apps", "AZURE LOGIC APPS"])
@pytest.mark.parametrize("files", [CONNECTED, EXTERNAL])
def test_an_app_is_found_by_label_and_api_name(files: dict[str, str], name: str) -> None:
    assert Index(snapshot_of(files)).app(name).name == "Azure_Logic_Apps"


def test_the_api_name_goes_before_another_app_s_label() -> None:
    other = HEALTHY[APP].replace("<label>Azure Logic Apps", "<label>Other")
    files = {**HEALTHY, "connectedApps/Other.connectedApp": other.replace("Other", "Azure_Logic_Apps")}
    assert Index(snapshot_of(files)).app("Azure_Logic_Apps").where.startswith(APP)


def test_two_apps_of_one_label_need_the_api_name() -> None:
    files = {**HEALTHY, "connectedApps/Twin.connectedApp": HEALTHY[APP]}
    said = reason(snapshot_of(files), app="Azure Logic Apps")
    assert said.startswith("2 apps are named 'Azure Logic Apps': ")
    assert said.endswith("give the API name")
    assert Index(snapshot_of(files)).app("Twin").name == "Twin"


@pytest.mark.parametrize("kind", [kinds.CONNECTED_APP, *kinds.EXTERNAL_KINDS])
def test_a_file_of_the_app_that_can_not_be_read_hides_it_by_either_name(kind: str) -> None:
    gap = Gap(what="a.file", reason="cut off", kind=kind, name="azure_logic_apps")
    own, other = (HEALTHY, EXTERNAL) if kind == kinds.CONNECTED_APP else (EXTERNAL, HEALTHY)
    for name in ("Azure_Logic_Apps", "Azure Logic Apps"):
        app = Index(snapshot_of(own, gap)).app(name)
        with pytest.raises(CannotTell, match=r"a\.file can't be read: cut off"):
            app.ip_relaxation()
        # Of the other kind, it may be the other side of a migrated app.
        assert reason(snapshot_of(other, gap), app=name) == "a.file can't be read: cut off"
    gone = {path: text for path, text in HEALTHY.items() if path != APP}
    assert reason(snapshot_of(gone, gap), app="Azure_Logic_Apps") == "a.file can't be read: cut off"


def test_an_app_that_was_not_read_is_told_with_the_nearest() -> None:
    assert "Did you mean 'Azure Logic Apps'?" in reason(snapshot_of(HEALTHY), app="Azure Logic App")


# A running org ---------------------------------------------------------------------------------


def test_files_have_no_tables_and_an_org_has() -> None:
    assert not Index(snapshot_of(HEALTHY)).live
    assert Index(served.healthy()).live


def test_a_profile_of_an_org_is_found_by_its_record() -> None:
    assert Index(served.healthy()).profile("system administrator").name == "Admin"
    rows = tuple(
        one._replace(api_name="") if one.label == PROFILE else one for one in served.table("profiles")
    )
    assert "its metadata was not listed" in reason(served.changed(profiles=rows), PROFILE)


def test_a_profile_whose_file_did_not_come_is_not_found() -> None:
    gone = served.unread(kinds.PROFILE, PROFILE)
    assert "did not hand it out" in reason(gone, PROFILE)
    silent = gone.model_copy(update={"gaps": ()})
    assert reason(silent, PROFILE) == f"0 metadata files of the profile '{PROFILE}' were read"


@pytest.mark.parametrize("name", ["Azure\u00a0Logic Apps", "A\u200bzure_Logic_Apps", "Azure_Logic_App\u017f"])
def test_a_name_that_only_looks_the_same_is_not_taken_for_the_app(name: str) -> None:
    assert reason(served.healthy(), app=name)


def test_another_app_of_the_org_with_the_label_makes_it_unsure() -> None:
    twin = AppRow("0H4TWIN", APP_LABEL, "Twin", False, True)
    more = served.changed(apps=(*served.table("apps"), twin))
    assert reason(more, app=APP_LABEL).endswith("give the API name")
    assert Index(more).app(APP_NAME).name == APP_NAME


def test_an_app_s_record_is_found_by_its_kind_too() -> None:
    index = Index(served.healthy())
    assert index.app_record(index.app(APP_NAME)).api_name == APP_NAME
    assert index.app_record(index.app("Reporting Sync")).external
