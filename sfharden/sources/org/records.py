"""Records of an org, by plain queries: users, profiles, apps, sessions, setup changes.

Objects and fields: Object Reference, the page of each; SecurityHealthCheck: Tooling API Guide. Who may do what is
in `rights`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final

from sfharden.errors import AnswerError, DeniedError
from sfharden.model.org import HealthRisk, MenuItem, Organization, Session, SetupChange, User
from sfharden.salesforce.rest import OrgClient
from sfharden.salesforce.soql import soql_datetime, soql_in, soql_quote
from sfharden.sources.org.values import Row, flag, moment, number, optional, required, required_moment

# An older API version lacks a field, or can't filter by one: then another form of the question may do.
OTHER_FORM: Final = frozenset({"INVALID_FIELD", "MALFORMED_QUERY"})
_USER: Final = "SELECT Id, Username, ProfileId, IsActive, UserType, LastLoginDate FROM User"


def who(client: OrgClient, username: str) -> tuple[str, str]:
    """Id and name of the user who is signed in; `username` is what signing in told, or empty.

    By the identity resource; else by the user's own record; else by the session that calls itself the current
    one (Object Reference, AuthSession, IsCurrent). Raises the first way's error if none of them tells.
    """
    try:
        identity = client.identity()
        return identity.user_id, identity.username
    except (DeniedError, AnswerError) as error:
        for query, field in _OTHER_WAYS:
            if "{}" in query and not username:
                continue
            try:
                rows = list(client.query(query.format(soql_quote(username)) if username else query))
            except (DeniedError, AnswerError):
                continue
            found = {required(row, field) for row in rows if row.get("IsCurrent", True) is True}
            if len(found) == 1:
                return found.pop(), username
        raise error from None


_OTHER_WAYS: Final = (
    ("SELECT Id FROM User WHERE Username = {}", "Id"),
    ("SELECT UsersId, IsCurrent FROM AuthSession", "UsersId"),
)


def organization(client: OrgClient, known_id: str = "") -> Organization:
    """The org's own record; where it isn't shown, its id and nothing else.

    The id is then the one that the session knows, or that the identity tells. Raises OrgError. An org that
    isn't known to be a sandbox is taken for production by whoever asks.
    """
    try:
        row = client.organization()
    except DeniedError:
        return Organization(id=known_id or client.identity().org_id)
    sandbox = row.get("IsSandbox")
    return Organization(
        id=required(row, "Id"),
        name=optional(row, "Name"),
        kind=optional(row, "OrganizationType"),
        is_sandbox=sandbox if isinstance(sandbox, bool) else None,
    )


def active_users(client: OrgClient) -> tuple[User, ...]:
    """All active users."""
    return tuple(sorted(map(_user, client.query(f"{_USER} WHERE IsActive = true")), key=itemgetter(0)))


def users_by_id(client: OrgClient, ids: Iterable[str]) -> Iterator[User]:
    """The users with these ids, active or not."""
    for chosen in soql_in(sorted(ids)):
        yield from map(_user, client.query(f"{_USER} WHERE Id IN {chosen}"))


def _user(row: Row) -> User:
    # Users that Salesforce made for its own processes may have no profile.
    return User(
        required(row, "Id"),
        required(row, "Username"),
        optional(row, "ProfileId"),
        flag(row, "IsActive"),
        optional(row, "UserType"),
        moment(row, "LastLoginDate"),
    )


def frozen_users(client: OrgClient) -> frozenset[str]:
    """Who can't sign in though they are active (Object Reference, UserLogin)."""
    rows = client.query("SELECT UserId FROM UserLogin WHERE IsFrozen = true")
    return frozenset(optional(row, "UserId") for row in rows) - {""}


def profile_labels(client: OrgClient) -> dict[str, str]:
    """Labels of profiles by record id; empty where the org hides them."""
    return {
        required(row, "Id"): optional(row, "Name") for row in client.query("SELECT Id, Name FROM Profile")
    }


def connected_apps(client: OrgClient) -> dict[str, tuple[str, bool | None]]:
    """Label and "admin-approved only" of the connected apps that the org manages, by record id."""
    rows = client.query("SELECT Id, Name, OptionsAllowAdminApprovedUsersOnly FROM ConnectedApplication")
    return {
        required(row, "Id"): (
            required(row, "Name"),
            flag(row, "OptionsAllowAdminApprovedUsersOnly"),
        )
        for row in rows
    }


def external_apps(client: OrgClient) -> dict[str, tuple[str, str]]:
    """API name and label of external client apps, by record id; for when their metadata can't be listed."""
    rows = client.query("SELECT Id, DeveloperName, MasterLabel FROM ExternalClientApplication")
    return {
        required(row, "Id"): (required(row, "DeveloperName"), optional(row, "MasterLabel")) for row in rows
    }


def menu_items(client: OrgClient) -> tuple[MenuItem, ...]:
    """The items of the app menu, whoever sees them: what leads from a token to its app."""
    rows = client.query("SELECT Id, ApplicationId, Label, Name, Type FROM AppMenuItem")
    names = ("ApplicationId", "Label", "Name", "Type")
    return tuple(
        sorted(MenuItem(required(row, "Id"), *(optional(row, name) for name in names)) for row in rows)
    )


def sessions(client: OrgClient) -> tuple[Session, ...]:
    """Live sessions; one ends its validity after its last change (Object Reference, AuthSession)."""
    fields = "UsersId, SourceIp, CreatedDate, LastModifiedDate, NumSecondsValid, LoginType, SessionType"
    try:
        rows = list(client.query(f"SELECT {fields}, IsCurrent FROM AuthSession"))  # noqa: S608 - constants
    except DeniedError as error:
        if error.code not in OTHER_FORM:
            raise
        rows = list(client.query(f"SELECT {fields} FROM AuthSession"))  # noqa: S608 - constants
    return tuple(sorted(map(_session, rows), key=lambda one: (one.user_id, str(one.created))))


def _session(row: Row) -> Session:
    changed, seconds = moment(row, "LastModifiedDate"), number(row, "NumSecondsValid")
    expires = changed + timedelta(seconds=seconds) if changed and seconds is not None else None
    return Session(
        required(row, "UsersId"),
        optional(row, "SourceIp"),
        moment(row, "CreatedDate"),
        expires,
        optional(row, "LoginType"),
        optional(row, "SessionType"),
        row.get("IsCurrent") is True,
    )


def setup_changes(client: OrgClient, since: datetime) -> tuple[SetupChange, ...]:
    """The setup audit trail since a moment."""
    fields = "CreatedDate, Action, Section, Display, CreatedById, DelegateUser"
    query = f"SELECT {fields} FROM SetupAuditTrail WHERE CreatedDate >= {soql_datetime(since)}"  # noqa: S608
    return tuple(
        sorted(
            SetupChange(
                required_moment(row, "CreatedDate"),
                optional(row, "Action"),
                optional(row, "Section"),
                optional(row, "Display"),
                optional(row, "CreatedById"),
                optional(row, "DelegateUser"),
            )
            for row in client.query(query)
        )
    )


def health_risks(client: OrgClient) -> tuple[HealthRisk, ...]:
    """What Salesforce's own health check says of each setting."""
    fields = "RiskType, Setting, SettingGroup, OrgValue, StandardValue"
    rows = client.query(f"SELECT {fields} FROM SecurityHealthCheckRisks", tooling=True)  # noqa: S608 - constants
    names = ("RiskType", "Setting", "SettingGroup", "OrgValue", "StandardValue")
    return tuple(sorted(HealthRisk(*(optional(row, name) for name in names)) for row in rows))
