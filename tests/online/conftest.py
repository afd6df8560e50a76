"""The real org to test on, named by the environment; without one, nothing here is collected.

Reading only: the wire's guard lets out nothing else.
"""

import os
from collections.abc import Iterator

import pytest

from sfharden.salesforce.auth import OrgSession, sign_in_with_token
from sfharden.salesforce.cli_login import sign_in_with_cli
from sfharden.salesforce.connect import API_VERSIONS, Connection, connect
from sfharden.salesforce.guard import READING
from sfharden.text.redact import Secret, safe_text
from sfharden.web.meter import CallMeter

# Taken now, since every test starts with a clean environment.
ALIAS = os.environ.get("SFHARDEN_ONLINE_ORG", "")
URL = os.environ.get("SFHARDEN_ONLINE_URL", "")
TOKEN = os.environ.get("SFHARDEN_ONLINE_TOKEN", "")
MOST_CALLS = 400

collect_ignore_glob = [] if ALIAS or (URL and TOKEN) else ["test_*.py"]

_FACTS = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FACTS] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What the org answered to questions that documentation leaves open."""
    facts = config.stash[_FACTS]
    if facts:
        terminalreporter.section("what this org does")
        for fact in facts:
            terminalreporter.write_line(fact)


class Facts:
    """Notes for the person who runs this; names from the org are made safe, values are never secrets."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def note(self, question: str, answer: object) -> None:
        self._lines.append(f"{question}: {safe_text(str(answer), limit=200)}")


@pytest.fixture(scope="session")
def facts(pytestconfig: pytest.Config) -> Facts:
    return Facts(pytestconfig.stash[_FACTS])


@pytest.fixture(scope="session")
def session() -> OrgSession:
    return sign_in_with_cli(ALIAS) if ALIAS else sign_in_with_token(URL, Secret(TOKEN))


@pytest.fixture(scope="session")
def org(session: OrgSession) -> Iterator[Connection]:
    connection = connect(session, API_VERSIONS, CallMeter(MOST_CALLS), rules=READING)
    yield connection
    connection.wire.close()
