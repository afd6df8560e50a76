"""The published schemas of the forms for machines, and what they have against a text. See README.md for their licences."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from lxml import etree  # type: ignore[import-untyped]

_HERE: Final = Path(__file__).resolve().parent


@cache
def _schema(name: str) -> Validator:
    schema = json.loads((_HERE / name).read_text("utf-8"))
    return validator_for(schema)(schema)


def _complaints(name: str, data: Any) -> list[str]:
    return [f"{list(one.absolute_path)}: {one.message[:200]}" for one in _schema(name).iter_errors(data)]


def against_sarif(text: str) -> list[str]:
    """What the schema of SARIF 2.1.0 has against it."""
    return _complaints("sarif-2.1.0.json", json.loads(text))


def against_ocsf(text: str) -> list[str]:
    """What the schema of OCSF 1.8's Compliance Finding has against any of the events."""
    return [
        one for event in json.loads(text) for one in _complaints("ocsf-1.8.0-compliance_finding.json", event)
    ]


@cache
def _junit() -> Any:
    return etree.XMLSchema(etree.parse(_HERE / "junit.xsd"))


def against_junit(text: str) -> list[str]:
    """What the schema of JUnit's XML has against it."""
    schema = _junit()
    schema.validate(etree.fromstring(text.encode()))
    return [str(one) for one in schema.error_log]
