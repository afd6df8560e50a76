"""The joined tables: what is there is true, and whether it is all is always said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.directory import Directory, same_record
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import ProfileRow
from sfharden.model.snapshot import Gap
from sfharden.text.names import literal, normalise
from tests.orgs import live
from tests.orgs.live import token
from tests.orgs.metadata import HEALTHY, snapshot_of

HEALTHY_DIRECTORY = Directory(live.healthy())


def test_metadata_files_have_no_tables() -> None:
    facts = Index(snapshot_of(HEALTHY))
    assert not facts.live
    for ask in (
        lambda: facts.directory.tokens,
        lambda: facts.directory.users,
        lambda: facts.directory.known_apps,
        lambda: facts.directory.profile_row("x"),
        lambda: facts.directory.metadata_read,
    ):
        with pytest.raises(CannotTell, match="needs a live org"):
            ask()


@pytest.mark.parametrize("table", ["tokens", "external_tokens"])
def test_either_table_of_tokens_may_be_missing(table: str) -> None:
    kind = {"tokens": org.TOKENS, "external_tokens": org.EXTERNAL_TOKENS}[table]
    found = Directory(live.without(kind, table)).tokens
    assert len(found.rows) == (0 if table == "tokens" else len(live.table("tokens")))
    with pytest.raises(CannotTell, match="the org refused"):
        found.require_whole()


def test_what_both_tables_of_tokens_lack_is_told() -> None:
    gaps = (
        Gap(what="t", reason="cut off", kind=org.TOKENS),
        Gap(what="u", reason="refused", kind=org.EXTERNAL_TOKENS),
    )
    found = Directory(live.changed(*gaps)).tokens
    assert len(found.rows) == len(live.table("tokens"))
    assert "cut off" in found.gap
    assert "refused" in found.gap
    with pytest.raises(CannotTell, match=r"cut off.*; .*refused"):
        _ = Directory(live.changed(*gaps, tokens=None, external_tokens=None)).tokens


def test_a_gap_that_names_a_component_takes_nothing_from_a_table() -> None:
    named = Gap(what="Profile X", reason="damaged", kind=org.PROFILES, name="X")
    HEALTHY_DIRECTORY.rows(live.table("profiles"), org.PROFILES).require_whole()
    Directory(live.changed(named)).rows(live.table("profiles"), org.PROFILES).require_whole()


def test_profiles_are_found_by_api_name_and_label_without_case() -> None:
    (admin,) = (one for one in live.table("profiles") if one.api_name == "Admin")
    for name in ("Admin", "ADMIN", "System Administrator", "system  administrator"):
        assert HEALTHY_DIRECTORY.profile_row(name) == admin
    with pytest.raises(CannotTell, match="Did you mean 'System Administrator'"):
        HEALTHY_DIRECTORY.profile_row("System Administrator\u200b")


def test_names_that_lead_nowhere_are_left_out_of_a_list_but_not_by_silence() -> None:
    assert len(HEALTHY_DIRECTORY.profile_ids(["Admin", "Nobody's"])) == 1
    with pytest.raises(CannotTell):
        Directory(live.without(org.PROFILES, "profiles")).profile_ids(["Admin"])


def test_two_records_of_one_api_name_are_no_record() -> None:
    twin = next(one for one in live.table("apps") if one.label == live.INTEGRATION.app)._replace(id="0H4TWIN")
    with pytest.raises(CannotTell, match="2 records"):
        Directory(live.changed(apps=(*live.table("apps"), twin))).app_row("Azure_Logic_Apps", external=False)
    with pytest.raises(CannotTell, match="0 records"):
        HEALTHY_DIRECTORY.app_row("Azure_Logic_Apps", external=True)


def test_named_users_are_found_once_and_the_others_told() -> None:
    name = live.INTEGRATION.users[0]
    found = HEALTHY_DIRECTORY.named_users([name, name, "nobody@acme.example"], live.INTEGRATION.profile)
    assert [one.username for one in found.found] == [name]
    assert found.missing == ("nobody@acme.example",)
    with pytest.raises(CannotTell, match="nobody@acme"):
        found.require_all()


def test_profile_rows_without_their_api_name_are_never_found_by_an_empty_name() -> None:
    nameless = ProfileRow("00eX", "Nameless", "")
    directory = Directory(live.changed(profiles=(*live.table("profiles"), nameless)))
    with pytest.raises(CannotTell):
        directory.profile_row("")


def test_ids_of_15_and_18_characters_name_one_record() -> None:
    assert same_record(token().app_id, token().app_id[:15])
    assert not same_record("", "")
    assert not same_record("0H4xx0000000007", "0h4xx0000000007")


@given(st.text(), st.text())
def test_literally_the_same_is_the_same_to_normalise(one: str, other: str) -> None:
    assert literal(one) != literal(other) or normalise(one) == normalise(other)
    assert literal(literal(one)) == literal(one)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.characters(min_codepoint=128))
def test_no_character_beyond_ascii_is_taken_for_another(text: str, strange: str) -> None:
    assert literal(text + strange).endswith(strange)
