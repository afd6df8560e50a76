"""Which API version, which org, which user: asked with what needs the least."""

import pytest
import responses

from sfharden.errors import AnswerError, AuthError, DeniedError
from sfharden.salesforce.rest import Identity, OrgClient, negotiate, versions
from tests.salesforce.test_rest import page

from .kit import DATA, ORG, QUERY, make_client, make_wire

VERSIONS = [
    {"label": "Winter '26", "url": "/services/data/v65.0", "version": "65.0"},
    {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"},
    {"label": "Old", "url": "/services/data/v9.0", "version": "9.0"},
    {"label": "Next", "url": "/services/data/v100.0", "version": "100.0"},
]


@responses.activate
def test_versions_are_asked_for_without_the_token() -> None:
    responses.get(f"{ORG}/services/data/", json=VERSIONS)
    assert versions(make_wire()) == ["65.0", "66.0", "100.0"]
    assert "Authorization" not in responses.calls[0].request.headers


@responses.activate
@pytest.mark.parametrize(
    ("ours", "best"), [(["64.0", "65.0", "66.0"], "66.0"), (["65.0"], "65.0"), (["66.0", "100.0"], "100.0")]
)
def test_the_highest_common_version_is_taken(ours: list[str], best: str) -> None:
    responses.get(f"{ORG}/services/data/", json=VERSIONS)
    assert negotiate(make_wire(), ours) == best


@responses.activate
def test_no_common_version_is_said() -> None:
    responses.get(f"{ORG}/services/data/", json=VERSIONS)
    with pytest.raises(DeniedError) as caught:
        negotiate(make_wire(), ["70.0"])
    assert caught.value.code == "UNSUPPORTED_API_VERSION"


@responses.activate
@pytest.mark.parametrize("told", [{}, [{"version": 66}], [1], "x"])
def test_versions_of_another_shape_are_an_error(told: object) -> None:
    responses.get(f"{ORG}/services/data/", json=told)
    with pytest.raises(AnswerError):
        versions(make_wire())


def test_a_version_is_no_path() -> None:
    with pytest.raises(ValueError, match=r"66\.0"):
        OrgClient(make_wire(), "66.0/../x")


@responses.activate
def test_identity_by_userinfo() -> None:
    told = {"user_id": "005xx1", "organization_id": "00Dxx1", "preferred_username": "a@acme.example"}
    responses.get(f"{ORG}/services/oauth2/userinfo", json=told)
    assert make_client().identity() == Identity("005xx1", "00Dxx1", "a@acme.example")
    assert len(responses.calls) == 1


@responses.activate
def test_identity_without_the_scope_for_userinfo() -> None:
    responses.get(f"{ORG}/services/oauth2/userinfo", status=403, body="Missing_OAuth_Token")
    identity = "https://login.salesforce.com/id/00Dxx0000000001EAA/005xx0000000001AAA"
    responses.get(f"{DATA}/", json={"identity": identity, "sobjects": "/x"})
    responses.get(QUERY, json=page([{"Username": "a@acme.example"}], 1))
    assert make_client().identity() == Identity("005xx0000000001AAA", "00Dxx0000000001EAA", "a@acme.example")


@responses.activate
@pytest.mark.parametrize("identity", ["https://login.salesforce.com/id/x/' OR 1", "", None])
def test_an_identity_that_is_none_is_an_error(identity: object) -> None:
    responses.get(f"{ORG}/services/oauth2/userinfo", status=403)
    responses.get(f"{DATA}/", json={"identity": identity})
    with pytest.raises(AnswerError):
        make_client().identity()


@responses.activate
def test_identity_after_the_session_ended_is_an_auth_error() -> None:
    responses.get(f"{ORG}/services/oauth2/userinfo", status=401, json=[])
    with pytest.raises(AuthError):
        make_client().identity()
    assert len(responses.calls) == 1


@responses.activate
def test_the_organisation() -> None:
    responses.get(QUERY, json=page([{"Id": "00D1", "Name": "Acme", "IsSandbox": True}], 1))
    assert make_client().organization()["IsSandbox"] is True


@responses.activate
def test_no_organisation_is_an_error() -> None:
    responses.get(QUERY, json=page([], 0))
    with pytest.raises(AnswerError):
        make_client().organization()
