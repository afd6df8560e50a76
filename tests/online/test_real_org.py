"""What the reader assumes of Salesforce, asked of a real org. Reading only, at most some 100 calls."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from sfharden.errors import DeniedError, OrgError
from sfharden.facts.directory import Directory
from sfharden.facts.grants import Grants
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.org import OrgTables
from sfharden.salesforce.auth import OrgSession
from sfharden.salesforce.connect import API_VERSIONS, Connection
from sfharden.salesforce.soql import soql_quote
from sfharden.sources.org.read import OrgReading, read_org
from sfharden.sources.org.wanted import Wanted

from .conftest import Facts

pytestmark = pytest.mark.online


@pytest.fixture(scope="module")
def reading(org: Connection) -> OrgReading:
    since = datetime.now(UTC) - timedelta(days=30)
    return read_org(org, Wanted(logins_since=since, setup_since=since), "test")


@pytest.fixture
def found(reading: OrgReading) -> OrgTables:
    assert reading.snapshot.org is not None
    return reading.snapshot.org


def kinds_in_gap(reading: OrgReading) -> set[str]:
    return {gap.kind for gap in reading.snapshot.gaps}


def test_the_version_and_the_cost(org: Connection, reading: OrgReading, facts: Facts) -> None:
    assert org.version in API_VERSIONS
    count = org.wire.meter.count()
    facts.note("API version", org.version)
    facts.note("calls of a whole reading", count.total)
    assert count.daily_limit, "no answer told the daily limit"


def test_every_part_is_there_or_named(reading: OrgReading, found: OrgTables, facts: Facts) -> None:
    parts = {
        tables.USERS: found.users,
        tables.PERMISSION_SETS: found.permission_sets,
        tables.ASSIGNMENTS: found.assignments,
        tables.APP_ACCESS: found.app_access,
        tables.APPS: found.apps,
        tables.TOKENS: found.tokens,
        tables.EXTERNAL_TOKENS: found.external_tokens,
        tables.LOGINS: found.logins,
        tables.SESSIONS: found.sessions,
        tables.SETUP_CHANGES: found.setup_changes,
        tables.HEALTH: found.health_risks,
        tables.ORGANIZATION: found.organization,
        tables.CALLER: found.caller,
    }
    for kind, rows in parts.items():
        assert rows is not None or kind in kinds_in_gap(reading), kind
        facts.note(kind, "not read" if rows is None else len(rows) if isinstance(rows, tuple) else "read")
    for gap in reading.snapshot.gaps:
        facts.note("gap", f"{gap.what}: {gap.reason}")


def test_tokens_are_as_many_as_the_org_counts(org: Connection, reading: OrgReading, found: OrgTables) -> None:
    if tables.TOKENS in kinds_in_gap(reading):
        pytest.skip("this login doesn't see all tokens")
    counted = org.rest.count("SELECT COUNT() FROM OauthToken")
    assert abs(len(found.tokens or ()) - counted) <= 1, "one may have been made or revoked meanwhile"


def test_what_this_login_holds_is_told_alike_both_ways(reading: OrgReading, found: OrgTables) -> None:
    if (
        found.caller is None
        or found.caller.permissions is None
        or tables.PERMISSION_SETS in kinds_in_gap(reading)
    ):
        pytest.skip("only one way tells")
    assert Grants(Directory(reading.snapshot)).permissions_of(found.caller.user_id) == set(
        found.caller.permissions
    )


def test_profiles_and_apps_are_joined_by_their_records(
    reading: OrgReading, found: OrgTables, facts: Facts
) -> None:
    """Every file that came has its record; records without a file are told of, since some never have one."""
    files = {one.name for one in reading.snapshot.of_kind(kinds.PROFILE)}
    named = {one.api_name for one in found.profiles or () if one.api_name}
    assert files <= named
    facts.note(
        "profiles without a listed file", [one.label for one in found.profiles or () if not one.api_name]
    )
    facts.note("apps without a listed file", [one.label for one in found.apps or () if not one.api_name])
    facts.note("users without a profile", sum(not one.profile_id for one in found.users or ()))


def test_nothing_secret_is_kept(reading: OrgReading, session: OrgSession) -> None:
    text = reading.snapshot.model_dump_json() + repr(reading)
    assert session.token.reveal() not in text
    assert not [handle for handle, secret in reading.secrets.items() if secret.reveal() in text]


@pytest.mark.parametrize(
    "question",
    [
        "SELECT AppName FROM OauthToken ORDER BY CreatedDate LIMIT 1",
        "SELECT AppName FROM OauthToken ORDER BY UserId LIMIT 1 OFFSET 2500",
        "SELECT AppName FROM OauthToken WHERE UserId > {user} LIMIT 1",
        "SELECT AppName FROM OauthToken WHERE CreatedDate > 2001-01-01T00:00:00.000Z LIMIT 1",
        "SELECT UsersId, IsCurrent FROM AuthSession LIMIT 1",
        "SELECT PermissionsViewSetup FROM UserPermissionAccess",
        "SELECT Id, DeveloperName, MasterLabel FROM ExternalClientApplication",
        "SELECT SourceIp FROM LoginHistory WHERE SourceIp = '203.0.113.1' LIMIT 1",
        "SELECT LoginSubType FROM LoginHistory WHERE LoginSubType = 'OauthRefreshToken' LIMIT 1",
    ],
)
def test_questions_that_documentation_leaves_open(
    org: Connection, found: OrgTables, facts: Facts, question: str
) -> None:
    """Whatever the answer: it is noted. The reader has another way for each that is refused."""
    user = found.caller.user_id if found.caller else ""
    try:
        page = org.rest.query_page(question.replace("{user}", soql_quote(user)))
        facts.note(question, f"{page.total_size} rows")
    except DeniedError as error:
        facts.note(question, f"refused, {error.code}")
    except OrgError as error:
        facts.note(question, error.message)


def test_texts_of_logins(found: OrgTables, facts: Facts) -> None:
    """The texts of Status are not documented; only `Success` is taken for one."""
    times: Counter[str] = Counter()
    for one in found.logins or ():
        times[f"{one.status} / {one.login_type} / {one.subtype or '-'}"] += one.times
    for text, number in times.most_common(20):
        facts.note("login", f"{text}: {number}")
