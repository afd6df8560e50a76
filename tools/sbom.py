"""The bill of materials of a release, in CycloneDX 1.6: sfharden and the versions that tools/locked/run.txt pins for it.

The wheel itself asks for ranges, so what pip installs beside it may be newer; an installation by the lock is exactly this.
Same release, same bytes: the time is the release's, the serial number a hash of what is listed.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tools.lock import Pin

NAME: Final = "sfharden"
SCHEMA: Final = "http://cyclonedx.org/schema/bom-1.6.schema.json"


def sbom(version: str, epoch: int, locked: Iterable[Pin], files: Mapping[str, str]) -> str:
    """The bill as text; `files` are those of the release, each with its SHA-256."""
    pins = sorted(locked, key=lambda pin: pin.name)
    made = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {
        "version": 1,
        "metadata": {
            "timestamp": made,
            "lifecycles": [{"phase": "build"}],
            "component": _program(version, files),
        },
        "components": [_library(pin) for pin in pins],
        "dependencies": _graph(version, pins),
    }
    serial = uuid.UUID(
        bytes=hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()[:16], version=4
    )
    head = {"$schema": SCHEMA, "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": serial.urn}
    return json.dumps(head | body, indent=2) + "\n"


def _program(version: str, files: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "application",
        "bom-ref": _purl(NAME, version),
        "name": NAME,
        "version": version,
        "purl": _purl(NAME, version),
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "components": [
            {
                "type": "file",
                "bom-ref": f"file:{name}",
                "name": name,
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
            for name, digest in sorted(files.items())
        ],
    }


def _library(pin: Pin) -> dict[str, Any]:
    """A pinned version. Which of its files gets installed differs by system; the lock has the hash of each."""
    marker = [{"name": "sfharden:only-where", "value": pin.marker}] if pin.marker else []
    return {
        "type": "library",
        "bom-ref": _purl(pin.name, pin.version),
        "name": pin.name,
        "version": pin.version,
        "purl": _purl(pin.name, pin.version),
        **({"properties": marker} if marker else {}),
    }


def _graph(version: str, pins: list[Pin]) -> list[dict[str, Any]]:
    """Who asks for whom: each pin names what wants it."""
    refs = {NAME: _purl(NAME, version)} | {pin.name: _purl(pin.name, pin.version) for pin in pins}
    return [
        {"ref": ref, "dependsOn": [refs[pin.name] for pin in pins if name in pin.wanted_by]}
        for name, ref in refs.items()
    ]


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"
