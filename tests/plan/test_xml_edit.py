"""Edits in place: what isn't meant stays byte for byte, however the file is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import InputError
from sfharden.plan.xml_edit import Content, mask, remove, replace_list, set_text, texts
from sfharden.plan.xml_tree import Element, parse

from .kit import flat, rest

pytestmark = pytest.mark.xml

W = "file.xml"
XSI = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<P><a>1</a></P>", b"<P><a>X</a></P>"),
        (b"<P><a/></P>", b"<P><a>X</a></P>"),
        (b"<P><a></a></P>", b"<P><a>X</a></P>"),
        (b"<P><a>\n 1\n</a></P>", b"<P><a>X</a></P>"),
        (b"<P><a><![CDATA[1]]></a></P>", b"<P><a>X</a></P>"),
        (b"<P %b><a xsi:nil='true'/></P>" % XSI, b"<P %b><a>X</a></P>" % XSI),
        (b"<P><!-- <a>0</a> --><a>1</a></P>", b"<P><!-- <a>0</a> --><a>X</a></P>"),
        (b"<P>\n  <a>1</a>\n  <a>2</a>\n</P>", b"<P>\n  <a>X</a>\n</P>"),
        (b"<P><a>1</a><a>2</a></P>", b"<P><a>X</a></P>"),
        (b"<P><a>X</a><a>2</a></P>", b"<P><a>X</a></P>"),
        (b"<P><a >1</a ><b x='>'/></P>", b"<P><a >X</a ><b x='>'/></P>"),
        (b"<P><a> X </a></P>", b"<P><a> X </a></P>"),
        (b"\xef\xbb\xbf<P>\r\n\t<a>1</a>\r\n</P>\r\n", b"\xef\xbb\xbf<P>\r\n\t<a>X</a>\r\n</P>\r\n"),
        (b"<P/>", b"<P><a>X</a></P>"),
        (b"<P></P>", b"<P><a>X</a></P>"),
        (b"<P x='1' />\n", b"<P x='1'>\n    <a>X</a>\n</P>\n"),
        (b"<P>\n</P>\n", b"<P>\n    <a>X</a>\n</P>\n"),
        (b"<P>\n\t<b/>\n</P>", b"<P>\n\t<a>X</a>\n\t<b/>\n</P>"),
        (b"<P>\r\n  <b/>\r\n</P>", b"<P>\r\n  <a>X</a>\r\n  <b/>\r\n</P>"),
        (b"<P>\n  <fullName>n</fullName>\n  <b/>\n</P>", b"<P>\n  <fullName>n</fullName>\n  <a>X</a>\n  <b/>\n</P>"),
        (b"<P>\n  <A/> <!-- of A -->\n  <b/>\n</P>", b"<P>\n  <A/> <!-- of A -->\n  <a>X</a>\n  <b/>\n</P>"),
        (b"<P>\n  <A/> <!-- of\n b --><b/>\n</P>", b"<P>\n  <A/>\n  <a>X</a> <!-- of\n b --><b/>\n</P>"),
        (b"<P>\n  <z/>\n  <A/>\n  <y/>\n</P>", b"<P>\n  <z/>\n  <A/>\n  <a>X</a>\n  <y/>\n</P>"),
        (b"<P><A/><b/></P>", b"<P><A/><a>X</a><b/></P>"),
        (b"<?xml version='1.0'?><P>\n  <b/></P>", b"<?xml version='1.0'?><P>\n  <a>X</a>\n  <b/></P>"),
        (b"<P>\n  <!-- only this -->\n</P>", b"<P>\n    <a>X</a>\n  <!-- only this -->\n</P>"),
    ],
)  # fmt: skip
def test_one_text(before: bytes, after: bytes) -> None:
    assert set_text(before, "a", "X", W) == after
    assert set_text(after, "a", "X", W) == after
    assert texts(after, "a", W) == ["X"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<P>\n  <o/>\n</P>", b"<P>\n  <o>\n    <a>X</a>\n  </o>\n</P>"),
        (b"<P>\n  <o></o>\n</P>", b"<P>\n  <o>\n    <a>X</a>\n  </o>\n</P>"),
        (b"<P>\n  <n/>\n</P>", b"<P>\n  <n/>\n  <o>\n    <a>X</a>\n  </o>\n</P>"),
        (b"<P><n/></P>", b"<P><n/><o><a>X</a></o></P>"),
        (b"<P %b>\n <o xsi:nil='1'></o>\n</P>" % XSI, b"<P %b>\n <o>\n  <a>X</a>\n </o>\n</P>" % XSI),
        (b"<P>\n  <o>\n    <b/>\n  </o>\n  <o/>\n</P>", b"<P>\n  <o>\n    <a>X</a>\n    <b/>\n  </o>\n  <o/>\n</P>"),
        (b"<P><o/><o><a>1</a></o></P>", b"<P><o/><o><a>X</a></o></P>"),
    ],
)  # fmt: skip
def test_one_text_in_a_group(before: bytes, after: bytes) -> None:
    assert set_text(before, "o.a", "X", W) == after


@pytest.mark.parametrize(
    ("wanted", "after"),
    [
        ("abc", b"<P>\n  <l>a</l> <!-- a -->\n  <l>b</l>\n  <l>c</l>\n  <z/>\n</P>"),
        ("ab", b"<P>\n  <l>a</l> <!-- a -->\n  <l>b</l>\n  <z/>\n</P>"),
        ("a", b"<P>\n  <l>a</l> <!-- a -->\n  <z/>\n</P>"),
        ("b", b"<P>\n   <!-- a -->\n  <l>b</l>\n  <z/>\n</P>"),
        ("bc", b"<P>\n  <l>c</l> <!-- a -->\n  <l>b</l>\n  <z/>\n</P>"),
        ("cd", b"<P>\n  <l>c</l> <!-- a -->\n  <l>d</l>\n  <z/>\n</P>"),
        ("", b"<P>\n   <!-- a -->\n  <z/>\n</P>"),
    ],
)
def test_a_list(wanted: str, after: bytes) -> None:
    before = b"<P>\n  <l>a</l> <!-- a -->\n  <l>b</l>\n  <z/>\n</P>"
    assert replace_list(before, "l", [(one, one) for one in wanted], lambda one: one.value, W) == after


def test_a_list_of_groups_keeps_what_it_has_of_the_wanted() -> None:
    before = b"<P>\n\t<r>\n\t\t<d>mine</d>\n\t\t<s>1</s>\n\t</r>\n\t<r><s>2</s></r>\n</P>"
    entries: list[tuple[object, Content]] = [(key, (("s", key),)) for key in ("1", "3", "4")]
    after = replace_list(before, "r", entries, lambda one: one.child("s"), W)
    assert after == (
        b"<P>\n\t<r>\n\t\t<d>mine</d>\n\t\t<s>1</s>\n\t</r>\n\t<r>\n\t\t<s>3</s>\n\t</r>\n\t<r>\n\t\t<s>4</s>\n\t</r>\n</P>"
    )
    assert replace_list(after, "r", entries, lambda one: one.child("s"), W) == after


def test_a_list_is_made_where_there_is_none() -> None:
    entries: list[tuple[object, Content]] = [("1", "1"), ("2", "2")]
    made = replace_list(b"<P>\n  <k/>\n  <z/>\n</P>", "l", entries, lambda one: one.value, W)
    assert made == b"<P>\n  <k/>\n  <l>1</l>\n  <l>2</l>\n  <z/>\n</P>"


def test_a_doubled_entry_goes() -> None:
    entries: list[tuple[object, Content]] = [("1", "1")]
    before = b"<P>\n <l>1</l>\n <l>1</l>\n</P>"
    assert replace_list(before, "l", entries, lambda one: one.value, W) == b"<P>\n <l>1</l>\n</P>"


def test_taking_out_and_masking() -> None:
    data = b"<P>\n <o>\n  <secret>s\ns</secret>\n  <b/></o><secret>t</secret>\n</P>"
    assert remove(data, lambda one: one.name == "secret", W) == b"<P>\n <o>\n  <b/></o>\n</P>"
    masked = mask(data, lambda one: one.name == "secret", b"***", W)
    assert b"s\ns" not in masked
    assert masked.count(b"\n") == data.count(b"\n")
    nested = b"<P><secret><secret>s</secret></secret></P>"
    assert remove(nested, lambda one: one.name == "secret", W) == b"<P></P>"


@pytest.mark.parametrize(
    ("encoding", "written"), [("UTF-8", "é & <b>".encode()), ("ISO-8859-1", b"\xe9 & <b>"), ("US-ASCII", b"&#233; & <b>")]
)  # fmt: skip
def test_text_is_written_in_the_encoding_of_the_file(encoding: str, written: bytes) -> None:
    data = f"<?xml version='1.0' encoding='{encoding}'?><P><a>1</a></P>".encode()
    edited = set_text(data, "a", "é & <b>", W)
    assert written.replace(b"& ", b"&amp; ").replace(b"<b>", b"&lt;b&gt;") in edited
    assert texts(edited, "a", W) == ["é & <b>"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<P>",
        b"<P><a></P>",
        b"<!DOCTYPE P><P><a>1</a></P>",
        b'<!DOCTYPE P [<!ENTITY e "x">]><P><a>&e;</a></P>',
        b'<!DOCTYPE P SYSTEM "file:///etc/passwd"><P/>',
        b"<P><a>&e;</a></P>",
        "<P><a>1</a></P>".encode("utf-16"),
        "<P><a>1</a></P>".encode("utf-16-le"),
        b"<?xml version='1.0' encoding='UTF-16'?><P/>",
        b"<?xml version='1.0' encoding='Shift_JIS'?><P/>",
        b"<?xml version='1.0' encoding='nonsense'?><P/>",
        b"<P><a>\xff\xfe</a></P>",
        b"<P><a><b/></a></P>",
    ],
)
def test_what_cannot_be_edited_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        set_text(data, "a", "X", "evil\n\x1b[31m.xml")
    assert "\n" not in caught.value.message
    assert "\x1b" not in caught.value.message
    assert "etc/passwd" not in caught.value.message


@pytest.mark.parametrize("text", ["\x00", "\x1b[31m", "\ud800", "\uffff"])
def test_text_that_xml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        set_text(b"<P><a>1</a></P>", "a", text, W)


def test_deep_files_are_no_trouble() -> None:
    deep = b"<P>" + b"<x>" * 20_000 + b"</x>" * 20_000 + b"<a>1</a></P>"
    assert set_text(deep, "a", "2", W).endswith(b"<a>2</a></P>")


# Any file ----------------------------------------------------------------------------------------

NAMES = ("a", "b", "label", "loginIpRanges", "zeta", "fullName")
SPACE = st.sampled_from(
    [b"", b"\n", b"\r\n", b"\n    ", b"\n\t", b"  ", b"\n<!-- <a>9</a> -->\n", b"<?pi x?>", b"<!-- > -->"]
)
TEXT = st.sampled_from(
    [b"", b"1", b" x ", b"&amp;", "é".encode(), b"<![CDATA[<a>]]>", b"<!-- c -->", b"\r\n"]
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> bytes:
    name = draw(st.sampled_from(NAMES)).encode()
    kind = draw(st.sampled_from(["leaf", "empty", "group", "nil"] if depth < 2 else ["leaf", "empty"]))
    if kind == "empty":
        return b"<" + name + draw(st.sampled_from([b"/>", b" />", b" q='/>'/>"]))
    if kind == "nil":
        return b"<" + name + b' xsi:nil="true"/>'
    if kind == "leaf":
        return b"<%b>%b</%b>" % (name, draw(TEXT), name)
    inner = draw(st.lists(elements(depth + 1), min_size=1, max_size=3))
    return b"<%b>%b%b</%b>" % (name, b"".join(draw(SPACE) + one for one in inner), draw(SPACE), name)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    head = draw(
        st.sampled_from(
            [b"", b'<?xml version="1.0" encoding="UTF-8"?>\n', b"\xef\xbb\xbf<?xml version='1.0'?>\r\n"]
        )
    )
    inner = draw(st.lists(elements(), max_size=6))
    body = b"".join(draw(SPACE) + one for one in inner) + draw(SPACE)
    return head + b"<P %b>%b</P>" % (XSI, body) + draw(st.sampled_from([b"", b"\n", b"\r\n"]))


@given(
    documents(),
    st.sampled_from(["a", "zeta", "group.a", "label.b"]),
    st.sampled_from(["true", "A & B", "営業"]),
)
def test_setting_a_text_touches_nothing_else(data: bytes, path: str, text: str) -> None:
    if any(one.children for one in parse(data, W).find(path)):
        return
    edited = set_text(data, path, text, W)
    assert texts(edited, path, W) == [text]
    assert set_text(edited, path, text, W) == edited
    parent = path.partition(".")[0]
    was = [one for one in rest(data, path) if one[0] != parent or "." not in path]
    now = [one for one in rest(edited, path) if one[0] != parent or "." not in path]
    assert was == now
    assert len(flat(edited)) <= len(flat(data)) + path.count(".") + 1


@given(documents(), st.lists(st.sampled_from("abcdef"), unique=True, max_size=4))
def test_replacing_a_list_touches_nothing_else(data: bytes, wanted: list[str]) -> None:
    def key(element: Element) -> object:
        return element.child("b")

    entries: list[tuple[object, Content]] = [(one, (("b", one),)) for one in wanted]
    edited = replace_list(data, "loginIpRanges", entries, key, W)
    found = parse(edited, W).find("loginIpRanges")
    assert sorted(str(key(one)) for one in found) == sorted(wanted)
    assert rest(edited, "loginIpRanges") == rest(data, "loginIpRanges")
    assert replace_list(edited, "loginIpRanges", entries, key, W) == edited


@given(documents())
def test_an_insertion_is_one_piece(data: bytes) -> None:
    if not parse(data, W).root.children:
        return
    edited = set_text(data, "new", "1", W)
    added = len(edited) - len(data)
    same = next(n for n, (a, b) in enumerate(zip(data, edited, strict=False)) if a != b)
    assert edited[same + added :] == data[same:]


def test_of_an_element_with_attributes_the_tags_are_masked_too_and_lines_keep_their_numbers() -> None:
    data = b'<a>\n<secret\n of="HUSH"/>\n<secret of="HUSH">x\n</secret></a>'
    shown = mask(data, lambda one: one.name == "secret", b"***", W)
    assert shown == b"<a>\n<secret>***</secret>\n\n<secret>***</secret>\n</a>"
