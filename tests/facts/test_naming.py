"""What of an integration file has to be mended first: names that lead nowhere, and what init left to be replaced."""

from typing import Any

import pytest

from sfharden.facts.index import Index
from sfharden.facts.naming import lost_names, to_mend
from sfharden.model import org
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs.constants import INTEGRATION, OTHER_USER, SERVICE_USER
from tests.orgs.files import HEALTHY, PROFILE, snapshot_of, without
from tests.orgs.tables import FILES, PROFILES, USERS, running

OWN_PROFILE = PROFILES[0].id
SLIPS = [
    ({"app": "Azure Logic App"}, "app", "Azure Logic Apps"),
    ({"profile": "logic apps integratoin"}, "profile", "Logic Apps Integration"),
    ({"users": ("svcc@acme.example",)}, "users", SERVICE_USER),
]


def mended(snapshot: Snapshot, **changes: Any) -> tuple[str, ...]:
    return to_mend(Index(snapshot), INTEGRATION.model_copy(update=changes))


def test_good_names_need_no_mending() -> None:
    assert mended(running()) == mended(snapshot_of(HEALTHY)) == ()


@pytest.mark.parametrize(("changes", "key", "near"), SLIPS)
def test_each_name_that_leads_nowhere_is_told_with_the_near_one(
    changes: dict[str, Any], key: str, near: str
) -> None:
    (told,) = mended(running(), **changes)
    assert told.startswith(f"crm-sync, {key}: ")
    assert told.endswith(f"Did you mean '{near}'?")


def test_a_name_that_nothing_is_near_leads_nowhere_in_an_org_and_may_lead_anywhere_in_files() -> None:
    strange = INTEGRATION.model_copy(update={"app": "Zeppelin", "profile": "Quartz"})
    assert [one.key for one in lost_names(Index(running()), strange)] == ["app", "profile"]
    assert lost_names(Index(snapshot_of(HEALTHY)), strange) == ()


@pytest.mark.parametrize(
    ("changes", "near"), [(changes, near) for changes, key, near in SLIPS if key != "users"]
)
def test_files_tell_of_a_slip_too(changes: dict[str, Any], near: str) -> None:
    (told,) = mended(snapshot_of(HEALTHY), **changes)
    assert near in told


@pytest.mark.parametrize(
    ("kind", "changes"),
    [(org.USERS, {"users": ("svcc@acme.example",)}), (org.PROFILES, {"profile": "logic apps integratoin"})],
)
def test_what_was_not_read_completely_is_not_called_lost(kind: str, changes: dict[str, Any]) -> None:
    gap = Gap(what="some", reason="cut off", kind=kind)
    assert mended(running(FILES, gap), **changes) == ()


def test_what_could_not_be_read_is_not_called_lost() -> None:
    gap = Gap(what="x.profile", reason="cut off", kind="Profile", name=INTEGRATION.profile)
    assert mended(snapshot_of(without(PROFILE), gap)) == ()


def test_each_lost_user_is_told_and_nobody_who_is_named_already_is_meant() -> None:
    first, second = mended(running(), users=("svcc@acme.example", SERVICE_USER, "danna@acme.example"))
    assert "'svcc@acme.example'" in first
    assert "Did you mean" not in first
    assert f"Did you mean '{OTHER_USER}'" in second


def test_a_stranger_is_not_suggested_where_the_profiles_own_user_is_near() -> None:
    stranger = USERS[2]._replace(username="svcs@acme.example")
    own = USERS[0]._replace(username="svcs-1@acme.example")
    for name in ("svcs2@acme.example", "svcs-@acme.example"):
        (told,) = mended(running(users=(stranger, own)), users=(name,))
        assert told.endswith("Did you mean 'svcs-1@acme.example'?")
        (told,) = mended(running(users=(stranger, own)), users=(name,), profile="Logic Apps Integratio")[1:]
        assert told.endswith("Did you mean 'svcs-1@acme.example'?")


def test_an_inactive_user_is_not_suggested() -> None:
    gone = USERS[0]._replace(active=False)
    (told,) = mended(running(users=(gone, *USERS[1:])), users=("svcc@acme.example",))
    assert "Did you mean" not in told


def test_what_init_left_is_told_once() -> None:
    left = ("app: EDIT: name of the app", "users: EDIT@example.invalid")
    said = mended(running(), placeholders=left, app="EDIT: name of the app", users=("EDIT@example.invalid",))
    assert said == tuple(f"crm-sync, {one} still stands there as init wrote it" for one in left)
