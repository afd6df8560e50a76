"""Only the plain core of YAML: words are words, and nothing refers to anything."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import InputError
from sfharden.files.yaml_file import parse_yaml


def parse(text: str) -> Any:
    return parse_yaml(text, "file", "f.yaml")[0]


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\n",
        "a: &x [1]\nb: *x\n",
        "a: &x {c: 1}\nb:\n  <<: *x\n",
        "&x a: 1\n",
        "a: !!str 1\n",
        "a: !!python/object/apply:os.getcwd []\n",
        "a: !!binary aGk=\n",
        "a: !!set {x}\n",
        "a: !!timestamp 2026-01-01\n",
        "a: !mine 1\n",
        "a: ! 1\n",
        "!!map {a: 1}\n",
        "%TAG ! tag:acme.example:\n---\na: !x 1\n",
        "a: 1\n---\nb: 2\n",
        "a: [1\n",
        "a: 'b\n",
        "a: b: c\n",
        "\ta: 1\n",
        "a: @b\n",
        "? [1, 2]\n: 3\n",
        "? {a: 1}\n: 3\n",
        "a: \x07\n",
    ],
)
def test_more_than_plain_yaml_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse(text)
    assert "f.yaml" in refused.value.message


def test_aliases_of_aliases_end_at_once() -> None:
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    with pytest.raises(InputError, match="line 1"):
        parse(laughs)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("1:30", "1:30"),
        ("190:20:30", "190:20:30"),
        ("017", "017"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("+1", "+1"),
        ("-1", -1),
        ("0", 0),
        ("1.0", "1.0"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2026-11-24", "2026-11-24"),
        ("null", None),
        ("~", None),
        ("", None),
        ("Null", "Null"),
        ("=", "="),
        ("'1'", "1"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_word_is_a_word(text: str, value: object) -> None:
    found = parse(f"a: {text}\n")["a"]
    assert (type(found), found) == (type(value), value)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), inner)
    ),
    max_leaves=12,
)


def written(value: object) -> str:
    """Flow style with every text in double quotes: nothing is left to resolvers."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}_: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value)  # escapes as YAML does, but for characters beyond the first plane
    return "null" if value is None else str(value).lower()


def renamed(value: object) -> object:
    """The value with the keys as `written` writes them, so that none is a word with a meaning."""
    if isinstance(value, dict):
        return {f"{key}_": renamed(item) for key, item in value.items()}
    return [renamed(item) for item in value] if isinstance(value, list) else value


@given(plain.filter(lambda value: value is not None))
def test_plain_data_survives_being_written_and_read(value: object) -> None:
    assert parse(written(value)) == renamed(value)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "a:\n "])
def test_deep_nesting_is_refused_and_does_not_break_us(opening: str) -> None:
    text = "".join(opening.replace("\n ", "\n" + " " * (depth + 1)) for depth in range(1500))
    with pytest.raises(InputError):
        parse(text)


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(InputError):
        parse("a: " + "9" * 5000)


def test_an_empty_file_says_so() -> None:
    for text in ("", "\n\n", "# nothing\n"):
        with pytest.raises(InputError, match="is empty"):
            parse(text)
