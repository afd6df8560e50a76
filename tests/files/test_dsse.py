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


def test_the_envelope_as_it_is_written() -> None:
    assert envelope_text(Envelope(IN_TOTO, b"a", "k", b"s")) == (
        '{\n  "payload": "YQ==",\n  "payloadType": "application/vnd.in-toto+json",\n'
        '  "signatures": [\n    {\n      "keyid": "k",\n      "sig": "cw=="\n    }\n  ]\n}\n'
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


SPELLED, NONE, DAMAGED = (
    "is not spelled as sfharden writes it",
    "is no DSSE envelope of one",
    "holds base64 that is damaged",
)
BASE64 = b64encode(SIGNED.payload).decode()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (json.dumps(json.loads(TEXT)).encode(), SPELLED),
        (TEXT.encode() + b"\n", SPELLED),
        (b"\xef\xbb\xbf" + TEXT.encode(), SPELLED),
        (TEXT.encode("utf-16"), SPELLED),
        (TEXT.replace("payloadType", "payload\\u0054ype").encode(), SPELLED),
        (changed(payload=urlsafe_b64encode(b'{"a":1}~~~?').decode()), DAMAGED),
        (changed(payload=BASE64[:4] + "\n" + BASE64[4:]), DAMAGED),
        (changed(payload=BASE64[:-1]), DAMAGED),
        (changed(payload="é"), DAMAGED),
        (changed(payload=None), NONE),
        (changed(more=1), NONE),
        (b"[1]", NONE),
        (changed(signatures=[]), "has 0 signatures; sfharden writes one, and verifies one."),
        (changed(signatures=[1, 2]), "has 2 signatures; sfharden writes one, and verifies one."),
        (changed(signatures=[1]), NONE),
        (changed(signatures=7), NONE),
        (changed(signatures=[{"keyid": SIGNED.keyid, "sig": "", "cert": ""}]), NONE),
        (changed(signatures=[{"keyid": 1, "sig": ""}]), NONE),
        (changed(payloadType=None), NONE),
        (changed(payloadType="text/plain"), f"holds 'text/plain', and not an in-toto statement ({IN_TOTO})."),
        (changed(payloadType="\x1b" + "x" * 200), f"holds '�{'x' * 78}…', and not"),
        (b"9" * 10_000, "is not JSON"),
        (b'"\\ud800"', NONE),
        (b"\xff\xff", "is not JSON"),
    ],
)  # fmt: skip
def test_no_other_spelling_is_taken(data: bytes, why: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_envelope(data, "it")
    assert why in refused.value.message
    assert refused.value.message.startswith("it ")
    assert "\n" not in refused.value.message
    assert refused.value.hint.startswith("Take the file as it was written") or why != SPELLED
