"""Small builders for the tests of the sources: odd streams, odd zips, one file as a component, egress files."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from sfharden.model.integration import Egress
from sfharden.model.snapshot import Component
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.metadata_xml import BadMetadata, parse_component
from tests.orgs.metadata import XMLNS

MOST = 10_000_000


class Dribble(BytesIO):
    """A stream that gives no more a read than the next of `steps`, over and over, as pipes and sockets may."""

    def __init__(self, data: bytes, *steps: int) -> None:
        super().__init__(data)
        self._steps = cycle(steps)

    def read(self, size: int | None = -1) -> bytes:
        step = next(self._steps)
        return super().read(step if size is None or size < 0 else min(size, step))


class Broken(BytesIO):
    """A stream that fails after its data, as a disk or a share may."""

    def read(self, size: int | None = -1) -> bytes:
        if data := super().read(size):
            return data
        raise OSError("a message of the system's")


def component(data: str | bytes, kind: str | None = "Profile", *, step: int = MOST) -> Component:
    """The bytes as one component; `kind` is what the suffix promises."""
    raw = data.encode() if isinstance(data, str) else data
    return parse_component(Dribble(raw, step), "X", f"X.{kind}", max_bytes=MOST, expected=kind)


def refusal(data: str | bytes, kind: str | None = "Profile", *, step: int = MOST) -> BadMetadata:
    """Why the bytes are refused; fails the test if they are not."""
    with pytest.raises(BadMetadata) as refused:
        component(data, kind, step=step)
    return refused.value


def document(root: str, *lines: str) -> str:
    """A metadata document with the lines of the body from line 3 on."""
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f"<{root} {XMLNS}>", *lines, f"</{root}>", ""]
    )


def profile(*lines: str) -> str:
    """A profile with these lines in it."""
    return document("Profile", *lines)


def zipped(path: Path, files: Mapping[str, str] | Iterable[tuple[str, str]], packing: int = 8) -> Path:
    """A zip of the files, in their order; names may repeat."""
    pairs = files.items() if isinstance(files, Mapping) else files
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, text in pairs:
            archive.writestr(odd_entry(name, packing), text)
    return path


def odd_entry(name: str, packing: int = 8) -> zipfile.ZipInfo:
    """An entry whose name is taken as it is; the constructor would clean it."""
    info = zipfile.ZipInfo("clean", date_time=(2026, 11, 24, 0, 0, 0))
    info.filename, info.compress_type = name, packing
    return info


def integration(folder: Path, *egress: str, operator: str = "[198.51.100.7]") -> Egress:
    """The egress of an integration file in the folder, each entry one line of YAML."""
    lines = "".join(f"      - {entry}\n" for entry in egress)
    (folder / "i.yaml").write_text(
        "version: 1\nintegrations:\n  - name: crm-sync\n    app: A\n    profile: P\n    users: [u]\n"
        f"    egress:\n{lines}    operator_ranges: {operator}\n"
    )
    (found,), _ = load_integrations(folder / "i.yaml")
    return found.egress


def export(folder: Path, content: Any, name: str = "app.json") -> Path:
    """Write JSON."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), "utf-8")
    return path


def salesforce_step(key: str = "salesforce", **more: Any) -> dict[str, Any]:
    """An action that calls Salesforce by the managed connector."""
    name = f"@parameters('$connections')['{key}']['connectionId']"
    return {
        "type": "ApiConnection",
        "inputs": {"host": {"connection": {"name": name}}, "method": "get", "path": "/x"},
        **more,
    }


def http_step(uri: Any) -> dict[str, Any]:
    """An action that calls an address by plain HTTP."""
    return {"type": "Http", "inputs": {"method": "GET", "uri": uri}}


def connection(api: str = "salesforce", region: str = "westeurope") -> dict[str, Any]:
    """An entry of `$connections` as the REST API gives it."""
    base = "/subscriptions/00000000-0000-0000-0000-000000000001"
    return {
        "connectionId": f"{base}/resourceGroups/rg/providers/Microsoft.Web/connections/{api}",
        "connectionName": api,
        "id": f"{base}/providers/Microsoft.Web/locations/{region}/managedApis/{api}",
    }


def logic_app(endpoints: Any = None, *, location: Any = "westeurope", **actions: Any) -> dict[str, Any]:
    """A Consumption Logic App as the REST API gives it; without actions, it has one that calls Salesforce."""
    return {
        "id": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Logic/workflows/sync",
        "name": "sync",
        "type": "Microsoft.Logic/workflows",
        "location": location,
        "properties": {
            "state": "Enabled",
            "definition": {"triggers": {}, "actions": actions or {"Query": salesforce_step()}},
            "parameters": {"$connections": {"value": {"salesforce": connection()}}},
            "endpointsConfiguration": endpoints,
        },
    }


def flattened(app: dict[str, Any]) -> dict[str, Any]:
    """The same as `az logic workflow show` gives it."""
    return {**{key: value for key, value in app.items() if key != "properties"}, **app["properties"]}
