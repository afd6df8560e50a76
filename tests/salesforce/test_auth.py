"""Signing in: secrets go into bodies only, refusals are told by their code only."""

import base64
import traceback
import warnings
from dataclasses import FrozenInstanceError
from pathlib import Path
from urllib.parse import parse_qs

import jwt
import pytest
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from sfharden.errors import (
    AnswerError,
    AuthError,
    InputError,
    LimitError,
    OrgError,
    UnreachableError,
    UsageError,
)
from sfharden.salesforce.auth import (
    OrgSession,
    SignInDoors,
    audience_of,
    read_key,
    sign_in_with_client_credentials,
    sign_in_with_jwt,
    sign_in_with_token,
)
from sfharden.salesforce.origin import parse_origin
from sfharden.text.redact import Secret
from sfharden.web.meter import CallMeter

from .kit import NOW, ORG, TOKEN, FakeTime, loopback_org, reply

ENDPOINT = f"{ORG}/services/oauth2/token"
CLIENT_SECRET = "made-up-client-secret"
GRANTED = {
    "access_token": TOKEN,
    "instance_url": ORG,
    "id": "https://login.salesforce.com/id/x/y",
    "scope": "api",
}


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, passphrase: bytes = b"") -> bytes:
    encryption = (
        serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


@pytest.fixture(name="rsa_key", scope="module")
def _rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(name="key_file")
def _key_file(rsa_key: rsa.RSAPrivateKey, tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(pem(rsa_key))
    return path


@pytest.fixture(name="doors")
def _doors() -> SignInDoors:
    return SignInDoors(CallMeter(), FakeTime().timing())


def by_client_credentials(doors: SignInDoors) -> OrgSession:
    return sign_in_with_client_credentials(ORG, "3MVGmadeup", Secret(CLIENT_SECRET), doors)


# --- a token at hand


def test_a_token_at_hand_is_taken_without_a_call() -> None:
    session = sign_in_with_token(f"{ORG}/", Secret(f"{TOKEN}\n"))
    assert (session.instance_url, session.token.reveal(), session.how) == (ORG, TOKEN, "access token")


@pytest.mark.parametrize("token", ["", "  ", "two words", "line\nbreak", "töken", "a\r\nX-Evil: 1"])
def test_what_can_be_no_token_is_refused(token: str) -> None:
    with pytest.raises(UsageError, match="SF_ACCESS_TOKEN"):
        sign_in_with_token(ORG, Secret(token))


def test_a_session_shows_no_token_and_cannot_be_changed() -> None:
    session = sign_in_with_token(ORG, Secret(TOKEN))
    assert TOKEN not in f"{session!r}{session}"
    with pytest.raises(FrozenInstanceError):
        session.instance_url = "https://evil.example"  # type: ignore[misc]


# --- JWT bearer


@responses.activate
def test_jwt_bearer(doors: SignInDoors, key_file: Path, rsa_key: rsa.RSAPrivateKey) -> None:
    responses.post(ENDPOINT, json=GRANTED)
    session = sign_in_with_jwt(ORG, "3MVGmadeup", "svc@acme.example", key_file, doors)
    assert session == OrgSession(ORG, Secret(TOKEN), "JWT bearer", "svc@acme.example")
    form = parse_qs(str(responses.calls[0].request.body))
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    claims = jwt.decode(
        form["assertion"][0],
        rsa_key.public_key(),
        algorithms=["RS256"],
        audience="https://login.salesforce.com",
        options={"verify_exp": False},
    )
    assert (claims["iss"], claims["sub"]) == ("3MVGmadeup", "svc@acme.example")
    assert claims["exp"] == int(NOW.timestamp()) + 180
    assert doors.meter.count().by_kind == {"sign-in": 1}
    assert doors.meter.unanswered == 0


@pytest.mark.parametrize(
    ("url", "audience"),
    [
        ("https://login.salesforce.com", "https://login.salesforce.com"),
        ("https://test.salesforce.com", "https://test.salesforce.com"),
        ("https://acme.my.salesforce.com", "https://login.salesforce.com"),
        ("https://acme--dev.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("https://acme--dev.my.salesforce.com", "https://test.salesforce.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://salesforce.com.evil.example", "https://salesforce.com.evil.example"),
    ],
)
def test_the_audience_follows_the_address(url: str, audience: str) -> None:
    assert audience_of(parse_origin(url)) == audience


@responses.activate
def test_a_login_host_leads_to_the_org(doors: SignInDoors, key_file: Path) -> None:
    responses.post("https://login.salesforce.com/services/oauth2/token", json=GRANTED)
    session = sign_in_with_jwt(
        "https://login.salesforce.com", "3MVG", "a@b", key_file, doors, audience="https://x.example"
    )
    assert session.instance_url == ORG


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a key",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"\xff\xfe",
        b"-----BEGIN PRIVATE KEY-----" + b"A" * 70_000,
    ],
)
def test_a_file_without_a_key_is_refused(doors: SignInDoors, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(InputError):
        sign_in_with_jwt(ORG, "3MVG", "a@b", path, doors)


def test_a_key_of_another_kind_is_refused(
    doors: SignInDoors, tmp_path: Path, rsa_key: rsa.RSAPrivateKey
) -> None:
    path = tmp_path / "key.pem"
    for content in (pem(ec.generate_private_key(ec.SECP256R1())), pem(rsa_key, b"passphrase")):
        path.write_bytes(content)
        with pytest.raises(InputError, match="can't sign"):
            sign_in_with_jwt(ORG, "3MVG", "a@b", path, doors)


def test_a_key_comes_from_a_regular_file_only(tmp_path: Path, key_file: Path) -> None:
    import os

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe, tmp_path / "nowhere"):
        with pytest.raises(InputError):
            read_key(path)
    link = tmp_path / "link"
    link.symlink_to(key_file)
    assert "PRIVATE" not in repr(read_key(link))


# --- client credentials


@responses.activate
def test_client_credentials(doors: SignInDoors) -> None:
    responses.post(ENDPOINT, json=GRANTED)
    assert by_client_credentials(doors) == OrgSession(ORG, Secret(TOKEN), "client credentials", "")
    request = responses.calls[0].request
    pair = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
    assert pair == f"3MVGmadeup:{CLIENT_SECRET}"
    assert parse_qs(str(request.body)) == {"grant_type": ["client_credentials"]}


@responses.activate
def test_signing_in_looks_into_no_netrc_file(
    doors: SignInDoors, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.my.salesforce.com login me password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    responses.post(ENDPOINT, json=GRANTED)
    sign_in_with_jwt(ORG, "3MVG", "a@b", key_file, doors)
    assert "Authorization" not in responses.calls[0].request.headers


@pytest.mark.parametrize("host", ["login", "test"])
def test_client_credentials_need_the_orgs_own_host(doors: SignInDoors, host: str) -> None:
    with pytest.raises(UsageError, match=f"{host}.salesforce.com") as caught:
        sign_in_with_client_credentials(f"https://{host}.salesforce.com", "3MVG", Secret("x"), doors)
    assert "My Domain" in caught.value.hint


# --- refusals


@responses.activate
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("invalid_grant", AuthError),
        ("invalid_client", AuthError),
        ("invalid_client_id", AuthError),
        ("app_blocked", AuthError),
        ("inactive_user", AuthError),
        ("rate_limit_exceeded", LimitError),
        ("server_error", UnreachableError),
    ],
)
def test_a_refusal_is_told_by_its_code(doors: SignInDoors, code: str, kind: type[OrgError]) -> None:
    told = {"error": code, "error_description": f"user hasn't approved {CLIENT_SECRET}"}
    responses.post(ENDPOINT, status=400, json=told)
    with pytest.raises(kind, match=code) as caught:
        by_client_credentials(doors)
    assert caught.value.hint
    assert CLIENT_SECRET not in "".join(traceback.format_exception(caught.value))
    assert doors.meter.unanswered == 0


@responses.activate
@pytest.mark.parametrize(
    ("reason", "words"), [("ip restricted", "login ranges"), ("ip restricted by app developer", "Allowlist")]
)
def test_a_refusal_by_address_says_whose_list_it_is(doors: SignInDoors, reason: str, words: str) -> None:
    """The token endpoint alone tells; the same code stands for much else."""
    told = {"error": "invalid_grant", "error_description": reason}
    responses.post(ENDPOINT, status=400, json=told)
    with pytest.raises(AuthError, match=f"invalid_grant, {reason}$") as caught:
        by_client_credentials(doors)
    assert words in caught.value.hint


@responses.activate
def test_the_librarys_own_warning_is_not_shown(doors: SignInDoors) -> None:
    told = {"error": "invalid_grant", "error_description": "user hasn't approved this consumer"}
    responses.post(ENDPOINT, status=400, json=told)
    with warnings.catch_warnings(record=True) as shown, pytest.raises(AuthError):
        by_client_credentials(doors)
    assert not shown


@responses.activate
@pytest.mark.parametrize("code", [CLIENT_SECRET, None, 17, ["invalid_grant"]])
def test_an_unknown_code_is_not_repeated(doors: SignInDoors, code: object) -> None:
    responses.post(ENDPOINT, status=400, json={"error": code})
    with pytest.raises(OrgError) as caught:
        by_client_credentials(doors)
    assert CLIENT_SECRET not in caught.value.message


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, "<html>log in</html>", AnswerError),
        (200, '{"access_token": "00D', AnswerError),
        (200, "[]", AnswerError),
        (200, '"x"', AnswerError),
        (200, "{}", AnswerError),
        (200, '{"access_token": "a b", "instance_url": "https://acme.my.salesforce.com"}', AnswerError),
        (200, '{"access_token": 7, "instance_url": "https://acme.my.salesforce.com"}', AnswerError),
        (200, '{"access_token": "00Dx!y", "instance_url": 7}', AnswerError),
        (200, '{"access_token": "00Dx!y", "instance_url": "https://u@evil.example"}', AnswerError),
        (200, "[" * 100_000, AnswerError),
        (400, "[]", AnswerError),
        (404, "<html>", AnswerError),
        (302, "", AnswerError),
        (420, "<html>", UnreachableError),
        (503, "<html>", UnreachableError),
    ],
)
def test_an_answer_of_another_shape_is_no_session(
    doors: SignInDoors, status: int, body: str, kind: type[OrgError]
) -> None:
    responses.post(ENDPOINT, status=status, body=body, headers={"Location": "https://evil.example/"})
    with pytest.raises(kind):
        by_client_credentials(doors)
    assert len(responses.calls) == 1


def test_a_loopback_org_signs_in_over_plain_http(doors: SignInDoors) -> None:
    with loopback_org(reply(200, b'{"access_token": "00Dx!y", "instance_url": "http://127.0.0.1:9"}')) as org:
        session = sign_in_with_client_credentials(org.url, "3MVG", Secret("x"), doors)
    assert session.instance_url == "http://127.0.0.1:9"
    assert org.seen == ["POST /services/oauth2/token"]


def test_a_loopback_login_does_not_lead_to_plain_http_elsewhere(doors: SignInDoors) -> None:
    told = b'{"access_token": "00Dx!y", "instance_url": "https://evil.example"}'
    with loopback_org(reply(200, told)) as org, pytest.raises(AnswerError, match="another machine"):
        sign_in_with_client_credentials(org.url, "3MVG", Secret("x"), doors)


def test_a_cut_or_refused_connection_is_named(doors: SignInDoors) -> None:
    with (
        loopback_org(reply(200, b"{", Content_Length="99")) as org,
        pytest.raises(AnswerError, match="cut off"),
    ):
        sign_in_with_client_credentials(org.url, "3MVG", Secret("x"), doors)
    with pytest.raises(UnreachableError):
        sign_in_with_client_credentials(org.url, "3MVG", Secret("x"), doors)


def test_a_budget_covers_signing_in() -> None:
    doors = SignInDoors(CallMeter(budget=0), FakeTime().timing())
    with pytest.raises(LimitError):
        by_client_credentials(doors)
