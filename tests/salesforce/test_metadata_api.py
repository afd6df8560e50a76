"""The Metadata API by hand: names survive escaping, faults become errors, a zip is whole or none."""

from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AnswerError
from sfharden.salesforce.metadata_api import MetadataClient, Polling, in_batches
from sfharden.text.redact import Secret

from .kit import SOAP, TOKEN, FakeTime, make_wire

pytestmark = pytest.mark.xml

NS = {"e": "http://schemas.xmlsoap.org/soap/envelope/", "m": "http://soap.sforce.com/2006/04/metadata"}
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def answer(operation: str, *results: str) -> str:
    inner = "".join(f"<result>{result}</result>" for result in results)
    return (
        f'<?xml version="1.0"?><e:Envelope xmlns:e="{NS["e"]}" xmlns="{NS["m"]}" xmlns:xsi="{XSI}">'
        f"<e:Body><{operation}Response>{inner}</{operation}Response></e:Body></e:Envelope>"
    )


def fault(code: str) -> str:
    return (
        f'<soapenv:Envelope xmlns:soapenv="{NS["e"]}" xmlns:sf="{NS["m"]}"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>{code}</faultcode><faultstring>{code}: {TOKEN}</faultstring>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )


def properties(type_: str, name: str, file_name: str = "", id_: str = "00e1") -> str:
    return (
        f"<createdByName>x</createdByName><fileName>{escape(file_name)}</fileName><fullName>{escape(name)}</fullName>"
        f"<id>{id_}</id><lastModifiedByName>Ann</lastModifiedByName>"
        f"<lastModifiedDate>2026-11-01T00:00:00.000Z</lastModifiedDate><manageableState>unmanaged</manageableState>"
        f"<type>{type_}</type>"
    )


def sent(index: int = 0) -> ElementTree.Element:
    """The body's operation of a recorded call."""
    body = responses.calls[index].request.body
    assert isinstance(body, bytes)
    operation = ElementTree.fromstring(body).find("e:Body/*", NS)  # noqa: S314 - our own
    assert operation is not None
    return operation


def texts(element: ElementTree.Element, path: str) -> list[str | None]:
    return [found.text for found in element.findall(path, NS)]


def make_metadata(time: FakeTime | None = None, polling: Polling | None = None) -> MetadataClient:
    return MetadataClient(make_wire(time=time), Secret(TOKEN), "66.0", polling=polling)


# --- list


@responses.activate
def test_lists_three_types_a_call() -> None:
    responses.post(
        SOAP, body=answer("listMetadata", properties("Profile", "Admin", id_="00e1"), properties("A", "x"))
    )
    responses.post(SOAP, body=answer("listMetadata"))
    found = make_metadata().list_metadata(["Profile", "ConnectedApp", "Settings", "PermissionSet"])
    assert [(item.type, item.full_name, item.id) for item in found] == [
        ("Profile", "Admin", "00e1"),
        ("A", "x", "00e1"),
    ]
    assert found[0].last_modified_by_name == "Ann"
    assert found[0].namespace_prefix == ""
    assert texts(sent(0), "m:queries/m:type") == ["Profile", "ConnectedApp", "Settings"]
    assert texts(sent(1), "m:queries/m:type") == ["PermissionSet"]
    assert texts(sent(0), "m:asOfVersion") == ["66.0"]


@responses.activate
def test_the_token_is_in_the_soap_header_only() -> None:
    responses.post(SOAP, body=answer("listMetadata"))
    make_metadata().list_metadata(["Profile"])
    request = responses.calls[0].request
    assert isinstance(request.body, bytes)
    session = ElementTree.fromstring(request.body).find("e:Header/m:SessionHeader/m:sessionId", NS)  # noqa: S314
    assert session is not None
    assert session.text == TOKEN
    assert "Authorization" not in request.headers
    assert (request.headers["SOAPAction"], request.headers["Content-Type"]) == (
        '""',
        "text/xml; charset=UTF-8",
    )


@responses.activate
def test_a_name_is_shown_decoded_but_asked_for_as_it_came() -> None:
    responses.post(SOAP, body=answer("listMetadata", properties("Profile", "50%25 off %26 co")))
    (found,) = make_metadata().list_metadata(["Profile"])
    assert (found.full_name, found.plain_name) == ("50%25 off %26 co", "50% off & co")


@responses.activate
def test_a_component_without_a_name_is_an_error() -> None:
    responses.post(SOAP, body=answer("listMetadata", "<type>Profile</type>"))
    with pytest.raises(AnswerError):
        make_metadata().list_metadata(["Profile"])


@given(st.lists(st.text(max_size=3), max_size=20), st.integers(1, 7))
def test_batches_hold_everything_in_order(items: list[str], size: int) -> None:
    batches = list(in_batches(items, size))
    assert [item for batch in batches for item in batch] == items
    assert all(len(batch) == size for batch in batches[:-1])


@responses.activate
def test_reading_by_soap_is_tried_again() -> None:
    responses.post(SOAP, status=503)
    responses.post(SOAP, body=answer("listMetadata"))
    assert make_metadata().list_metadata(["Profile"]) == []


# --- read


def records(*inner: str) -> str:
    return answer("readMetadata", "".join(inner))


def record(name: str) -> str:
    return f'<records xsi:type="Profile"><fullName>{escape(name)}</fullName><custom>true</custom></records>'


NIL = '<records xsi:nil="true"/>'


@responses.activate
def test_reads_what_is_there_and_what_is_not() -> None:
    responses.post(SOAP, body=records(record("B"), NIL, record("A")))
    found = make_metadata().read_metadata("Profile", ["A", "gone", "B"])
    a, gone, b = found["A"], found["gone"], found["B"]
    assert a is not None
    assert b is not None
    assert (a.findtext("fullName"), gone, b.findtext("custom")) == ("A", None, "true")
    assert a.get("type") == "Profile"


@responses.activate
def test_reads_ten_names_a_call_and_each_name_once() -> None:
    names = [f"P{number}" for number in range(12)]
    responses.post(SOAP, body=records(*map(record, names[:10])))
    responses.post(SOAP, body=records(*map(record, names[10:])))
    assert list(make_metadata().read_metadata("Profile", [*names, "P3"])) == names
    assert texts(sent(1), "m:fullNames") == ["P10", "P11"]


@responses.activate
def test_one_settings_record_needs_no_matching_name() -> None:
    responses.post(SOAP, body=records('<records xsi:type="SecuritySettings"><x>1</x></records>'))
    found = make_metadata().read_metadata("SecuritySettings", ["Security"])["Security"]
    assert found is not None
    assert found.findtext("x") == "1"


@responses.activate
@pytest.mark.parametrize(
    "inner",
    [
        [],
        [NIL],
        [record("A")],
        [record("A"), record("A")],
        [record("A"), record("X")],
        [record("A"), NIL, NIL],
        [record("A"), record("B"), record("C")],
    ],
)
def test_records_that_do_not_fit_the_names_are_an_error(inner: list[str]) -> None:
    responses.post(SOAP, body=records(*inner))
    with pytest.raises(AnswerError, match="doesn't fit"):
        make_metadata().read_metadata("Profile", ["A", "B"])


NAMES = ["O'Brien & Söhne", "<b>", "営業/本社", "50%25", 'a"b', "]]>", "tab\there"]


@responses.activate
def test_names_survive_escaping() -> None:
    responses.post(SOAP, body=records(*map(record, NAMES)))
    assert None not in make_metadata().read_metadata("Profile", NAMES).values()
    assert texts(sent(), "m:fullNames") == NAMES


def test_what_xml_cannot_carry_is_refused() -> None:
    for name in ("\x00", "a\x0bb", "\ud800", "\uffff"):
        with pytest.raises(AnswerError):
            make_metadata().read_metadata("Profile", [name])
