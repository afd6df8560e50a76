"""What every real org has besides what one is looking for, and generated orgs like to leave out.

Users that Salesforce made, guests, customers, the frozen and the gone; groups with something muted, sessions that
must be activated, assignments that expired or lead nowhere; managed apps with a file and without; labels twice.
Nothing of it is a fault: an org is as hardened with it as without.

User types and the users of Salesforce's own processes: Object Reference, User; Help, Platform Integration User.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from sfharden.emulator import ids
from sfharden.emulator.derive import sync
from sfharden.emulator.records import (
    AppMenuItem,
    Assignment,
    ConnectedApplication,
    EntityAccess,
    Login,
    OauthToken,
    User,
)
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import LoginStore
from sfharden.emulator.templates import (
    Pair,
    connected_app_xml,
    muting_set_xml,
    permission_group_xml,
    permission_set_xml,
    profile_xml,
)

COLLEAGUE: Final = "dana.reyes@acme.example"
FROZEN: Final = "lou.ito@acme.example"
GONE: Final = "kim.lee@acme.example"
AUTOMATED: Final = "autoproc@00d000000004711"
GUEST: Final = "help@acme.my.site.example"
CUSTOMER: Final = "buyer@customer.example"
PARTNER: Final = "reseller@partner.example"

STANDARD: Final = "Standard"
GUEST_PROFILE: Final = "Acme Help Profile"
# Managed, with a file and without one.
COURIER: Final = "Courier"
VAULT: Final = "Vault"
GROUP: Final = "Support_Team"
APPROVER: Final = "Uninstalled_App_Approver"
SALES: Final = "Sales_Ops"
BREAK_GLASS: Final = "Break_Glass"
MUTING: Final = "Support_Team_Muting"
# Ids of records that were deleted; rows that name them are left.
DELETED_SET: Final = ids.make_id("0PS", 62**4)
DELETED_USER: Final = ids.make_id("005", 62**4)
DELETED_APP: Final = ids.make_id("0H4", 62**4)

_APPROVE: Final = "CanApproveUninstalledApps"
# API name of a profile, its licence, and what it grants.
_PROFILES: Final = (
    ("Analytics Cloud Integration User", "Analytics Cloud Integration User", ()),
    ("Analytics Cloud Security User", "Analytics Cloud Integration User", ()),
    ("Chatter Free User", "Chatter Free", ()),
    ("Customer Community User", "Customer Community", ()),
    ("Customer Community Plus User", "Customer Community Plus", ()),
    (GUEST_PROFILE, "Guest User License", ()),
    ("courier__Courier Sync", "Salesforce", ("ApiEnabled",)),
)


def add_untidiness(org: DemoOrg, now: datetime, ranges: tuple[Pair, ...] = ()) -> None:
    """Give an org all of it. `ranges` are the login ranges of the profile that people share."""
    for path, content in _files(ranges).items():
        org.metadata.setdefault(path, content)
    sync(org)
    _processes(org)
    _people(org, now)
    _app_without_a_file(org, now)
    _assignments(org, now)
    org.tokens.extend(_tokens(org, now))
    org.logins = LoginStore(sorted((*org.logins, *_logins(org, now)), key=lambda one: one.time))


def _files(ranges: tuple[Pair, ...]) -> Mapping[str, bytes]:
    standard = profile_xml({"ApiEnabled"}, ranges=ranges, custom=False)
    courier = connected_app_xml(COURIER, key="3MVG9COURIER", profiles=["Standard User"], managed=True)
    return {
        f"profiles/{STANDARD}.profile": standard,
        **{
            f"profiles/{name}.profile": profile_xml(rights, licence=licence, custom=name == GUEST_PROFILE)
            for name, licence, rights in _PROFILES
        },
        # Two labels alike: names tell them apart.
        f"permissionsets/{SALES}.permissionset": permission_set_xml("Sales Ops"),
        f"permissionsets/{SALES}_Old.permissionset": permission_set_xml("Sales Ops"),
        f"permissionsets/{APPROVER}.permissionset": permission_set_xml(
            "Uninstalled App Approver", {_APPROVE}
        ),
        f"permissionsets/{BREAK_GLASS}.permissionset": permission_set_xml(
            "Break Glass", {"ManageUsers", "ModifyAllData"}, session_based=True
        ),
        "permissionsets/courier__Reader.permissionset": permission_set_xml("Courier Reader"),
        f"mutingpermissionsets/{MUTING}.mutingpermissionset": muting_set_xml(
            "Support Team Muting", {_APPROVE}
        ),
        f"permissionsetgroups/{GROUP}.permissionsetgroup": permission_group_xml(
            "Support Team", [SALES, APPROVER], [MUTING]
        ),
        "connectedApps/courier__Courier.connectedApp": courier,
        "connectedApps/Courier_Old.connectedApp": connected_app_xml(COURIER, key="3MVG9COURIEROLD"),
    }


def _processes(org: DemoOrg) -> None:
    """Users of Salesforce's own processes: two have no profile at all, and nobody can sign in as them."""
    org.add_user(AUTOMATED, None, name="Automated Process", user_type="AutomatedProcess")
    org.add_user(
        "cloud@00d000000004711", None, name="Platform Integration User", user_type="CloudIntegrationUser"
    )
    for username, kind in (("insightsintegration", "Integration"), ("insightssecurity", "Security")):
        org.add_user(f"{username}@00d000000004711", f"Analytics Cloud {kind} User", name=f"{kind} User")


def _people(org: DemoOrg, now: datetime) -> None:
    org.add_user(COLLEAGUE, STANDARD, last_login=now - timedelta(days=1))
    org.add_user(FROZEN, STANDARD, is_frozen=True, last_login=now - timedelta(days=70))
    org.add_user(GONE, STANDARD, is_active=False, last_login=now - timedelta(days=480))
    org.add_user(GUEST, GUEST_PROFILE, name="Acme Help Site Guest User")
    org.add_user(CUSTOMER, "Customer Community User")
    org.add_user(PARTNER, "Customer Community Plus User")
    org.add_user("chatter@acme.example", "Chatter Free User")


def _app_without_a_file(org: DemoOrg, now: datetime) -> None:
    """A managed app that the Metadata API doesn't list: its record, its menu item, who may use it."""
    app = ConnectedApplication(org.new_id("0H4"), VAULT, "vault__Vault", now, now, admin_approved_only=True)
    org.connected_apps.append(app)
    org.menu_items.append(AppMenuItem(org.new_id("0DS"), VAULT, "Vault", app.id, True))
    standard = org.profile(STANDARD)
    owned = org.owned_set(standard.id) if standard else None
    for parent in (DELETED_SET, *([owned.id] if owned else ())):
        org.entity_access.append(EntityAccess(org.new_id("0J0"), parent, app.id))
    org.entity_access.append(EntityAccess(org.new_id("0J0"), DELETED_SET, DELETED_APP))


def _assignments(org: DemoOrg, now: datetime) -> None:
    dana, gone = _user(org, COLLEAGUE), _user(org, GONE)
    for username, name, days in (
        (COLLEAGUE, SALES, None),
        (COLLEAGUE, APPROVER, -40),  # expired
        (COLLEAGUE, BREAK_GLASS, None),
        (FROZEN, f"{SALES}_Old", 200),
        (GONE, APPROVER, None),
        (AUTOMATED, "courier__Reader", None),
    ):
        given = org.permission_set(name)
        if given:
            org.assign(
                _user(org, username), given, expires=None if days is None else now + timedelta(days=days)
            )
    group = org.group_set(GROUP)
    if group:
        org.assign(dana, group)
    left = ((DELETED_USER, DELETED_SET), (DELETED_USER, org.permission_sets[0].id), (gone.id, DELETED_SET))
    for assignee, permission_set in left:
        org.assignments.append(Assignment(org.new_id("0Pa"), assignee, permission_set))


def _tokens(org: DemoOrg, now: datetime) -> Iterator[OauthToken]:
    """Fresh ones of apps that the org manages; one came without a name, one was never used."""
    dana = _user(org, COLLEAGUE)
    courier, vault = org.connected_app("courier__Courier"), org.connected_app("vault__Vault")
    held = ((courier, COURIER, now, 5), (courier, "", now, 1), (vault, VAULT, None, 0))
    for number, (app, label, used, count) in enumerate(held):
        item = next((one.id for one in org.menu_items if app and one.application_id == app.id), None)
        made = now - timedelta(days=20 + number)
        token = ids.opaque("untidy", number)
        yield OauthToken(label, dana.id, made, token, used, count, item, app.id if app else None)


def _logins(org: DemoOrg, now: datetime) -> Iterator[Login]:
    """Logins that are nobody's business here; some have words where an address belongs."""
    rows = (
        (AUTOMATED, "Salesforce.com IP", "Other Apex API", "Success"),
        (CUSTOMER, "192.0.2.201", "Chatter Communities External User", "Success"),
        (FROZEN, "192.0.2.77", "Application", "User Is Frozen"),
        (GONE, "192.0.2.78", "Application", "User is Inactive"),
        (COLLEAGUE, "192.0.2.79", "Application", "Failed: Computer activation required"),
    )
    for number, (username, source, kind, status) in enumerate(rows):
        time = now - timedelta(days=3, minutes=number)
        user = _user(org, username)
        yield Login(org.new_id("0Ya"), user.id, time, source, "Browser", kind, status=status)


def _user(org: DemoOrg, username: str) -> User:
    return next(one for one in org.users if one.username == username)
