"""The healthy tenant and the untidy one, served."""

from collections.abc import Iterator

import pytest

from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.server import AzureServer, serve_azure
from sfharden.emulator.azure.tenant import Tenant
from sfharden.emulator.azure.untidy import untidy_tenant
from tests.emulator.azure.kit import NOW, Asker, asking


@pytest.fixture
def tenant() -> Tenant:
    return healthy_tenant(NOW)


@pytest.fixture
def azure(tenant: Tenant) -> Iterator[AzureServer]:
    with serve_azure(tenant) as running:
        yield running


@pytest.fixture
def arm(azure: AzureServer) -> Iterator[Asker]:
    with asking(azure) as one:
        yield one


@pytest.fixture
def bad() -> Tenant:
    return untidy_tenant(NOW)


@pytest.fixture
def bad_arm(bad: Tenant) -> Iterator[Asker]:
    with serve_azure(bad) as running, asking(running) as one:
        yield one
