"""A name by which somebody decides is shown with what is odd about it, and is harmless itself."""

import pytest

from sfharden.report.name_marks import mark_of, marked


def test_an_honest_name_is_shown_as_it_is() -> None:
    assert marked("Azure Logic Apps", {}) == "Azure Logic Apps"


@pytest.mark.parametrize("name", ["", "  "])
def test_no_name_is_shown_as_that_and_is_no_mark(name: str) -> None:
    assert marked(name, {}) == "(no name)"


@pytest.mark.parametrize("name", ["\u3164", "\u200b"])
def test_a_name_without_ink_is_seen(name: str) -> None:
    assert marked(name, {}) == "(no name) [!: nothing to see]"


def test_a_look_alike_names_the_other() -> None:
    said = marked("Azur\u0435", {"Azur\u0435": "Azure\x1b[2J"})
    assert "letters of several alphabets; looks like 'Azure" in said
    assert "\x1b" not in said
    assert mark_of("Azure", {"Azur\u0435": "Azure"}) == ""
