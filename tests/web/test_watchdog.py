"""A call ends at its deadline whatever comes meanwhile; connections are kept, threads are not."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sfharden.errors import AnswerError, UnreachableError
from sfharden.ports import Ending
from sfharden.salesforce.auth import SignInDoors, sign_in_with_client_credentials
from sfharden.salesforce.deploy import deploy_check_only
from sfharden.salesforce.guard import REVOKING
from sfharden.salesforce.metadata_api import Polling
from sfharden.salesforce.revoker import Revoker
from sfharden.salesforce.session import Wire
from sfharden.salesforce.soap import SoapDoor
from sfharden.text.redact import Secret
from sfharden.web.meter import CallMeter
from sfharden.web.retry import RetryPolicy
from sfharden.web.transport import Bounds
from sfharden.web.watchdog import Watchdog
from tests.salesforce.kit import LIMITS, TOKEN, FakeTime, loopback_org, make_wire, reply

SHORT = Bounds(connect=0.2, read=0.2, total=2)
ONCE = RetryPolicy(attempts=1, attempts_after_silence=1)
DROPS = {
    "body": (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n", b" "),
    "body until the end": (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}",
        b" ",
    ),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a line between chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    "a trailer": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"X"),
    "a header line": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
    "the status line": (b"HTTP/1.1 ", b"2"),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@dataclass
class Dripper:
    """A server on this machine that sends a beginning and then one drop after the other until it's hung up on."""

    url: str
    hung_up: threading.Event


@contextmanager
def dripping(
    start: bytes, drop: bytes, wrap: Callable[[socket.socket], socket.socket] = lambda s: s
) -> Iterator[Dripper]:
    closing = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    org = Dripper(f"http://127.0.0.1:{listener.getsockname()[1]}", threading.Event())

    def drip(bare: socket.socket) -> None:
        with bare:
            try:
                with wrap(bare) as line:
                    line.recv(65536)
                    line.sendall(start)
                    while not closing.wait(0.02):
                        line.sendall(drop)
            except OSError:
                org.hung_up.set()

    def accept() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            if closing.is_set():
                line.close()
                return
            threads.append(threading.Thread(target=drip, args=(line,)))
            threads[-1].start()

    threads = [threading.Thread(target=accept)]
    threads[0].start()
    try:
        yield org
    finally:
        closing.set()
        with socket.create_connection(listener.getsockname()):
            pass
        for thread in threads:
            thread.join()
        listener.close()


def wire_to(url: str, bounds: Bounds = SHORT, **more: object) -> Wire:
    return make_wire(url, bounds=bounds, retries=ONCE, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("start", "drop"), DROPS.values(), ids=list(DROPS))
def test_whatever_drips_is_ended(start: bytes, drop: bytes) -> None:
    with dripping(start, drop) as org:
        wire = wire_to(org.url)
        with pytest.raises(UnreachableError, match="did not answer in time"):
            wire.send(LIMITS)
        assert org.hung_up.wait(30)
        wire.close()


def test_every_kind_of_call_has_a_deadline() -> None:
    with dripping(*DROPS["body"]) as org:
        wire = wire_to(org.url)
        with pytest.raises(UnreachableError):
            SoapDoor(wire, Secret(TOKEN)).call("listMetadata", "", "66.0", "Listing", lambda result: result)
        with pytest.raises(UnreachableError):
            deploy_check_only(wire, "66.0", b"PK")
        doors = SignInDoors(CallMeter(), FakeTime().timing(), SHORT)
        with pytest.raises(UnreachableError):
            sign_in_with_client_credentials(org.url, "3MVG", Secret("made-up"), doors)
        revoker = Revoker(wire_to(org.url, rules=REVOKING), "66.0")
        for revoke in (revoker.revoke, revoker.revoke_external):
            outcome = revoke(Secret("made-up-token"))
            assert (outcome.ending, outcome.code) == (Ending.UNKNOWN, "NO_ANSWER")
        wire.close()


def test_polling_is_bounded_by_the_clock_too() -> None:
    """Each question is answered, but takes its time."""
    seconds = iter(range(0, 10_000, 100))
    assert len(list(Polling(total=900).waits(lambda: float(next(seconds))))) < 10


def test_what_comes_fast_enough_may_take_longer_than_a_silence() -> None:
    going_on = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(20 * 65536))
        handler.end_headers()
        for _ in range(20):
            handler.wfile.write(b" " * 65536)
            going_on.wait(0.02)  # 0.4 seconds in all, twice the patience for silence

    with loopback_org(slow) as org:
        wire = wire_to(org.url, replace(SHORT, total=60, slowest=100_000))
        assert len(wire.send(LIMITS).body) == 20 * 65536
        wire.close()


def test_connections_are_kept_and_no_thread_is_left() -> None:
    ports: list[int] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        ports.append(handler.client_address[1])
        handler.protocol_version = "HTTP/1.1"
        handler.close_connection = False
        reply(200)(handler)

    before = set(threading.enumerate())
    with loopback_org(answer) as org:
        wire = wire_to(org.url, Bounds())
        for _ in range(5):
            wire.send(LIMITS)
        ours = [
            thread for thread in threading.enumerate() if thread.name == "watchdog" and thread not in before
        ]
        assert len(ours) == 1
        wire.close()
        ours[0].join(30)
        assert not ours[0].is_alive()
    assert len(set(ports)) == 1


def test_a_call_that_is_over_is_not_ended_later() -> None:
    """A deadline that has passed is its own call's, not of the next on the same connection."""
    dog = Watchdog()
    left, right = socket.socketpair()
    with left, right:
        with dog.watch(0.01, 0.01):
            dog.asked(left)
        with dog.watch(60, 60) as watch:
            dog.asked(left)
            right.settimeout(0.1)
            with pytest.raises(TimeoutError):  # an end would be read as one
                right.recv(1)
            assert not watch.late
        dog.close()


def test_a_call_that_is_late_is_ended_though_it_connects_anew() -> None:
    dog = Watchdog()
    left, right = socket.socketpair()
    with left, right:
        right.settimeout(30)
        with dog.watch(60, 0.01) as watch:
            dog.asked(left)
            assert right.recv(1) == b""
            assert watch.late
            other, end = socket.socketpair()
            with other, end:
                end.settimeout(30)
                dog.asked(other)
                assert end.recv(1) == b""
        dog.close()


def test_no_call_is_begun_after_the_bound_of_the_run() -> None:
    time = FakeTime()
    with loopback_org(reply(200)) as org:
        wire = make_wire(org.url, time=time, bounds=Bounds(run=100))
        wire.send(LIMITS)
        time.seconds = 101
        with pytest.raises(UnreachableError, match="more than 100 seconds"):
            wire.send(LIMITS)
        assert len(org.seen) == 1
        wire.begin_run()
        wire.send(LIMITS)
        wire.close()


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "gzip,gzip,gzip,gzip", "bomb"])
def test_a_packing_that_was_not_asked_for_is_refused(packing: str) -> None:
    with loopback_org(reply(200, b"{}", Content_Encoding=packing)) as org:
        wire = make_wire(org.url)
        with pytest.raises(AnswerError, match="wasn't asked for"):
            wire.send(LIMITS)
        wire.close()


@pytest.mark.parametrize("where", ["handshake", "body"])
def test_the_same_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    certificate = tmp_path / "made-up.pem"
    certificate.write_bytes(_certificate())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    # In a handshake: the head of a record of the server's, and then its bytes one by one.
    start, drop = (
        (b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xf0", b"\x03") if where == "handshake" else DROPS["body"]
    )
    wrap = (lambda s: s) if where == "handshake" else (lambda s: context.wrap_socket(s, server_side=True))
    with dripping(start, drop, wrap) as org:
        wire = wire_to(org.url.replace("http://127.0.0.1", "https://localhost"))
        with pytest.raises(UnreachableError, match="did not answer in time"):
            wire.send(LIMITS)
        wire.close()


def _certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.public_bytes(serialization.Encoding.PEM)
