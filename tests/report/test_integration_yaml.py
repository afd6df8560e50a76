"""The integration file that `init` writes: whatever an org's names are, it says what was found and nothing else."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator.generate import APP_LABEL, INTEGRATION_USER, PROFILE
from sfharden.model import kinds, org
from sfharden.model.integration import IntegrationFile, placeholders_of
from sfharden.model.org import AppRow
from sfharden.model.snapshot import Component, Gap, Snapshot, Source, Tool, Value
from sfharden.report.integration_yaml import integration_text
from tests.orgs import healthy, served, tables
from tests.orgs.healthy import CONNECTED, EXTERNAL

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
    keys = [line.partition(":")[0] for line in comments]
    assert keys == ["    # GUESS", "    app", "    # GUESS", "    profile"]
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
    text = integration_text(tables.running(apps=(*(tables.TABLES.apps or ()), *rows)))
    assert "vault__Vault (Vault), connected-app" in text
    assert "Azure_Logic_Apps (Azure Logic Apps), connected-app" in text


# Guesses --------------------------------------------------------------------------------------


def test_what_is_guessed_is_marked_with_its_reason() -> None:
    text = integration_text(served.healthy())
    said = entry(text)
    assert (said["app"], said["profile"], said["users"]) == (APP_LABEL, PROFILE, [INTEGRATION_USER])
    lines = text.splitlines()
    for key in ("app", "profile", "users"):
        at = next(number for number, line in enumerate(lines) if line.startswith(f"    {key}: "))
        assert lines[at - 1].startswith("    # GUESS: ")
    assert "EDIT" in text
    assert "EDIT" not in said["users"][0]


def test_a_profile_that_nothing_ties_to_the_app_says_so() -> None:
    found = (component(kinds.CONNECTED_APP, "App"), component(kinds.PROFILE, "Zebra", custom="true"))
    text = integration_text(snapshot(*found))
    assert "    # GUESS: nothing that was read ties it to the app\n    profile: " in text
    assert "    # GUESS: the only app that was read\n    app: " in text


def test_who_may_be_a_stranger_is_told_and_not_taken() -> None:
    stranger = tables.USERS[2]._replace(profile_id=tables.USERS[0].profile_id)
    text = integration_text(tables.running(users=(*tables.USERS[:2], stranger)))
    assert entry(text)["users"] == [tables.USERS[0].username]
    assert (
        "    # Users who are not taken, and to be looked at, for they may be strangers:\n    #   dana@acme.example: has"
        in text
    )


def test_other_apps_are_told_with_what_hangs_together_with_them() -> None:
    text = integration_text(served.healthy())
    others = text.partition("# Other apps, and what hangs together with them")[2]
    assert f"Reporting_Sync, external-client-app: profile {PROFILE} (it's approved for the app" in others


def test_what_was_not_read_of_whose_things_there_are_is_said_first() -> None:
    gaps = (
        Gap(what="OAuth tokens", reason="cut off", kind=org.TOKENS),
        Gap(what="Setup changes", reason="cut off", kind=org.SETUP_CHANGES),
        Gap(what="x.profile", reason="cut off", kind=kinds.PROFILE, name="x"),
    )
    head = integration_text(tables.running(tables.FILES, *gaps)).partition("version: 1")[0]
    assert head.count("Not all was read") == 1
    assert "Not all was read: OAuth tokens: cut off" in head


@given(NAMES, NAMES)
def test_any_name_of_an_org_is_one_value(label: str, username: str) -> None:
    users = (tables.USERS[0]._replace(username=username), *tables.USERS[1:])
    rows = (tables.PROFILES[0]._replace(label=label), *tables.PROFILES[1:])
    said = entry(integration_text(tables.running(users=users, profiles=rows)))
    assert (said["profile"], said["users"]) == (label, [username])


def test_what_init_leaves_to_be_replaced_is_what_check_looks_for() -> None:
    """One list of placeholders, on both sides."""
    read = IntegrationFile.model_validate(yaml.safe_load(integration_text(snapshot())))
    assert [one.partition(":")[0] for one in placeholders_of(read.integrations[0])] == [
        "app", "profile", "users", "egress, logic_app", "operator_ranges"
    ]  # fmt: skip
    guessed = IntegrationFile.model_validate(yaml.safe_load(integration_text(served.healthy())))
    left = [one.partition(":")[0] for one in placeholders_of(guessed.integrations[0])]
    assert left == ["egress, logic_app", "operator_ranges"]


def test_the_name_that_is_written_leads_to_the_app_and_to_no_other() -> None:
    apps = (
        component(kinds.CONNECTED_APP, "Courier", label="Twin"),
        component(kinds.CONNECTED_APP, "Courier_Old", label="Twin"),
    )
    assert entry(integration_text(snapshot(*apps)))["app"] in ("Courier", "Courier_Old")
    migrated = (component(kinds.CONNECTED_APP, "Sync"), component(kinds.EXTERNAL_APP, "Sync"))
    assert entry(integration_text(snapshot(*migrated)))["app"] == "Sync"  # both sides of it are judged
