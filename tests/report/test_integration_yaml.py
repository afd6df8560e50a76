"""The integration file that `init` writes: whatever an org's names are, it says what was found and nothing else."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sfharden.model import kinds
from sfharden.model.org import AppRow
from sfharden.model.snapshot import Component, Snapshot, Source, Tool, Value
from sfharden.report.integration_yaml import integration_text
from tests.orgs import healthy
from tests.orgs.healthy import CONNECTED, EXTERNAL
from tests.orgs.running import TABLES, running

NAMES = st.text(min_size=1, max_size=40)


def snapshot(*components: Component) -> Snapshot:
    return Snapshot(tool=Tool(version="test"), source=Source(kind="files", name="x"), components=components)


def component(kind: str, name: str, **values: str) -> Component:
    told = {path: (Value(text=text, line=1),) for path, text in values.items()}
    return Component(kind=kind, name=name, file=f"{kind}/{name}", values=told)


def entry(text: str) -> dict[str, Any]:
    (one,) = yaml.safe_load(text)["integrations"]
    return dict(one)


@given(NAMES, NAMES)
def test_any_name_is_one_value_and_every_comment_one_line(app: str, profile: str) -> None:
    text = integration_text(
        snapshot(component(kinds.CONNECTED_APP, "App", label=app), component(kinds.PROFILE, profile))
    )
    said = entry(text)
    assert (said["app"], said["profile"]) == (app, profile)
    bare = integration_text(snapshot()).splitlines()
    comments = [line for line in text.splitlines() if line not in bare and not line.startswith("    #   ")]
    assert [line.partition(":")[0] for line in comments] == ["    app", "    profile"]
    assert not any(character in text for character in "\x1b\x85\u2028\u202e")


@pytest.mark.parametrize("files", [CONNECTED, EXTERNAL])
def test_what_was_found_is_listed_and_the_likeliest_taken(files: dict[str, str]) -> None:
    text = integration_text(healthy.snapshot(files))
    said = entry(text)
    assert (said["app"], said["profile"]) == ("Azure Logic Apps", "Logic Apps Integration")
    assert "Logic Apps Integration: 192.0.2.0-192.0.2.15" in text or "192.0.2.0/28" in text


def test_a_profile_of_ones_own_comes_before_a_standard_one() -> None:
    found = (component(kinds.PROFILE, "Admin"), component(kinds.PROFILE, "Zebra", custom="true"))
    assert entry(integration_text(snapshot(*found)))["profile"] == "Zebra"


def test_where_nothing_was_found_there_is_something_to_edit() -> None:
    said = entry(integration_text(snapshot()))
    assert said["app"].startswith("EDIT")
    assert said["profile"].startswith("EDIT")


def test_a_long_list_is_cut_and_counted() -> None:
    text = integration_text(snapshot(*(component(kinds.PROFILE, f"P{n:03d}") for n in range(100))))
    assert "and 60 more" in text
    assert len(text.splitlines()) < 80


def test_every_app_that_any_source_knows_is_offered() -> None:
    rows = (AppRow("0H4000000000009AAA", "Vault", "vault__Vault", False, True),)
    text = integration_text(running(apps=(*(TABLES.apps or ()), *rows)))
    assert "vault__Vault (Vault), connected-app" in text
    assert "Azure_Logic_Apps (Azure Logic Apps), connected-app" in text
