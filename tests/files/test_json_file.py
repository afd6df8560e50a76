"""JSON of others: comments where Resource Manager allows them, nothing in it read twice, and one clear refusal else."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.errors import InputError
from sfharden.files import json_file
from sfharden.files.json_file import NotJson, load_json, parse_json, without_comments

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=25,
)


def refusal(folder: Path, data: bytes, *, comments: bool = False) -> InputError:
    (folder / "x.json").write_bytes(data)
    with pytest.raises(InputError) as refused:
        load_json(folder / "x.json", "export", comments=comments)
    return refused.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encodings_that_people_save_in(tmp_path: Path, encoding: str) -> None:
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    data = marks.get(encoding, b"") + '{"name": "Größe 営業"}'.encode(encoding)
    (tmp_path / "x.json").write_bytes(data)
    assert load_json(tmp_path / "x.json", "x") == {"name": "Größe 営業"}


def test_what_is_no_json_says_how_it_begins() -> None:
    with pytest.raises(NotJson) as refused:
        parse_json(b'\xef\xbb\xbfresource "x"' + b" " * 100_000, "the export x")
    assert refused.value.start.startswith('resource "x"')
    assert len(refused.value.start) < 50_000
    assert parse_json(b"{} // x", "the export x", comments=True) == {}


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b'{"a": "\xe9"}', b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_what_is_no_json_is_refused_by_its_name(tmp_path: Path, data: bytes) -> None:
    error = refusal(tmp_path, data)
    assert error.message.startswith("the export ")
    assert error.message.endswith("x.json is not JSON")


def test_a_file_that_is_not_there_or_no_file_is_said_to_be_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.json", tmp_path, tmp_path / "a\0b"):
        with pytest.raises(InputError, match=r"there is no export at|is no regular file|can't be read"):
            load_json(path, "export")


def test_a_file_beyond_the_bound_is_refused_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_file, "MAX_BYTES", 10)
    assert "is larger than" in refusal(tmp_path, b'{"a": "long enough"}').message
    (tmp_path / "x.json").write_bytes(b'{"a": 123}')
    assert load_json(tmp_path / "x.json", "x") == {"a": 123}


def test_a_hostile_file_name_speaks_to_no_terminal(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        load_json(tmp_path / "a\x1b[2J\u202e.json", "export")
    assert refused.value.message.isprintable()


# Comments --------------------------------------------------------------------------------------

COMMENTED = """// a template
{
  "resources": [ /* one
     or more */
    {"type": "Microsoft.Logic/workflows", "name": "http://x // no comment /* neither */ \\" // still",
     // "name": "old",
     "properties": {"definition": {"actions": {}}, "note": "two
lines"}}
  ]
}"""


def test_comments_and_texts_over_two_lines_are_read_as_resource_manager_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(COMMENTED, "utf-8")
    (resource,) = load_json(path, "x", comments=True)["resources"]
    assert resource["name"] == 'http://x // no comment /* neither */ " // still'
    assert resource["properties"]["note"] == "two\nlines"
    with pytest.raises(InputError, match="is not JSON"):
        load_json(path, "x")


@given(JSON)
def test_what_has_no_comments_stays_as_it_is(document: Any) -> None:
    text = json.dumps(document, indent=1)
    assert without_comments(text) == text


@settings(max_examples=300)
@given(st.text(alphabet='"\\/*\n{}ab ', max_size=30))
def test_taking_comments_out_keeps_every_line(text: str) -> None:
    assert without_comments(text).count("\n") == text.count("\n")
    assert len(without_comments(text)) == len(text)


@pytest.mark.parametrize(
    "data", ['{"a": 1,}', "[1, 2,]", '{"a": NaN}', '{"a": Infinity}', "{'a': 1}", "/*", '"', "//"]
)
def test_what_is_documented_nowhere_is_refused(tmp_path: Path, data: str) -> None:
    (tmp_path / "x.json").write_text(data, "utf-8")
    with pytest.raises(InputError, match="is not JSON"):
        load_json(tmp_path / "x.json", "x", comments=True)


def test_a_name_given_twice_is_refused_with_the_name(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"a": {"uri": 1, "uri": 2}}', "utf-8")
    with pytest.raises(InputError, match="gives 'uri' twice"):
        load_json(tmp_path / "x.json", "x")


def test_the_line_of_a_fault_is_in_the_hint(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{\n/* one\n two */ "a": 1,\n}', "utf-8")
    with pytest.raises(InputError) as refused:
        load_json(tmp_path / "x.json", "x", comments=True)
    assert "line 4" in refused.value.hint or "line 3" in refused.value.hint


def test_unclosed_quotes_and_comments_are_no_slow_way_out(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("//\n" + '\\"' * 500_000 + "/*" * 500_000, "utf-8")
    with pytest.raises(InputError):
        load_json(tmp_path / "x.json", "x", comments=True)
