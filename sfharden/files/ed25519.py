"""Keys that sign and verify: Ed25519 (RFC 8032) in PEM files, by the package cryptography. No crypto of our own."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sfharden.errors import InputError
from sfharden.files.digest import digest_of
from sfharden.files.dsse import Envelope, pae
from sfharden.files.input_file import NoFileError, TooLargeError, read_regular
from sfharden.text.redact import Secret, safe_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_LARGEST: Final = 64 * 1024
_OTHERS: Final = 0o077
_MAKE: Final = "`openssl genpkey -algorithm ed25519 -out KEY.pem` makes one."
_PUBLIC_HALF: Final = "`openssl pkey -in KEY.pem -pubout -out PUB.pem` writes the public half."


class VerifyingKey:
    """A public key, and its name: the SHA-256 of its SubjectPublicKeyInfo in DER."""

    def __init__(self, key: "Ed25519PublicKey") -> None:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        self._key = key
        self.keyid = digest_of(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def verifies(self, envelope: Envelope) -> bool:
        """True if this key signed the payload as of its type."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(envelope.signature, pae(envelope.payload_type, envelope.payload))
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """A private key; it shows nothing of itself but the name of its public half."""

    def __init__(self, key: "Ed25519PrivateKey") -> None:
        self._key = key
        self.keyid = VerifyingKey(key.public_key()).keyid

    def sign(self, payload_type: str, payload: bytes) -> Envelope:
        """The payload in its envelope; the same payload has the same signature (RFC 8032, 5.1.6)."""
        return Envelope(payload_type, payload, self.keyid, self._key.sign(pae(payload_type, payload)))


def load_signing_key(path: Path, passphrase: Callable[[], Secret]) -> SigningKey:
    """The private key in a file; the passphrase is asked for if it's encrypted. Raises InputError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data, shown = _read(path), safe_text(str(path))
    if b"PRIVATE KEY-----" not in data:
        raise InputError(f"{shown} holds no private key in PEM form.", _MAKE)
    # The passphrase's own bytes, be they UTF-8 or not.
    word = passphrase().reveal().encode("utf-8", "surrogateescape") if b"ENCRYPTED" in data else None
    try:
        key = load_pem_private_key(data, word)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        why = "or the passphrase is wrong" if word else "or it's damaged"
        raise InputError(f"The private key in {shown} can't be read: no such form is known, {why}.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(f"The key in {shown} is not an Ed25519 key.", _MAKE)
    return SigningKey(key)


def load_verifying_key(path: Path) -> VerifyingKey:
    """The public key in a file. Raises InputError, also for a private one: that is nobody's who verifies."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    data, shown = _read(path), safe_text(str(path))
    if b"PRIVATE KEY-----" in data:
        raise InputError(f"{shown} holds a private key; its public half verifies.", _PUBLIC_HALF)
    if b"PUBLIC KEY-----" not in data:
        raise InputError(f"{shown} holds no public key in PEM form.", _PUBLIC_HALF)
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise InputError(f"The public key in {shown} can't be read.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(f"The key in {shown} is not an Ed25519 key.")
    return VerifyingKey(key)


def others_may_read(path: Path) -> bool:
    """True if the system tells that others than its owner may read or write a file."""
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)


def _read(path: Path) -> bytes:
    shown = safe_text(str(path))
    try:
        return read_regular(path, _LARGEST)
    except FileNotFoundError:
        raise InputError(f"There is no key file at {shown}.") from None
    except (NoFileError, TooLargeError):
        raise InputError(f"{shown} is no key file.") from None
    except (OSError, ValueError):
        raise InputError(f"The key file {shown} can't be read.") from None
