"""Envelopes, out and in: text that can't break out, a fault for what it is, a zip whole or none."""

import base64

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AnswerError, AuthError, DeniedError, LimitError, OrgError, UnreachableError
from sfharden.salesforce.soap import SoapResult, element, read_response, text, texts
from sfharden.web.session import Answer
from tests.salesforce.test_metadata_api import answer, fault, make_metadata, properties

from .kit import SOAP, TOKEN

pytestmark = pytest.mark.xml

ODD = ("UHF-8", "shift_jis", "utf-7", "zlib_codec", "cp037", "idna")  # encodings that XML doesn't know


def read(body: str | bytes, status: int = 200, operation: str = "listMetadata") -> SoapResult:
    raw = body.encode() if isinstance(body, str) else body
    return read_response(Answer(status, "text/xml", raw), operation, "Asking")


@responses.activate
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("sf:INVALID_SESSION_ID", AuthError),
        ("sf:LOGIN_DURING_RESTRICTED_DOMAIN", AuthError),
        ("sf:INSUFFICIENT_ACCESS", DeniedError),
        ("sf:INVALID_TYPE", DeniedError),
        ("sf:UNSUPPORTED_API_VERSION", DeniedError),
        ("sf:REQUEST_LIMIT_EXCEEDED", LimitError),
        ("sf:SERVER_UNAVAILABLE", UnreachableError),
        ("sf:UNKNOWN_EXCEPTION", UnreachableError),
        ("soapenv:Client", UnreachableError),
    ],
)
def test_a_fault_becomes_the_error_its_code_stands_for(code: str, kind: type[OrgError]) -> None:
    responses.post(SOAP, status=500, body=fault(code))
    with pytest.raises(kind) as caught:
        make_metadata().list_metadata(["Profile"])
    assert TOKEN not in f"{caught.value!r}{caught.value.hint}"
    if isinstance(caught.value, DeniedError):
        assert caught.value.code == code.removeprefix("sf:")


@responses.activate
def test_a_fault_with_status_200_is_an_error_still() -> None:
    responses.post(SOAP, body=fault("sf:INVALID_SESSION_ID"))
    with pytest.raises(AuthError):
        make_metadata().list_metadata(["Profile"])


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, "<html><body>log in</body></html>", AnswerError),
        (200, "", AnswerError),
        (200, '{"records": []}', AnswerError),
        (200, answer("listMetadata", properties("Profile", "Admin"))[:-60], AnswerError),
        (200, answer("readMetadata"), AnswerError),
        (
            200,
            answer("listMetadata", properties("Profile", "Admin")).replace("result>", "resulq>"),
            AnswerError,
        ),
        (200, "<!DOCTYPE a [<!ENTITY b 'c'>]>" + answer("listMetadata").partition("?>")[2], AnswerError),
        (200, answer("listMetadata", "&nbsp;"), AnswerError),
        *((200, answer("listMetadata").replace("?>", f' encoding="{odd}"?>'), AnswerError) for odd in ODD),
        (200, answer("listMetadata", f"<!--{'x' * 600_000}-->"), AnswerError),
        (401, answer("listMetadata").replace("?>", ' encoding="UHF-8"?>'), AuthError),
        (200, answer("listMetadata", properties("A", "x") + "<a>" * 100 + "</a>" * 100), AnswerError),
        (200, answer("listMetadata", *["x" * 5_000_000] * 5), AnswerError),
        (401, "", AuthError),
        (403, "<html>", DeniedError),
        (404, answer("listMetadata"), DeniedError),
        (500, "<html>", UnreachableError),
    ],
)
def test_what_is_no_envelope_is_no_answer(status: int, body: str, kind: type[OrgError]) -> None:
    responses.post(SOAP, status=status, body=body, content_type="text/xml")
    with pytest.raises(kind):
        make_metadata().list_metadata(["Profile"])


# Out -------------------------------------------------------------------------------------------


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20)
)
def test_no_text_breaks_out_of_its_element(value: str) -> None:
    inner = text("fullNames", value).replace("m:", "")
    (result,) = read(answer("listMetadata", inner)).results
    assert [one.tag for one in result] == ["fullNames"]
    assert (result.findtext("fullNames") or "") == value


def test_elements_nest_and_repeat() -> None:
    assert element("a", texts("b", ["<", "&"])) == "<m:a><m:b>&lt;</m:b><m:b>&amp;</m:b></m:a>"


@pytest.mark.parametrize("value", ["\x00", "a\x0bb", "\ud800", "\ufffe"])
def test_what_xml_can_not_carry_is_refused_before_it_is_sent(value: str) -> None:
    with pytest.raises(AnswerError):
        text("fullNames", value)


# In --------------------------------------------------------------------------------------------


def with_zip(inner: str) -> str:
    return answer("checkRetrieveStatus", f"<done>true</done>{inner}")


def zip_of(inner: str) -> bytes | None:
    return read(with_zip(inner), operation="checkRetrieveStatus").zip_bytes


def test_a_zip_is_decoded_on_the_way_and_stays_out_of_the_tree() -> None:
    data = bytes(range(256)) * 2000
    lines = base64.encodebytes(data).decode()
    found = read(with_zip(f"<zipFile>{lines}</zipFile>"), operation="checkRetrieveStatus")
    assert found.zip_bytes == data
    assert found.results[0].findtext("zipFile") == ""
    assert found.results[0].findtext("done") == "true"


def test_no_zip_is_none_and_an_empty_one_is_empty() -> None:
    assert zip_of("") is None
    assert zip_of("<zipFile/>") == b""


@pytest.mark.parametrize("inner", ["UE", "UEs=UEs=", "UEs====", "UÉs=", "U-s=", "UE<b/>s="])
def test_a_damaged_zip_is_no_answer(inner: str) -> None:
    with pytest.raises(AnswerError):
        zip_of(f"<zipFile>{inner}</zipFile>")


def test_two_zips_are_no_answer_and_one_elsewhere_is_a_text() -> None:
    with pytest.raises(AnswerError):
        zip_of("<zipFile>UEs=</zipFile><zipFile>UEs=</zipFile>")
    assert zip_of("<more><zipFile>UEs=</zipFile></more>") is None


def test_the_answer_to_another_question_is_none() -> None:
    with pytest.raises(AnswerError, match="something else than it was asked"):
        read(answer("readMetadata"), operation="listMetadata")


def test_of_attributes_only_those_that_matter_are_kept() -> None:
    inner = '<records xsi:type="Profile" xsi:nil="true" xml:lang="en" other="x"/>'
    (result,) = read(answer("listMetadata", inner)).results
    assert result[0].attrib == {"type": "Profile", "nil": "true"}
