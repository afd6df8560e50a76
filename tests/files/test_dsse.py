"""DSSE: the bytes that are signed are the standard's, and an envelope has one spelling."""

import json
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import InputError
from sfharden.files.dsse import IN_TOTO, Envelope, envelope_text, pae, parse_envelope
from sfharden.files.ed25519 import SigningKey, VerifyingKey
from tests.commands.attest_kit import a_key

SIGNED = SigningKey(a_key()).sign(IN_TOTO, b'{"a":1}~')
TEXT = envelope_text(SIGNED)


def test_the_example_of_the_standard() -> None:
    """protocol.md: PAE("http://example.com/HelloWorld", "hello world")."""
    assert (
        pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(st.text(max_size=9), st.binary(max_size=9), st.text(max_size=9), st.binary(max_size=9))
def test_no_two_payloads_are_signed_by_the_same_bytes(a: str, b: bytes, c: str, d: bytes) -> None:
    assert (pae(a, b) == pae(c, d)) is ((a, b) == (c, d))


@given(st.binary(max_size=99), st.text(max_size=9), st.binary(max_size=70))
def test_what_is_written_is_read_back(payload: bytes, keyid: str, signature: bytes) -> None:
    envelope = Envelope(IN_TOTO, payload, keyid, signature)
    assert parse_envelope(envelope_text(envelope).encode(), "it") == envelope


def test_every_flipped_bit_of_an_envelope_is_found() -> None:
    """Padding, letters that decode to the same bytes, white space, the key's name: all of them."""
    key, whole = VerifyingKey(a_key().public_key()), TEXT.encode()
    assert key.verifies(parse_envelope(whole, "it"))
    for bit in range(len(whole) * 8):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            found = parse_envelope(bytes(damaged), "it")
        except InputError:
            continue
        assert found.keyid != key.keyid or not key.verifies(found), bit


def changed(**keys: Any) -> bytes:
    return (json.dumps({**json.loads(TEXT), **keys}, indent=2) + "\n").encode()


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(json.loads(TEXT)).encode(),
        TEXT.encode() + b"\n",
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.replace("payloadType", "payload\\u0054ype").encode(),
        changed(payload=urlsafe_b64encode(SIGNED.payload).decode() + "=="),
        changed(payload=b64encode(SIGNED.payload).decode().replace("=", "")),
        changed(payload=b64encode(SIGNED.payload).decode()[:4] + "\n" + b64encode(SIGNED.payload).decode()[4:]),
        changed(payload="é"),
        changed(payload=None),
        changed(more=1),
        changed(signatures=[]),
        changed(signatures=[{"keyid": SIGNED.keyid, "sig": "", "cert": ""}]),
        changed(signatures=[{"keyid": 1, "sig": ""}]),
        changed(payloadType=None),
        b"9" * 10_000,
        b'"\\ud800"',
        b"\xff\xff",
    ],
)  # fmt: skip
def test_no_other_spelling_is_taken(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        parse_envelope(data, "it")
    assert "\n" not in refused.value.message
    assert len(refused.value.message) < 300
