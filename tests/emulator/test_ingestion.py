"""The loopback service refuses what the real one does, so that a client that passes here sends nothing invalid."""

import gzip
import json
from typing import Any

import pytest
import requests

from sfharden.emulator.ingestion import (
    IngestionFault,
    IngestionFaultKind,
    IngestionServer,
    serve_ingestion,
)

COLUMNS = {"A": "string", "D": "dynamic"}
PATH = f"/dataCollectionRules/dcr-{'0' * 32}/streams/Custom-X?api-version=2023-01-01"


def post(server: IngestionServer, raw: bytes, path: str = PATH, *, pack: bool = True, **headers: str) -> int:
    body = gzip.compress(raw) if pack else raw
    given = {
        "Authorization": f"Bearer {server.token}", "Content-Type": "application/json",
        "Content-Encoding": "gzip", **headers,
    }  # fmt: skip
    return requests.post(f"{server.base_url}{path}", data=body, headers=given, timeout=5).status_code


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b'[{"A":"x","D":[{"b":1}]}]', 204),
        (b'[{"A":NaN}]', 400),
        (b'{"A":"x"}', 400),
        (b"[]", 400),
        (b'["x"]', 400),
        (b'[{"A":"x"}', 400),
        (b'[{"A":"\xff"}]', 400),
        (b'[{"B":"x"}]', 400),
        (b'[{"A":1}]', 400),
        (json.dumps([{"A": "x" * 70_000}]).encode(), 400),
        (json.dumps([{"A": "x" * 60_000}] * 17).encode(), 413),
    ],
)
def test_only_valid_rows_are_taken(raw: bytes, status: int) -> None:
    with serve_ingestion(COLUMNS) as server:
        assert post(server, raw) == status
        assert bool(server.taken) == (status == 204)
        assert bool(server.invalid) == (status != 204)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"path": "/elsewhere"}, 404),
        ({"path": PATH.partition("?")[0]}, 400),
        ({"pack": False, "Content-Encoding": "identity"}, 413),
        ({"Content-Type": "text/plain"}, 400),
        ({"Authorization": "Bearer other"}, 401),
    ],
)
def test_only_valid_calls_are_taken(change: dict[str, Any], status: int) -> None:
    with serve_ingestion(COLUMNS) as server:
        assert post(server, b'[{"A":"x"}]', **change) == status
        assert server.taken == []


def test_a_reserved_name_is_no_column() -> None:
    with serve_ingestion({"Title": "string"}) as server:
        assert post(server, b'[{"Title":"x"}]') == 400


def test_a_fault_hits_and_then_the_right_answer_comes() -> None:
    faults = [IngestionFault(IngestionFaultKind.UNAVAILABLE, times=1)]
    with serve_ingestion(COLUMNS, faults=faults) as server:
        assert [post(server, b'[{"A":"x"}]') for _ in range(2)] == [503, 204]
        assert len(server.rows) == 1
