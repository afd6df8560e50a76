"""The integration's profile is its own: custom, and nobody else has it."""

import pytest

from sfharden.emulator.generate import ADMIN_USER, INTEGRATION_USER, PROFILE
from sfharden.model import kinds, org
from sfharden.model.org import ProfileRow
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import judging
from tests.orgs import served as live
from tests.orgs.constants import NOW
from tests.orgs.files import CONNECTED, swapped
from tests.orgs.files import PROFILE as PROFILE_FILE
from tests.orgs.served import user
from tests.orgs.sized import HARD_NAMES, sized_org

DEDICATED = "integration-profile-dedicated"


def users(*more: org.User) -> Snapshot:
    return live.changed(users=(*live.table("users"), *more))


def without_user(name: str) -> tuple[org.User, ...]:
    return tuple(one for one in live.table("users") if one.username != name)


def test_strangers_on_the_profile_are_named_capped_and_counted() -> None:
    own = user(INTEGRATION_USER)
    found = users(*(own._replace(id=f"005{n}", username=f"u{n}@acme.example") for n in range(9)))
    result = live.verdict(found, DEDICATED)
    assert result.status.value == "fail"
    assert "9 other active users of it: u0@acme.example" in result.message
    assert "and 3 more" in result.message


def test_an_inactive_stranger_is_none() -> None:
    own = user(INTEGRATION_USER)
    assert (
        live.status(users(own._replace(id="005X", username="x@acme.example", active=False)), DEDICATED)
        == "pass"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"profile_id": user(ADMIN_USER).profile_id}, "has the profile 'System Administrator'"),
        ({"active": False}, "is inactive"),
    ],
)
def test_a_named_user_must_be_active_and_have_the_profile(change: dict[str, object], words: str) -> None:
    one = user(INTEGRATION_USER)._replace(**change)  # type: ignore[arg-type]
    result = live.verdict(live.changed(users=(*without_user(INTEGRATION_USER), one)), DEDICATED)
    assert result.status.value == "fail"
    assert f"{INTEGRATION_USER} {words}" in result.message


def test_a_named_user_whom_nobody_read_is_unknown_and_nobody_is_meant_twice() -> None:
    by = live.INTEGRATION.model_copy(update={"users": (INTEGRATION_USER, "svc-logicaps@acme.example")})
    result = live.verdict(live.healthy(), DEDICATED, by)
    assert result.status.value == "unknown"
    assert "Did you mean" not in result.message
    near = user(ADMIN_USER)._replace(id="005X", username="svc-logiccaps@acme.example")
    result = live.verdict(live.changed(users=(*live.table("users"), near)), DEDICATED, by)
    assert result.status.value == "unknown"
    assert f"Did you mean '{near.username}'?" in result.message


def test_strangers_fail_even_if_more_users_may_be_missing() -> None:
    own = user(INTEGRATION_USER)
    stranger = own._replace(id="005X", username="x@acme.example")
    gap = Gap(what="Users", reason="cut off", kind=org.USERS)
    found = live.changed(gap, users=(*live.table("users"), stranger))
    assert live.status(found, DEDICATED) == "fail"


@pytest.mark.parametrize(
    ("label", "name"), [("Systemadministrator", "systemadministrator"), ("システム管理者", "システム管理者")]
)
def test_a_standard_profile_is_found_by_the_label_of_its_language(label: str, name: str) -> None:
    rows = [one._replace(label=label) if one.api_name == "Admin" else one for one in live.table("profiles")]
    by = live.INTEGRATION.model_copy(update={"profile": name})
    result = live.verdict(live.changed(profiles=tuple(rows)), DEDICATED, by)
    assert result.status.value == "fail"
    assert "standard profile" in result.message
    english = live.INTEGRATION.model_copy(update={"profile": "System Administrator"})
    assert live.status(live.changed(profiles=tuple(rows)), DEDICATED, english) == "unknown"


def test_profiles_with_hard_names_are_joined_by_their_records() -> None:
    snapshot = live.read_snapshot(sized_org(NOW, profiles=12, apps=1, users=3, tokens=0))
    for name in HARD_NAMES:
        by = live.INTEGRATION.model_copy(update={"profile": name, "users": ("nobody@acme.example",)})
        assert "its login ranges" in live.verdict(snapshot, "login-ranges-cover-egress", by).message.lower()


def test_two_profiles_of_one_name_give_no_verdict() -> None:
    twin = ProfileRow("00eTWIN", PROFILE, "Twin")
    assert live.status(live.changed(profiles=(*live.table("profiles"), twin)), DEDICATED) == "unknown"


def test_a_profile_that_was_not_listed_is_unknown() -> None:
    rows = [one._replace(api_name="") if one.label == PROFILE else one for one in live.table("profiles")]
    assert live.status(live.changed(profiles=tuple(rows)), DEDICATED) == "unknown"


def test_another_profile_s_broken_file_does_not_matter() -> None:
    gap = Gap(what="Profile X", reason="damaged", kind=kinds.PROFILE, name="X")
    assert live.status(live.changed(gap), DEDICATED) == "pass"


def test_files_never_tell_who_has_a_profile() -> None:
    result = judging.verdict(DEDICATED, CONNECTED)
    assert result.status.value == "unknown"
    assert "users are not in metadata files" in result.message


def test_a_standard_profile_is_shared_whoever_has_it() -> None:
    standard = swapped(CONNECTED, PROFILE_FILE, ("<custom>true", "<custom>false"))
    assert judging.status(DEDICATED, standard) == "fail"
    damaged = swapped(CONNECTED, PROFILE_FILE, ("<custom>true", "<custom>perhaps"))
    assert judging.status(DEDICATED, damaged) == "unknown"
