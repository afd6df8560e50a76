"""The integration's users: pages are closed to them once the connection was authorised, and SOAP login() is not used."""

import pytest

from sfharden.emulator.generate import APP_LABEL, INTEGRATION_USER, PROFILE
from sfharden.model.org import Assignment, Login, PermissionSetRow
from sfharden.model.snapshot import Snapshot
from tests.orgs import served
from tests.orgs.cases import signed_in_by_soap, without_api_only

API_ONLY, SOAP = "integration-user-api-only", "soap-login-ready"


def test_before_anybody_authorised_the_connection_pages_are_needed() -> None:
    others = tuple(one for one in served.table("tokens") if one.app_label != APP_LABEL)
    snapshot = without_api_only()
    assert snapshot.org is not None
    unused = {"tokens": others, "logins": ()}
    unauthorised = snapshot.model_copy(update={"org": snapshot.org.model_copy(update=unused)})
    result = served.verdict(unauthorised, API_ONLY)
    assert result.status.value == "not-applicable"
    assert "takes a page" in result.message


def by_set(permission: str, snapshot: Snapshot, *, needs_activation: bool | None) -> Snapshot:
    """A permission is held by a permission set of the user's alone, and not by the profile."""
    assert snapshot.org is not None
    user = served.user(INTEGRATION_USER)
    given = PermissionSetRow("0PS9", "Extra", "Extra", "", "", (permission,), needs_activation)
    sets = (
        *(
            one._replace(permissions=tuple(name for name in one.permissions if name != permission))
            for one in snapshot.org.permission_sets or ()
        ),
        given,
    )
    assigned = Assignment(user.id, given.id, "")
    names = tuple(dict.fromkeys((*snapshot.org.permission_names, permission)))
    update = {
        "permission_sets": sets,
        "assignments": (*(snapshot.org.assignments or ()), assigned),
        "permission_names": names,
    }
    return snapshot.model_copy(update={"org": snapshot.org.model_copy(update=update)})


@pytest.mark.parametrize(("needs", "expected"), [(False, "pass"), (True, "fail"), (None, "unknown")])
def test_a_permission_set_counts_in_any_session_or_not_at_all(needs: bool | None, expected: str) -> None:
    api_only = by_set("ApiUserOnly", served.healthy(), needs_activation=needs)
    assert served.status(api_only, API_ONLY) == expected
    soap = by_set("UseAnyApiAuth", signed_in_by_soap(), needs_activation=needs)
    assert served.status(soap, SOAP) == expected


def test_a_user_who_signs_in_without_a_token_has_used_the_app() -> None:
    """JWT bearer and client credentials leave none."""
    snapshot = without_api_only()
    assert snapshot.org is not None
    bare = snapshot.model_copy(update={"org": snapshot.org.model_copy(update={"tokens": ()})})
    assert served.status(bare, API_ONLY) == "fail"


def test_who_may_sign_in_to_pages_is_named() -> None:
    result = served.verdict(without_api_only(), API_ONLY)
    assert result.status.value == "fail"
    assert INTEGRATION_USER in result.message


def test_a_user_who_is_not_there_is_no_pass() -> None:
    by = served.INTEGRATION.model_copy(update={"users": (INTEGRATION_USER, "nobody@acme.example")})
    assert served.status(served.healthy(), API_ONLY, by) == "unknown"
    assert served.status(served.healthy(), SOAP, by) == "unknown"


def permitted(snapshot: Snapshot) -> Snapshot:
    """The integration's profile grants Use Any API Auth."""
    assert snapshot.org is not None
    own = served.own_set(PROFILE)

    def granted(one: PermissionSetRow) -> PermissionSetRow:
        more = ("UseAnyApiAuth",) if one.name == own else ()
        return one._replace(permissions=(*one.permissions, *more))

    tables = snapshot.org
    update = {
        "permission_sets": tuple(map(granted, tables.permission_sets or ())),
        "permission_names": (*tables.permission_names, "UseAnyApiAuth"),
    }
    return snapshot.model_copy(update={"org": tables.model_copy(update=update)})


def test_soap_login_with_the_permission_that_it_takes_is_ready() -> None:
    assert served.status(signed_in_by_soap(), SOAP) == "fail"
    assert served.status(permitted(signed_in_by_soap()), SOAP) == "pass"


def soap(**changes: str) -> str:
    found: Login = served.login(**changes)
    return served.status(served.changed(logins=(*served.table("logins"), found)), SOAP)


def test_a_login_that_may_have_been_by_soap_is_no_pass() -> None:
    assert soap(login_type="Partner Product", subtype="") == "unknown"
    assert soap(login_type="Other Apex API", subtype="SomethingNew") == "unknown"
    assert soap(login_type="Application", subtype="SoapApiLogin", status="Erfolg") == "unknown"
    assert soap(login_type="Other Apex API", subtype="OauthWebServer") == "pass"
    assert soap(login_type="Other Apex API", subtype="SoapApiLogin", status="Invalid Password") == "pass"
