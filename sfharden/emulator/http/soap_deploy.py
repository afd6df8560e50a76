"""SOAP deploy: what the Salesforce CLI calls unless it is told to deploy over REST (Metadata API Guide, deploy())."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from sfharden.emulator.backend import Backend
from sfharden.emulator.http import deploy_routes
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql.schema import Caller
from sfharden.emulator.xmltree import Node

_WORDS = {"true": True, "false": False}


def deploy(backend: Backend, caller: Caller, _version: str, call: Node) -> str:
    """Accept a zip; the job is asked for by `check_status`."""
    options = call.first("DeployOptions") or Node("DeployOptions")
    given = {one.name: _WORDS.get(one.text.strip(), one.text.strip()) for one in options.children}
    name, _ = deploy_routes.accept(backend, caller, _zip(call.value("ZipFile")), given)
    return f"<result><done>false</done><id>{name}</id><state>Queued</state></result>"


def _zip(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except binascii.Error:
        raise RefusalError("INVALID_TYPE", "ZipFile is no base64Binary") from None


def check_status(backend: Backend, _caller: Caller, _version: str, call: Node) -> str:
    """How far a deployment is."""
    details = call.value("includeDetails") == "true"
    result = deploy_routes.state_of(backend, call.value("asyncProcessId"), details=details)
    return f"<result>{_fields(result)}</result>"


def _fields(values: Mapping[str, Any]) -> str:
    return "".join(_field(name, value) for name, value in sorted(values.items()))


def _field(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_field(name, one) for one in value)
    if isinstance(value, Mapping):
        return f"<{name}>{_fields(value)}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"
