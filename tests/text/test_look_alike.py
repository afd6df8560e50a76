"""Names that deceive: what can't be seen is marked, what can be taken for another is too, and honest names are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.text.look_alike import NO_NAME, look_alikes, oddity, shown_name, skeleton


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "\t\n",
        "\u00a0",
        "\u200b\u200d",
        "\u3164",
        "\u2800 \u2800",
        "\ufe0f",
        "\u202e",
        "\u0301",
        "\U000e0100",
    ],
)
def test_a_name_without_ink_is_marked(name: str) -> None:
    assert oddity(name) == "nothing to see"


@pytest.mark.parametrize(
    "name", ["Azure\u200b Logic Apps", "Azure\u00a0Logic", "a\u202eb", "App\u3164", "x\x1b[2J"]
)
def test_what_can_not_be_seen_within_a_name_is_marked(name: str) -> None:
    assert oddity(name) == "characters that can't be seen"


@pytest.mark.parametrize("name", ["\u0410zure Logic Apps", "Azur\u0435", "Log\u03b9c", "S\u0443nc Tool"])
def test_words_of_several_alphabets_are_marked(name: str) -> None:
    assert oddity(name) == "letters of several alphabets"


@pytest.mark.parametrize(
    "name",
    [
        "\u0441\u043e\u0440\u0435",
        "Az \u0430\u0440\u0440",
        "\uff21\uff50\uff50",
        "\U0001d5d4\U0001d5fd\U0001d5fd",
    ],
)
def test_words_that_read_as_latin_are_marked(name: str) -> None:
    assert oddity(name) == "letters that look like Latin ones"


@pytest.mark.parametrize(
    "name",
    ["Azure Logic Apps", "Señor Café", "営業アプリ Sync", "Salesforce用アプリ", "Отчёты отдела продаж", "Ω 3 №5", "Zürich™ GmbH",
     "ابزار گزارش", "תוכנה", "डेटा", "🔒 Vault", "App (v2) – live", "日本語App", "Ναυτιλία Α.Ε."],
)  # fmt: skip
def test_honest_names_are_not_marked(name: str) -> None:
    assert oddity(name) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Azure Logic Apps", "\u0410zure Logic Apps"),
        ("Azure Logic Apps", "Azure  Logic Apps "),
        ("Azure Logic Apps", "Azure Logic\u200b Apps"),
        ("Azure Logic Apps", "azure logic apps"),
        ("Illumio", "l11umio"),
        ("Modern", "Modem"),
        ("DocuSign", "\uff24\uff4f\uff43\uff55\uff33\uff49\uff47\uff4e"),
    ],
)
def test_names_that_are_taken_for_each_other_are_told(one: str, other: str) -> None:
    assert look_alikes([one, other, "Reporting Sync"]) == {one: other, other: one}


def test_others_are_not() -> None:
    assert (
        look_alikes(["Azure Logic Apps", "Azure Logic App", "Azure Logic Apps", "Café", "Cafe", "", "\u200b"])
        == {}
    )


@given(st.lists(st.text(max_size=8), max_size=8))
def test_whatever_the_names_each_is_told_another_of_the_same_look(names: list[str]) -> None:
    for one, other in look_alikes(names).items():
        assert one != other
        assert skeleton(one) == skeleton(other)
    for name in names:
        assert isinstance(oddity(name), str)


@pytest.mark.parametrize("name", ["", " ", "\u00a0", "\u3164", "\u200b\u200d"])
def test_what_shows_nothing_has_one_spelling(name: str) -> None:
    assert shown_name(name) == NO_NAME


@given(st.text())
def test_a_shown_name_is_never_empty_and_harmless(name: str) -> None:
    assert shown_name(name).strip()
    assert not {"\x1b", "\u202e", "\n"} & set(shown_name(name))
