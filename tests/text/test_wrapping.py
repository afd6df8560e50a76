"""Wrapping: no line wider than the terminal, no word lost, wide characters counted, foreign text harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.text.wrapping import bullet, display_width, steps, wrap

WORDS = st.lists(st.text("abc\u55b6\u00e9", min_size=1, max_size=12), min_size=1, max_size=12)


@given(WORDS, st.integers(20, 60), st.sampled_from(["", "  "]))
def test_no_line_is_wider_and_no_character_is_lost(words: list[str], width: int, indent: str) -> None:
    text = " ".join(words)
    lines = wrap(text, width, indent).split("\n")
    assert max(map(display_width, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(words)


@pytest.mark.parametrize("text", ["a" * 200, "\u55b6" * 100, "x " + "\u55b6" * 100 + " y"])
def test_a_word_wider_than_the_terminal_is_broken(text: str) -> None:
    lines = wrap(text, 40, "  ").split("\n")
    assert max(map(display_width, lines)) <= 40
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("said", ["There is none. ", "Es gibt keine \u2013 "])
@pytest.mark.parametrize("width", [20, 30, 60])
def test_a_command_in_a_sentence_can_be_copied_as_it_stands(said: str, width: int) -> None:
    command = "`sfharden init --org 'my org' -o integrations/salesforce/integration.yaml`"
    lines = wrap(f"{said * 3}{command} writes one, and {said * 3}", width, "  ", whole=True).split("\n")
    assert [line for line in lines if command in line]
    assert all(display_width(line) <= width for line in lines if command not in line)
    assert " ".join(" ".join(lines).split()) == " ".join(
        f"{said * 3}{command} writes one, and {said * 3}".split()
    )


@given(WORDS, st.integers(20, 60))
def test_no_word_is_broken_where_words_stay_whole(words: list[str], width: int) -> None:
    lines = wrap(" ".join(words), width, "  ", whole=True).split("\n")
    assert [word for line in lines for word in line.split()] == words
    assert all(display_width(line) <= width for line in lines)


def test_what_fits_stays_as_it_is_with_its_spaces_and_lines() -> None:
    assert wrap("a  b\n\n  c", 20) == "a  b\n\n  c"


def test_names_with_hyphens_are_broken_only_where_that_is_asked_for() -> None:
    name = "login-ranges-cover-egress"
    assert wrap(f"see {name} now", 26).split("\n")[1] == f"{name}"
    assert "login-ranges-\n" in wrap(f"control {name}", 22, hyphens=True)


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("\u55b6\u696d", 4), ("e\u0301", 1), ("", 0), ("a\u200bb", 2)]
)
def test_wide_characters_take_two_columns_and_joined_ones_none(text: str, columns: int) -> None:
    assert display_width(text) == columns


def test_a_bullet_is_indented_below_its_mark_and_cleaned() -> None:
    first, *rest = bullet("\x1b[2J" + "word " * 30, 40).split("\n")
    assert first.startswith("- \ufffd[2Jword")
    assert rest
    assert all(line.startswith("  word") for line in rest)


def test_steps_stand_below_their_label_and_none_have_no_label() -> None:
    assert steps("Next:", ["one", "two"]) == "Next:\n  one\n  two"
    assert steps("Next:", []) == ""
