"""What profiles permit of objects and fields: asked only of profiles that a user has or is to have."""

from sfharden.emulator.derive import sync
from sfharden.emulator.generate import INTEGRATION_USER, MINIMUM, PROFILE, healthy_org
from sfharden.emulator.state import DemoOrg
from sfharden.model.org import User
from sfharden.sources.org.objects import object_rights, profiles_to_compare
from sfharden.sources.org.wanted import Wanted
from tests.orgs import served
from tests.orgs.constants import INTEGRATION, NOW, SERVICE_USER
from tests.orgs.fakes import Queries

LABELS = {"00eOWN": INTEGRATION.profile, "00eOLD": "Sales", "00eELSE": "Other"}
ACCOUNT = "<objectPermissions><allowRead>true</allowRead><object>Account</object></objectPermissions>"
RATING = "<fieldPermissions><field>Account.Rating</field><readable>true</readable></fieldPermissions>"


def has(profile: str) -> User:
    return User("005x", SERVICE_USER.upper(), profile, True, "Standard", None)


def test_nothing_is_asked_where_every_user_has_the_profile() -> None:
    org = Queries(lambda _: [])
    assert object_rights(org, [INTEGRATION], [has("00eOWN")], LABELS) == ()
    assert org.asked == []


def test_the_old_and_the_new_profile_are_compared_and_no_other() -> None:
    assert profiles_to_compare((INTEGRATION,), (has("00eOLD"),), LABELS) == {"00eOLD", "00eOWN"}
    org = Queries(lambda _: [])
    object_rights(org, [INTEGRATION], [has("00eOLD")], LABELS)
    assert [one.partition(" FROM ")[2] for one in org.asked] == [
        "ObjectPermissions WHERE Parent.ProfileId IN ('00eOLD','00eOWN')",
        "FieldPermissions WHERE Parent.ProfileId IN ('00eOLD','00eOWN')",
    ]


def test_permission_sets_that_are_named_are_asked_for_with_them() -> None:
    org = Queries(lambda _: [])
    assert object_rights(org, [INTEGRATION], [has("00eOWN")], LABELS, ["crm_rights"]) == ()
    assert org.asked == []
    object_rights(org, [INTEGRATION], [has("00eOLD")], LABELS, ["crm_rights"])
    assert [one.partition(" WHERE ")[2] for one in org.asked] == [
        "Parent.ProfileId IN ('00eOLD','00eOWN') OR Parent.Name IN ('crm_rights')"
    ] * 2


def moved(org: DemoOrg) -> DemoOrg:
    """The integration's user has another profile, which permits something."""
    path = f"profiles/{MINIMUM}.profile"
    org.metadata[path] = org.metadata[path].replace(b"</Profile>", f"{ACCOUNT}{RATING}</Profile>".encode())
    sync(org)
    user, other = org.user(INTEGRATION_USER), org.profile(MINIMUM)
    assert user
    assert other
    user.profile_id = other.id
    return org


def test_a_running_org_tells_of_objects_and_fields() -> None:
    wanted = Wanted(objects_for=(served.INTEGRATION,))
    snapshot = served.read_once(moved(healthy_org(NOW)), wanted=wanted).snapshot
    tables = served.org_of(snapshot)
    assert [(one.object, one.rights) for one in tables.object_rights or ()] == [
        ("Account", ("Read",)),
        ("Account.Rating", ("Read",)),
    ]
    assert snapshot.gaps == ()


def test_who_may_not_see_it_has_a_gap() -> None:
    wanted = Wanted(objects_for=(served.INTEGRATION,))
    snapshot = served.read_once(moved(healthy_org(NOW)), "no-setup", wanted).snapshot
    assert served.org_of(snapshot).object_rights is None
    assert any(gap.kind == "ObjectPermissions" for gap in snapshot.gaps)
    assert PROFILE
