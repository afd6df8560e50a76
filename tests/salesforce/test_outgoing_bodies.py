"""What a body would do, read from its bytes: one operation, one check-only deployment, or nothing that may leave."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.filepost import encode_multipart_formdata

from sfharden.salesforce.outgoing_bodies import (
    METADATA_NAMESPACE,
    SOAP_NAMESPACE,
    is_check_only,
    soap_operation,
)

pytestmark = pytest.mark.xml

CHECK_ONLY = '{"deployOptions": {"checkOnly": true}}'
BOUNDARY = "0123456789abcdef"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def envelope(inside: str, head: str = "") -> bytes:
    return (
        f'{head}<e:Envelope xmlns:e="{SOAP_NAMESPACE}" xmlns:m="{METADATA_NAMESPACE}">'
        f"<e:Header><m:deploy/></e:Header><e:Body>{inside}</e:Body></e:Envelope>"
    ).encode()


def deployment(options: str, content: bytes = b"PK") -> bytes:
    parts = {"json": (None, options, "application/json"), "file": ("p.zip", content, "application/zip")}
    return encode_multipart_formdata(parts, BOUNDARY)[0]  # type: ignore[arg-type]


def test_the_one_operation_is_told_whatever_the_prefix_and_the_header() -> None:
    assert soap_operation(envelope("<m:retrieve><m:retrieve/></m:retrieve>")) == "retrieve"
    assert (
        soap_operation(envelope("<m:listMetadata/>").replace(b"m:", b"x:").replace(b":m=", b":x="))
        == "listMetadata"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<retrieve/>",
        envelope(""),
        envelope("<m:retrieve/><m:deploy/>"),
        envelope("<retrieve/>"),
        envelope("<m:retrieve/>", head="<!DOCTYPE a>"),
        envelope("<m:retrieve/>")[:-5],
        envelope("<m:retrieve/>") + b"<m:deploy/>",
        envelope("<m:retrieve/>").replace(b"e:Body", b"e:body"),
        envelope("</e:Body><e:Body><m:deploy/>") + b"x",
    ],
)
def test_anything_else_is_no_operation(body: bytes) -> None:
    assert soap_operation(body) == ""


def test_operations_of_two_bodies_are_two() -> None:
    assert soap_operation(envelope("<m:retrieve/></e:Body><e:Body><m:deploy/>")) == ""


def test_a_check_only_deployment_is_one() -> None:
    assert is_check_only(TYPE, deployment(CHECK_ONLY))
    assert is_check_only(TYPE.replace("=", '="') + '"', deployment(CHECK_ONLY))


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        {"deployOptions": {}},
        {"deployOptions": {"checkOnly": False}},
        {"deployOptions": {"checkOnly": "true"}},
        {"deployOptions": {"checkOnly": 1}},
        {"deployOptions": [True]},
        {"deployOptions": {"checkOnly": True}, "validatedDeployRequestId": "0Af"},
    ],
)
def test_other_options_are_no_check(told: object) -> None:
    assert not is_check_only(TYPE, deployment(json.dumps(told)))


@pytest.mark.parametrize(
    "options",
    [
        '{"deployOptions": {"checkOnly": false, "checkOnly": true}}',
        '{"deployOptions": {"checkOnly": true}, "deployOptions": {"checkOnly": false}}',
        CHECK_ONLY + "{}",
        "[" * 100_000,
        "",
    ],
)
def test_options_that_two_readers_could_read_differently_are_no_check(options: str) -> None:
    assert not is_check_only(TYPE, deployment(options))


def test_parts_in_another_order_or_of_another_number_are_no_check() -> None:
    parts = {"file": ("p.zip", b"PK", "application/zip"), "json": (None, CHECK_ONLY, "application/json")}
    body, _ = encode_multipart_formdata(parts, BOUNDARY)  # type: ignore[arg-type]
    assert not is_check_only(TYPE, body)
    assert not is_check_only(TYPE, deployment(CHECK_ONLY) + b"more")
    assert not is_check_only(TYPE, b"preamble" + deployment(CHECK_ONLY))


def test_a_zip_cannot_smuggle_a_second_set_of_options() -> None:
    boundary = "0123456789abcdef"
    hidden = f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n{{}}\r\n'.encode()
    parts = {"json": (None, CHECK_ONLY, "application/json"), "file": ("p.zip", hidden, "application/zip")}
    body, content_type = encode_multipart_formdata(parts, boundary)  # type: ignore[arg-type]
    assert not is_check_only(content_type, body)
    honest, content_type = encode_multipart_formdata({**parts, "file": ("p.zip", b"PK")}, boundary)  # type: ignore[dict-item]
    assert is_check_only(content_type, honest)
    assert not is_check_only("application/json", honest)


@given(st.binary(max_size=300), st.text(max_size=80))
def test_no_bytes_break_the_readers(body: bytes, content_type: str) -> None:
    assert soap_operation(body) == ""
    assert not is_check_only(content_type, body)
