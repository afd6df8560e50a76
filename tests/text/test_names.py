"""Names: what counts as the same, what must not, and what stands in a file's name."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.text.names import (
    STANDARD_PROFILE_LABELS,
    canonical_profile,
    comma_parts,
    decode_file_name,
    is_meant,
    literal,
    nearest,
    normalise,
    one_edit_apart,
    profile_aliases,
    suggestion,
    torn_names,
)

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Logic Apps", "logic  APPS "),
        ("Ventes/R\u00e9gion", "Ventes/Re\u0301gion"),
        ("Logic\u00a0Apps", "Logic Apps"),
        ("STRASSE", "stra\u00dfe"),
    ],
)
def test_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Logic\u00a0Apps", "Logic Apps"),
        ("\u017fync", "sync"),
        ("\u212aelvin", "Kelvin"),
        ("Re\u0301gion", "R\u00e9gion"),
        ("Sync\t", "Sync"),
    ],
)
def test_a_look_alike_is_not_literally_the_same(one: str, other: str) -> None:
    assert literal(one) != literal(other)


def test_literally_the_same_needs_neither_case_nor_spaces() -> None:
    assert literal("  Logic  APPS ") == literal("logic apps")


@given(NAMES)
def test_evening_out_twice_changes_nothing_more(name: str) -> None:
    assert normalise(normalise(name)) == normalise(name)
    assert canonical_profile(canonical_profile(name)) == canonical_profile(name)


@pytest.mark.parametrize(("api_name", "label"), STANDARD_PROFILE_LABELS.items())
def test_a_standard_profile_is_one_by_either_name(api_name: str, label: str) -> None:
    assert canonical_profile(api_name) == canonical_profile(label.upper())
    assert profile_aliases(api_name) == (api_name, label)


def test_other_profiles_go_by_their_own_name() -> None:
    assert profile_aliases("Logic Apps") == ("Logic Apps",)
    assert canonical_profile("Admin 2") != canonical_profile("Admin")


@given(NAMES)
def test_a_name_survives_its_way_into_a_file_s_name(name: str) -> None:
    assert decode_file_name(quote(name, safe="")) == name


@pytest.mark.parametrize("stem", ["100%", "50%25 off %", "%C3%28", "%zz"])
def test_a_stem_that_is_not_encoded_well_is_no_error(stem: str) -> None:
    assert decode_file_name(stem)


def test_the_nearest_name_is_suggested_and_a_far_one_is_not() -> None:
    assert suggestion("Azure Logic App", ["Azure Logic Apps", "Other"]) == " Did you mean 'Azure Logic Apps'?"
    assert suggestion("zzz", ["Azure Logic Apps"]) == ""
    assert suggestion("x", []) == ""


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("SYSTEM ADMINISTRATOR", "System Administrator"),
        ("system  administator", "System Administrator"),
        ("svc-logicapp@acme.example", "svc-logicapps@acme.example"),
        ("svc-logicapps@acme.exampel", "svc-logicapps@acme.example"),
        ("svc-logicapps@acme.example", "svc-logicapps@acme.example.uat"),
        ("svc-logicapps", "svc-logicapps@acme.example"),
        ("tag", "tags"),
    ],
)
def test_a_slip_of_the_pen_is_near(name: str, other: str) -> None:
    assert nearest(name, ["Standard User", "admin@acme.example", other]) == other


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("sync@integration.acme.example", "anna@integration.acme.example"),
        ("svc@acme.example", "svc@other.test"),
        ("admin", "auditor@acme.example"),
        ("ab", "xy"),
        ("", "x"),
    ],
)
def test_what_users_share_makes_them_no_neighbours(name: str, other: str) -> None:
    """Everybody in an org shares what follows the `@`."""
    assert nearest(name, [other]) == ""


def test_one_of_those_who_come_first_is_meant_though_another_is_nearer() -> None:
    own, stranger = "svc-logic-app@acme.example", "svc-logicapp@acme.example"
    assert nearest("svc-logicapps@acme.example", [own, stranger]) == stranger
    assert suggestion("svc-logicapps@acme.example", [own, stranger], [own]) == f" Did you mean '{own}'?"
    assert suggestion("svc-logicapps@acme.example", [stranger], ["admin@acme.example"]).endswith(
        f"'{stranger}'?"
    )


@given(NAMES, st.lists(NAMES, max_size=5))
def test_what_is_suggested_is_known_and_a_known_name_is_its_own_nearest(name: str, known: list[str]) -> None:
    assert nearest(name, known) in {"", *known}
    assert normalise(nearest(name, [name, *known])) == normalise(name)
    assert nearest(name, known) == nearest(name, list(reversed(known)))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("UseAnyApiClient", False), ("UseAnyApiClien", True), ("UseAnyApiClients", True), ("UseAnyApiC1ient", True),
        ("useanyapiclient", True), ("seAnyApiClient", True), ("UseAnyApiClinet", False), ("UseAnyApi", False), ("", False),
    ],
)  # fmt: skip
def test_damage_is_one_character_or_case(other: str, expected: bool) -> None:
    assert one_edit_apart("UseAnyApiClient", other) is expected
    assert one_edit_apart(other, "UseAnyApiClient") is expected


@given(st.text("ab", min_size=1, max_size=6), st.integers(0, 5), st.sampled_from("abc"))
def test_any_one_edit_is_seen(name: str, at: int, letter: str) -> None:
    place = at % len(name)
    for edited in (
        name[:place] + name[place + 1 :],
        name[:place] + letter + name[place:],
        name[:place] + letter + name[place + 1 :],
    ):
        assert one_edit_apart(name, edited) is (edited != name)


@pytest.mark.parametrize(
    ("listed", "name", "expected"),
    [
        ("Logic, Apps", "Logic, Apps", True),
        ("x,LOGIC ,  apps,y", "Logic, Apps", True),
        ("Apps, Logic", "Logic, Apps", False),
        ("Logic, x, Apps", "Logic, Apps", False),
        ("Logic", "Logic,", True),
        ("Logic", "Logic", False),
        ("Logic", ", ,", False),
    ],
)
def test_a_name_with_a_comma_that_a_list_may_mean(listed: str, name: str, expected: bool) -> None:
    assert bool(torn_names(listed.split(","), [name])) == expected


@given(
    st.lists(st.text("ab ,")),
    st.text("ab,").filter(lambda name: comma_parts(name)),
    st.lists(st.text("ab ,")),
)
def test_a_name_with_a_comma_is_seen_in_any_list(before: list[str], name: str, after: list[str]) -> None:
    pieces = [one.strip() for one in ",".join([*before, name, *after]).split(",") if one.strip()]
    assert torn_names(pieces, [name]) == (name,)


# Stars ---------------------------------------------------------------------------------------------

PIECES = st.lists(st.sampled_from(["a", "b", "*", r"\*", "\n", ".", "ab"]), max_size=7).map("".join)


@pytest.mark.parametrize(
    ("pattern", "name", "meant"),
    [
        ("a", "a", True),
        ("a", "ab", False),
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("**", "a\nb", True),
        ("a*", "a", True),
        ("a*a", "a", False),
        ("ab*ba", "aba", False),
        ("ab*ba", "abba", True),
        ("*b*", "abc", True),
        ("*b*", "acc", False),
        ("a*b*b", "ab", False),
        ("a*b*b", "aabb", True),
        ("x*b", "ab", False),
        ("*x*b", "ab", False),
        ("*ab*ab*", "aab", False),
        ("*ab*ab*", "abab", True),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        (r"\**", "*x", True),
        (r"\**", "x*", False),
    ],
)
def test_a_star_stands_for_any_characters_and_an_escaped_one_for_itself(
    pattern: str, name: str, meant: bool
) -> None:
    assert is_meant(pattern, name) == meant


@given(PIECES, PIECES)
def test_stars_mean_what_they_mean_in_an_expression(pattern: str, name: str) -> None:
    parts = (re.escape(one.replace(r"\*", "*")) for one in re.split(r"(?<!\\)\*", pattern))
    assert is_meant(pattern, name) == bool(re.fullmatch(".*".join(parts), name, re.DOTALL))


class Looked(str):
    """A name that counts how often it is searched."""

    times = 0

    def find(self, *wanted: Any) -> int:
        """As of any text."""
        self.times += 1
        return super().find(*wanted)


@pytest.mark.parametrize("stars", [1, 9, 300])
def test_each_part_between_stars_is_looked_for_once(stars: int) -> None:
    name = Looked("a" * 1000)
    assert not is_meant("*a" * stars + "*b", name)
    assert name.times <= stars
