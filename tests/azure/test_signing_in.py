"""A token for Azure: from which door, for which cloud, and what is said where there is none that helps."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sfharden.azure.clouds import CHINA, PUBLIC, US_GOVERNMENT, Cloud
from sfharden.azure.signing_in import Credential, ask_azure_identity, sign_in
from sfharden.errors import AuthError, UsageError
from sfharden.files.cli_program import Finished
from sfharden.files.programs import PassedOverError
from sfharden.text.redact import Secret
from tests.azure.test_claims import NOW, jwt

LATER = NOW.timestamp() + 3600
SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"


def token(aud: str = "https://management.azure.com/", exp: float = LATER) -> str:
    return jwt(aud=aud, exp=exp, tid="t").reveal()


def shown(cloud: Cloud = PUBLIC) -> Finished:
    return Finished(0, json.dumps({"name": cloud.name, "endpoints": {"resourceManager": str(cloud.origin)}}))


def given_token(value: str, **more: Any) -> Finished:
    told = {
        "accessToken": value,
        "expires_on": LATER,
        "subscription": SUBSCRIPTION,
        "tokenType": "Bearer",
        **more,
    }
    return Finished(0, json.dumps(told))


class FakeAz:
    """Answers `cloud show` and `account get-access-token`, and remembers what was run."""

    def __init__(self, access: Finished, cloud: Finished | None = None) -> None:
        self._answers = {"cloud": cloud or shown(), "account": access}
        self.runs: list[list[str]] = []

    def __call__(self, arguments: Sequence[str], seconds: float) -> Finished:
        assert seconds == 10
        self.runs.append(list(arguments))
        return self._answers[arguments[1]]


def no_cli(arguments: Sequence[str], seconds: float) -> Finished:
    raise AssertionError("the CLI was asked")


def test_a_token_at_hand_goes_before_all_else() -> None:
    session = sign_in({"AZURE_ACCESS_TOKEN": f" {token()}\n"}, NOW, identity=True, run=no_cli)
    assert (session.cloud, session.how, session.token.reveal()) == (PUBLIC, "access token", token())
    assert token() not in repr(session)


def test_a_token_at_hand_tells_its_cloud() -> None:
    held = token("https://management.core.usgovcloudapi.net")
    assert sign_in({"AZURE_ACCESS_TOKEN": held}, NOW, run=no_cli).cloud is US_GOVERNMENT


def test_the_address_given_goes_before_the_environment_s() -> None:
    around = {"AZURE_ACCESS_TOKEN": "opaque", "SFHARDEN_AZURE_ENDPOINT": str(CHINA.origin)}
    assert sign_in(around, NOW, run=no_cli).cloud is CHINA
    assert sign_in(around, NOW, endpoint="http://127.0.0.1:1", run=no_cli).cloud.origin.is_loopback


@pytest.mark.parametrize(
    ("held", "endpoint", "words"),
    [
        (token("https://graph.microsoft.com"), "", "is for graph.microsoft.com, not for"),
        (token("00000003-0000-0000-c000-000000000000"), "", "is for another service"),
        (token(), "https://management.chinacloudapi.cn", "is for management.azure.com"),
        (token(), "https://arm.example", "not for https://arm.example"),
        (token(exp=NOW.timestamp()), "", "has ended"),
    ],
)
def test_a_token_of_no_use_is_refused_before_it_is_sent(held: str, endpoint: str, words: str) -> None:
    with pytest.raises(AuthError, match=words) as caught:
        sign_in({"AZURE_ACCESS_TOKEN": held}, NOW, endpoint=endpoint, run=no_cli)
    assert held not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize("held", ["two words", "é", "a\x01b"])
def test_what_can_be_no_token_is_called_so(held: str) -> None:
    with pytest.raises(UsageError, match="AZURE_ACCESS_TOKEN") as caught:
        sign_in({"AZURE_ACCESS_TOKEN": held}, NOW, run=no_cli)
    assert held not in f"{caught.value}"


def test_the_cli_is_asked_for_its_cloud_and_for_that_cloud_s_token() -> None:
    az = FakeAz(given_token(token(US_GOVERNMENT.resource)), shown(US_GOVERNMENT))
    session = sign_in({}, NOW, run=az)
    assert (session.cloud, session.how, session.subscription) == (US_GOVERNMENT, "Azure CLI", SUBSCRIPTION)
    assert az.runs == [
        ["az", "cloud", "show", "-o", "json"],
        ["az", "account", "get-access-token", "-o", "json", "--resource", US_GOVERNMENT.resource],
    ]


def test_where_an_address_is_given_the_cli_s_cloud_is_not_asked() -> None:
    az = FakeAz(given_token(token()))
    sign_in({}, NOW, endpoint="https://management.azure.com", run=az)
    assert len(az.runs) == 1


@pytest.mark.parametrize(
    "access",
    [
        Finished(1, ""),
        Finished(0, "Please run 'az login' to setup account."),
        Finished(0, "[]"),
        Finished(0, '{"accessToken": 7}'),
        Finished(0, '{"accessToken": ""}'),
        Finished(1, '{"accessToken": "opaque"}'),
        Finished(0, "<html>"),
    ],
)
def test_a_cli_without_a_token_is_not_signed_in(access: Finished) -> None:
    with pytest.raises(AuthError, match="not signed in") as caught:
        sign_in({}, NOW, run=FakeAz(access))
    assert "az login" in caught.value.hint


@pytest.mark.parametrize("cloud", [Finished(0, ""), Finished(0, "{}"), Finished(1, "no such command")])
def test_a_cli_without_a_cloud_is_no_guess_at_one(cloud: Finished) -> None:
    with pytest.raises(AuthError, match="no usable address"):
        sign_in({}, NOW, run=FakeAz(given_token(token()), cloud))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (FileNotFoundError("az"), "not installed"),
        (PassedOverError("az"), "was not run"),
        (TimeoutError(), "in time"),
        (PermissionError("az"), "can't be run"),
    ],
)
def test_a_cli_that_does_not_run_is_an_auth_error(fault: OSError, words: str) -> None:
    def run(arguments: Sequence[str], seconds: float) -> Finished:
        raise fault

    with pytest.raises(AuthError, match=words) as caught:
        sign_in({}, NOW, run=run)
    assert caught.value.hint


def naive(seconds: float) -> str:
    """As the CLI writes it: this machine's time, without its zone."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")


@pytest.mark.parametrize(
    ("more", "ended"),
    [
        ({"expires_on": NOW.timestamp() - 1}, True),
        ({"expires_on": None, "expiresOn": naive(NOW.timestamp() - 60)}, True),
        ({"expires_on": None, "expiresOn": naive(LATER)}, False),
        # The exact one decides.
        ({"expires_on": LATER, "expiresOn": naive(NOW.timestamp() - 60)}, False),
        ({"expires_on": "soon", "expiresOn": "tomorrow"}, False),
        ({"expires_on": None, "expiresOn": 7}, False),
    ],
)
def test_when_an_opaque_token_ends_is_what_the_cli_says(more: dict[str, Any], ended: bool) -> None:
    az = FakeAz(given_token("opaque", **more))
    if not ended:
        assert sign_in({}, NOW, run=az).token.reveal() == "opaque"
        return
    with pytest.raises(AuthError, match="has ended"):
        sign_in({}, NOW, run=az)


def test_azure_identity_is_asked_only_where_that_was_wanted() -> None:
    asked: list[Cloud] = []

    def ask(cloud: Cloud) -> Credential:
        asked.append(cloud)
        return Credential(Secret(token(cloud.resource)), LATER)

    sign_in({}, NOW, run=FakeAz(given_token(token())), ask_identity=ask)
    assert asked == []
    around = {"AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us"}
    assert sign_in(around, NOW, identity=True, run=no_cli, ask_identity=ask).how == "azure-identity"
    assert asked == [US_GOVERNMENT]


def test_an_ended_token_of_azure_identity_is_refused() -> None:
    def ask(cloud: Cloud) -> Credential:
        return Credential(Secret("opaque"), NOW.timestamp())

    with pytest.raises(AuthError, match="has ended"):
        sign_in({}, NOW, identity=True, run=no_cli, ask_identity=ask)


@pytest.fixture(name="library")
def _library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for azure-identity, which development does without."""
    for folder in ("azure/core", "azure/identity"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "azure/core/exceptions.py").write_text("class AzureError(Exception): pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path / "azure/identity/__init__.py"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "azure"]:
        del sys.modules[name]


def test_azure_identity_is_given_cloud_and_scope(library: Path) -> None:
    library.write_text(
        "from types import SimpleNamespace\n"
        "class DefaultAzureCredential:\n"
        "    def __init__(self, **given): self.given = given\n"
        "    def get_token(self, scope): return SimpleNamespace(token=f'{self.given}{scope}', expires_on=9)\n"
    )
    credential = ask_azure_identity(US_GOVERNMENT)
    assert credential.token.reveal() == (
        "{'authority': 'login.microsoftonline.us'}https://management.core.usgovcloudapi.net/.default"
    )
    assert credential.expires == 9


def test_nothing_of_azure_identity_s_words_comes_through(library: Path) -> None:
    library.write_text(
        "from azure.core.exceptions import AzureError\n"
        "class DefaultAzureCredential:\n"
        "    def __init__(self, **given): pass\n"
        "    def get_token(self, scope): raise AzureError('tenant hunter2')\n"
    )
    with pytest.raises(AuthError, match="no way to sign in") as caught:
        ask_azure_identity(PUBLIC)
    assert "hunter2" not in f"{caught.value}{caught.value.hint}"
    assert caught.value.__suppress_context__


def test_without_the_library_it_says_how_to_have_it() -> None:
    with pytest.raises(AuthError, match="not installed") as caught:
        ask_azure_identity(PUBLIC)
    assert "sfharden[azure]" in caught.value.hint
