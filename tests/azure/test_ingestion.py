"""The Logs Ingestion API: where a token may go, what leaves, and each fault of the service."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from sfharden.azure.ingestion import LogAnalytics, monitor_at, sends_rows, stream_path
from sfharden.azure.signing_in import AzureSession
from sfharden.emulator.ingestion import (
    IngestionFault,
    IngestionFaultKind,
    IngestionServer,
    serve_ingestion,
)
from sfharden.errors import UsageError
from sfharden.ports import SendOutcome
from sfharden.text.redact import Secret
from sfharden.web.guard import Outgoing
from sfharden.web.transport import Bounds
from tests.salesforce.kit import FakeTime

RULE = f"dcr-{'0' * 32}"
RUN = "11111111-1111-4111-8111-111111111111"
COLUMNS = {"FindingUid": "string", "Message": "string"}
ROWS = [{"FindingUid": f"f{number}", "Message": "x" * 50_000} for number in range(40)]
Kind = IngestionFaultKind


@contextmanager
def opened(
    server: IngestionServer, time: FakeTime | None = None, silence: float = 5.0
) -> Iterator[LogAnalytics]:
    session = AzureSession(monitor_at(server.base_url), Secret(server.token), "test")
    sender = LogAnalytics(
        session, stream_path(RULE, "Custom-X"), RUN,
        timing=(time or FakeTime()).timing(), bounds=replace(Bounds(), read=silence),
    )  # fmt: skip
    try:
        yield sender
    finally:
        sender.close()


def sent(
    faults: Sequence[IngestionFault] = (), rows: Sequence[dict[str, Any]] = ROWS, time: FakeTime | None = None
) -> tuple[IngestionServer, SendOutcome]:
    with serve_ingestion(COLUMNS, faults=faults) as server, opened(server, time) as sender:
        return server, sender.send(rows)


@pytest.mark.parametrize(
    ("kind", "how", "taken", "calls"),
    [
        (Kind.FORBIDDEN, {}, 0, 1),
        (Kind.BAD_REQUEST, {"nth": 2}, 23, 3),
        (Kind.TOO_LARGE, {"nth": 2}, 23, 3),
        (Kind.TOO_LARGE, {}, 0, 3),
        (Kind.THROTTLED, {"nth": 1}, 40, 4),
        (Kind.THROTTLED_BARE, {"nth": 1}, 40, 4),
        (Kind.THROTTLED, {}, 0, 12),
        (Kind.UNAVAILABLE, {"times": 2}, 40, 5),
        (Kind.UNAVAILABLE, {}, 0, 12),
        (Kind.RESET, {"nth": 1}, 23, 3),
        (Kind.LOST, {"nth": 1}, 40, 3),
        (Kind.SLOW, {}, 40, 3),
        (Kind.HTML, {"nth": 1}, 23, 3),
        (Kind.REDIRECT, {"nth": 3}, 34, 3),
    ],
)
def test_each_row_is_sent_once_or_counted_as_given_up(
    kind: Kind, how: dict[str, int], taken: int, calls: int
) -> None:
    server, outcome = sent([IngestionFault(kind, **how)])  # type: ignore[arg-type] # nth or times
    assert server.invalid == []
    assert len(server.requests) == calls
    arrived = [row["FindingUid"] for row in server.rows]
    assert len(arrived) == len(set(arrived)) == taken
    assert outcome.sent + outcome.lost == len(ROWS)
    # What arrived without an answer is given up, and told to have perhaps arrived.
    assert outcome.sent <= taken <= outcome.sent + outcome.perhaps


@pytest.mark.parametrize("seed", range(12))
def test_whatever_goes_wrong_the_numbers_add_up(seed: int) -> None:
    faults = [IngestionFault(kind, share=0.1, seed=seed * 100 + at) for at, kind in enumerate(Kind)]
    server, outcome = sent(faults)
    arrived = [row["FindingUid"] for row in server.rows]
    assert server.invalid == []
    assert outcome.sent + outcome.lost == len(ROWS)
    assert len(arrived) == len(set(arrived))
    assert outcome.sent <= len(arrived) <= outcome.sent + outcome.perhaps


def test_the_service_s_wait_is_kept() -> None:
    time = FakeTime()
    sent([IngestionFault(Kind.THROTTLED, nth=1, retry_after=9)], time=time)
    assert time.sleeps == [9]


def test_each_attempt_of_a_batch_has_one_id_and_so_has_the_next_sending() -> None:
    first, _ = sent([IngestionFault(Kind.UNAVAILABLE, nth=1)])
    again, _ = sent()
    assert len(first.call_ids) == 4
    assert first.call_ids[0] == first.call_ids[1]
    assert first.call_ids[1:] == again.call_ids
    assert len({UUID(one) for one in again.call_ids}) == 3


def test_nothing_invalid_leaves_whatever_the_rows() -> None:
    odd: list[dict[str, Any]] = [
        {"FindingUid": "a", "Message": "äö\ud800 \x00 \u2028 '\"\\"},
        {"FindingUid": "b", "Message": float("nan")},
        {"FindingUid": "c", "Message": "ü" * 2_000_000},
        {"FindingUid": "d", "Message": object()},
    ]
    server, outcome = sent(rows=odd)
    assert server.invalid == []
    assert (outcome.sent, outcome.lost, outcome.cut) == (2, 2, 1)


def test_no_token_stands_in_an_address_or_a_body() -> None:
    server, _ = sent()
    assert server.token not in json.dumps([one.target for one in server.requests])


@pytest.mark.parametrize(
    ("host", "resource"),
    [
        ("x-1.westeurope-1.ingest.monitor.azure.com", "https://monitor.azure.com"),
        ("x.usgovvirginia-1.ingest.monitor.azure.us", "https://monitor.azure.us"),
        ("x.chinaeast2-1.ingest.monitor.azure.cn", "https://monitor.azure.cn"),
    ],
)
def test_each_cloud_s_endpoint_asks_for_its_own_token(host: str, resource: str) -> None:
    cloud = monitor_at(f"https://{host}/")
    assert (cloud.resource, cloud.origin.host) == (resource, host)
    assert cloud.accepts(f"{resource}/")
    assert not cloud.accepts("https://management.azure.com")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://x.westeurope-1.ingest.monitor.azure.com",
        "https://monitor.azure.com",
        "https://evil.example",
        "https://ingest.monitor.azure.com.evil.example",
        "https://evil.exampleingest.monitor.azure.com.example",
        "https://u@x.ingest.monitor.azure.com",
        "https://x.ingest.monitor.azure.com/path",
        "x.ingest.monitor.azure.com",
        "",
    ],
)
def test_a_token_goes_nowhere_else(endpoint: str) -> None:
    with pytest.raises(UsageError):
        monitor_at(endpoint)


@pytest.mark.parametrize(
    ("rule", "stream"), [("x", "Custom-X"), (RULE, "X"), (RULE, "Custom-X/../y"), (RULE, "")]
)
def test_only_a_rule_s_stream_is_a_path(rule: str, stream: str) -> None:
    with pytest.raises(UsageError):
        stream_path(rule, stream)


def test_the_guard_lets_out_packed_rows_to_a_stream_only() -> None:
    path, body = stream_path(RULE, "Custom-X"), b"\x1f\x8b..."
    assert sends_rows(Outgoing("POST", path, "", "application/json", body))
    for method, where, kind, what in (
        ("PUT", path, "application/json", body), ("POST", "/x", "application/json", body),
        ("POST", f"{path}/x", "application/json", body), ("POST", path, "text/plain", body),
        ("POST", path, "application/json", b"[]"),
    ):  # fmt: skip
        assert not sends_rows(Outgoing(method, where, "", kind, what))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.BAD_REQUEST, "does the rule declare every column? (HTTP 400)"),
        (Kind.FORBIDDEN, "Monitoring Metrics Publisher on the rule, minutes ago at least (HTTP 403)"),
        (Kind.TOO_LARGE, "(HTTP 413)"),
        (Kind.HTML, "answered HTTP 200, which is not the service's yes (204)"),
        (Kind.THROTTLED, "Log Analytics answered HTTP 429"),
        (Kind.UNAVAILABLE, "Log Analytics answered HTTP 503"),
    ],
)
def test_the_reason_says_what_to_do(kind: Kind, said: str) -> None:
    (reason,) = sent([IngestionFault(kind)])[1].given_up
    assert reason.endswith(said)


def test_another_s_token_or_rule_ends_it() -> None:
    with serve_ingestion(COLUMNS) as server, opened(server) as sender:
        server.token = "another"
        assert sender.send(ROWS).given_up == {"the token was not accepted (HTTP 401)": 40}
        assert len(server.requests) == 1


def test_the_call_is_the_documented_one() -> None:
    server, _ = sent()
    one = server.requests[0]
    assert one.target == f"/dataCollectionRules/{RULE}/streams/Custom-X?api-version=2023-01-01"
    assert {"authorization", "content-encoding", "content-type", "x-ms-client-request-id"} <= set(
        one.header_names
    )


@pytest.mark.parametrize("name", ["com", "us", "cn"])
def test_each_cloud_knows_who_signs_in(name: str) -> None:
    hosts = {
        "com": "login.microsoftonline.com",
        "us": "login.microsoftonline.us",
        "cn": "login.chinacloudapi.cn",
    }
    cloud = monitor_at(f"https://x.ingest.monitor.azure.{name}")
    assert (cloud.login, cloud.name) == (hosts[name], f"ingest.monitor.azure.{name}")
