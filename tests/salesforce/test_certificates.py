"""No call, and no token, goes to a server whose certificate doesn't fit; no variable switches that off."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sfharden.errors import UnreachableError

from .kit import LIMITS, TOKEN, make_wire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def certificate(host: str, end: timedelta) -> bytes:
    """A certificate for a host, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    begin = datetime.now(UTC) - timedelta(days=9)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        builder.serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(datetime.now(UTC) + end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM
    private = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + made.public_bytes(form)


@contextmanager
def server(path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """A TLS server on this machine that answers one call, and what it was told in plain words."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    seen: list[bytes] = []
    closing = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while not closing.is_set():
                bare, _ = listener.accept()
                with suppress(OSError), context.wrap_socket(bare, server_side=True) as tls:
                    seen.append(tls.recv(65536))
                    tls.sendall(OK)
                bare.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"https://localhost:{listener.getsockname()[1]}", seen
        finally:
            closing.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join()


@pytest.fixture(autouse=True)
def no_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("setting", [None, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_one_that_nobody_vouches_for_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str | None
) -> None:
    """An empty variable isn't a way to trust everybody either."""
    path = tmp_path / "made-up.pem"
    path.write_bytes(certificate("localhost", timedelta(days=9)))
    if setting:
        monkeypatch.setenv(setting, "")
    with server(path) as (url, seen):
        with pytest.raises(UnreachableError, match="no trusted connection"):
            make_wire(url).send(LIMITS)
        assert b"".join(seen) == b""


@pytest.mark.parametrize(("host", "days"), [("elsewhere.example", 9), ("localhost", -1)])
def test_one_for_another_host_or_of_another_time_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, days: int
) -> None:
    path = tmp_path / "made-up.pem"
    path.write_bytes(certificate(host, timedelta(days=days)))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    with server(path) as (url, seen):
        with pytest.raises(UnreachableError):
            make_wire(url).send(LIMITS)
        assert b"".join(seen) == b""


def test_one_that_the_named_bundle_vouches_for_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the two above fail for their certificates, and whoever names the bundle names who is believed."""
    path = tmp_path / "made-up.pem"
    path.write_bytes(certificate("localhost", timedelta(days=9)))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    with server(path) as (url, seen):
        assert make_wire(url).send(LIMITS).status == 200
        assert TOKEN.encode() in b"".join(seen)
