"""A small client for the loopback ARM, and the real answers that its shapes are held against."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest

from sfharden.emulator.azure import healthy, people, story
from sfharden.emulator.azure.kinds import spelt, versions
from sfharden.emulator.azure.paths import target_of
from sfharden.emulator.azure.server import AzureServer
from tests.emulator.kit import NOW as NOW
from tests.emulator.kit import Answer as Answer
from tests.sources.test_corpus import CORPUS

_SETTINGS = "/providers/Microsoft.Insights/diagnosticSettings"
_ACCESS = "/providers/Microsoft.Authorization"
# One path for each call of `calls.CALLS`, in the healthy tenant.
PATHS = {
    "subscriptions": "/subscriptions",
    "subscription": story.SCOPE,
    "groups": f"{story.SCOPE}/resourcegroups",
    "resources": f"{story.GROUP_SCOPE}/resources",
    "workflows": f"{story.SCOPE}/providers/Microsoft.Logic/workflows",
    "workflow": story.WORKFLOW,
    "connections": f"{story.GROUP_SCOPE}/providers/Microsoft.Web/connections",
    "connection": story.CONNECTION.lower(),
    "access policies": f"{story.STANDARD_CONNECTION}/accessPolicies",
    "sites": f"{story.SCOPE}/providers/Microsoft.Web/sites",
    "site": story.SITE,
    "site config": f"{story.SITE}/config/web",
    "site authentication": f"{story.SITE}/config/authsettingsV2",
    "scm publishing": f"{story.SITE}/basicPublishingCredentialsPolicies/scm",
    "ftp publishing": f"{story.SITE}/basicPublishingCredentialsPolicies/ftp",
    "site workflows": f"{story.SITE}/workflows",
    "site workflow": f"{story.SITE}/workflows/orders",
    "workflow diagnostics": story.WORKFLOW + _SETTINGS,
    "site diagnostics": story.SITE + _SETTINGS,
    "storage diagnostics": f"{story.STORAGE}/blobServices/default{_SETTINGS}",
    "subscription diagnostics": story.SCOPE + _SETTINGS,
    "management group diagnostics": f"/providers/Microsoft.Management/managementGroups/acme{_SETTINGS}",
    "diagnostic categories": f"{story.WORKFLOW}{_SETTINGS}Categories",
    "alerts": f"{story.SCOPE}/providers/Microsoft.Insights/activityLogAlerts",
    "activity log": f"{story.SCOPE}/providers/Microsoft.Insights/eventtypes/management/values",
    "role assignments": f"{story.CONNECTION}{_ACCESS}/roleAssignments",
    "role definitions": f"{story.SCOPE}{_ACCESS}/roleDefinitions",
    "role definition": f"{_ACCESS}/roleDefinitions/{people.OWNER}",
    "deny assignments": f"{story.CONNECTION}{_ACCESS}/denyAssignments",
    "eligible assignments": f"{story.CONNECTION}{_ACCESS}/roleEligibilityScheduleInstances",
    "workspaces": f"{story.SCOPE}/providers/Microsoft.OperationalInsights/workspaces",
    "workspace": story.WORKSPACE,
    "table": f"{story.WORKSPACE}/tables/AzureActivity",
    "tables": f"{story.WORKSPACE}/tables",
    "storage accounts": f"{story.SCOPE}/providers/Microsoft.Storage/storageAccounts",
    "storage account": story.STORAGE,
    "lifecycle policy": f"{story.STORAGE}/managementPolicies/default",
    "deployments": f"{story.GROUP_SCOPE}/providers/Microsoft.Resources/deployments",
    "gateways": f"{story.SCOPE}/providers/Microsoft.Network/applicationGateways",
    "gateway": healthy.GATEWAY,
    "firewall policies": healthy.FIREWALL.rpartition("/")[0],
    "firewall policy": healthy.FIREWALL,
    "service tags": f"{story.SCOPE}/providers/Microsoft.Network/locations/westeurope/serviceTags",
}
_FOLDER = CORPUS / "azure-controls"


class Asker:
    """One keep-alive connection that asks with the right api-version and token, unless told otherwise."""

    def __init__(self, server: AzureServer, token: str) -> None:
        self.server = server
        self.headers = {"Authorization": f"Bearer {token}"}
        self.connection = http.client.HTTPConnection(server.base_url.removeprefix("http://"), timeout=5)

    def send(self, method: str, target: str) -> Answer:
        """The answer to whatever is sent."""
        self.connection.request(method, target, headers=self.headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.read(), dict(response.headers))

    def ask(self, path: str, **query: str) -> Answer:
        """The answer to a GET; names of `query` come without their dollar."""
        return self.send("GET", target(path, **query))

    def get(self, path: str, **query: str) -> Any:
        """The JSON of an answer that must be there."""
        answer = self.ask(path, **query)
        assert answer.status == 200, answer.body
        return answer.json

    def rows(self, path: str, **query: str) -> list[Any]:
        """All rows of a list, page by page."""
        answer = self.get(path, **query)
        found = list(answer["value"])
        while answer.get("nextLink"):
            assert answer["nextLink"].startswith(self.server.base_url)
            answer = self.send("GET", answer["nextLink"].removeprefix(self.server.base_url)).json
            found += answer["value"]
        return found

    def refusal(self, path: str, **query: str) -> tuple[int, str]:
        """Status and code of an answer that must be an error."""
        answer = self.ask(path, **query)
        return answer.status, str(answer.json["error"]["code"])


def target(path: str, *, version: str = "", **query: str) -> str:
    """A path with its query."""
    found = target_of(path.strip("/").split("/"))
    known = found is not None and spelt(found.kind) is not None
    good = versions(found.kind, found.scope)[-1] if found and known else "2022-09-01"
    parts = {"api-version": version or good, **{f"${name}": value for name, value in query.items()}}
    return f"{path}?{urlencode(parts)}"


@contextmanager
def asking(server: AzureServer, token: str = "") -> Iterator[Asker]:
    """An asker that hangs up at the end."""
    one = Asker(server, token or server.token)
    try:
        yield one
    finally:
        one.connection.close()


def recorded(name: str) -> Any:
    """A real answer; skips the test where there is none."""
    path = _FOLDER / name
    if not path.exists():
        pytest.skip("no real answers here")
    return json.loads(path.read_text(encoding="utf-8-sig"))


def keys(value: Any, path: str = "") -> set[str]:
    """The paths of all keys; all entries of a list count as one."""
    if isinstance(value, dict):
        return {f"{path}/{one}" for one in value} | {
            found for one, inner in value.items() for found in keys(inner, f"{path}/{one}")
        }
    return (
        {found for inner in value for found in keys(inner, f"{path}/*")} if isinstance(value, list) else set()
    )
