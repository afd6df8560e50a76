"""EventLogFile, and the objects with the same rows (Object Reference, EventLogFile, ApiTotalUsageEventLog, LoginEventLog)."""

from typing import Final

from sfharden.emulator.event_rows import COLUMNS, EventLog, LoginEvent, day_files
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql.schema import Caller, SObject, build, column, made, reference
from sfharden.emulator.state import DemoOrg

_FILES: Final = frozenset({"ViewEventLogFiles", "ViewAllData"})
_ROWS: Final = frozenset({"EventLogReadAccess", "ViewAllData"})


def event_logs(org: DemoOrg, _version: float) -> list[SObject]:
    """The files, and where the org has them the objects."""
    files = [
        column("Id", "id", "id"),
        column("EventType", "string", "event_type"),
        column("LogDate", "datetime", "log_date"),
        made("Interval", "string", lambda _: "Daily"),
        made("Sequence", "int", lambda _: 0),
        made("LogFileLength", "double", lambda one: float(len(one.content))),
        made("LogFileFieldNames", "string", lambda one: ",".join(COLUMNS[one.event_type]), filterable=False),
        column("CreatedDate", "datetime", "created"),
    ]
    found = [build("EventLogFile", lambda org, _: log_files(org), files, needs=_FILES)]
    return [*found, _requests(), _logins()] if org.knobs.event_log_objects else found


def _requests() -> SObject:
    columns = [
        reference("UserId", "user_id", "User", "User"),
        column("Timestamp", "datetime", "time"),
        column("ClientIp", "string", "source"),
        column("ConnectedAppIdentifier", "string", "app_id"),
        column("ConnectedAppName", "string", "app_name"),
        column("ApiFamily", "string", "family"),
        column("StatusCode", "string", "status"),
    ]
    return build("ApiTotalUsageEventLog", lambda org, _: org.api_requests, columns, needs=_ROWS)


def _logins() -> SObject:
    columns = [
        reference("UserId", "user_id", "User", "User"),
        column("Timestamp", "datetime", "time"),
        column("SourceIp", "string", "source"),
        column("LoginStatus", "string", "status"),
    ]
    return build("LoginEventLog", lambda org, _: _login_events(org), columns, needs=_ROWS)


def log_files(org: DemoOrg) -> list[EventLog]:
    """Every file that the org has by now."""
    now = org.clock()
    return [
        *day_files("ApiTotalUsage", org.id, org.api_requests, now),
        *day_files("Login", org.id, _login_events(org), now),
    ]


def _login_events(org: DemoOrg) -> list[LoginEvent]:
    names = {user.id: user.username for user in org.users}
    return [
        LoginEvent(one.user_id, one.time, one.source_ip, _code(one.status), names.get(one.user_id, ""))
        for one in org.logins
    ]


def _code(status: str) -> str:
    known = {"Success": "LOGIN_NO_ERROR", "Restricted IP": "LOGIN_ERROR_RESTRICTED_DOMAIN"}
    return known.get(status, "LOGIN_ERROR_INVALID_PASSWORD")


def log_file(org: DemoOrg, caller: Caller, record_id: str) -> bytes:
    """The body of a file. Raises RefusalError."""
    found = next((one for one in log_files(org) if record_id in (one.id, one.id[:15])), None)
    if found is None or not caller.has(*_FILES):
        raise RefusalError("NOT_FOUND", "The requested resource does not exist")
    return found.content
