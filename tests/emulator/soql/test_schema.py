"""Permission fields: there where the version or the org has them."""

# ruff: noqa: S608 - the queries are put together from the tests' own literals

from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.soql import parse as soql
from sfharden.emulator.soql.run import run, scope_for
from sfharden.emulator.soql.schema import Caller
from tests.emulator.kit import NOW, client
from tests.emulator.soql_kit import ALL, code, rows, small_org


def test_conditional_permission_fields_exist_only_where_provisioned() -> None:
    org = small_org()
    assert code(org, "SELECT PermissionsUseAnyApiClient FROM PermissionSet") == "INVALID_FIELD"
    assert code(org, "SELECT PermissionsUseAnyApiAuth FROM PermissionSet") == "INVALID_FIELD"
    org.knobs.api_access_control = True
    assert len(rows(org, "SELECT PermissionsUseAnyApiClient FROM PermissionSet")) == 2
    newer = scope_for(org, Caller(org.users[0], ALL), "67.0")
    assert run(newer, soql.parse("SELECT PermissionsUseAnyApiAuth FROM PermissionSet", NOW)).total == 2


def test_everyone_can_ask_what_they_may_do(server: DemoServer) -> None:
    fields = "PermissionsViewSetup, PermissionsCustomizeApplication"
    with client(server, "no-setup") as caller:
        (row,) = caller.rows(f"SELECT {fields} FROM UserPermissionAccess")
    assert row == {"PermissionsViewSetup": False, "PermissionsCustomizeApplication": True}
