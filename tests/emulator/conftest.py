"""A healthy org, served: a tidy one, so that what a test puts into it can be counted; or one as real orgs are."""

from collections.abc import Iterator

import pytest

from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import NOW, Client, client


@pytest.fixture
def org() -> DemoOrg:
    return healthy_org(NOW, tidy=True)


@pytest.fixture
def server(org: DemoOrg) -> Iterator[DemoServer]:
    with serve(org) as running:
        yield running


@pytest.fixture
def auditor(server: DemoServer) -> Iterator[Client]:
    with client(server) as one:
        yield one


@pytest.fixture
def untidy() -> DemoOrg:
    return healthy_org(NOW)


@pytest.fixture
def untidy_server(untidy: DemoOrg) -> Iterator[DemoServer]:
    with serve(untidy) as running:
        yield running


@pytest.fixture
def reader(untidy_server: DemoServer) -> Iterator[Client]:
    with client(untidy_server) as one:
        yield one
