"""KQL in tests: checked by the published language service where Node has it, and run on small data by a KQL engine.

The engine is `duckdb-kql` over DuckDB. It lacks `ingestion_time()`, which is a column of each table here, and its clock is
NOW; a watchlist is a table.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

NOW: Final = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
Rows = Mapping[str, Sequence[Mapping[str, Any]]]

# Columns that queries here name; those of the connectors as Azure-Sentinel publishes them (Solutions/Salesforce Service
# Cloud, version 3.7.0).
CONNECTORS: Final = {
    "SalesforceLoginHistoryV2_CL": {
        "TimeGenerated": "datetime", "LoginTime": "datetime", "UserId": "string", "SourceIp": "string", "Status": "string",
        "LoginType": "string", "LoginSubType": "string", "Application": "string", "SalesforceDomain": "string",
    },
    "SalesforceAuditTrailV2_CL": {
        "TimeGenerated": "datetime", "Action": "string", "Section": "string", "Display": "string", "CreatedByUsername": "string",
    },
    "SalesforceServiceCloudV2_CL": {
        "TimeGenerated": "datetime", "TimestampDerived": "datetime", "EventType": "string", "LoginStatus": "string",
        "ClientIp": "string", "SourceIp": "string", "UserId": "string", "UserIdDerived": "string", "ClientName": "string",
        "StatusCode": "string",
    },
    "SalesForceRealTimeEventMonitoring_CL": {
        "TimeGenerated": "datetime", "EventType": "string", "UserId": "string", "SourceIp": "string", "Application": "string",
    },
}  # fmt: skip
_WATCHLIST: Final = "let _GetWatchlist = (Alias: string) {{ {body} }};\n"
_SQL: Final = {"datetime": "TIMESTAMP", "string": "VARCHAR", "dynamic": "JSON"}


@cache
def language_service() -> Path | None:
    """Where npm has put the language service, in the checkout or for everybody."""
    named = os.environ.get("NODE_PATH", "").split(os.pathsep)
    places = [Path(__file__).resolve().parents[2] / "node_modules", *map(Path, filter(None, named))]
    if shutil.which("node") and (npm := shutil.which("npm")):
        asked = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=False, timeout=60)
        places.append(Path(asked.stdout.strip()))
    folders = (place / "@kusto" / "language-service-next" for place in places)
    return next((one for one in folders if (one / "bridge.min.js").is_file()), None)


def complaints(queries: Sequence[str], tables: Mapping[str, Mapping[str, str]]) -> list[list[str]]:
    """What the language service has against each query. Skips where it isn't there."""
    folder = language_service()
    if folder is None:
        pytest.skip("there is no language service here (npm install -g @kusto/language-service-next)")
    empty = "datatable(UserId: string, Integration: string, RangeStart: string, RangeEnd: string)[]"
    head = _WATCHLIST.format(body=empty)
    schemas = {
        name: f"({', '.join(f'{one}: {kind}' for one, kind in columns.items())})"
        for name, columns in tables.items()
    }
    asked = json.dumps({"tables": schemas, "queries": [head + query for query in queries]})
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("check.js")), str(folder)],  # noqa: S607 - Node, wherever it is
        input=asked, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    found: list[list[str]] = json.loads(done.stdout)
    return found


def asked(
    query: str, tables: Mapping[str, Mapping[str, str]], rows: Rows, watchlist: str = ""
) -> list[dict[str, Any]]:
    """What the query answers, on these rows. Skips where the engine isn't there."""
    engine = pytest.importorskip(
        "duckdb_kql", reason="there is no KQL engine here (pip install duckdb duckdb-kql)"
    )
    pytest.importorskip("duckdb")
    arrived = {name: {**columns, "IngestedAt": "datetime"} for name, columns in tables.items()}
    connection = engine.connect()
    connection.sql("SET threads = 1")
    for name, kinds in arrived.items():
        connection.sql(
            f"CREATE TABLE {name} ({', '.join(f'{one} {_SQL[kind]}' for one, kind in kinds.items())})"
        )
        for row in rows.get(name, ()):
            _insert(connection, name, kinds, row)
    sql = _translated(_as_run(query, watchlist), tuple((one, tuple(kinds)) for one, kinds in arrived.items()))
    found = connection.execute(sql, sql.parameters)
    names = [one[0] for one in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@cache
def _translated(query: str, schema: tuple[tuple[str, tuple[str, ...]], ...]) -> Any:
    """The query as SQL; translating takes longer than answering."""
    engine = pytest.importorskip("duckdb_kql")
    return engine.to_sql(query, schema={name: list(columns) for name, columns in schema}, query_now=NOW)


def _insert(connection: Any, name: str, kinds: Mapping[str, str], row: Mapping[str, Any]) -> None:
    unknown = set(row) - set(kinds)
    assert not unknown, f"{name} has no {unknown}"
    arrived = row.get("IngestedAt", row.get("TimeGenerated", NOW))
    values = [arrived if one == "IngestedAt" else _value(row.get(one), kind) for one, kind in kinds.items()]
    plain = [one.replace(tzinfo=None) if isinstance(one, datetime) else one for one in values]
    connection.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(plain))})", plain)  # noqa: S608 - ours


def _value(value: Any, kind: str) -> Any:
    if kind == "dynamic":
        return json.dumps(value)
    if kind == "datetime" and isinstance(value, str):
        return datetime.fromisoformat(value)
    return "" if value is None and kind == "string" else value


def _as_run(query: str, watchlist: str) -> str:
    found = query.replace("ingestion_time()", "IngestedAt")
    return re.sub(r"_GetWatchlist\('\w+'\)", watchlist, found)
