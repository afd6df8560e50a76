"""Users, their logins' state, profiles and licences, as far as the caller is shown them."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Final

from sfharden.emulator import ids
from sfharden.emulator.records import Profile
from sfharden.emulator.soql.schema import (
    Caller,
    SObject,
    build,
    column,
    made,
    permission_columns,
    reference,
)
from sfharden.emulator.state import DemoOrg

_USER_MANAGERS: Final = frozenset({"ManageUsers"})


def people(org: DemoOrg, version: float) -> list[SObject]:
    """User, UserLogin, Profile, UserLicense."""
    user = [
        column("Id", "id", "id"),
        column("Username", "string", "username"),
        column("Name", "string", "name"),
        column("IsActive", "boolean", "is_active"),
        column("UserType", "picklist", "user_type"),
        column("LastLoginDate", "datetime", "last_login"),
        reference("ProfileId", "profile_id", "Profile", "Profile"),
    ]
    login = [
        made("Id", "id", lambda row: f"0Yw{row.id[3:]}"),
        column("UserId", "reference", "id"),
        column("IsFrozen", "boolean", "is_frozen"),
        made("IsPasswordLocked", "boolean", lambda _: False),
    ]
    profile = [
        column("Id", "id", "id"),
        column("Name", "string", "name"),
        column("UserType", "picklist", "user_type"),
        made("UserLicenseId", "reference", _licence_of, refers=("UserLicense", "UserLicense")),
        *permission_columns(org, version),
    ]
    licence = [column("Id", "id", "id"), column("Name", "string", "name")]
    return [
        build("User", lambda org, _: org.users, user, api="both"),
        build("UserLogin", lambda org, _: org.users, login, needs=_USER_MANAGERS),
        build("Profile", shown_profiles, profile, api="both"),
        build("UserLicense", lambda org, _: _licence_rows(org), licence),
    ]


def shown_profiles(org: DemoOrg, caller: Caller) -> Sequence[Profile]:
    """All profiles; without View All Profiles only one's own has its name, since Winter '27.

    What is left of the others' rows is not documented, so either may be had.
    """
    filtering = org.knobs.profile_filtering
    if filtering == "shown" or caller.has("ViewAllProfiles"):
        return org.profiles
    own = caller.user.profile_id
    if filtering == "absent":
        return [one for one in org.profiles if one.id == own]
    return [one if one.id == own else replace(one, name="") for one in org.profiles]


def _licence_rows(org: DemoOrg) -> list[SimpleNamespace]:
    names = sorted({one.user_licence for one in org.profiles})
    return [SimpleNamespace(id=licence_id(name), name=name) for name in names]


def licence_id(name: str) -> str:
    """The id of a user licence, from its name alone."""
    return ids.make_id("100", sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 62**9)


def _licence_of(profile: Profile) -> str:
    return licence_id(profile.user_licence)
