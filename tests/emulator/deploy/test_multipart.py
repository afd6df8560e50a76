"""The parts of a multipart body, by name, whatever bytes they hold."""

import pytest

from sfharden.emulator.deploy.multipart import parts_of
from sfharden.emulator.wire import Request


def parts(body: bytes, content_type: str = "multipart/form-data; boundary=b") -> dict[str, bytes]:
    return parts_of(Request("POST", "/", {"content-type": content_type}, body))


def part(name: str, content: bytes) -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + content + b"\r\n"


@pytest.mark.parametrize("content", [b"", b"PK\x00\xff", b"\r\n\r\n", b"a\r\n-b"])
def test_any_bytes_come_through(content: bytes) -> None:
    assert parts(part("json", b"{}") + part("file", content) + b"--b--\r\n") == {
        "json": b"{}",
        "file": content,
    }


@pytest.mark.parametrize(
    "content_type", ['multipart/form-data; boundary="b"', "multipart/form-data; boundary=b; x=y"]
)
def test_a_boundary_may_be_quoted_or_followed_by_more(content_type: str) -> None:
    assert parts(part("json", b"{}") + b"--b--", content_type) == {"json": b"{}"}


def test_a_body_of_another_type_has_no_parts() -> None:
    assert parts(part("json", b"{}"), "application/json") == {}
    assert parts(b"no boundary here") == {}
    assert parts(b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--") == {}
