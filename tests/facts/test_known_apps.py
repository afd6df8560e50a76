"""An app is known if any source knows it, and a name leads to one app, to both sides of a migrated one, or to none."""

import pytest

from sfharden.emulator.derive import sync
from sfharden.emulator.generate import APP_LABEL, APP_NAME
from sfharden.emulator.state import DemoOrg
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model import kinds, org
from sfharden.model.org import AppRow, MenuItem
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import healthy, live
from tests.orgs.metadata import APP, HEALTHY

APP_FILE = f"connectedApps/{APP_NAME}.connectedApp"
OF_APP = ("app-admin-approved", "app-ip-enforced", "app-limited-to-integration-profile")
BY_ROWS = (
    "app-admin-approved",
    "app-limited-to-integration-profile",
    "tokens-held-by-integration-users",
    "tokens-issued-after-hardening",
)
BY_FILE_ONLY = ("app-ip-enforced", "app-refresh-token-bounded", "app-scopes-minimal")


def without_file(one: DemoOrg) -> None:
    """The app is installed, and its records stay, but the Metadata API doesn't name it."""
    del one.metadata[APP_FILE]


def self_authorised(one: DemoOrg) -> None:
    without_file(one)
    found = one.connected_app(APP_LABEL)
    assert found is not None
    found.admin_approved_only = False


def never_installed(one: DemoOrg) -> None:
    one.metadata[APP_FILE] = b""  # as a deploy that deletes it
    sync(one)
    for token in list(one.tokens):
        if token.app_name == APP_LABEL:
            one.tokens.put(token._replace(app_menu_item_id=None, application_id=None))


# Known by its records ------------------------------------------------------------------------


@pytest.mark.parametrize("control", BY_ROWS)
def test_f021_what_the_rows_tell_counts(control: str) -> None:
    """Right, since the records are Salesforce's own: ConnectedApplication says who may use the app
    (OptionsAllowAdminApprovedUsersOnly), SetupEntityAccess who is approved, and a token's menu item which app it is of
    (Object Reference). All of them were read whole, and no metadata is there that could say otherwise.
    """
    assert live.status(live.org_with(without_file), control) == "pass"


def test_f021_a_row_that_is_there_may_fail() -> None:
    result = live.verdict(live.org_with(self_authorised), "app-admin-approved")
    assert (result.status.value, result.evidence[0].source) == ("fail", org.APPS)


@pytest.mark.parametrize("control", BY_FILE_ONLY)
def test_f021_what_only_metadata_tells_stays_unknown_with_the_place_to_look_at(control: str) -> None:
    result = live.verdict(live.org_with(without_file), control)
    assert result.status.value == "unknown"
    assert "Setup, Manage Connected Apps" in result.message


def test_f021_what_is_unknown_is_so_for_that_app_alone() -> None:
    snapshot = live.org_with(without_file)
    other = live.INTEGRATION.model_copy(update={"app": "Reporting Sync"})
    for control in BY_FILE_ONLY:
        assert live.status(snapshot, control, other) == live.status(live.healthy(), control, other)


def test_an_app_whose_file_could_not_be_read_passes_nothing_by_its_record_and_may_fail_by_it() -> None:
    unread = live.unread(kinds.CONNECTED_APP, APP_NAME)
    assert live.status(unread, "app-admin-approved") == "unknown"
    assert unread.org is not None
    denied = tuple(one._replace(admin_approved=False) for one in unread.org.apps or ())
    found = unread.model_copy(update={"org": unread.org.model_copy(update={"apps": denied})})
    assert live.status(found, "app-admin-approved") == "fail"


def test_metadata_that_was_not_read_at_all_may_be_there() -> None:
    gap = Gap(what="ConnectedApp (all)", reason="refused", kind=kinds.CONNECTED_APP)
    rest = tuple(one for one in live.healthy().components if one.kind != kinds.CONNECTED_APP)
    snapshot = live.healthy().model_copy(update={"components": rest, "gaps": (gap,)})
    (app,) = Index(snapshot).sides(APP_LABEL)
    assert (app.parts, "refused" in app.unread) == ((), True)
    assert live.status(snapshot, "app-admin-approved") == "unknown"


def test_a_second_app_of_the_same_label_is_a_look_alike_whoever_tells_of_it() -> None:
    twin = AppRow("0H4TWIN", APP_LABEL, "", False, True)
    snapshot = live.changed(apps=(*live.table("apps"), twin))
    with pytest.raises(CannotTell, match="give the API name"):
        Index(snapshot).app(APP_LABEL)
    assert Index(snapshot).app(APP_NAME).parts


def test_menu_items_and_tokens_tell_of_apps_whose_records_may_be_missing() -> None:
    items = (MenuItem("0DS1", "0H4HIDDEN", "Hidden", "Hidden_App", "ConnectedApplication"),)
    gap = Gap(what="apps", reason="refused", kind=org.APPS)
    snapshot = live.changed(
        gap, apps=None, menu_items=items, tokens=(live.token(app_id="0xISEEN", app_label="Seen"),)
    )
    found = {app.name: app.kind for app in Index(snapshot).apps if not app.parts}
    assert found == {"Hidden_App": "connected-app", "Seen": "external-client-app"}
    whole = live.changed(menu_items=items)
    assert "Hidden_App" not in {app.name for app in Index(whole).apps}  # a row that leads nowhere


# Nobody's ------------------------------------------------------------------------------------


@pytest.mark.parametrize("control", OF_APP)
def test_f020_an_app_that_nobody_installed_is_called_so_with_the_way_to_install_it(control: str) -> None:
    result = live.verdict(live.org_with(never_installed), control)
    assert result.status.value == "unknown"
    assert "nobody installed the app" in result.message
    assert "Setup, Connected Apps OAuth Usage, Install" in result.message


def test_f020_its_tokens_fail_by_their_name() -> None:
    assert live.by_subject(live.org_with(never_installed), "app-installed")[APP_LABEL] == "fail"


@pytest.mark.parametrize("kind", [org.APPS, org.EXTERNAL_APPS])
def test_nobody_is_said_to_have_installed_nothing_while_apps_may_be_missing(kind: str) -> None:
    never = live.org_with(never_installed)
    gap = Gap(what="apps", reason="refused", kind=kind)
    snapshot = never.model_copy(update={"gaps": (*never.gaps, gap)})
    with pytest.raises(CannotTell, match=r"not all apps were: .*refused"):
        Index(snapshot).app(APP_LABEL)


def test_a_slip_that_is_the_name_of_an_app_that_nobody_installed_may_be_a_slip_all_the_same() -> None:
    """A look-alike's name is a slip away from the app's, and is not to be installed for that."""
    fake = live.token(app_label="Azure Logic App", app_id="")
    with pytest.raises(CannotTell) as told:
        Index(live.changed(tokens=(*live.table("tokens"), fake))).app("Azure Logic App")
    assert "nobody installed the app" in told.value.reason
    assert told.value.reason.endswith(f"Did you mean '{APP_LABEL}'?")


def test_a_name_that_not_even_a_token_bears_is_a_misspelling() -> None:
    with pytest.raises(CannotTell, match=f"Did you mean '{APP_LABEL}'"):
        Index(live.healthy()).app("Azure Logik Apps")


# Two sides -----------------------------------------------------------------------------------

BOTH = {**healthy.EXTERNAL, APP: HEALTHY[APP]}


def sides(name: str, kind: str = "", snapshot: Snapshot | None = None) -> list[str]:
    return [app.kind for app in Index(snapshot or healthy.snapshot(BOTH)).sides(name, kind)]


@pytest.mark.parametrize("name", ["Azure Logic Apps", "Azure_Logic_Apps", "azure logic apps"])
def test_a_migrated_app_has_two_sides_unless_a_kind_is_given(name: str) -> None:
    assert sides(name) == ["connected-app", "external-client-app"]
    for kind in ("connected-app", "external-client-app"):
        assert sides(name, kind) == [kind]


def test_who_needs_one_of_two_sides_is_told_how_to_say_which() -> None:
    with pytest.raises(CannotTell) as told:
        Index(healthy.snapshot(BOTH)).app("Azure Logic Apps")
    assert "app: {name: Azure Logic Apps, kind: connected-app}" in told.value.reason


def test_two_apps_of_one_label_and_other_api_names_are_told_apart_by_these() -> None:
    renamed = APP.replace("Azure_Logic_Apps", "Old_Azure")
    files = {**healthy.EXTERNAL, renamed: HEALTHY[APP]}
    snapshot = healthy.snapshot(files)
    assert sides("Azure Logic Apps", snapshot=snapshot) == ["connected-app", "external-client-app"]
    keys_differ = healthy.swapped(files, renamed, ("3MVG9SECRETLIKE", "3MVG9OTHER"))
    assert sides("Old_Azure", snapshot=healthy.snapshot(keys_differ)) == ["connected-app"]


def test_a_kind_that_no_app_of_the_name_has_is_told_with_the_one_it_has() -> None:
    with pytest.raises(CannotTell, match="but a connected-app of that name"):
        sides("Azure Logic Apps", "external-client-app", healthy.snapshot(healthy.CONNECTED))


@pytest.mark.parametrize(("given", "wanted"), [("Azure Logic Apps", True), ("Azure_Logic_Apps", False)])
def test_a_hint_never_asks_for_what_was_given(given: str, wanted: bool) -> None:
    """Three apps of one label; of one API name there can be two, one of each kind."""
    third = APP.replace("Azure_Logic_Apps", "Third")
    snapshot = healthy.snapshot({**BOTH, third: HEALTHY[APP]})
    if not wanted:
        assert len(sides(given, snapshot=snapshot)) == 2
        return
    with pytest.raises(CannotTell) as told:
        sides(given, snapshot=snapshot)
    assert "give the API name" in told.value.reason
