"""YAML of the user's: plain, bounded, and every complaint with its line."""

import os
from datetime import date
from pathlib import Path
from random import Random

import pytest
from pydantic import Field

from sfharden.errors import InputError
from sfharden.files import yaml_file
from sfharden.files.yaml_file import load_model, parse_model, parse_yaml, read_text
from sfharden.model.base import Model
from sfharden.model.integration import IntegrationFile
from tests.orgs.constants import HARDENED_YAML

WHOLE = f"""\
{HARDENED_YAML}waivers:
  - {{control: app-pkce-required, subject: A, reason: r, owner: o, expires: 2027-01-31}}
"""


def complaint(text: str) -> InputError:
    """Why an integration file of this text is refused."""
    with pytest.raises(InputError) as refused:
        parse_model(text, IntegrationFile, "integration file", "i.yaml")
    assert "\n" not in refused.value.message
    return refused.value


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_whole_file_is_accepted() -> None:
    found = parse_model(WHOLE, IntegrationFile, "integration file", "i.yaml")
    assert found.integrations[0].name == "crm-sync"
    assert found.waivers[0].expires == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a:\n  - b: c\n\td: e\n", 3),
        ("a:\n  b:\tc\n", 2),
        ("a:\n  b:\n\t- c\n", 3),
        ("\ta: b\n", 1),
        ("a:\n\tb: c\n", 2),
        ("a: [b,\n  c]\n# \u00e9 \t\nd:\n  \t- e: f\n", 5),
        ("a:\r\n  - b: c\r\n\td: e\r\n", 3),
    ],
)
def test_a_tab_that_indents_is_told_as_one_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InputError) as refused:
        parse_yaml(text, "policy", "p.yaml")
    assert refused.value.message == f"The policy p.yaml has a tab where YAML takes none (line {line})."
    assert "spaces" in refused.value.hint
    assert "\n" not in refused.value.message + refused.value.hint


def test_a_tab_that_harms_nothing_is_taken_and_blamed_for_nothing() -> None:
    assert parse_yaml("a: 'b\tc'\n", "policy", "p")[0] == {"a": "b\tc"}
    with pytest.raises(InputError, match="is not plain YAML"):
        parse_yaml("a: 'b\tc'\nd: &x e\n", "policy", "p")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("profile", "profil"),
        ("users", "user"),
        ("operator_ranges", "operator_range"),
        ("integrations", "integration"),
        ("hardened_at", "hardend_at"),
        ("ranges: [192", "rangs: [192"),
        ("owner: o", "ower: o"),
    ],
)
def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_one(right: str, wrong: str) -> None:
    text = WHOLE.replace(right, wrong, 1)
    found = complaint(text)
    assert f"line {line_of(text, wrong)}:" in found.message
    assert f"unknown key '{wrong.split(':')[0]}'" in found.message
    assert found.hint == f"Did you mean '{right.split(':')[0]}'?"


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        (WHOLE.replace("    app: Azure Logic Apps\n", ""), 3, "app' is missing"),
        (WHOLE.replace("version: 1", "version: 2"), 1, "version"),
        (WHOLE.replace("version: 1", "version: '1'"), 1, "version"),
        (WHOLE.replace("[svc@acme.example]", "svc@acme.example"), 6, "users"),
        (WHOLE.replace("[svc@acme.example]", "[]"), 6, "users"),
        (WHOLE.replace("[svc@acme.example]", "[12]"), 6, "user 1"),
        (WHOLE.replace("name: crm-sync", "name: ''"), 3, "name"),
        (WHOLE.replace("name: crm-sync", "name: no\n    name2: x"), 4, "name2"),
        (WHOLE.replace("09:00:00Z", "09:00:00"), 10, "hardened_at"),
        (WHOLE.replace("2026-11-20T09:00:00Z", "soon"), 10, "hardened_at"),
        (WHOLE.replace("2027-01-31", "2027-02-31"), 12, "expires"),
        (WHOLE.replace("- ranges: [192.0.2.0/28]", "- {}"), 8, "exactly one"),
        (WHOLE.replace("- ranges: [192.0.2.0/28]", "- service_tags: x"), 8, "go together"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(text: str, line: int, part: str) -> None:
    found = complaint(text)
    assert f"line {line}:" in found.message
    assert part in found.message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[198.51.100.7]", "[]", "integration 1, operator_ranges: needs at least one."),
        ("[svc@acme.example]", "svc", "integration 1, users: write a list: users: [svc]."),
        ("[svc@acme.example]", "", "integration 1, users: write a list: users: [...]."),
        ("[svc@acme.example]", "[a, 12]", "integration 1, user 2: write a text, in quotes."),
        (
            "- ranges: [192.0.2.0/28]",
            "- logic_app: [a]",
            "integration 1, egress 1, logic_app: write one text.",
        ),
        ("- ranges: [192.0.2.0/28]", "ranges: [a]", "egress: write a list, with '- ' before each item."),
        ("- ranges: [192.0.2.0/28]", "- a", "egress 1: write keys with values, such as key: value."),
        ("name: crm-sync", "name: ''", "integration 1, name: is empty."),
        ("name: crm-sync", "name: " + "x" * 1001, "name: is longer than 1000 characters."),
        ("name: crm-sync", "name:", "integration 1, name: has no value."),
        ("    app: Azure Logic Apps\n", "", "integration 1: 'app' is missing."),
        ("version: 1", "version: 2", "line 1: version: only version 1 is known."),
    ],
)
def test_no_type_of_python_shows_through(old: str, new: str, words: str) -> None:
    assert complaint(WHOLE.replace(old, new, 1)).message.endswith(words)


def test_up_to_three_problems_are_told_each_with_its_line() -> None:
    text = WHOLE.replace("app: Azure", "aap: Azure").replace("[svc@acme.example]", "[1, 2]")
    found = complaint(text)
    assert found.message == (
        "The integration file i.yaml, line 4: unknown key 'aap' (did you mean 'app'?); "
        "line 6: integration 1, user 1: write a text, in quotes."
    )
    assert found.hint == ""
    text = text.replace("version: 1", "version: 2").replace("[198.51.100.7]", "[]").replace("owner: o, ", "")
    message = complaint(text).message
    assert message.count("line ") == 3
    assert message.endswith("; and 2 more problems.")


@pytest.mark.parametrize(("wrong", "right"), [("aap", "app"), ("ap", "app"), ("APP", "app"), ("nam", "name")])
def test_a_short_key_is_suggested_too(wrong: str, right: str) -> None:
    found = complaint(WHOLE.replace(f"{right}: ", f"{wrong}: ", 1))
    assert found.message.endswith(f"unknown key '{wrong}'.")
    assert found.hint == f"Did you mean '{right}'?"


@pytest.mark.parametrize("key", ["waiver", "waivers"])
def test_a_key_of_the_top_level_is_sent_there(key: str) -> None:
    text = WHOLE.replace("    hardened_at", f"    {key}: []\n    hardened_at", 1)
    assert complaint(text).message.endswith(f"line 10: unknown key '{key}': waivers stands at the top level.")


@pytest.mark.parametrize("given", ["yesterday", "2026-11-24", "2026-11-20T09:00:00", "2026", "[2026-11-24]"])
def test_a_wrong_moment_is_told_how_to_write_one(given: str) -> None:
    found = complaint(WHOLE.replace("2026-11-20T09:00:00Z", given)).message
    assert found.endswith("hardened_at: write a time with its zone, such as 2026-11-20T09:00:00Z.")


@pytest.mark.parametrize("given", ["tomorrow", "2027-02-31", "2027", "2027-01-31T09:00:00Z", "~"])
def test_a_wrong_day_is_told_how_to_write_one(given: str) -> None:
    found = complaint(WHOLE.replace("2027-01-31", given)).message
    assert found.endswith("expires: write a date, such as 2027-01-31.")


@pytest.mark.parametrize("top", ["- a\n- b\n", "word\n", "1\n", "null\n"])
def test_what_is_no_mapping_is_refused(top: str) -> None:
    assert "line 1" in complaint(top).message


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace("    app:", "    name: other\n    app:"),
        WHOLE.replace("    app:", '    "name": other\n    app:'),
        WHOLE + "version: 1\n",
        WHOLE.replace("owner: o", "owner: o, owner: o"),
    ],
)
def test_a_key_given_twice_is_refused_with_its_line(text: str) -> None:
    assert "twice (line " in complaint(text).message


def test_an_anchor_is_refused_with_its_line() -> None:
    assert "(line 3)" in complaint(WHOLE.replace("  - name: crm", "  - name: &a crm")).message


class Nested(Model):
    """Keys two models down are known, too."""

    inner: tuple[IntegrationFile, ...] = ()
    with_: int = Field(default=1, alias="with")


def test_a_key_is_suggested_from_any_depth_and_by_its_alias() -> None:
    with pytest.raises(InputError) as refused:
        parse_model("wth: 2\n", Nested, "x", "x.yaml")
    assert refused.value.hint == "Did you mean 'with'?"


@pytest.mark.parametrize("key", ["1", "true", "~", "null"])
def test_keys_that_are_no_words_are_refused(key: str) -> None:
    assert "line 13" in complaint(WHOLE + f"{key}: 1\n").message


# Reading the file -----------------------------------------------------------------------------


def test_the_bound_of_size_holds_to_the_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_file, "MAX_BYTES", 10)
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 3456789")
    assert read_text(path, "x") == "a: 3456789"
    path.write_bytes(b"a: 34567890")
    with pytest.raises(InputError, match="larger"):
        read_text(path, "x")


@pytest.mark.parametrize(
    "data", [b"a: \xff", "a: ü".encode("latin-1"), WHOLE.encode("utf-16"), b"a: \xed\xa0\x80"]
)
def test_what_is_not_utf_8_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.yaml").write_bytes(data)
    with pytest.raises(InputError, match="not UTF-8"):
        load_model(tmp_path / "a.yaml", IntegrationFile, "integration file")


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    found = load_model(tmp_path / "a.yaml", IntegrationFile, "integration file")
    assert found == parse_model(WHOLE, IntegrationFile, "x", "x")


@pytest.mark.parametrize("name", ["nowhere.yaml", "folder", "pipe", "\0", "x" * 5000])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="integration file"):
        load_model(tmp_path / name, IntegrationFile, "integration file")


@pytest.mark.parametrize("seed", range(10))
def test_damage_gives_our_own_error_or_a_file(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - mutations, not secrets
    for _ in range(30):
        at = chance.randrange(len(WHOLE))
        junk = chance.choice(
            ["", "\t", ":", "- ", "{", "]", "'", "&a ", "*a", "!!x ", "\n", "#", "|", ">", "? ", "%"]
        )
        try:
            parse_model(WHOLE[:at] + junk + WHOLE[at + chance.randrange(3) :], IntegrationFile, "x", "x.yaml")
        except InputError as error:
            text = error.message
        else:
            text = ""
        assert not text or text.isprintable()
