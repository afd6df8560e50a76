"""The REST resources: versions, limits, queries and their pages, describe."""

import re
from collections.abc import Callable
from typing import Any, Final

from sfharden.emulator.access import enter
from sfharden.emulator.backend import Backend, Cursor
from sfharden.emulator.http import deploy_routes, usage_routes
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql import parse as soql
from sfharden.emulator.soql.ast import Compare, Field, Query, Text
from sfharden.emulator.soql.compile import Scope
from sfharden.emulator.soql.event_logs import log_file
from sfharden.emulator.soql.run import Found, run, scope_for, source_of
from sfharden.emulator.soql.schema import Caller, Column, SObject
from sfharden.emulator.wire import Reply, Request, json_reply

Route = Callable[[Backend, Caller, str, Request], Reply]
_LOCATOR: Final = re.compile(r"(01g\w{15})-(\d+)")
_BATCH: Final = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)
_ID: Final = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")
_NOT_FOUND: Final = "The requested resource does not exist"


def answer(backend: Backend, request: Request) -> Reply:
    """The answer to anything below /services/data. Raises RefusalError."""
    parts = request.segments
    if len(parts) == 2:
        return versions(backend)
    caller = enter(backend.org, request.bearer, request)
    version = known_version(backend, parts[2])
    if len(parts) == 3:
        return json_reply(resources(version))
    route = _ROUTES.get(parts[3])
    if route is None:
        raise RefusalError("NOT_FOUND", _NOT_FOUND)
    if request.method != "GET" and parts[3] not in ("apps", "metadata"):
        raise RefusalError("METHOD_NOT_ALLOWED", f"HTTP Method '{request.method}' not allowed")
    return route(backend, caller, version, request)


def usage_header(backend: Backend) -> tuple[str, str]:
    """The header that tells how many calls of the day are used."""
    return "Sforce-Limit-Info", f"api-usage={backend.org.api_used}/{backend.org.api_limit}"


def versions(backend: Backend) -> Reply:
    """The versions the org has; needs no session and counts against no limit."""
    return json_reply(
        [
            {"label": f"Release {one}", "url": f"/services/data/v{one}", "version": one}
            for one in backend.org.versions
        ]
    )


def known_version(backend: Backend, part: str) -> str:
    """The version of a path part such as `v66.0`. Raises RefusalError for one the org doesn't have."""
    version = part.removeprefix("v")
    if part.startswith("v") and version in backend.org.versions:
        return version
    oldest = float(min(backend.org.versions, key=float))
    if re.fullmatch(r"\d+\.0", version) and float(version) < oldest:
        raise RefusalError("UNSUPPORTED_API_VERSION", f"API version {version} is retired")
    raise RefusalError("NOT_FOUND", _NOT_FOUND)


def resources(version: str) -> dict[str, str]:
    """Names and addresses of the resources."""
    base = f"/services/data/v{version}"
    return {name: f"{base}/{name}" for name in ("apps", "limits", "metadata", "query", "sobjects", "tooling")}


def _limits(backend: Backend, caller: Caller, _version: str, _request: Request) -> Reply:
    if not caller.has("ViewSetup"):
        raise RefusalError("INSUFFICIENT_ACCESS", "insufficient access rights on this resource")
    org = backend.org
    daily = {"Max": org.api_limit, "Remaining": org.api_limit - org.api_used}
    return json_reply({"DailyApiRequests": daily, "ConcurrentSyncReportRuns": {"Max": 20, "Remaining": 20}})


def _query(backend: Backend, caller: Caller, version: str, request: Request) -> Reply:
    return query(backend, caller, version, request, tooling=False)


def _tooling(backend: Backend, caller: Caller, version: str, request: Request) -> Reply:
    rest = request.segments[4:]
    if rest and rest[0] == "query":
        return query(backend, caller, version, request, tooling=True)
    if rest and rest[0] == "sobjects":
        return describe(backend, caller, version, rest[1:], tooling=True)
    raise RefusalError("NOT_FOUND", _NOT_FOUND)


def query(backend: Backend, caller: Caller, version: str, request: Request, *, tooling: bool) -> Reply:
    """The first page of a query, or a later one by its locator."""
    base = f"/services/data/v{version}{'/tooling' if tooling else ''}/query"
    locator = request.segments[base.count("/") :]
    if locator:
        return _next_page(backend, caller, base, locator[0])
    if "q" not in request.query:
        raise RefusalError("MALFORMED_QUERY", "A query string has to be specified")
    scope = scope_for(backend.org, caller, version, tooling=tooling)
    found = run(scope, soql.parse(request.query["q"], backend.org.clock()))
    page = _page_size(found, request.headers.get("sforce-query-options", ""))
    cursor = Cursor(caller.user.id, found, page)
    name = backend.keep(cursor) if len(found.positions) > page else ""
    return _page(cursor, base, name, 0)


def _page_size(found: Found, options: str) -> int:
    wish = _BATCH.search(options)
    return min(found.page, max(200, int(wish[1]))) if wish else found.page


def _next_page(backend: Backend, caller: Caller, base: str, locator: str) -> Reply:
    match = _LOCATOR.fullmatch(locator)
    cursor = backend.cursors.get(match[1]) if match else None
    if match is None or cursor is None or cursor.user_id != caller.user.id:
        raise RefusalError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return _page(cursor, base, match[1], int(match[2]))


def _page(cursor: Cursor, base: str, name: str, start: int) -> Reply:
    found = cursor.found
    end = start + cursor.page
    done = end >= len(found.positions)
    body: dict[str, Any] = {"totalSize": found.total, "done": done}
    if not done:
        body["nextRecordsUrl"] = f"{base}/{name}-{end}"
    body["records"] = found.records(start, cursor.page)
    return json_reply(body)


def _sobjects(backend: Backend, caller: Caller, version: str, request: Request) -> Reply:
    if request.segments[4:5] == ["EventLogFile"] and request.segments[6:] == ["LogFile"]:
        content = log_file(backend.org, caller, request.segments[5])
        return Reply(200, content, "text/csv")
    return describe(backend, caller, version, request.segments[4:], tooling=False)


def describe(backend: Backend, caller: Caller, version: str, rest: list[str], *, tooling: bool) -> Reply:
    """The list of objects, the fields of one, or one of its records."""
    scope = scope_for(backend.org, caller, version, tooling=tooling)
    if not rest:
        visible = [one for one in scope.objects.values() if not one.needs or caller.has(*one.needs)]
        return json_reply({"sobjects": [{"name": one.name, "queryable": True} for one in visible]})
    if len(rest) != 2:
        raise RefusalError("NOT_FOUND", _NOT_FOUND)
    try:
        source = source_of(scope, rest[0])
    except RefusalError:
        raise RefusalError("NOT_FOUND", _NOT_FOUND) from None
    if rest[1] != "describe":
        return _record(scope, source, rest[1])
    fields = [_described(column) for column in source.columns.values()]
    return json_reply({"name": source.name, "queryable": True, "fields": fields})


def _record(scope: Scope, source: SObject, record_id: str) -> Reply:
    """One record with all its fields (REST API Guide, sObject Rows): signing in, the Salesforce CLI reads its user's."""
    names = tuple(Field(column.name) for column in source.columns.values())
    same = Compare("Id", "=", Text(record_id))
    found = run(scope, Query(names, source.name, same, (), (), None, 0)) if _ID.fullmatch(record_id) else None
    if found is None or not found.positions:
        raise RefusalError("NOT_FOUND", _NOT_FOUND)
    return json_reply(found.records(0, 1)[0])


def _described(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": "string" if column.kind == "ip" else column.kind,
        "filterable": column.filterable,
        "sortable": column.filterable,
        "groupable": column.countable and column.kind != "datetime",
        "relationshipName": column.refers[0] if column.refers else None,
        "referenceTo": [column.refers[1]] if column.refers else [],
    }


_ROUTES: Final[dict[str, Route]] = {
    "limits": _limits,
    "query": _query,
    "tooling": _tooling,
    "sobjects": _sobjects,
    "apps": usage_routes.answer,
    "metadata": deploy_routes.answer,
}
