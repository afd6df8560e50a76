"""The guard lets out reading calls to the org, and nothing else, whoever asks."""

import json

import pytest
from urllib3.filepost import encode_multipart_formdata

from sfharden.errors import NoVerdictError, OrgError
from sfharden.salesforce.guard import READING, REVOKING, SIGNING_IN
from sfharden.salesforce.origin import parse_origin
from sfharden.salesforce.outgoing_bodies import METADATA_NAMESPACE
from sfharden.web.guard import OutgoingGuard

from .kit import DATA, ORG, SOAP

pytestmark = pytest.mark.xml


def envelope(*operations: str, namespace: str = METADATA_NAMESPACE) -> bytes:
    calls = "".join(f"<m:{name}/>" for name in operations)
    return (
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="{namespace}">'
        f"<e:Header><m:deploy/></e:Header><e:Body>{calls}</e:Body></e:Envelope>"
    ).encode()


def deployment(options: str, content: bytes = b"PK") -> tuple[bytes, str]:
    parts = {"json": (None, options, "application/json"), "file": ("p.zip", content, "application/zip")}
    return encode_multipart_formdata(parts)  # type: ignore[arg-type]


CHECK_ONLY = json.dumps({"deployOptions": {"checkOnly": True}})


@pytest.fixture(name="guard")
def _guard() -> OutgoingGuard:
    return OutgoingGuard(parse_origin(ORG), READING)


@pytest.mark.parametrize(
    "url",
    [
        f"{ORG}/services/data/",
        f"{DATA}/",
        f"{DATA}/query/?q=SELECT+Id+FROM+Profile",
        f"{DATA}/query/01gxx0000000001-2000",
        f"{DATA}/tooling/query/?q=SELECT",
        f"{DATA}/sobjects/PermissionSet/describe",
        f"{DATA}/limits",
        f"{DATA}/apps/oauth/usage?page=0&pageSize=100",
        f"{DATA}/metadata/deployRequest/0Af000000000001AAA?includeDetails=true",
        f"{ORG}/services/oauth2/userinfo",
        f"{ORG}:443/services/data/",
    ],
)
def test_reading_leaves(guard: OutgoingGuard, url: str) -> None:
    guard.check("GET", url, "", b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "MERGE"])
def test_no_other_method_leaves(guard: OutgoingGuard, method: str) -> None:
    for path in (
        "sobjects/Profile/00e1",
        "composite",
        "composite/batch",
        "query/",
        "tooling/sobjects/Profile",
    ):
        with pytest.raises(NoVerdictError):
            guard.check(method, f"{DATA}/{path}", "application/json", b"{}")


@pytest.mark.parametrize(
    "url",
    [
        f"{DATA}/tooling/executeAnonymous/?anonymousBody=delete+x;",
        f"{DATA}/tooling/runTestsSynchronous/?classnames=X",
        f"{ORG}/services/apexrest/anything",
        f"{ORG}/services/oauth2/revoke?token=abc",
        f"{ORG}/services/oauth2/revoke",
        f"{ORG}/services/oauth2/token",
        f"{ORG}/secur/logout.jsp",
        f"{ORG}/",
        f"{DATA}/query/?q=SELECT&access_token=abc",
        f"{DATA}/sobjects/Profile?_HttpMethod=PATCH",
        f"{DATA}/query/../../../apexrest/x",
        f"{DATA}/sobjects/%2e%2e/%2e%2e/apexrest",
        f"{DATA}/sobjects/a%2fb",
        f"{DATA}/sobjects//x",
        f"{DATA}/sobjects/x;jsessionid=1",
    ],
)
def test_a_get_with_side_effects_or_two_readings_stays(guard: OutgoingGuard, url: str) -> None:
    with pytest.raises(NoVerdictError):
        guard.check("GET", url, "", b"")


def test_a_get_with_a_body_stays(guard: OutgoingGuard) -> None:
    with pytest.raises(NoVerdictError):
        guard.check("GET", f"{DATA}/limits", "application/json", b"{}")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/services/data/",
        "https://acme.my.salesforce.com.evil.example/services/data/",
        "https://acme.my.salesforce.com@evil.example/services/data/",
        "https://evil.example\\@acme.my.salesforce.com/services/data/",
        "http://acme.my.salesforce.com/services/data/",
        "https://acme.my.salesforce.com:8443/services/data/",
        "https://acme.my.salesforce.com:99999/services/data/",
        "https://login.salesforce.com/services/data/",
        "ftp://acme.my.salesforce.com/services/data/",
        "/services/data/",
        "",
    ],
)
def test_no_other_place_is_reached(guard: OutgoingGuard, url: str) -> None:
    with pytest.raises(NoVerdictError, match="another host"):
        guard.check("GET", url, "", b"")


def test_a_stopped_request_is_no_refusal_by_the_org(guard: OutgoingGuard) -> None:
    with pytest.raises(NoVerdictError) as caught:
        guard.check("DELETE", f"{DATA}/sobjects/Profile/00e1", "", b"")
    assert not isinstance(caught.value, OrgError)  # else it would become a gap


@pytest.mark.parametrize(
    "operation", ["listMetadata", "readMetadata", "retrieve", "checkRetrieveStatus", "describeMetadata"]
)
def test_reading_soap_leaves(guard: OutgoingGuard, operation: str) -> None:
    guard.check("POST", SOAP, "text/xml", envelope(operation))


@pytest.mark.parametrize(
    "body",
    [
        envelope("deploy"),
        envelope("updateMetadata"),
        envelope("deleteMetadata"),
        envelope("createMetadata"),
        envelope("readMetadata", "deploy"),
        envelope(),
        envelope("readMetadata", namespace="urn:partner.soap.sforce.com"),
        b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + envelope("readMetadata"),
        envelope("readMetadata")[:-9],
        b"",
        b"readMetadata",
    ],
)
def test_any_other_soap_stays(guard: OutgoingGuard, body: bytes) -> None:
    with pytest.raises(NoVerdictError):
        guard.check("POST", SOAP, "text/xml", body)


def test_the_partner_api_stays(guard: OutgoingGuard) -> None:
    with pytest.raises(NoVerdictError):
        guard.check("POST", f"{ORG}/services/Soap/u/64.0", "text/xml", envelope("readMetadata"))


def test_a_check_only_deployment_leaves(guard: OutgoingGuard) -> None:
    body, content_type = deployment(CHECK_ONLY)
    guard.check("POST", f"{DATA}/metadata/deployRequest", content_type, body)


@pytest.mark.parametrize(
    "options",
    [
        "{}",
        '{"deployOptions": {}}',
        '{"deployOptions": {"checkOnly": false}}',
        '{"deployOptions": {"checkOnly": "true"}}',
        '{"deployOptions": {"checkOnly": 1}}',
        '{"deployOptions": {"checkOnly": false, "checkOnly": true}}',
        '{"deployOptions": {"checkOnly": false}, "deployOptions": {"checkOnly": true}}',
        '{"deployOptions": {"checkOnly": true}, "validatedDeployRequestId": "0Af000000000001"}',
        "[]",
        "not json",
    ],
)
def test_a_real_deployment_stays(guard: OutgoingGuard, options: str) -> None:
    body, content_type = deployment(options)
    with pytest.raises(NoVerdictError):
        guard.check("POST", f"{DATA}/metadata/deployRequest", content_type, body)


def test_signing_in_is_all_that_its_guard_lets_out() -> None:
    guard = OutgoingGuard(parse_origin(ORG), SIGNING_IN)
    guard.check("POST", f"{ORG}/services/oauth2/token", "application/x-www-form-urlencoded", b"grant_type=x")
    for method, path in [("GET", "oauth2/token"), ("POST", "oauth2/token?assertion=x"), ("GET", "data/")]:
        with pytest.raises(NoVerdictError):
            guard.check(method, f"{ORG}/services/{path}", "", b"")


def test_revoking_must_be_asked_for() -> None:
    revocation = ("POST", f"{ORG}/services/oauth2/revoke", "application/x-www-form-urlencoded", b"token=x")
    usage = ("DELETE", f"{DATA}/apps/oauth/usage/tokens/abc123", "", b"")
    guard = OutgoingGuard(parse_origin(ORG), REVOKING)
    guard.check(*revocation)
    guard.check(*usage)
    for request in (revocation, usage):
        with pytest.raises(NoVerdictError):
            OutgoingGuard(parse_origin(ORG), READING).check(*request)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "apps/oauth/usage/0xI000000000001/tokens"),
        ("DELETE", "apps/oauth/usage/0xI000000000001/005000000000001/tokens"),
        ("DELETE", "apps/oauth/usage/tokens/"),
        ("DELETE", "apps/oauth/usage/tokens"),
        ("DELETE", "apps/oauth/usage/tokens/tokens"),
        ("DELETE", "apps/oauth/usage/tokens/Tokens"),
        ("DELETE", "apps/oauth/usage/tokens/token%73"),
        ("DELETE", "apps/oauth/usage/tokens/tokens%20"),
        ("DELETE", "apps/oauth/usage/tokens/a%2Ftokens"),
        ("DELETE", "apps/oauth/usage/tokens/a/tokens"),
        ("DELETE", "apps/oauth/usage/tokens/.."),
        ("DELETE", "apps/oauth/usage/tokens/..%2F0xI000000000001%2Ftokens"),
        ("DELETE", "apps/oauth/usage//tokens"),
        ("DELETE", "apps/oauth/usage/../usage/tokens/x"),
        ("DELETE", "apps/oauth/usage/tokens/x?all=true"),
        ("DELETE", "apps/oauth/usage"),
        ("GET", "apps/oauth/usage/tokens/x"),
        ("DELETE", "sobjects/AuthSession/0Ak000000000001"),
        ("POST", "sobjects/Profile"),
    ],
)
def test_even_a_revoker_may_not_do_more(method: str, path: str) -> None:
    with pytest.raises(NoVerdictError):
        OutgoingGuard(parse_origin(ORG), REVOKING).check(method, f"{DATA}/{path}", "", b"")


@pytest.mark.parametrize(
    "body",
    [b"", b"token=", b"token", b"token=a&token=b", b"token=a&all=true", b"access_token=a", b"token=\xff"],
)
def test_a_revocation_is_of_one_token(body: bytes) -> None:
    form = "application/x-www-form-urlencoded"
    guard = OutgoingGuard(parse_origin(ORG), REVOKING)
    with pytest.raises(NoVerdictError):
        guard.check("POST", f"{ORG}/services/oauth2/revoke", form, body)
    with pytest.raises(NoVerdictError):
        guard.check("POST", f"{ORG}/services/oauth2/revoke", "application/json", b"token=a")
    with pytest.raises(NoVerdictError):
        guard.check("POST", f"{ORG}/services/oauth2/revoke?token=a", form, b"token=a")
    with pytest.raises(NoVerdictError):
        guard.check("DELETE", f"{DATA}/apps/oauth/usage/tokens/x", form, b"token=a")


def test_a_revoker_reads_nothing_and_signs_in_nowhere() -> None:
    guard = OutgoingGuard(parse_origin(ORG), REVOKING)
    for method, url in [
        ("GET", f"{DATA}/limits"),
        ("POST", f"{ORG}/services/oauth2/token"),
        ("GET", f"{ORG}/services/oauth2/revoke"),
    ]:
        with pytest.raises(NoVerdictError):
            guard.check(method, url, "application/x-www-form-urlencoded", b"token=a")
    with pytest.raises(NoVerdictError, match="another host"):
        guard.check(
            "POST",
            "https://evil.example/services/oauth2/revoke",
            "application/x-www-form-urlencoded",
            b"token=a",
        )
