"""How old a snapshot file is: told by itself, counted by the day it's judged by, and what that takes away."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sfharden.model import org
from sfharden.model.snapshot import Snapshot, Source
from sfharden.sources.snapshot_age import as_written, told, why_old, without_the_outdated
from tests.orgs import azure_side as az
from tests.orgs.constants import NOW
from tests.orgs.tables import running

PLACE = Path("s.json")


def aged(days: float, **source: object) -> Snapshot:
    """A snapshot that was taken so many days ago, as it's told of."""
    snapshot = running().model_copy(update={"taken_at": NOW - timedelta(days=days)})
    return told(snapshot.model_copy(update={"source": snapshot.source.model_copy(update=source)}), PLACE, NOW)


def test_it_says_what_it_is() -> None:
    source = aged(3.5).source
    assert (source.kind, source.origin, source.file, source.signed) == ("snapshot", "org", "s.json", False)
    assert (source.age_days, source.taken_at) == (3, NOW - timedelta(days=3.5))


def test_what_the_file_says_of_its_own_age_and_place_counts_for_nothing() -> None:
    lies = {"kind": "snapshot", "origin": "org", "age_days": 0, "file": "x", "taken_at": NOW, "signed": None}
    assert aged(100, **lies).source == aged(100).source


@pytest.mark.parametrize(
    ("days", "most", "old"),
    [(0, 7, False), (6.99, 7, False), (7, 7, True), (1058, 7, True), (8, 9, False), (0, 0, True), (-0.5, 7, False),
     (-2, 7, True), (-2, 36_500, True)],
)  # fmt: skip
def test_beyond_its_age_only_settings_are_left(days: float, most: int, old: bool) -> None:
    snapshot = aged(days)
    left = without_the_outdated(snapshot, most)
    assert bool(why_old(snapshot.source, most)) is old
    if not old:
        assert left == snapshot
        return
    assert left.org
    tables = left.org
    assert [tables.tokens, tables.external_tokens, tables.logins, tables.sessions] == [None] * 4
    assert (left.org.users, left.components) == (snapshot.org and snapshot.org.users, snapshot.components)
    kinds = {gap.kind for gap in left.gaps}
    assert kinds >= {org.TOKENS, org.EXTERNAL_TOKENS, org.LOGINS, org.SESSIONS}
    assert {gap.reason for gap in left.gaps} == {why_old(snapshot.source, most)}


def test_one_that_does_not_say_when_is_too_old() -> None:
    snapshot = told(running().model_copy(update={"taken_at": None}), PLACE, NOW)
    assert snapshot.source.age_days is None
    assert "doesn't say when" in why_old(snapshot.source, 7)


@pytest.mark.parametrize("moment", [NOW, NOW - timedelta(days=400)])
def test_a_running_org_is_never_too_old(moment: datetime) -> None:
    snapshot = running().model_copy(update={"taken_at": moment})
    assert without_the_outdated(snapshot, 7) == snapshot


def test_metadata_files_have_nothing_that_time_decides() -> None:
    files = running().model_copy(
        update={"org": None, "source": Source(kind="files", name="x"), "taken_at": None}
    )
    snapshot = told(files, PLACE, NOW)
    assert without_the_outdated(snapshot, 7) == snapshot
    assert snapshot.source.is_files


def test_a_copy_of_a_file_is_no_younger() -> None:
    written = running().model_copy(update={"taken_at": NOW - timedelta(days=30)})
    again = as_written(told(written, PLACE, NOW))
    assert again == written == as_written(written)
    assert told(again, PLACE, NOW).source.age_days == 30


SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-000000000001"
OF_A_MOMENT = (
    f"{az.WORKFLOW}/providers/Microsoft.Authorization/roleAssignments",
    f"{az.CONNECTION}/providers/microsoft.authorization/roleEligibilityScheduleInstances",
    f"{az.WORKFLOW}/providers/Microsoft.Authorization/denyAssignments",
    f"{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values?resource=/x",
    f"{SUBSCRIPTION}/providers/Microsoft.Insights/diagnosticSettings",
    "/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Insights/diagnosticSettings",
)
SETTINGS = (
    f"{az.WORKFLOW}/providers/Microsoft.Insights/diagnosticSettings",
    f"{az.CONNECTION}/accessPolicies",
)


def azure_side(days: float, azure_days: float | None, *, org: bool = False) -> Snapshot:
    """A snapshot of so many days ago with an Azure side that was read before it, or doesn't say when."""
    read = az.snapshot(az.workflow(), lists=tuple(az.listed(path) for path in (*OF_A_MOMENT, *SETTINGS)))
    read = read.model_copy(
        update={"taken_at": None if azure_days is None else NOW - timedelta(days=azure_days)}
    )
    more: dict[str, object] = (
        {} if org else {"org": None, "components": {}, "source": Source(kind="azure", name="x")}
    )
    whole = running().model_copy(update={"azure": read, "taken_at": NOW - timedelta(days=days), **more})
    return told(whole, PLACE, NOW)


@pytest.mark.parametrize("org", [True, False])
@pytest.mark.parametrize(
    ("days", "azure_days", "old"),
    [(0, 0, False), (6, None, False), (8, None, True), (8, 8, True), (1, 300, True)],
)
def test_of_an_old_azure_side_settings_alone_are_left(
    days: float, azure_days: float | None, *, old: bool, org: bool
) -> None:
    snapshot = azure_side(days, azure_days, org=org)
    left = without_the_outdated(snapshot, 7).azure
    assert left
    if not old:
        assert left == snapshot.azure
        return
    assert [one.path for one in left.lists] == list(SETTINGS)
    assert [gap.path for gap in left.gaps] == list(OF_A_MOMENT)
    assert left.resources == (snapshot.azure and snapshot.azure.resources)
    age = f"{max(days, azure_days or 0)} days old"
    assert all(age in text for text in (*(gap.reason for gap in left.gaps), left.warnings[-1]))


def test_an_azure_side_of_which_no_day_is_known_says_nothing_of_now() -> None:
    snapshot = told(azure_side(0, None).model_copy(update={"taken_at": None}), PLACE, NOW)
    left = without_the_outdated(snapshot, 7).azure
    assert left
    assert "doesn't say when" in left.gaps[0].reason
