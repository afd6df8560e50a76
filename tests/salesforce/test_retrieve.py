"""A retrieve gives a whole zip of what was named, or an error; it never waits for ever."""

import base64
import binascii
import io
import random
import zipfile
from collections.abc import Sequence

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AnswerError, AuthError, DeniedError, OrgError, UnreachableError
from sfharden.salesforce.metadata_api import Polling
from sfharden.salesforce.soap import _Base64Decoder as Base64Decoder
from tests.expat_modes import MODES, expat_as
from tests.salesforce.test_metadata_api import answer, fault, make_metadata, properties, sent, texts

from .kit import SOAP, TOKEN, FakeTime

pytestmark = pytest.mark.xml

STARTED = answer("retrieve", "<done>false</done><id>09S1</id><state>Queued</state>")
PENDING = answer("checkRetrieveStatus", "<done>false</done><id>09S1</id><status>InProgress</status>")
FILE = "unpackaged/profiles/Admin.profile"


def zip_of(*names: str, size: int = 10) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, random.Random(7).randbytes(size))  # noqa: S311 - made-up content
    return buffer.getvalue()


def done(zip_bytes: bytes | str, *files: str, messages: str = "") -> str:
    encoded = zip_bytes if isinstance(zip_bytes, str) else base64.b64encode(zip_bytes).decode()
    listed = "".join(
        f"<fileProperties>{properties('Profile', name.rpartition('/')[2], name)}</fileProperties>"
        for name in files
    )
    return answer(
        "checkRetrieveStatus",
        f"<done>true</done>{listed}<id>09S1</id>{messages}<status>Succeeded</status><success>true</success>"
        f"<zipFile>{encoded}</zipFile>",
    )


def script(*bodies: str) -> None:
    for body in bodies:
        responses.post(SOAP, body=body)


@responses.activate
def test_retrieves_named_members() -> None:
    content = zip_of(FILE, "unpackaged/package.xml")
    warning = "<messages><fileName>unpackaged/package.xml</fileName><problem>no 'X'</problem></messages>"
    script(STARTED, PENDING, PENDING, done(content, FILE, "unpackaged/package.xml", messages=warning))
    time = FakeTime()
    result = make_metadata(time).retrieve({"Profile": ["Admin", "O'Brien & co"], "Settings": ["Security"]})
    assert result.zip_bytes == content
    assert [item.file_name for item in result.file_properties] == [FILE, "unpackaged/package.xml"]
    assert [(item.file_name, item.problem) for item in result.messages] == [
        ("unpackaged/package.xml", "no 'X'")
    ]
    assert result.missing == ()
    assert time.sleeps == pytest.approx([0.05, 0.07, 0.098])
    request = sent(0)[0]
    assert [child.tag.rpartition("}")[2] for child in request] == [
        "apiVersion",
        "singlePackage",
        "unpackaged",
    ]
    assert texts(request, "m:unpackaged/m:types/m:members") == ["Admin", "O'Brien & co", "Security"]
    assert texts(request, "m:unpackaged/m:types/m:name") == ["Profile", "Settings"]
    assert texts(request, "m:unpackaged/m:version") == ["66.0"]
    assert texts(sent(3), "m:asyncProcessId") == ["09S1"]
    assert content not in repr(result).encode()


@responses.activate
@pytest.mark.parametrize("width", [76, 1, 3])
def test_a_zip_may_come_in_lines(width: int) -> None:
    content = zip_of(FILE, size=3000)
    encoded = base64.b64encode(content).decode()
    lines = "\n".join(encoded[begin : begin + width] for begin in range(0, len(encoded), width))
    script(STARTED, done(lines, FILE))
    assert make_metadata().retrieve({"Profile": ["*"]}).zip_bytes == content


@given(st.text("QUJ=\n ", max_size=12), st.lists(st.integers(0, 12), max_size=3))
def test_where_the_text_of_a_zip_is_cut_makes_no_difference(text: str, cuts: list[int]) -> None:
    def decoded(*parts: str) -> bytes | None:
        decoder = Base64Decoder()
        try:
            for part in parts:
                decoder.feed(part)
            return decoder.finish()
        except binascii.Error:
            return None

    places = sorted({0, *cuts})
    parts = [text[start:end] for start, end in zip(places, [*places[1:], None], strict=True)]
    assert decoded(*parts) == decoded(text) == decoded(*text)


@responses.activate
@pytest.mark.parametrize("mode", MODES)
def test_a_large_zip_arrives_whole_whenever_expat_calls_back(mode: str) -> None:
    content = zip_of(FILE, size=1_500_000)
    script(STARTED, done(f"\n{'<!-- x -->' * 30_000}{base64.b64encode(content).decode()}", FILE))
    with expat_as(mode):
        assert make_metadata().retrieve({"Profile": ["*"]}).zip_bytes == content


@responses.activate
def test_a_large_zip_arrives_whole() -> None:
    content = zip_of(FILE, size=1_500_000)
    script(STARTED, done(content, FILE))
    assert make_metadata().retrieve({"Profile": ["*"]}).zip_bytes == content


@responses.activate
@pytest.mark.parametrize(
    "content",
    [
        zip_of(FILE)[:-10],
        zip_of(FILE, size=400)[:200],
        b"no zip at all, but long enough to be one",
        base64.b64encode(zip_of(FILE)).decode()[:-3],
        base64.b64encode(zip_of(FILE)).decode().rstrip("=") + "==AAAA",
        "not base 64 !!!!",
        "ＡＡＡＡ",
        "",
        zip_of("unpackaged/package.xml"),
    ],
)
def test_a_wrong_or_cut_zip_is_an_error(content: bytes | str) -> None:
    script(STARTED, done(content, FILE))
    with pytest.raises(AnswerError):
        make_metadata().retrieve({"Profile": ["Admin"]})


@responses.activate
def test_a_file_that_is_promised_and_missing_is_named() -> None:
    other = "unpackaged/profiles/O%27Brien.profile"
    script(STARTED, done(zip_of("profiles/O'Brien.profile"), FILE, other))
    assert make_metadata().retrieve({"Profile": ["*"]}).missing == (FILE,)


@responses.activate
def test_two_zips_are_an_error() -> None:
    twice = done(zip_of(FILE), FILE).replace("</result>", "<zipFile>QUJD</zipFile></result>")
    script(STARTED, twice)
    with pytest.raises(AnswerError):
        make_metadata().retrieve({"Profile": ["*"]})


def failure(code: str) -> str:
    return answer(
        "checkRetrieveStatus",
        f"<done>true</done><errorMessage>{TOKEN}</errorMessage><errorStatusCode>{code}</errorStatusCode>"
        "<id>09S1</id><status>Failed</status><success>false</success>",
    )


@responses.activate
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("INSUFFICIENT_ACCESS", DeniedError),
        ("LIMIT_EXCEEDED", DeniedError),
        ("UNKNOWN_EXCEPTION", UnreachableError),
    ],
)
def test_a_failed_retrieve_is_an_error(code: str, kind: type[OrgError]) -> None:
    script(STARTED, failure(code))
    with pytest.raises(kind) as caught:
        make_metadata().retrieve({"Profile": ["*"]})
    assert TOKEN not in caught.value.message


@responses.activate
def test_a_retrieve_without_success_is_an_error_whatever_else_it_brings() -> None:
    script(STARTED, done(zip_of(FILE), FILE).replace("<success>true</success>", "<success>false</success>"))
    with pytest.raises(UnreachableError):
        make_metadata().retrieve({"Profile": ["*"]})


@responses.activate
@pytest.mark.parametrize(
    "bodies",
    [
        [answer("retrieve")],
        [answer("retrieve", "<done>false</done>")],
        [answer("retrieve", f"<id>{'0' * 61}</id>")],  # it would be sent back at each question
        [answer("retrieve", "<id>../x</id>")],
        [STARTED, answer("checkRetrieveStatus")],
        [STARTED, answer("checkRetrieveStatus", "<done>true</done>", "<done>true</done>")],
        [STARTED, answer("checkRetrieveStatus", "<done>true</done><success>true</success>")],
    ],
)
def test_a_retrieve_of_another_shape_is_an_error(bodies: Sequence[str]) -> None:
    script(*bodies)
    with pytest.raises(AnswerError):
        make_metadata().retrieve({"Profile": ["*"]})


@responses.activate
def test_a_retrieve_that_never_ends_is_left() -> None:
    script(STARTED, PENDING)
    time = FakeTime()
    with pytest.raises(UnreachableError, match="60 seconds"):
        make_metadata(time, Polling(total=60)).retrieve({"Profile": ["*"]})
    assert 45 < sum(time.sleeps) <= 60


@responses.activate
def test_a_session_that_ends_while_waiting_is_an_auth_error() -> None:
    script(STARTED)
    responses.post(SOAP, status=500, body=fault("sf:INVALID_SESSION_ID"))
    with pytest.raises(AuthError):
        make_metadata().retrieve({"Profile": ["*"]})


@given(st.floats(0.01, 5), st.floats(1, 3), st.floats(1, 30), st.floats(0, 500))
def test_waiting_is_bounded(first: float, growth: float, longest: float, total: float) -> None:
    waits = list(Polling(first, growth, longest, total).waits(lambda: 0.0))
    assert sum(waits) <= total + 1e-6
    assert all(wait <= max(first, longest) for wait in waits)
