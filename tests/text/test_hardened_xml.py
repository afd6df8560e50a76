"""One door for foreign XML: what is refused, in every reader; and nothing rests on when expat calls back."""

from collections.abc import Callable, Iterator
from encodings.aliases import aliases
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator import xmltree
from sfharden.errors import AnswerError, InputError
from sfharden.plan import xml_tree
from sfharden.salesforce.outgoing_bodies import soap_operation
from sfharden.salesforce.soap import read_response
from sfharden.sources.metadata_xml import BadMetadata, NotOurs, parse_component
from sfharden.text import hardened_xml
from sfharden.text.hardened_xml import BLOCK_BYTES, ENCODINGS, HardenedXml, XmlRefusal, blocks
from sfharden.web.session import Answer
from tests.expat_modes import MODES, expat_as
from tests.sources.build import Dribble

pytestmark = pytest.mark.xml


def metadata(data: bytes) -> None:
    parse_component(BytesIO(data), "X", "X.profile", max_bytes=10**9, expected=None)


def tree(data: bytes) -> None:
    xml_tree.parse(data, "X.profile")


def answer(data: bytes) -> None:
    read_response(Answer(200, "text/xml", data), "retrieve", "Reading")


def request(data: bytes) -> None:
    if not soap_operation(data):
        raise XmlRefusal("it is none of our requests")


def embedded(data: bytes) -> None:
    xmltree.parse(data)


READERS: list[Callable[[bytes], None]] = [metadata, tree, answer, request, embedded]
OURS = (BadMetadata, NotOurs, InputError, AnswerError, XmlRefusal, xmltree.XmlError)

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
METADATA = "http://soap.sforce.com/2006/04/metadata"
# Each is accepted by one reader at least, so that what is put before it is what makes the difference.
DOCUMENTS = [
    f'<Profile xmlns="{METADATA}"><custom>true</custom></Profile>',
    f'<e:Envelope xmlns:e="{SOAP}" xmlns="{METADATA}"><e:Body><retrieve/></e:Body></e:Envelope>',
    f'<e:Envelope xmlns:e="{SOAP}"><e:Body><retrieveResponse/></e:Body></e:Envelope>',
]


def accepted(reader: Callable[[bytes], None], data: bytes) -> bool:
    try:
        reader(data)
    except OURS:
        return False
    return True


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_accepts_what_it_is_for(reader: Callable[[bytes], None]) -> None:
    assert any(accepted(reader, document.encode()) for document in DOCUMENTS)


HOSTILE = [
    "<!DOCTYPE a>",
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '<!DOCTYPE a SYSTEM "file:///etc/hostname">',
    '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>',
    '<!DOCTYPE a [<!ATTLIST a b CDATA "c">]>',
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("before", HOSTILE)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_reader_takes_a_document_type(reader: Callable[[bytes], None], before: str, document: str) -> None:
    assert not accepted(reader, f"{before}{document}".encode())


# What other programs call encodings: Python's own names for them, and one flipped letter.
ODD_ENCODINGS = sorted(
    {name.replace("_", "-") for name in {*aliases, *aliases.values()}}
    | {"UHF-8", "utf8", "utf-7", "zlib_codec", "klingon", "undefined", "idna", "punycode", "UTF-8-sig", "cp037", "x"}
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_reader_takes_an_encoding_that_is_not_xml_s_own(
    reader: Callable[[bytes], None], document: str
) -> None:
    for name in ODD_ENCODINGS:
        if name.lower() not in ENCODINGS:
            data = f'<?xml version="1.0" encoding="{name}"?>{document}'.encode()
            assert not accepted(reader, data), name


@given(
    st.sampled_from(READERS),
    st.sampled_from(DOCUMENTS),
    st.sampled_from([*sorted(ENCODINGS), "UTF-8", "shift_jis", "cp1252"]),
    st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp037"]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), st.binary(max_size=3)), max_size=3),
)
def test_nothing_but_our_own_exceptions_leaves_any_reader(
    reader: Callable[[bytes], None],
    document: str,
    said: str,
    meant: str,
    damage: list[tuple[int, int, bytes]],
) -> None:
    data = f'<?xml version="1.0" encoding="{said}"?>\n{document}'.encode(meant)
    for at, gone, new in damage:
        data = data[:at] + new + data[at + gone :]
    accepted(reader, data)


def test_the_reason_is_one_plain_phrase() -> None:
    reasons = {}
    for head in (*HOSTILE, '<?xml version="1.0" encoding="klingon"?>', "<a></b>", ""):
        with pytest.raises(XmlRefusal) as refusal:
            HardenedXml().read(head.encode() + b"<a>&b;</a>")
        reasons[head[:10]] = refusal.value.reason
    assert reasons == {
        "<!DOCTYPE ": "it declares a document type (DTD)",
        "<?xml vers": "its character encoding is unknown or broken",
        "<a></b>": "it is not well-formed XML (mismatched tag)",
        "": "it is not well-formed XML (undefined entity)",
    }


# When expat calls back ---------------------------------------------------------------------------------


def told(data: bytes, mode: str) -> list[str] | str:
    """The elements heard, or why not."""
    heard: list[str] = []
    with expat_as(mode):
        xml = HardenedXml()
        xml.parser.StartElementHandler = lambda name, _: heard.append(name)
        try:
            xml.read(data)
        except XmlRefusal as refusal:
            return f"{refusal.reason}, line {refusal.line}, byte {refusal.at}"
    return heard


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("start", "end"), [("<!--", "-->"), ("<b c='", "'/>"), ("<?b ", "?>"), ("<b", "/>"), ("&#", "65;")]
)
@pytest.mark.parametrize("at", [30, BLOCK_BYTES // 2, BLOCK_BYTES - 3, BLOCK_BYTES, 3 * BLOCK_BYTES + 7])
def test_markup_is_bounded_by_its_bytes_alone(mode: str, start: str, end: str, at: int) -> None:
    """What is smaller than a block is read wherever it stands, what holds a whole one is not."""
    fill = " " if start == "<b" else "0"

    def document(size: int) -> bytes:
        monster = start + fill * (size - len(start + end)) + end
        return f"<a>{' ' * (at - 3)}{monster}<last/>{'<z/>' * 100_000}</a>".encode()

    assert told(document(BLOCK_BYTES - 1), mode)[-1] == "z"
    border = -at % BLOCK_BYTES  # bytes up to the next border, from which on a whole block is held
    largest = document(border + BLOCK_BYTES - 1)
    assert told(largest, mode)[-1] == "z"
    for size in (border + BLOCK_BYTES + 1, 2 * BLOCK_BYTES, 5 * BLOCK_BYTES):
        assert "larger than any real file" in told(document(size), mode)


def documents() -> Iterator[bytes]:
    """Small ones with every kind of markup, some of them damaged."""
    whole = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- one --><a b="&lt;>">\r\n <c/>text &amp; <![CDATA[ <&> ]]>'
        "<?pi two?><d>é営</d >\n</a>\n<!-- end -->\n"
    )
    yield whole.encode()
    yield whole.replace("UTF-8", "UTF-16").encode("utf-16")
    for damage in ("<!DOCTYPE a>", "&b;", "]]>", "<", "</c>", "\0", "<!--", "--", "<![CDATA["):
        for at in range(0, len(whole), 7):
            yield (whole[:at] + damage + whole[at:]).encode()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [64, 91, 512])
def test_borders_and_deferral_make_no_difference(
    mode: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [told(data, "own") for data in documents()]
    monkeypatch.setattr(hardened_xml, "BLOCK_BYTES", size)
    for data, whole in zip(documents(), wanted, strict=True):
        found = told(data, mode)
        assert found == whole or "larger" in found


@given(st.binary(max_size=50), st.lists(st.integers(1, 60), min_size=1), st.integers(1, 20))
def test_a_stream_comes_in_the_same_blocks_however_it_is_handed_out(
    data: bytes, steps: list[int], size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hardened_xml, "BLOCK_BYTES", size)
        found = list(blocks(Dribble(data, *steps)))
    assert b"".join(found) == data
    assert [len(block) for block in found[:-1]] == [size] * (len(found) - 1)
    assert len(found[-1]) < size


@pytest.mark.parametrize("mode", MODES)
def test_the_places_of_a_long_file_are_right(mode: str) -> None:
    """Expat tells them, and a plan edits by them."""
    rows = [
        f"<row><a>{'x' * (n % 997)}</a><b n='{n}'/><!-- {'-y' * (n % 503)}--></row>\n" for n in range(6_000)
    ]
    data = f"<P>{''.join(rows)}</P>".encode()
    assert len(data) > 4_000_000
    with expat_as(mode):
        document = xml_tree.parse(data, "X")
    assert [data[one.start : one.end] + b"\n" for one in document.find("row")] == [
        row.encode() for row in rows
    ]
