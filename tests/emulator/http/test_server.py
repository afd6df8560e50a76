"""The server itself: latency, recording, keep-alive, an orderly end."""

import http.client
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import NOW, Client, client


def test_requests_are_recorded_without_values(auditor: Client, server: DemoServer) -> None:
    auditor.get("limits")
    auditor.soap("<m:describeMetadata/>")
    rest, soap = server.requests
    assert (rest.method, rest.target, rest.status, rest.body_size) == (
        "GET",
        "/services/data/v68.0/limits",
        200,
        0,
    )
    assert "authorization" in rest.header_names
    assert (soap.operation, soap.status) == ("describeMetadata", 200)
    assert soap.body_size > 0
    assert auditor.token not in repr(server.requests)


def test_a_connection_is_kept(auditor: Client, server: DemoServer) -> None:
    auditor.get("limits")
    connection = auditor._connection
    assert connection is not None
    first = connection.sock
    auditor.get("limits")
    assert connection.sock is first


def test_only_loopback_listens(server: DemoServer) -> None:
    assert server.base_url.startswith("http://127.0.0.1:")


def test_latency_is_slept_for_each_answer(org: DemoOrg) -> None:
    slept: list[float] = []
    with serve(org, latency=0.05, sleep=slept.append) as server, client(server) as auditor:
        auditor.get("limits")
        auditor.get("limits")
    assert slept == [0.05, 0.05]


def test_the_most_in_flight_is_remembered(org: DemoOrg) -> None:
    together = threading.Barrier(3)

    def meet(_seconds: float) -> None:
        together.wait(timeout=5)

    with serve(org, latency=1, sleep=meet) as server:

        def ask(_: int) -> int:
            with client(server) as one:
                return one.get("limits").status

        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(ask, range(3))) == [200, 200, 200]
        assert (server.max_in_flight, server.in_flight) == (3, 0)


def test_the_end_hangs_up_on_idle_clients_and_leaves_no_thread() -> None:
    before = threading.active_count()
    with serve(healthy_org(NOW)) as server:
        idle = [
            socket.create_connection(("127.0.0.1", int(server.base_url.rpartition(":")[2]))) for _ in range(5)
        ]
        with client(server) as auditor:
            auditor.get("limits")
    assert threading.active_count() == before
    for one in idle:
        one.close()


def test_a_bug_of_the_demo_is_raised_at_the_end(org: DemoOrg) -> None:
    def broken(_seconds: float) -> None:
        raise LookupError("a bug")

    def run() -> None:
        gone = pytest.raises(http.client.RemoteDisconnected)
        with serve(org, latency=1, sleep=broken) as server, client(server) as auditor, gone:
            auditor.get("limits")

    with pytest.raises(LookupError, match="a bug"):
        run()


def test_a_body_may_come_in_chunks_as_the_salesforce_cli_sends_its_forms(server: DemoServer) -> None:
    head = (
        "POST /services/oauth2/revoke HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    token = server.tokens["auditor"]
    chunks = "".join(f"{len(part):x};x=y\r\n{part}\r\n" for part in ("token=", token))
    port = int(server.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as one:
        for _ in range(2):  # the connection goes on after it
            one.sendall(f"{head}{chunks}0\r\n\r\n".encode())
        one.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: one.recv(65536), b""))
    assert [line.split()[1] for line in received.split(b"\r\n") if line.startswith(b"HTTP")] == [
        b"200",
        b"400",
    ]
    assert token not in server.org.sessions


@pytest.mark.parametrize(
    "header", [{"Content-Length": "many"}, {"Transfer-Encoding": "chunked"}, {"Transfer-Encoding": "x"}]
)
def test_a_body_of_unknown_length_ends_the_connection(server: DemoServer, header: dict[str, str]) -> None:
    port = int(server.base_url.rpartition(":")[2])
    lines = "".join(f"{name}: {value}\r\n" for name, value in header.items())
    with socket.create_connection(("127.0.0.1", port), timeout=5) as one:
        one.sendall(f"POST /services/data/ HTTP/1.1\r\nHost: x\r\n{lines}\r\n5\r\nhello!!!".encode())
        received = b"".join(iter(lambda: one.recv(65536), b""))
    assert received.count(b"HTTP/1.1") == 1
