"""Which app a token belongs to: by record where there is one, by label else, and never by a look-alike's name."""

from typing import Any

import pytest

from sfharden.facts.directory import Directory
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import AppRow, Token
from sfharden.model.snapshot import Gap
from sfharden.revocation.app_names import AppNames

from .kit import snapshot, token

SYNC = AppRow("0H4000000000001AAA", "Sync", "Sync_App", False, True)
TWIN = AppRow("0H4000000000002AAA", "Sync", "Twin", False, True)


def names(*tokens: Token, apps: tuple[AppRow, ...] = (SYNC,), **more: Any) -> AppNames:
    return AppNames(Directory(snapshot(tokens, apps=apps, **more)), tokens)


MANAGED = token(1, app_id=SYNC.id)
LABELLED = token(2, app_id="")


@pytest.mark.parametrize("name", ["Sync", "sync", "Sync_App", SYNC.id, SYNC.id[:15]])
def test_a_managed_app_s_token_is_known_by_any_of_its_names(name: str) -> None:
    found = names(MANAGED)
    assert found.knows(name)
    assert found.names(MANAGED, name)
    assert found.surely_names(MANAGED, name)


@pytest.mark.parametrize("name", ["", "Other", "Sync App", "0H4"])
def test_other_names_are_none(name: str) -> None:
    assert not names(MANAGED).knows(name)
    assert not names(MANAGED).names(MANAGED, name)


def test_a_name_that_only_a_token_bears_is_known_too() -> None:
    found = names(token(3, app_id="", app_label="Ghost"))
    assert found.knows("ghost")
    assert found.all_names() == ["Ghost", "Sync", "Sync_App"]


def test_selecting_by_a_label_takes_in_what_only_shares_it() -> None:
    # Revoking too much of one name is what was asked for; sparing by it is another matter.
    found = names(MANAGED, LABELLED)
    assert found.names(LABELLED, "Sync")
    with pytest.raises(CannotTell, match="nothing shows that it is that app"):
        found.surely_names(LABELLED, "Sync")


def test_two_apps_of_one_label_are_counted_and_told_apart_by_api_name() -> None:
    found = names(MANAGED, apps=(SYNC, TWIN))
    assert found.records_named("Sync") == 2
    assert found.records_named("Twin") == 1
    other = token(4, app_id=TWIN.id)
    assert not found.surely_names(other, "Sync_App")
    assert found.names(other, "Twin")


def test_a_token_without_app_and_label_can_not_be_told() -> None:
    with pytest.raises(CannotTell, match="its app was not told"):
        names(MANAGED).names(token(5, app_id="", app_label=""), "Sync")


def test_a_token_of_an_app_that_was_not_read_can_not_be_told_by_its_label() -> None:
    strange = token(6, app_id="0H4000000000009AAA")
    with pytest.raises(CannotTell, match="was not read"):
        names(MANAGED).names(strange, "Sync_App")


def test_an_uninstalled_app_is_surely_named_only_if_all_apps_were_read() -> None:
    ghost = token(7, app_id="", app_label="Ghost")
    assert names(ghost).surely_names(ghost, "Ghost")
    gap = Gap(what="apps", reason="cut off", kind=org.APPS)
    partly = names(ghost, gaps=(gap,))
    assert partly.gap
    with pytest.raises(CannotTell):
        partly.surely_names(ghost, "Ghost")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Sync", "Give the API name of the one to spare: Sync_App, Twin."),
        ("Sync_App", f"Give the id of the one to spare: {SYNC.id}, 0xI000000000001AAA."),
    ],
)
def test_what_tells_apps_of_one_name_apart_is_never_what_was_given(name: str, said: str) -> None:
    migrated = AppRow("0xI000000000001AAA", "Synk", "Sync_App", True, None)
    assert (
        names(MANAGED, apps=(SYNC, migrated if name == "Sync_App" else TWIN)).what_tells_apart(name) == said
    )
