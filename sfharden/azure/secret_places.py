"""Which parts of Azure's documents are what, for masking: where a literal may be a secret, and what of it checks need."""

from typing import Any, Final

from sfharden.azure.configuration_zones import SETTINGS, in_configuration
from sfharden.azure.objects import get, has, kind, text
from sfharden.azure.secret_zones import Zone

DEPLOYMENT: Final = "microsoft.resources/deployments"
_SETTERS: Final = frozenset(
    f"{does}variable"
    for does in ("initialize", "set", "increment", "decrement", "appendtoarray", "appendtostring")
)
# Of a site's `config/web` and `config/authsettingsV2`; app settings are another `config`, and named as anybody likes.
_SITE_SETTINGS_LISTED: Final = """
    ftpsstate mintlsversion scmmintlsversion scmtype ipsecurityrestrictions ipsecurityrestrictionsdefaultaction
    scmipsecurityrestrictions scmipsecurityrestrictionsdefaultaction scmipsecurityrestrictionsusemain
    publicnetworkaccess netframeworkversion linuxfxversion windowsfxversion managedpipelinemode
    keyvaultreferenceidentity vnetname mintlsciphersuite remotedebuggingversion cors platform globalvalidation
    identityproviders login httpsettings
"""
_SITE_SETTINGS: Final = frozenset(_SITE_SETTINGS_LISTED.split())

_PARAMETER_KEYS: Final = {
    "type": Zone.WORD,
    "value": Zone.VALUE,
    "defaultvalue": Zone.VALUE,
    "reference": Zone.CLOSED,
}
_CONNECTION_KEYS: Final = {
    **dict.fromkeys(("id", "apiid", "connectionid", "connectionname", "name"), Zone.ID),
    **dict.fromkeys(("type", "parametersetname", "parametervaluetype"), Zone.NAME),
    **dict.fromkeys(("parametervalues", "values"), Zone.VALUE),
    **dict.fromkeys(("triggerurl", "baseurl", "connectionruntimeurl"), Zone.ADDRESS),
    "authentication": Zone.SIGN_IN,
}
_OPEN_OF_STEP: Final = ("runafter", "runtimeconfiguration", "operationoptions", "recurrence", "limit")
# By the name of the key, and what every other key is.
_RULES: Final[dict[Zone, tuple[dict[str, Zone], Zone]]] = {
    Zone.VALUE: ({"token:granttype": Zone.WORD, "gateway": Zone.CONNECTIONS}, Zone.VALUE),
    Zone.SETTINGS: ({"name": Zone.NAME}, Zone.VALUE),
    Zone.SIGN_IN: ({"type": Zone.WORD, "audience": Zone.ADDRESS, "identity": Zone.ID}, Zone.SIGN_IN),
    Zone.PARAMETERS: ({}, Zone.PARAMETER),
    Zone.PARAMETER: (_PARAMETER_KEYS, Zone.CLOSED),
    Zone.SECURE_PARAMETER: (
        {"type": Zone.WORD, "value": Zone.SECURE, "defaultvalue": Zone.SECURE},
        Zone.CLOSED,
    ),
    Zone.SECURE: ({}, Zone.SECURE),
    Zone.OUTPUTS: ({}, Zone.OUTPUT),
    Zone.OUTPUT: ({"type": Zone.WORD}, Zone.OUTPUT),
    Zone.CONNECTIONS: (_CONNECTION_KEYS, Zone.CONNECTIONS),
    Zone.DEFINITION: (
        {
            "$schema": Zone.OPEN,
            "contentversion": Zone.OPEN,
            "parameters": Zone.PARAMETERS,
            "triggers": Zone.STEPS,
            "actions": Zone.STEPS,
            "outputs": Zone.OUTPUTS,
        },
        Zone.CLOSED,
    ),
    Zone.STEPS: ({}, Zone.STEP),
    Zone.STEP: (
        {
            **dict.fromkeys(_OPEN_OF_STEP, Zone.OPEN),
            "type": Zone.NAME,
            "kind": Zone.NAME,
            "inputs": Zone.INPUTS,
            "metadata": Zone.ORIGIN,
            "actions": Zone.STEPS,
            "else": Zone.STEP,
            "default": Zone.STEP,
            "cases": Zone.STEPS,
            "tools": Zone.STEPS,
        },
        Zone.CLOSED,
    ),
    Zone.INPUTS: (
        {
            **dict.fromkeys(("host", "serviceproviderconfiguration", "function", "api"), Zone.HOST),
            "uri": Zone.ADDRESS,
            "apidefinitionurl": Zone.ADDRESS,
            "path": Zone.PATH,
            "queries": Zone.QUERIES,
            "method": Zone.WORD,
            "authentication": Zone.SIGN_IN,
            "subscribe": Zone.INPUTS,
            "unsubscribe": Zone.INPUTS,
        },
        Zone.CLOSED,
    ),
    Zone.HOST: ({}, Zone.HOST),
    Zone.QUERIES: ({}, Zone.QUERIES),
    Zone.ORIGIN: ({"apidefinitionurl": Zone.ADDRESS}, Zone.ORIGIN),
    Zone.SITE_CONFIG: (
        dict.fromkeys(_SITE_SETTINGS, Zone.OPEN) | dict.fromkeys(SETTINGS, Zone.SETTINGS),
        Zone.VALUE,
    ),
    Zone.VARIABLES: (
        {"name": Zone.NAME, "type": Zone.WORD, "variables": Zone.VARIABLES, "value": Zone.VALUE},
        Zone.CLOSED,
    ),
    Zone.FILES: (
        {
            "workflow.json": Zone.OPEN,
            "connections.json": Zone.CONNECTIONS,
            "parameters.json": Zone.PARAMETERS,
            "host.json": Zone.OPEN,
            "local.settings.json": Zone.SETTINGS,
        },
        Zone.CLOSED,
    ),
    Zone.TEMPLATE: (
        {
            "parameters": Zone.PARAMETERS,
            "variables": Zone.VALUE,
            "outputs": Zone.OUTPUTS,
            "resources": Zone.RESOURCES,
            "functions": Zone.CLOSED,
        },
        Zone.OPEN,
    ),
    Zone.COMPARED: (
        {
            "parameters": Zone.PARAMETERS,
            "headers": Zone.CLOSED,
            "queries": Zone.QUERIES,
            "authentication": Zone.SIGN_IN,
            "variables": Zone.VARIABLES,
        },
        Zone.COMPARED,
    ),
}


def zone_of_document(document: Any) -> Zone:
    """What a whole document is: a template or a definition by its `$schema`, else a resource's configuration."""
    schema = text(get(document, "$schema")).casefold()
    if "deploymenttemplate.json" in schema:
        return Zone.TEMPLATE
    return Zone.DEFINITION if "workflowdefinition.json" in schema else Zone.OPEN


def below(zone: Zone, key: str, holder: dict[str, Any], resource: str) -> tuple[Zone, str]:
    """What a key's value is, and of which type the resource around it."""
    folded, one = key.casefold(), holder[key]
    if zone is Zone.RESOURCES:
        return _of_resource(folded, one, holder, resource)
    if zone in (Zone.OPEN, Zone.FOREIGN):
        return in_configuration(folded, holder, one, resource), resource
    rules, otherwise = _RULES.get(zone, ({}, Zone.CLOSED))
    found = rules.get(folded, otherwise)
    return _refined(found, zone, folded, holder, one), resource


def _refined(found: Zone, zone: Zone, folded: str, holder: dict[str, Any], one: Any) -> Zone:
    """What the name of a key doesn't tell alone."""
    if zone is Zone.PARAMETERS:
        return _parameter(folded, one)
    if zone is Zone.STEP and found is Zone.INPUTS and kind(holder) in _SETTERS:
        return Zone.VARIABLES
    if (
        zone is Zone.SETTINGS
        and found is Zone.NAME
        and not (has(holder, "value") or has(holder, "connectionString"))
    ):
        return Zone.VALUE
    if zone is Zone.SIGN_IN and found is Zone.ID and not text(one).casefold().startswith("/subscriptions/"):
        return Zone.CLOSED
    if zone is Zone.FILES and not isinstance(one, dict):
        return Zone.CLOSED  # the text of a file
    return found


def _parameter(folded: str, one: Any) -> Zone:
    if folded == "$connections":
        return Zone.CONNECTIONS
    if not isinstance(one, dict):
        return Zone.VALUE
    return Zone.SECURE_PARAMETER if kind(one).startswith("secure") else Zone.PARAMETER


def _of_resource(folded: str, one: Any, holder: dict[str, Any], resource: str) -> tuple[Zone, str]:
    """Of a resource, whose own type counts from here; or of an object with a resource under each name."""
    own = kind(holder)
    full = own if "." in own or not own else f"{resource}/{own}"
    found = in_configuration(folded, holder, one, full)
    if own or found not in (Zone.OPEN, Zone.FOREIGN):
        return found, full
    return (Zone.RESOURCES if isinstance(one, dict | list) else found), resource
