"""Where elements begin and end, in bytes: true for any spelling of a file, and one line for what can't be edited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import InputError
from sfharden.plan.xml_tree import Element, parse

pytestmark = pytest.mark.xml

FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- <a>no element</a> -->
<Root xmlns:xsi="x" about="1 > 0">
    <a>  one  </a>
    <b><c>two</c><c xsi:nil="true"/></b>
    <a/>
    <d><![CDATA[<e>text</e>]]></d>
</Root>
"""


def piece(data: bytes, one: Element) -> bytes:
    return data[one.start : one.end]


def test_each_element_is_where_it_says() -> None:
    document = parse(FILE, "f")
    assert [piece(FILE, one) for one in document.find("a")] == [b"<a>  one  </a>", b"<a/>"]
    (b,) = document.find("b")
    assert FILE[b.inner : b.close] == b'<c>two</c><c xsi:nil="true"/>'
    assert piece(FILE, document.root).startswith(b"<Root ")
    assert piece(FILE, document.root).endswith(b"</Root>")


def test_values_are_trimmed_and_nil_is_none() -> None:
    document = parse(FILE, "f")
    assert [one.value for one in document.find("a")] == ["one", ""]
    assert [one.value for one in document.find("b.c")] == ["two", None]
    assert document.find("d")[0].value == "<e>text</e>"
    assert document.find("b")[0].child("c") == "two"
    assert document.find("b")[0].child("gone") == ""


def test_paths_lead_below_the_root_and_the_empty_one_to_it() -> None:
    document = parse(FILE, "f")
    assert document.find("") == [document.root]
    assert document.find("b.gone") == document.find("e") == []
    assert [one.path for one in document.walk()] == ["", "a", "b", "b.c", "b.c", "a", "d"]


NAMES = st.sampled_from(["a", "b", "long-name"])
TREES = st.recursive(
    st.text("xyz é&<", max_size=6), lambda inner: st.lists(st.tuples(NAMES, inner), max_size=3), max_leaves=12
)


def written(name: str, content: object) -> str:
    if isinstance(content, list):
        return f"<{name} k='>'>{''.join(written(*one) for one in content)}</{name}>"
    return f"<{name}>{str(content).replace('&', '&amp;').replace('<', '&lt;')}</{name}>"


@given(TREES, st.sampled_from(["", "\ufeff"]))
def test_every_piece_is_an_element_of_its_own(tree: object, mark: str) -> None:
    data = (mark + written("Root", tree)).encode()
    for one in parse(data, "f").walk():
        again = parse(piece(data, one), "f").root
        assert (again.name, again.value) == (one.name, one.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not well-formed"),
        (b"<a><b></a>", "not well-formed"),
        (b"<a/>tail", "not well-formed"),
        (b"<a>\xff</a>", "not well-formed"),
        ("<a/>".encode("utf-16"), "not UTF-8"),
        (b"\xfe\xff\x00<", "not UTF-8"),
        (b"<?xml version='1.0' encoding='utf-7'?><a/>", "encoding is unknown"),
        (b"<?xml version='1.0' encoding='nonsense'?><a/>", "encoding is unknown"),
        (b"<!DOCTYPE a><a/>", "document type"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
    ],
)
def test_what_can_not_be_edited_is_refused_with_its_name_and_reason(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        parse(data, "profiles/A\x1b.profile")
    assert refused.value.message.startswith("profiles/A")
    assert refused.value.message.isprintable()


@pytest.mark.parametrize(
    ("encoding", "text"), [("UTF-8", "\u00e9\u65e5"), ("ISO-8859-1", "\u00e9"), ("us-ascii", "e")]
)
def test_an_encoding_in_which_tags_can_be_found_is_kept(encoding: str, text: str) -> None:
    data = f"<?xml version='1.0' encoding='{encoding}'?><a>{text}</a>".encode(encoding)
    found = parse(data, "f")
    assert found.root.value == text
    assert text.encode(found.encoding) == text.encode(encoding)


def test_bytes_show_themselves_nowhere() -> None:
    assert "one" not in repr(parse(FILE, "f")).replace("text='  one  '", "").replace("text='one'", "")


def test_what_says_how_a_file_is_written_is_no_attribute() -> None:
    data = b'<a xmlns="u" xmlns:x="v"><b x:nil="true"/><b x:nil="HUSH"/><b x:type="xsd:string" at="1"/></a>'
    document = parse(data, "f")
    assert document.root.attributes == ()
    assert [one.attributes for one in document.find("b")] == [(), (("x:nil", "HUSH"),), (("at", "1"),)]
