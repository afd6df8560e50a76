"""No secret leaves a run, whichever way it signed in: not on a stream, in a file, in an address, in a log."""

import base64
import logging
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sfharden.cli import main
from sfharden.emulator.generate import CLIENT_ID, INTEGRATION_USER, healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from tests.orgs.reading import INTEGRATION_FILE, NOW, doors, secrets_of

COMMANDS: Final = (
    ("check", "-i", "integration.yaml", "-f", "json", "-o", "report.json"),
    ("check", "-i", "integration.yaml"),
    ("snapshot", "-o", "snapshot.json"),
    ("tokens",),
    ("tokens", "-f", "csv", "-o", "tokens.csv"),
    ("tokens", "-f", "json", "-o", "tokens.json"),
    ("doctor",),
    ("init", "-o", "made.yaml", "--force"),
)
_FAKE_CLI: Final = """#!/bin/sh
case "$*" in
  *show-access-token*) echo '{{"status":0,"result":{{"accessToken":"{token}"}}}}' ;;
  *) echo '{{"status":0,"result":{{"accessToken":"[REDACTED]","instanceUrl":"{url}","username":"a@b"}}}}' ;;
esac
"""


@pytest.fixture(scope="module")
def key() -> bytes:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("integration.yaml").write_text(INTEGRATION_FILE, "utf-8")
    with serve(healthy_org(NOW)) as running:
        yield running


Way = Callable[[DemoServer, pytest.MonkeyPatch, bytes], list[str]]


def by_token(server: DemoServer, patch: pytest.MonkeyPatch, key: bytes) -> list[str]:
    patch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
    return ["--instance-url", server.base_url]


def by_client_credentials(server: DemoServer, patch: pytest.MonkeyPatch, key: bytes) -> list[str]:
    patch.setenv("SF_CLIENT_SECRET", server.org.client_secrets[CLIENT_ID].secret)
    return ["--instance-url", server.base_url, "--client-id", CLIENT_ID]


def by_jwt(server: DemoServer, patch: pytest.MonkeyPatch, key: bytes) -> list[str]:
    Path("key.pem").write_bytes(key)
    who = ["--client-id", "3MVG9EXAMPLEONLY", "--username", INTEGRATION_USER]
    return ["--instance-url", server.base_url, *who, "--jwt-key-file", "key.pem"]


def by_cli(server: DemoServer, patch: pytest.MonkeyPatch, key: bytes) -> list[str]:
    """A Salesforce CLI as it answers since it masks tokens."""
    program = Path("../bin/sf").resolve()  # not below the folder one stands in: from there it isn't run
    program.parent.mkdir()
    program.write_text(_FAKE_CLI.format(token=server.tokens["auditor"], url=server.base_url), "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    patch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return ["--org", "demo"]


@pytest.mark.parametrize("way", [by_token, by_client_credentials, by_jwt, by_cli])
@pytest.mark.parametrize("loud", [(), ("--debug",), ("-v",)])
def test_no_secret_is_left_anywhere(
    server: DemoServer,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    key: bytes,
    way: Way,
    loud: tuple[str, ...],
) -> None:
    caplog.set_level(logging.DEBUG)
    signed_in = way(server, monkeypatch, key)
    kept = {path for path in Path().rglob("*") if path.is_file()}
    for command in COMMANDS:
        code = main([*loud, *command, *signed_in], doors())
        assert code in (0, 1, 4), command
    secrets = {*secrets_of(server.org), *key.decode().splitlines()[1:-1]}
    secrets |= {base64.b64encode(one.encode()).decode() for one in secrets}
    streams = capfd.readouterr()
    left = {
        str(path): path.read_text("utf-8")
        for path in Path().rglob("*")
        if path.is_file() and path not in kept
    }
    assert len(left) == sum("-o" in command for command in COMMANDS)
    places = {"out": streams.out, "err": streams.err, "log": caplog.text, **left}
    places["addresses"] = "\n".join(one.target for one in server.requests)
    for place, text in places.items():
        assert not [one for one in secrets if one in text], place
    assert server.org.leaks == []
    assert all(Path(name).stat().st_mode & 0o077 == 0 for name in left)
    assert {one.method for one in server.requests} <= {"GET", "POST"}
    assert {one.operation for one in server.requests} <= {
        "", "listMetadata", "retrieve", "checkRetrieveStatus",
    }  # fmt: skip


def test_every_secret_would_be_seen(server: DemoServer) -> None:
    """The search itself: it knows of something of each kind."""
    found = secrets_of(server.org)
    assert server.tokens["auditor"] in found
    assert {one.delete_token for one in server.org.tokens} <= found
    assert server.org.client_secrets[CLIENT_ID].secret in found
    assert all(len(one) > 15 for one in found)
