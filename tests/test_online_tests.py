"""The tests for a real org run on the embedded one too, so that they work when somebody needs them."""

import os
import subprocess
import sys
from pathlib import Path

from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import serve
from tests.orgs.reading import NOW, secrets_of

ROOT = Path(__file__).resolve().parent.parent


def run(**environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/online", "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_without_an_org_nothing_is_run() -> None:
    code, text = run()
    assert code == 5, text
    assert "no tests ran" in text


def test_with_an_org_they_read_it_and_note_what_it_does() -> None:
    org = healthy_org(NOW)
    with serve(org) as server:
        token = server.tokens["auditor"]
        code, text = run(SFHARDEN_ONLINE_URL=server.base_url, SFHARDEN_ONLINE_TOKEN=token)
        assert {one.method for one in server.requests} == {"GET", "POST"}
        operations = {one.operation for one in server.requests if one.method == "POST"}
    assert code == 0, text
    assert operations == {"listMetadata", "retrieve", "checkRetrieveStatus"}
    assert "what this org does" in text
    assert "API version: 68.0" in text
    assert not [one for one in secrets_of(org) if one in text]
