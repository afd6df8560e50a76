"""Faults: which requests they hit, and what happens to those."""

import http.client
import socket

import pytest

from sfharden.emulator.http.faults import Fault, FaultKind, choose
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import Client, client, fault_code, members


def test_a_status_fault_hits_the_nth_request_only(auditor: Client, server: DemoServer) -> None:
    server.faults.append(Fault(FaultKind.STATUS, nth=2, retry_after=3))
    answers = [auditor.get("limits") for _ in range(3)]
    assert [one.status for one in answers] == [200, 503, 200]
    assert answers[1].headers["Retry-After"] == "3"
    assert "Retry-After" not in answers[0].headers
    assert [one.fault for one in server.requests] == [None, FaultKind.STATUS, None]


def test_a_status_fault_may_have_another_status_and_no_retry_after(
    auditor: Client, server: DemoServer
) -> None:
    server.faults.append(Fault(FaultKind.STATUS, status=420))
    answer = auditor.get("limits")
    assert (answer.status, "Retry-After" in answer.headers) == (420, False)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [(FaultKind.LIMIT, 403, "REQUEST_LIMIT_EXCEEDED"), (FaultKind.SESSION, 401, "INVALID_SESSION_ID")],
)
def test_refusals_have_the_shape_of_each_interface(
    auditor: Client, server: DemoServer, kind: FaultKind, status: int, code: str
) -> None:
    server.faults.append(Fault(kind))
    answer = auditor.get("limits")
    assert (answer.status, answer.code) == (status, code)
    assert fault_code(auditor.soap("<m:describeMetadata/>")) == f"sf:{code}"


def test_a_reset_does_nothing_and_a_lost_answer_does_the_work(server: DemoServer, org: DemoOrg) -> None:
    delete_token = next(iter(org.tokens)).delete_token
    for kind, left in ((FaultKind.RESET, 2), (FaultKind.LOST, 1)):
        server.faults[:] = [Fault(kind, path="revoke")]
        with client(server) as one, pytest.raises(ConnectionError):
            one.form("revoke", token=delete_token)
        assert len(org.tokens) == left
        assert server.requests[-1].status == 0


def test_silence_lasts_until_the_client_gives_up(server: DemoServer) -> None:
    server.faults.append(Fault(FaultKind.SILENCE))
    port = int(server.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(b"GET /services/data/ HTTP/1.1\r\nHost: x\r\n\r\n")
        one.settimeout(0.05)
        with pytest.raises(TimeoutError):
            one.recv(1)


def test_a_truncated_body_is_shorter_than_promised(auditor: Client, server: DemoServer) -> None:
    server.faults.append(Fault(FaultKind.TRUNCATED))
    with pytest.raises(http.client.IncompleteRead):
        auditor.get("limits")


def test_a_page_with_status_200(auditor: Client, server: DemoServer) -> None:
    server.faults.append(Fault(FaultKind.HTML))
    answer = auditor.get("limits")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")


def test_a_wrong_zip_is_in_the_retrieve_result_only(auditor: Client, server: DemoServer) -> None:
    server.faults.append(Fault(FaultKind.WRONG_ZIP, path="checkRetrieveStatus"))
    assert auditor.retrieve(members("Profile", "*")).files == {}
    server.faults[:] = [Fault(FaultKind.WRONG_ZIP, content=b"bm90IGEgemlw")]
    assert auditor.get("limits").status == 200
    assert auditor.retrieve(members("Profile", "*")).result.value("zipFile") == "bm90IGEgemlw"


def test_once_each_hits_every_kind_of_request_once() -> None:
    rule = Fault(FaultKind.STATUS, once_each=True)
    labels = ["GET /a", "GET /a", "GET /b", "GET /a", "GET /b"]
    assert [rule.hits_request(number, label) for number, label in enumerate(labels)] == [
        True,
        False,
        True,
        False,
        False,
    ]


def test_a_rule_may_be_bounded_and_the_first_that_fits_wins() -> None:
    first, second = Fault(FaultKind.RESET, path="^POST", times=1), Fault(FaultKind.STATUS)
    chosen = [choose([first, second], number, "POST /x") for number in range(2)]
    assert chosen == [first, second]
    assert choose([first], 3, "GET /x") is None


def test_a_share_is_the_same_every_time() -> None:
    def hits(seed: int) -> list[bool]:
        rule = Fault(FaultKind.LOST, share=0.05, seed=seed)
        return [rule.hits_request(number, "POST /revoke") for number in range(4000)]

    assert hits(1) == hits(1) != hits(2)
    assert 100 < sum(hits(1)) < 300
