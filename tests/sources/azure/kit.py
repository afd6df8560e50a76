"""What the tests of exports share: files in a folder, answers as Azure gives them, and a script that was run."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sfharden.model.azure import AzureEntry, AzureSnapshot
from sfharden.sources.azure.exports import read_exports
from sfharden.sources.azure.script import script_of
from tests.orgs.azure_side import CONNECTION, SITE, WORKFLOW, connection, workflow

SETTING = f"{WORKFLOW}/providers/microsoft.insights/diagnosticSettings/logs"
WORKSPACE = "/subscriptions/s2/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/law"
ACCOUNT = "/subscriptions/s2/resourceGroups/logs/providers/Microsoft.Storage/storageAccounts/kept"


def written(folder: Path, documents: Mapping[str, Any]) -> Path:
    """Files with these contents: JSON, or a text or bytes as they are."""
    for name, document in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(document, str | bytes):
            document = json.dumps(document)
        path.write_bytes(document.encode() if isinstance(document, str) else document)
    return folder


def read(folder: Path, documents: Mapping[str, Any], *entries: AzureEntry) -> AzureSnapshot:
    """What a folder with these files tells."""
    return read_exports([written(folder / "exports", documents)], entries)


def workflow_answer(**properties: Any) -> dict[str, Any]:
    """A workflow as ARM answers it."""
    return {
        "id": WORKFLOW,
        "name": "crm-sync",
        "type": "Microsoft.Logic/workflows",
        **workflow(**properties).document,
    }


def connection_answer(**properties: Any) -> dict[str, Any]:
    """A connection as ARM answers it."""
    return {
        "id": CONNECTION,
        "name": "salesforce",
        "type": "Microsoft.Web/connections",
        **connection(**properties).document,
    }


def site_answer() -> dict[str, Any]:
    """A Standard app as ARM answers it."""
    properties = {"httpsOnly": True, "siteConfig": {"minTlsVersion": None}}
    return {
        "id": SITE,
        "name": "crm-standard",
        "type": "Microsoft.Web/sites",
        "kind": "functionapp,workflowapp",
        "properties": properties,
    }


def setting_answer(**properties: Any) -> dict[str, Any]:
    """A diagnostic setting as ARM answers it: the type is null."""
    logs = [{"category": "WorkflowRuntime", "enabled": True}]
    return {
        "id": SETTING,
        "name": "logs",
        "type": None,
        "properties": {"logs": logs, "workspaceId": WORKSPACE, **properties},
    }


def refusal(status: int, code: str, message: str = "no") -> dict[str, Any]:
    """An answer that says no, as the stand-in for the CLI knows it."""
    return {"status": status, "error": {"code": code, "message": message}}


def run_script(
    folder: Path, tenant: Mapping[str, Any], *entries: AzureEntry, ending: str = "\n"
) -> subprocess.CompletedProcess[str]:
    """Run the script against a stand-in for the CLI that knows a tenant, in a folder of its own; `ending` is of its lines."""
    (folder / "tenant.json").write_text(
        json.dumps({key.casefold(): one for key, one in tenant.items()}), "utf-8"
    )
    return run_against(folder, {"TENANT": str(folder / "tenant.json"), "ENDING": ending}, *entries)


def run_against(
    folder: Path, environment: Mapping[str, str], *entries: AzureEntry
) -> subprocess.CompletedProcess[str]:
    """Run the script against a stand-in for the CLI with this environment."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    fake = Path(__file__).with_name("fake_az.py")
    (programs / "az").write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{fake}" "$@"\n', "utf-8")
    (programs / "az").chmod(0o755)
    (folder / "ask.sh").write_text(script_of(entries, "answers"), "utf-8")
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/sh", "ask.sh"],
        cwd=folder,
        env={"PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
