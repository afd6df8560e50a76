"""Names of profiles and apps, hard and hostile ones, through a whole reading of the embedded org."""

from dataclasses import replace

import pytest

from sfharden.emulator import kinds as demo_kinds
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import APP_NAME, PROFILE, healthy_org
from sfharden.emulator.http.server import serve
from sfharden.emulator.records import Knobs
from sfharden.emulator.templates import connected_app_xml
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.snapshot import Snapshot
from tests.orgs.reading import EVERYTHING, NOW, Event, read, read_once, reasons
from tests.orgs.sized import HARD_NAMES, sized_org


def names(snapshot: Snapshot, kind: str) -> set[str]:
    return {one.name for one in snapshot.of_kind(kind)}


def test_hard_names_are_joined_by_their_record() -> None:
    """%, ', &, /, quotes, Japanese: by the id that the list carries, never by guessing from the name."""
    org = sized_org(NOW, profiles=8, apps=2, users=8, tokens=0)
    snapshot = read_once(org).snapshot
    assert set(HARD_NAMES) <= names(snapshot, kinds.PROFILE)
    assert snapshot.org is not None
    for label in HARD_NAMES:
        (row,) = [one for one in snapshot.org.profiles or () if one.label == label]
        assert row.api_name == label
    assert reasons(snapshot, kinds.PROFILE) == []


@pytest.mark.parametrize(
    "label", [*HARD_NAMES, "%25 of %", "a%2Fb", "x' OR Name != '", "]]>&amp;<b>", "🙂", "é"]
)
def test_any_name_of_an_app_survives_the_way(label: str) -> None:
    org = healthy_org(NOW)
    path = f"connectedApps/{demo_kinds.encode_name(label)}.connectedApp"
    org.metadata[path] = connected_app_xml("Azure Logic Apps", profiles=[PROFILE])
    sync(org)
    snapshot = read_once(org).snapshot
    assert snapshot.gaps == ()
    assert label in names(snapshot, kinds.CONNECTED_APP)
    assert snapshot.org is not None
    both = [one for one in snapshot.org.apps or () if one.label == "Azure Logic Apps"]
    # An app with the label of a trusted one has a record and an API name of its own.
    assert {one.api_name for one in both} == {APP_NAME, label}
    assert len({one.id for one in both}) == 2


@pytest.mark.parametrize(
    "path",
    [
        f"profiles/{PROFILE}.profile",
        f"connectedApps/{APP_NAME}.connectedApp",
        "settings/Security.settings",
        "externalClientApps/Reporting_Sync.eca",
    ],
)
def test_what_vanishes_between_list_and_retrieve_is_a_gap(path: str) -> None:
    org = healthy_org(NOW)

    def hide() -> None:
        org.knobs = replace(org.knobs, unlisted=frozenset({path}))

    with serve(org) as server:
        server.faults = [Event(r" retrieve$", hide)]
        snapshot = read(server, wanted=EVERYTHING).snapshot
    assert [gap for gap in snapshot.gaps if path.rpartition("/")[2].rpartition(".")[0] in gap.what]


def test_an_app_whose_metadata_is_not_listed_has_no_api_name() -> None:
    """It has a record, so it's known to be there; its policy is not, and nothing of it can pass."""
    org = healthy_org(NOW)
    org.knobs = Knobs(unlisted=frozenset({f"connectedApps/{APP_NAME}.connectedApp"}))
    snapshot = read_once(org).snapshot
    assert snapshot.org is not None
    (row,) = [one for one in snapshot.org.apps or () if one.label == "Azure Logic Apps"]
    assert row.api_name == ""
    assert APP_NAME not in names(snapshot, kinds.CONNECTED_APP)


@pytest.mark.parametrize("gone", ["connected_apps", "external_apps"])
def test_an_app_whose_record_is_not_shown_is_a_gap(gone: str) -> None:
    org = healthy_org(NOW)
    getattr(org, gone).clear()
    (reason,) = set(reasons(read_once(org).snapshot, tables.APPS))
    assert reason in ("its metadata is listed, its record isn't", "it has no record id")
