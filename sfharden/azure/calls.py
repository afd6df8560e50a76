"""Which steps of a workflow call Salesforce, and by what: the managed connector, plain HTTP, or a built-in one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from sfharden.azure.expressions import (
    UNKNOWN,
    certain_start,
    is_expression,
    is_template_expression,
    resource_path,
)
from sfharden.azure.objects import get, kind, mapping, text
from sfharden.azure.regions import region_of
from sfharden.azure.steps import Step, steps_of
from sfharden.azure.workflows import Hosting, Workflow


class By(StrEnum):
    """What makes a call."""

    CONNECTOR = "managed connector"
    HTTP = "HTTP"
    BUILT_IN = "built-in connector"


class Certainty(StrEnum):
    """Whether a step calls Salesforce; MAYBE when the file doesn't tell."""

    YES = "yes"
    MAYBE = "maybe"
    PASSED_ON = "passed-on"  # another workflow, a function or code does the work


@dataclass(frozen=True, slots=True)
class Call:
    """A step that calls Salesforce, or may. `region` is the connection's, where the file tells."""

    step: str
    certainty: Certainty
    by: By | None = None
    region: str = ""
    why: str = ""


_LONGEST_VALUE: Final = 2_000  # characters of a parameter: no address is longer

_CONNECTOR_TYPES: Final = frozenset(
    f"{prefix}{suffix}"
    for prefix in ("apiconnection", "openapiconnection")
    for suffix in ("", "webhook", "notification")
)
_PASSED_ON: Final = frozenset(
    [
        "workflow",
        "function",
        "invokefunction",
        "apimanagement",
        "sendtobatch",
        "javascriptcode",
        "csharpscriptcode",
        "powershellcode",
        "executejavascriptcode",
        "invokeworkflow",
    ]
)
# Hosts of orgs, sandboxes and sites (Salesforce Help, Allow the Required Domains; MyDomain URL formats).
_HOSTS: Final = (
    "salesforce.com",
    "force.com",
    "salesforce.mil",
    "crmforce.mil",
    "my.site.com",
    "salesforce-sites.com",
    "salesforce-experience.com",
    "cloudforce.com",
    "database.com",
    "sfcrmapps.cn",
    "sfcrmproducts.cn",
)
# The paths of its APIs, under whatever name it's reached (REST API Developer Guide; SOAP API Developer Guide).
_API_PATH: Final = re.compile(r"/services/(?:data|oauth2|soap|async|apexrest)\b", re.I)
_AUTHORITY: Final = re.compile(r"\s*https?://([^/?#\0]*)(?P<end>[/?#]|$)?", re.I)
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.?")
_ODD: Final = re.compile(r"[\s\\\x00-\x20\x7f]")  # some readers drop them, or take one for a slash
_KEY: Final = re.compile(r"@\{?\s*parameters\('\$connections'\)\??\['((?:[^']|'')+)'\]", re.I)
_OWN_KEY: Final = re.compile(r"(?:shared_)?salesforce(?:[-_ ]?\d+)?", re.I)
_API: Final = re.compile(r"/(managedapis|customapis|apis|apim)/([^/\0?]+)", re.I)
_LOCATION: Final = re.compile(r"/locations/([^/\0]+)(?=/|$)", re.I)
# The old address of the runtime, and that of a Standard project's connection (`….common.logic-westus.azure-apihub.net`).
_RUNTIME_REGION: Final = re.compile(
    r"https://(?:logic-apis-([a-z0-9]+)\.|[^/?#]*\.logic-([a-z0-9]+)\.azure-apihub\.)", re.I
)


def calls_of(workflow: Workflow) -> Iterator[Call]:
    """Every step that calls Salesforce, may call it, or passes work on to what the file doesn't hold."""
    values = text_parameters(workflow)
    connections = {key.casefold(): entry for key, entry in mapping(workflow.connections).items()}
    for step in steps_of(workflow.definition):
        call = _judge(step, connections, values)
        if call is not None:
            yield call


def text_parameters(workflow: Workflow) -> dict[str, str]:
    """The workflow's parameters that are texts, by name without case: as deployed, else their default."""
    declared = _by_name(mapping(get(workflow.definition, "parameters")))
    deployed = _by_name(workflow.parameters)
    found: dict[str, str] = {}
    for name in {**declared, **deployed}:
        if max(len(one.get(name, ())) for one in (declared, deployed)) > 1:
            continue  # names that differ by case alone: which of them counts isn't told
        given = next(iter(deployed.get(name, ())), None)
        value = get(given, "value") if isinstance(given, dict) else None
        # A definition alone may be deployed with other values than its defaults.
        if value is None and workflow.hosting is not Hosting.UNKNOWN:
            value = get(next(iter(declared.get(name, ())), None), "defaultValue")
        if isinstance(value, str) and len(value) <= _LONGEST_VALUE and _is_literal(value):
            found[name] = value
    return found


def _by_name(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name, one in values.items():
        found.setdefault(name.casefold(), []).append(one)
    return found


def _is_literal(value: str) -> bool:
    return "@" not in value and not is_template_expression(value)


def _judge(step: Step, connections: Mapping[str, Any], values: Mapping[str, str]) -> Call | None:
    if step.body is None:
        return Call(step.path, Certainty.MAYBE, why="it is not an object")
    what = kind(step.body)
    if not what:
        return Call(step.path, Certainty.MAYBE, why="it has no type")
    if what in _CONNECTOR_TYPES:
        return _connector(step, connections)
    if what in ("http", "httpwebhook"):
        return _http(step, values)
    if what == "serviceprovider":
        return _built_in(step)
    if what in _PASSED_ON:
        return Call(step.path, Certainty.PASSED_ON)
    return None


def _connector(step: Step, connections: Mapping[str, Any]) -> Call | None:
    host = get(step.body, "inputs", "host")
    direct = text(get(host, "api", "runtimeUrl")) or text(get(host, "apiId"))
    key = connection_key(host)
    entry = connections.get(key.casefold())
    api = resource_path(direct or text(get(entry, "id")) or _api_id(entry))
    name = api_name(api)
    if not name and _OWN_KEY.fullmatch(key):
        name = "salesforce"  # Azure names the key after the connector
    if name.removeprefix("shared_") == "salesforce":
        return Call(step.path, Certainty.YES, By.CONNECTOR, connection_region(api, entry))
    if not name:
        named = f"its connection '{key}'" if key else "its connection"
        return Call(step.path, Certainty.MAYBE, why=f"{named} is not described in the file")
    if "/customapis/" in api.casefold() or "salesforce" in name:
        return Call(
            step.path, Certainty.MAYBE, why=f"the file does not say what the connector '{name}' calls"
        )
    return None


def _api_id(entry: Any) -> str:
    api = get(entry, "api")
    return text(get(api, "id")) or (f"/apis/{name}" if (name := text(get(api, "name"))) else "")


def connection_key(host: Any) -> str:
    """The key into the connections; a Consumption step names it in an expression, the others as it is."""
    if found := _KEY.match(text(get(host, "connection", "name"))):
        return found[1].replace("''", "'")
    for key in (
        get(host, "connection", "referenceName"),
        get(host, "connectionName"),
        get(host, "connectionReferenceName"),
    ):
        if isinstance(key, str):
            return key
    return ""


def api_name(path: str) -> str:
    """The connector's name at the end of an API's path, without case; nothing if a part of it is unknown."""
    found = list(_API.finditer(path))
    return found[-1][2].casefold() if found and not path[found[-1].end() :].startswith(UNKNOWN) else ""


def connection_region(api: str, entry: Any) -> str:
    """The region of a connection: that of its API's path, or of its runtime's address."""
    if found := _LOCATION.search(api):
        return region_of(found[1])
    for address in (api, resource_path(text(get(entry, "connectionRuntimeUrl")))):
        if found := _RUNTIME_REGION.match(address):
            return region_of(found[1] or found[2])
    return region_of(text(get(entry, "location")))


def _http(step: Step, values: Mapping[str, str]) -> Call | None:
    inputs = get(step.body, "inputs")
    if kind(step.body) == "httpwebhook":
        addresses = [get(inputs, part, "uri") for part in ("subscribe", "unsubscribe") if get(inputs, part)]
    else:
        addresses = [get(inputs, "uri")]
    outcomes = [calls_salesforce(address, values) for address in addresses or [None]]
    if True in outcomes:
        return Call(step.path, Certainty.YES, By.HTTP)
    if None in outcomes:
        return Call(
            step.path, Certainty.MAYBE, By.HTTP, why="the host it calls is not written out in the file"
        )
    return None


def calls_salesforce(address: Any, values: Mapping[str, str]) -> bool | None:
    """Whether an address is one of Salesforce's; None if the file doesn't tell."""
    if not isinstance(address, str):
        return None
    start = certain_start(address, values)
    found = _AUTHORITY.match(start.text)
    complete = found is not None and (start.whole or bool(found["end"]))
    host = re.sub(r":\d+$", "", found[1].lower()) if found and complete else ""
    if not _HOST.fullmatch(host):
        # An API's path gives Salesforce away, whatever name the host has.
        return True if _API_PATH.search(address) else None
    if is_salesforce_host(host):
        return True
    return None if _API_PATH.search(address) else False


def https_host(address: str) -> str:
    """The host of an https address; empty for any other text, and for one that readers of addresses don't agree on."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.hostname or ""
    is_plain = _HOST.fullmatch(host) and parts.netloc.lower() in (host, f"{host}:443")
    return host if parts.scheme == "https" and is_plain and not _ODD.search(address) else ""


def is_salesforce_host(host: str) -> bool:
    """Whether a host is one of Salesforce's own names."""
    dotted = f".{host.rstrip('.').lower()}"
    return any(dotted.endswith(f".{known}") for known in _HOSTS)


def _built_in(step: Step) -> Call | None:
    provider = get(step.body, "inputs", "serviceProviderConfiguration", "serviceProviderId")
    if not isinstance(provider, str) or is_expression(provider):
        return Call(
            step.path, Certainty.MAYBE, By.BUILT_IN, why="the file does not say which connector it uses"
        )
    return Call(step.path, Certainty.YES, By.BUILT_IN) if "salesforce" in provider.casefold() else None
