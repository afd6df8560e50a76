"""The state of an org: who holds what, what a session is worth, and what revoking takes along."""

import pytest

from sfharden.emulator.generate import ADMIN_USER, APP_LABEL, APP_NAME, INTEGRATION_USER, PROFILE
from sfharden.emulator.records import Login, User
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import NOW


def person(org: DemoOrg, name: str = INTEGRATION_USER) -> User:
    found = org.user(name)
    assert found
    return found


def test_things_are_found_by_any_of_their_names(org: DemoOrg) -> None:
    user, profile, app = person(org), org.profile(PROFILE), org.connected_app(APP_NAME)
    assert profile
    assert app
    assert org.user(user.id) is user
    assert org.profile(profile.id) is profile
    assert org.connected_app(APP_LABEL) is org.connected_app(app.id) is app
    assert (org.user("nobody"), org.profile("x"), org.connected_app("x"), org.external_app("x")) == (
        None,
    ) * 4


def test_permissions_come_by_profile_and_by_set(org: DemoOrg) -> None:
    user = person(org)
    assert "ViewSetup" not in org.permissions_of(user)
    given = org.permission_set("Caller auditor")
    assert given
    org.assign(user, given)
    assert {"ApiEnabled", "ViewSetup"} <= org.permissions_of(user)


def test_only_who_is_approved_may_use_an_app(org: DemoOrg) -> None:
    app = org.connected_app(APP_NAME)
    assert app
    assert org.may_use(person(org), app.id)
    assert not org.may_use(person(org, ADMIN_USER), app.id)


def test_a_user_needs_a_profile_and_a_code_a_user(org: DemoOrg) -> None:
    with pytest.raises(KeyError):
        org.add_user("x@acme.example", "No such profile")
    with pytest.raises(KeyError):
        org.authorise(APP_NAME, "nobody")
    assert org.add_user("x@acme.example", PROFILE, is_active=False).is_active is False


def test_ids_are_never_given_twice(org: DemoOrg) -> None:
    made = {org.new_id("005") for _ in range(100)}
    assert len(made) == 100
    assert not made & {user.id for user in org.users}


def test_revoking_ends_the_authorisation_with_its_sessions_and_once_only(org: DemoOrg) -> None:
    token = next(iter(org.tokens))
    access, other = (org.open_session(person(org), APP_NAME) for _ in range(2))
    org.sessions[access].delete_token = token.delete_token
    assert org.revoke(token.delete_token)
    assert access not in org.sessions
    assert other in org.sessions
    assert not org.revoke(token.delete_token)
    assert org.end_session(other)
    assert not org.end_session(other)


def test_only_a_success_is_somebody_s_last_login(org: DemoOrg) -> None:
    user = person(org)
    user.last_login = None
    org.log(Login("0Ya1", user.id, NOW, "192.0.2.1", status="Restricted IP"))
    assert user.last_login is None
    org.log(Login("0Ya2", user.id, NOW, "192.0.2.1"))
    assert user.last_login == NOW
