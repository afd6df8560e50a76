"""Every profile whose users can call the API has ranges: weighed by how many such users it has."""

import pytest

from sfharden.emulator.derive import sync
from sfharden.emulator.generate import ADMIN_USER, MINIMUM
from sfharden.emulator.records import User
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import profile_xml
from sfharden.model import kinds, org
from sfharden.model.org import Assignment
from sfharden.model.snapshot import Gap
from tests.orgs import live

EVERYWHERE = "login-ranges-everywhere"


def without_user(name: str) -> tuple[org.User, ...]:
    return tuple(one for one in live.table("users") if one.username != name)


def test_a_profile_without_ranges_is_weighed_by_its_api_users() -> None:
    bare = live.with_ranges(live.healthy(), MINIMUM)
    (result,) = (one for one in live.results(bare, EVERYWHERE) if one.subject.name == MINIMUM)
    assert (result.status.value, result.severity.value) == ("fail", "medium")
    assert "6 active users of it can call the API" in result.message


@pytest.mark.parametrize("ranges", [(), (("0.0.0.0", "255.255.255.255"),), (("10.0.0.0", "19.255.255.255"),)])
def test_without_api_users_the_ranges_do_not_matter(ranges: tuple[tuple[str, str], ...]) -> None:
    nobody = live.changed(users=without_user(ADMIN_USER))
    assert (
        live.by_subject(live.with_ranges(nobody, "Admin", *ranges), EVERYWHERE)["Admin"] == "not-applicable"
    )


@pytest.mark.parametrize(
    ("kind", "table"),
    [(org.USERS, "users"), (org.PERMISSION_SETS, "permission_sets"), (org.ASSIGNMENTS, "assignments"), (org.PROFILES, "profiles")],
)  # fmt: skip
def test_without_users_a_profile_without_ranges_is_unknown(kind: str, table: str) -> None:
    bare = live.with_ranges(live.without(kind, table), "Admin")
    assert live.by_subject(bare, EVERYWHERE)["Admin"] == "unknown"
    wide = live.with_ranges(live.without(kind, table), "Admin", ("0.0.0.0", "255.255.255.255"))
    assert live.by_subject(wide, EVERYWHERE)["Admin"] == "fail"


def test_users_who_may_be_missing_make_no_profile_safe() -> None:
    gap = Gap(what="Users", reason="cut off", kind=org.USERS)
    nobody = live.changed(gap, users=without_user(ADMIN_USER))
    assert live.by_subject(live.with_ranges(nobody, "Admin"), EVERYWHERE)["Admin"] == "unknown"
    bare = live.with_ranges(live.partial(org.USERS), MINIMUM)
    assert live.by_subject(bare, EVERYWHERE)[MINIMUM] == "fail"


def test_a_profile_with_users_and_no_file_is_unknown() -> None:
    admin = live.component(kinds.PROFILE, "Admin")
    rest = tuple(one for one in live.healthy().components if one != admin)
    found = live.by_subject(live.healthy().model_copy(update={"components": rest}), EVERYWHERE)
    assert found["System Administrator"] == "unknown"


def test_a_range_that_can_not_be_read_leaves_its_users_unknown() -> None:
    broken = live.with_ranges(
        live.healthy(), "Admin", ("198.51.100.7", "198.51.100.7"), ("192.0.2.0", "nowhere")
    )
    assert live.by_subject(broken, EVERYWHERE)["Admin"] == "unknown"


def test_a_user_of_a_profile_without_ranges_who_may_call_the_api_leaves_that_profile_open() -> None:
    """A permission set of theirs was not read: it may permit API calls."""

    def change(one: DemoOrg) -> None:
        one.metadata["profiles/Bare.profile"] = profile_xml(set())
        sync(one)
        bare = one.profile("Bare")
        assert bare
        one.users.append(User(one.new_id("005"), "somebody@acme.example", bare.id, "Somebody"))

    snapshot = live.org_with(change)
    assert live.by_subject(snapshot, EVERYWHERE)["Bare"] == "not-applicable"
    assert snapshot.org is not None
    one = next(found for found in snapshot.org.users or () if found.username == "somebody@acme.example")
    given_more = (*(snapshot.org.assignments or ()), Assignment(one.id, "0PSUNREAD", ""))
    unsure = snapshot.model_copy(update={"org": snapshot.org.model_copy(update={"assignments": given_more})})
    found = live.by_subject(unsure, EVERYWHERE)
    assert [name for name, status in found.items() if status == "unknown"] == ["Bare"]


def test_a_site_s_guest_is_not_bound_by_login_ranges() -> None:
    """Right, since a guest never signs in (Object Reference, User, UserType), and ranges are looked at by logins."""

    def change(one: DemoOrg) -> None:
        one.metadata["profiles/Site.profile"] = profile_xml({"ApiEnabled"}, custom=True)
        sync(one)
        site = one.profile("Site")
        assert site
        one.users.append(User(one.new_id("005"), "guest@acme.example", site.id, "Guest", user_type="Guest"))

    assert live.by_subject(live.org_with(change), EVERYWHERE)["Site"] == "not-applicable"


@pytest.mark.parametrize(("how_many", "kinds_of_subject"), [(2, {"user"}), (200, {"org"})])
def test_users_who_can_call_the_api_and_show_no_profile_are_named_unless_they_are_a_crowd(
    how_many: int, kinds_of_subject: set[str]
) -> None:
    grants_api = org.PermissionSetRow("0PSAPI", "Api", "Api", "", "", ("ApiEnabled",))
    crowd = [
        org.User(f"005{n}", f"u{n}@acme.example", "00eHIDDEN", True, "Standard", None)
        for n in range(how_many)
    ]
    snapshot = live.changed(
        users=(*live.table("users"), *crowd),
        permission_sets=(*live.table("permission_sets"), grants_api),
        assignments=(*live.table("assignments"), *(Assignment(one.id, grants_api.id, "") for one in crowd)),
    )
    unknown = [one for one in live.results(snapshot, EVERYWHERE) if one.status.value == "unknown"]
    assert {one.subject.kind for one in unknown} == kinds_of_subject
    assert len(unknown) <= how_many
