"""The healthy org as the tables of a running one, over its files: users, permission sets, tokens, logins."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from sfharden.model import org
from sfharden.model.snapshot import Gap, Snapshot, Source
from tests.orgs.constants import (
    ADMIN,
    ADMIN_USER,
    APP_ID,
    APP_LABEL,
    APP_NAME,
    DANA,
    EGRESS,
    ELSEWHERE,
    HARDENED,
    NOW,
    OTHER_USER,
    P_ADMIN,
    P_STANDARD,
    P_SVC,
    PROFILE_NAME,
    SERVICE_USER,
    SVC,
)
from tests.orgs.files import APP, HEALTHY, SECURITY, snapshot_of, swapped

STANDARD = "profiles/Standard.profile"
# Where sessions may go, said in so many words.
UNLOCKED: Final = HEALTHY[SECURITY]
# The app's allowlist is off, so that every row of the matrix can be told: on, no API shows what it holds.
FILES: Final[Mapping[str, str]] = {
    **HEALTHY,
    APP: HEALTHY[APP].replace("isIpBindingEnabled>true", "isIpBindingEnabled>false"),
    STANDARD: HEALTHY["profiles/Admin.profile"]
    .replace("203.0.113.1", "203.0.113.101")
    .replace("113.9<", "113.109<"),
}

USERS: Final = (
    org.User(SVC, SERVICE_USER, P_SVC, True, "Standard", None),
    org.User(ADMIN, ADMIN_USER, P_ADMIN, True, "Standard", None),
    org.User(DANA, OTHER_USER, P_STANDARD, True, "Standard", None),
)
PROFILES: Final = (
    org.ProfileRow(P_SVC, PROFILE_NAME, PROFILE_NAME),
    org.ProfileRow(P_ADMIN, "System Administrator", "Admin"),
    org.ProfileRow(P_STANDARD, "Standard User", "Standard"),
)
MANAGE, APPROVE, ANY_CLIENT = "ManageProfilesPermissionsets", "CanApproveUninstalledApps", "UseAnyApiClient"
SETS: Final = (
    org.PermissionSetRow("0PS000000000001AAA", "X1", "", P_SVC, "", ()),
    org.PermissionSetRow("0PS000000000002AAA", "X2", "", P_ADMIN, "", (MANAGE,)),
    org.PermissionSetRow("0PS000000000003AAA", "X3", "", P_STANDARD, "", ()),
    org.PermissionSetRow("0PS000000000004AAA", "Sync_Access", "Sync Access", "", "", ()),
    org.PermissionSetRow("0PS000000000005AAA", "Approver", "Approver", "", "", (APPROVE,)),
)


def token(user: str = SVC, *, days: float = 1, label: str = APP_LABEL, app: str = APP_ID) -> org.Token:
    """A token made some days after the hardening."""
    return org.Token(f"t{user}{days}", label, app, user, HARDENED + timedelta(days=days), NOW, 3, False)


def login(
    user: str = SVC,
    source: str = EGRESS,
    *,
    status: str = "Success",
    subtype: str = "OauthRefreshToken",
    app: str = APP_LABEL,
    days: float = 1,
    times: int = 1,
) -> org.Login:
    """Logins, the last of them some days after the hardening."""
    kind = "Remote Access 2.0" if subtype.startswith("Oauth") else "Application"
    last = HARDENED + timedelta(days=days)
    return org.Login(user, source, status, kind, subtype, app, times, last - timedelta(hours=times - 1), last)


TABLES: Final = org.OrgTables(
    organization=org.Organization(id="00D000000000001AAA"),
    caller=org.Caller(user_id=ADMIN, username=ADMIN_USER),
    permission_names=(ANY_CLIENT, APPROVE, MANAGE),
    permissions_asked=(ANY_CLIENT, APPROVE, MANAGE),
    users=USERS,
    profiles=PROFILES,
    permission_sets=SETS,
    assignments=(),
    app_access=(org.AppAccess("0PS000000000001AAA", APP_ID),),
    apps=(org.AppRow(APP_ID, APP_LABEL, APP_NAME, False, True),),
    tokens=(token(),),
    external_tokens=(),
    sessions=(),
    logins=(login(), login(source=ELSEWHERE, status="Restricted IP", days=2)),
    logins_since=HARDENED - timedelta(days=60),
)


def running(files: Mapping[str, str] = FILES, *gaps: Gap, **tables: Any) -> Snapshot:
    """The running org with some files and tables changed."""
    return snapshot_of(files, *gaps).model_copy(
        update={
            "org": TABLES.model_copy(update=tables),
            "taken_at": NOW,
            "source": Source(kind="org", name="acme", api_version="68.0"),
        }
    )


def proposed(files: Mapping[str, str], *gaps: Gap) -> Snapshot:
    """A proposal of these files only."""
    return snapshot_of(files, *gaps, proposed=True)


def changed(path: str, *swaps: tuple[str, str], files: Mapping[str, str] = FILES) -> dict[str, str]:
    """The files with texts of one file replaced; each old text must be there."""
    return swapped(files, path, *swaps)


def assigned(*names: str) -> Iterable[org.Assignment]:
    """Dana has these permission sets."""
    ids = {one.name: one.id for one in SETS}
    return tuple(org.Assignment(DANA, ids[name], "") for name in names)
