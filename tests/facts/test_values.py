"""A fact is read with its place, or can't be told; there is no third way."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts import values as facts
from sfharden.facts.values import CannotTell
from sfharden.model.snapshot import Component, Group, PartGap, Value

Reader = Callable[[Component, str], object]
TABLE = {"ENFORCE": 1, "BYPASS_2FACTOR": 2}


def component(
    path: str = "a.b", *values: str | None, gaps: tuple[str, ...] = (), groups: str = ""
) -> Component:
    """A component with values at one path, on lines 11, 12, and so on."""
    return Component(
        kind="K",
        name="N",
        file="f.xml",
        values={path: tuple(Value(text=text, line=11 + at) for at, text in enumerate(values))}
        if values
        else {},
        groups={groups: (Group(line=20, values={}),)} if groups else {},
        gaps=tuple(PartGap(path=one, reason="it is damaged", line=30) for one in gaps),
    )


def choice(one: Component, path: str) -> object:
    return facts.choice(one, path, TABLE)


READERS: list[Reader] = [facts.text, facts.boolean, choice]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("found", "reason", "where"),
    [
        (component(), "a.b is not in the file", "f.xml"),
        (component("a.bc", "true"), "a.b is not in the file", "f.xml"),
        (component("a.b", None), "a.b is empty", "f.xml:11"),
        (component("a.b", ""), "a.b is empty", "f.xml:11"),
        (component("a.b", "true", "false"), "a.b is given more than once, with different values", "f.xml:12"),
        (component("a.b", "true", None), "a.b is given more than once, with different values", "f.xml:12"),
        (component("a.b", "true", gaps=("a.b",)), "it is damaged", "f.xml:30"),
    ],
)
def test_what_is_missing_empty_contradicted_or_a_gap_can_not_be_told(
    reader: Reader, found: Component, reason: str, where: str
) -> None:
    with pytest.raises(CannotTell) as refused:
        reader(found, "a.b")
    assert (refused.value.reason, refused.value.where) == (reason, where)


@pytest.mark.parametrize(
    ("gap", "spoils"),
    [
        ("a.b", True),
        ("a", True),
        ("a.b.c", True),
        ("a.c", False),
        ("a.bc", False),
        ("b", False),
        ("ab", False),
    ],
)
@pytest.mark.parametrize("reader", [facts.text, facts.texts, facts.groups])
def test_a_gap_spoils_what_is_above_and_below_it_and_nothing_beside(
    reader: Reader, gap: str, spoils: bool
) -> None:
    found = component("a.b", "x", gaps=(gap,))
    if spoils:
        with pytest.raises(CannotTell, match="damaged"):
            reader(found, "a.b")
    else:
        reader(found, "a.b")


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("1", True), ("0", False)])
def test_booleans_are_those_of_xml_schema(text: str, value: bool) -> None:
    fact = facts.boolean(component("a.b", text), "a.b")
    assert (fact.value, fact.text, fact.where) == (value, text, "f.xml:11")


@given(st.text().filter(lambda text: text not in ("true", "false", "1", "0")))
def test_no_other_text_is_a_boolean(text: str) -> None:
    with pytest.raises(CannotTell):
        facts.boolean(component("a.b", text), "a.b")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("BYPASS_2FACTOR", 2),
        ("Bypass_2factor", 2),
        ("Bypass2Factor", 2),
        ("bypass_2_factor", 2),
        ("Enforce", 1),
        (" ENFORCE ", 1),
    ],
)
def test_a_choice_is_known_in_every_spelling(text: str, value: int) -> None:
    fact = facts.choice(component("a.b", text), "a.b", TABLE)
    assert (fact.value, fact.text) == (value, text)


@pytest.mark.parametrize(
    "text", ["ENFORCED", "ENFORC", "EN FORCE", "ENFORCE;", "BYPASS", "2", "ＥＮＦＯＲＣＥ"]
)
def test_a_choice_that_is_not_known_can_not_be_told(text: str) -> None:
    with pytest.raises(CannotTell) as refused:
        facts.choice(component("a.b", text), "a.b", TABLE)
    assert refused.value.reason == f"a.b has a value that sfharden doesn't know: {text}"


@given(st.sampled_from(sorted(TABLE)), st.data())
def test_case_and_underscores_never_change_a_choice(name: str, data: st.DataObject) -> None:
    letters = [data.draw(st.sampled_from([one.lower(), one.upper()])) for one in name if one != "_"]
    at = data.draw(st.integers(0, len(letters)))
    text = "".join(letters[:at]) + "_" + "".join(letters[at:])
    assert facts.choice(component("a.b", text), "a.b", TABLE).value == TABLE[name]


def test_a_list_that_is_not_there_is_empty_and_one_with_a_gap_can_not_be_told() -> None:
    assert facts.texts(component(), "a.b") == ()
    found = facts.texts(component("a.b", "x", "y"), "a.b")
    assert [(fact.value, fact.where) for fact in found] == [("x", "f.xml:11"), ("y", "f.xml:12")]
    for gap in (None, ""):
        with pytest.raises(CannotTell, match="empty"):
            facts.texts(component("a.b", "x", gap), "a.b")


def test_a_list_of_words_that_is_written_as_a_tree_can_not_be_told() -> None:
    with pytest.raises(CannotTell, match="not written as Salesforce"):
        facts.texts(component("a.b.c", "x"), "a.b")


def test_groups_that_are_not_there_are_none() -> None:
    assert facts.groups(component(), "a.b") == ()
    assert facts.groups(component(groups="a.b"), "a.b")[0].line == 20


def test_something_below_a_path_counts_as_there() -> None:
    assert facts.has(component("a.b.c", "x"), "a")
    assert facts.has(component("a.b.c", "x"), "a.b.c")
    assert facts.has(component(groups="a.b"), "a")
    assert not facts.has(component("ab", "x"), "a")
    assert not facts.has(component(), "a")
