"""XML as a small tree: hostile text refused, and the same written as read."""

import pytest

from sfharden.emulator.xmltree import XmlError, document, parse


@pytest.mark.parametrize("text", [b"", b"<a>", b"<a></b>", b"<!DOCTYPE a><a/>", b"\xff\xfe", b"<a/><b/>"])
def test_hostile_xml_is_refused(text: bytes) -> None:
    with pytest.raises(XmlError):
        parse(text)


def test_xml_written_and_read_is_the_same() -> None:
    tree = parse(b'<a><b>x &amp; &lt;y&gt;</b><b/><c xsi:nil="true"/></a>')
    assert parse(document(tree)).children == tree.children
