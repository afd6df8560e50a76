"""REST reads over HTTP: versions, paging, ceilings, permissions, usage, limits."""

# ruff: noqa: S608 - the queries are put together from the tests' own literals

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from sfharden.emulator.generate import add_callers
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.records import Login, OauthToken, User
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import NOW, Client, client
from tests.orgs.sized import Spread, sized_org


@pytest.fixture(scope="module")
def crowd() -> Iterator[DemoServer]:
    """An org with more tokens than a query gives."""
    org = sized_org(
        NOW, profiles=12, apps=3, users=20, tokens=6000, logins=5000, spread=Spread(users=3, per_moment=1000)
    )
    with serve(org) as running:
        yield running


def test_versions_need_no_session_and_count_for_nothing(server: DemoServer, org: DemoOrg) -> None:
    with client(server, token="no session") as stranger:
        answer = stranger.ask("GET", "/services/data/")
    assert [one["version"] for one in answer.json] == [f"{number}.0" for number in range(31, 69)]
    assert org.api_used == 0


def test_a_version_the_org_lacks_is_not_found_and_an_old_one_is_retired(auditor: Client) -> None:
    auditor.version = "69.0"
    assert (auditor.get("limits").status, auditor.get("limits").code) == (404, "NOT_FOUND")
    for retired in ("20.0", "30.0"):
        auditor.version = retired
        assert (auditor.get("limits").status, auditor.get("limits").code) == (410, "UNSUPPORTED_API_VERSION")
    for served in ("31.0", "51.0"):  # the Salesforce CLI signs in with 51.0
        auditor.version = served
        assert auditor.get("limits").status == 200


def test_a_record_is_read_by_its_id(auditor: Client, org: DemoOrg) -> None:
    user = org.users[0]
    for name in (user.id, user.id[:15]):
        found = auditor.get(f"sobjects/User/{name}").json
        assert (found["Id"], found["Username"]) == (user.id, user.username)
    for missing in (f"User/{user.id[:-3]}zzz", "User/005xx000000ZZZZ", "User/x'", f"Nonsense/{user.id}"):
        assert auditor.get(f"sobjects/{missing}").code == "NOT_FOUND"


def test_no_session_no_answer(server: DemoServer) -> None:
    with client(server, token="00Dxx!wrong") as stranger:
        answer = stranger.get("limits")
    assert (answer.status, answer.code) == (401, "INVALID_SESSION_ID")


def test_calls_are_counted_and_the_day_ends_with_a_refusal(auditor: Client, org: DemoOrg) -> None:
    assert auditor.get("limits").headers["Sforce-Limit-Info"] == "api-usage=1/100000"
    assert auditor.get("limits").json["DailyApiRequests"] == {"Max": 100_000, "Remaining": 99_998}
    org.api_limit = 2
    answer = auditor.get("limits")
    assert (answer.status, answer.code) == (403, "REQUEST_LIMIT_EXCEEDED")


def test_without_api_enabled_nothing_is_read(auditor: Client, org: DemoOrg) -> None:
    given = org.permission_set("Caller auditor")
    assert given is not None
    given.permissions.discard("ApiEnabled")
    assert auditor.get("limits").code == "API_DISABLED_FOR_ORG"


def test_too_long_an_address_is_refused(auditor: Client) -> None:
    assert auditor.query("SELECT Id FROM User WHERE Name = '" + "x" * 17_000 + "'").status == 414
    assert auditor.ask("GET", "/services/data/", headers={"X-Long": "x" * 16_400}).status == 431


def test_unknown_resources_and_wrong_methods(auditor: Client) -> None:
    assert auditor.get("nothing").code == "NOT_FOUND"
    assert auditor.ask("GET", "/nothing").status == 404
    assert auditor.ask("POST", "/services/data/v66.0/query").status == 405
    assert auditor.get("query").code == "MALFORMED_QUERY"


def test_token_pages_of_500_stop_silently_at_2500(crowd: DemoServer) -> None:
    with client(crowd) as auditor:
        first = auditor.query("SELECT AppName FROM OauthToken").json
        assert (len(first["records"]), first["totalSize"], first["done"]) == (500, 6000, False)
        assert len(auditor.rows("SELECT AppName FROM OauthToken")) == 2500
        assert auditor.count("SELECT COUNT() FROM OauthToken") == 6000


def test_the_total_may_be_capped_too(crowd: DemoServer) -> None:
    knobs = crowd.org.knobs
    crowd.org.knobs = replace(knobs, tokens_total_size="capped")
    with client(crowd) as auditor:
        assert auditor.query("SELECT AppName FROM OauthToken").json["totalSize"] == 2500
    crowd.org.knobs = knobs


def test_windows_by_offset_find_every_token_once(crowd: DemoServer) -> None:
    found: list[str] = []
    with client(crowd) as auditor:
        for start in range(0, 6000, 2500):
            window = f"ORDER BY CreatedDate, UserId LIMIT 2500 OFFSET {start}"
            found += auditor.column(f"SELECT DeleteToken FROM OauthToken {window}")
    assert len(found) == len(set(found)) == 6000


def test_the_offset_may_be_limited(crowd: DemoServer) -> None:
    knobs = crowd.org.knobs
    crowd.org.knobs = replace(knobs, token_offset_limit=2000)
    with client(crowd) as auditor:
        assert (
            auditor.query("SELECT AppName FROM OauthToken OFFSET 2500").code == "NUMBER_OUTSIDE_VALID_RANGE"
        )
    crowd.org.knobs = knobs


def test_a_page_asked_for_twice_is_the_same(crowd: DemoServer) -> None:
    with client(crowd) as auditor:
        following = auditor.query("SELECT DeleteToken FROM OauthToken").json["nextRecordsUrl"]
        assert auditor.ask("GET", following).body == auditor.ask("GET", following).body


def test_a_locator_of_nobody_or_somebody_else_is_refused(crowd: DemoServer) -> None:
    add_callers(crowd.org, ["no-customize"])
    with client(crowd) as auditor, client(crowd, "no-customize") as other:
        following = auditor.query("SELECT AppName FROM OauthToken").json["nextRecordsUrl"]
        assert other.ask("GET", following).code == "INVALID_QUERY_LOCATOR"
        assert auditor.get("query/01gxx0000000000AAA-500").code == "INVALID_QUERY_LOCATOR"
        assert auditor.get("query/garbage").code == "INVALID_QUERY_LOCATOR"


def test_a_batch_size_is_a_wish_within_bounds(crowd: DemoServer) -> None:
    text = "SELECT Id FROM LoginHistory"
    with client(crowd) as auditor:
        sizes = [len(auditor.query(text, batch=size).json["records"]) for size in (0, 100, 700, 9000)]
    assert sizes == [2000, 200, 700, 2000]


def test_logins_are_complete_by_windows_of_time(crowd: DemoServer) -> None:
    edges = [f"2026-{month:02d}-01T00:00:00Z" for month in range(5, 13)]
    found: list[str] = []
    with client(crowd) as auditor:
        for start, end in pairwise(edges):
            where = f"WHERE LoginTime >= {start} AND LoginTime < {end} ORDER BY LoginTime"
            found += auditor.column(f"SELECT Id FROM LoginHistory {where}")
    assert len(found) == len(set(found)) == 5000


@pytest.mark.parametrize(
    ("caller", "query"),
    [
        ("no-customize", "SELECT UserId FROM OauthToken"),
        ("no-logins", "SELECT UserId FROM LoginHistory"),
        ("no-logins", "SELECT UsersId FROM AuthSession"),
    ],
)
def test_without_the_permission_only_own_rows_show_and_nothing_says_so(
    server: DemoServer, org: DemoOrg, auditor: Client, caller: str, query: str
) -> None:
    me = org.user(f"{caller}@acme.example")
    assert me is not None
    with client(server, caller) as one:
        assert one.rows(query) == []
        give_own_rows(org, me)
        assert set(one.column(query)) == {me.id}
    assert len(set(auditor.column(query))) > 1


def give_own_rows(org: DemoOrg, me: User) -> None:
    org.tokens.put(OauthToken("Own", me.id, NOW, "own-delete-token"))
    org.logins.add(Login("0Ya000000000001CAA", me.id, NOW, "198.51.100.7"))
    org.auth_sessions.append(replace(org.auth_sessions[0], id="0Ak000000000001AAA", user_id=me.id))


@pytest.mark.parametrize("name", ["SetupEntityAccess", "ConnectedApplication", "SetupAuditTrail"])
@pytest.mark.parametrize(
    ("denied", "code"), [("INVALID_TYPE", 400), ("INSUFFICIENT_ACCESS", 403), ("empty", 200)]
)
def test_without_view_setup_objects_are_denied_in_the_way_chosen(
    server: DemoServer, org: DemoOrg, name: str, denied: str, code: int
) -> None:
    org.knobs.denied_query = denied
    with client(server, "no-setup") as caller:
        answer = caller.query(f"SELECT Id FROM {name}")
        limits = caller.get("limits")
    assert answer.status == code
    assert answer.json["records"] == [] if code == 200 else answer.code == denied
    assert limits.code == "INSUFFICIENT_ACCESS"


def test_describe_tells_fields_and_what_can_be_filtered(auditor: Client, server: DemoServer) -> None:
    fields = {one["name"]: one for one in auditor.get("sobjects/LoginHistory/describe").json["fields"]}
    assert (fields["LoginTime"]["filterable"], fields["Status"]["filterable"]) == (True, False)
    assert fields["UserId"]["referenceTo"] == ["User"]
    names = {one["name"] for one in auditor.get("sobjects/PermissionSet/describe").json["fields"]}
    assert "PermissionsUseAnyApiClient" in names
    assert "PermissionsUseAnyApiAuth" in names
    with client(server, version="66.0") as older:
        known = {one["name"] for one in older.get("sobjects/PermissionSet/describe").json["fields"]}
    assert "PermissionsUseAnyApiAuth" not in known
    assert auditor.get("sobjects/Nope/describe").code == "NOT_FOUND"
