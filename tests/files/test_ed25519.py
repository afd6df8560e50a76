"""Keys that sign and verify: one kind, by the published test vector, and nothing of a private one is shown."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed448, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sfharden.errors import InputError
from sfharden.files.dsse import IN_TOTO, Envelope, pae
from sfharden.files.ed25519 import (
    SigningKey,
    VerifyingKey,
    load_signing_key,
    load_verifying_key,
    others_may_read,
)
from sfharden.text.redact import Secret
from tests.commands.attest_kit import a_key, private_pem, public_pem


def unasked() -> Secret:
    raise AssertionError("nobody is asked")


def test_the_vector_of_the_standard() -> None:
    """RFC 8032, 7.1, TEST 3."""
    secret = bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
    public = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    key = Ed25519PrivateKey.from_private_bytes(secret)
    assert key.sign(b"\xaf\x82") == signature
    assert SigningKey(key).keyid == VerifyingKey(Ed25519PublicKey.from_public_bytes(public)).keyid


def test_a_signature_is_of_one_type_payload_and_key(tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(private_pem(a_key()))
    (tmp_path / "p").write_bytes(public_pem(a_key()))
    signing, verifying = load_signing_key(tmp_path / "k", unasked), load_verifying_key(tmp_path / "p")
    envelope = signing.sign(IN_TOTO, b"x")
    assert envelope == signing.sign(IN_TOTO, b"x")
    assert verifying.verifies(envelope)
    assert a_key().sign(pae(IN_TOTO, b"x")) == envelope.signature
    assert not verifying.verifies(Envelope("text/plain", b"x", envelope.keyid, envelope.signature))
    assert not verifying.verifies(Envelope(IN_TOTO, b"y", envelope.keyid, envelope.signature))
    assert not verifying.verifies(Envelope(IN_TOTO, b"x", envelope.keyid, b""))
    assert not VerifyingKey(a_key(8).public_key()).verifies(envelope)
    assert "PRIVATE" not in repr(signing) + str(vars(signing).keys())


def test_a_passphrase_is_asked_for_where_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(private_pem(a_key(), b"hush"))
    assert load_signing_key(tmp_path / "k", lambda: Secret("hush")).keyid == SigningKey(a_key()).keyid
    (tmp_path / "k").write_bytes(private_pem(a_key(), b"\xffno text"))
    told = Secret("\udcffno text")  # as the environment gives it
    assert load_signing_key(tmp_path / "k", lambda: told).keyid == SigningKey(a_key()).keyid
    with pytest.raises(InputError, match="the passphrase is wrong"):
        load_signing_key(tmp_path / "k", lambda: Secret("hash"))


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 2048),
                                 ed448.Ed448PrivateKey.generate(), x25519.X25519PrivateKey.generate()],
                         ids=["rsa", "ed448", "x25519"])  # fmt: skip
def test_a_key_of_another_kind_is_refused_both_ways(tmp_path: Path, key: object) -> None:
    (tmp_path / "k").write_bytes(private_pem(key))
    (tmp_path / "p").write_bytes(public_pem(key))
    with pytest.raises(InputError, match="not an Ed25519 key"):
        load_signing_key(tmp_path / "k", unasked)
    with pytest.raises(InputError, match="not an Ed25519 key"):
        load_verifying_key(tmp_path / "p")


def test_files_that_hold_no_key(tmp_path: Path) -> None:
    (tmp_path / "huge").write_bytes(b"-----BEGIN PRIVATE KEY-----" * 10_000)
    (tmp_path / "bad").write_text("-----BEGIN PUBLIC KEY-----\n-----BEGIN PRIVATE KEY-----\n")
    (tmp_path / "torn").write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    (tmp_path / "ssh").write_bytes(a_key().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    for name, said in (("none", "There is no key file"), ("huge", "is no key file"), ("bad", "can't be read")):  # fmt: skip
        with pytest.raises(InputError, match=said):
            load_signing_key(tmp_path / name, unasked)
    for name, said in (("bad", "holds a private key"), ("torn", "can't be read"), ("a\0b", "can't be read"),
                       ("ssh", "holds a private key")):  # fmt: skip
        with pytest.raises(InputError, match=said):
            load_verifying_key(tmp_path / name)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_whether_others_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "k"
    path.touch()
    for mode, told in ((0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o620, True)):
        path.chmod(mode)
        assert others_may_read(path) is told
