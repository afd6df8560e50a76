"""Which parts of Azure's documents are what, for masking: where a literal may be a secret, and what of it checks need."""

from enum import Enum, auto
from typing import Any, Final

from sfharden.azure.masked_texts import Keep
from sfharden.azure.objects import get, has, kind, text
from sfharden.azure.secret_shapes import plain_name

DEPLOYMENT: Final = "microsoft.resources/deployments"


class Zone(Enum):
    """What a part of a document is."""

    OPEN = auto()  # configuration
    CLOSED = auto()
    VALUE = auto()
    SETTINGS = auto()  # of an app, as a list of names and values or as an object
    SECURE = auto()  # the value of a parameter that is declared as secure
    SIGN_IN = auto()  # an `authentication`
    ADDRESS = auto()
    PATH = auto()
    ID = auto()
    NAME = auto()
    WORD = auto()  # a method, a way to sign in, or a type
    PARAMETERS = auto()
    PARAMETER = auto()
    SECURE_PARAMETER = auto()
    CONNECTIONS = auto()
    DEFINITION = auto()
    STEPS = auto()
    STEP = auto()
    INPUTS = auto()
    QUERIES = auto()
    HOST = auto()
    ORIGIN = auto()  # the `metadata` of a step
    VARIABLES = auto()  # the inputs of a step that sets a variable
    FILES = auto()  # of a Standard app
    TEMPLATE = auto()
    RESOURCES = auto()
    OUTPUTS = auto()
    OUTPUT = auto()
    SITE_CONFIG = auto()  # below `properties` of one of a site's `config`
    COMPARED = auto()  # a definition for its digest: what isn't a secret stays


_KEEPS: Final = {
    Zone.OPEN: Keep.OPEN,
    Zone.TEMPLATE: Keep.OPEN,
    Zone.RESOURCES: Keep.OPEN,
    Zone.COMPARED: Keep.OPEN,
    Zone.VALUE: Keep.VALUE,
    Zone.ADDRESS: Keep.ADDRESS,
    Zone.PATH: Keep.PATH,
    Zone.ID: Keep.ID,
    Zone.HOST: Keep.ID,
    Zone.NAME: Keep.NAME,
    Zone.WORD: Keep.WORD,
}

_SETTERS: Final = frozenset(
    f"{does}variable"
    for does in ("initialize", "set", "increment", "decrement", "appendtoarray", "appendtostring")
)
_VALUES: Final = frozenset(
    [
        "parametervalues", "customparametervalues", "alternativeparametervalues", "secureparametervalues", "protectedsettings", "workflowparameters",
    ]
)  # fmt: skip
_FOREIGN_TEXTS: Final = frozenset(["body", "templatecontent", "parameterscontent"])  # documents of their own
_SETTINGS: Final = frozenset(["appsettings", "connectionstrings"])
_HIDDEN_LISTED: Final = "headervalue requestbody responsebody clientsecret secret password pfx apikey"
_HIDDEN: Final = frozenset(_HIDDEN_LISTED.split())
# Of a site's `config/web` and `config/authsettingsV2`; app settings are another `config`, and named as anybody likes.
_SITE_SETTINGS_LISTED: Final = """
    ftpsstate mintlsversion scmmintlsversion scmtype ipsecurityrestrictions ipsecurityrestrictionsdefaultaction
    scmipsecurityrestrictions scmipsecurityrestrictionsdefaultaction scmipsecurityrestrictionsusemain
    publicnetworkaccess netframeworkversion linuxfxversion windowsfxversion managedpipelinemode
    keyvaultreferenceidentity vnetname mintlsciphersuite remotedebuggingversion cors platform globalvalidation
    identityproviders login httpsettings
"""
_SITE_SETTINGS: Final = frozenset(_SITE_SETTINGS_LISTED.split())

_CONTAINERS: Final = {
    "parameters": Zone.PARAMETERS,
    "outputs": Zone.OUTPUTS,
    "template": Zone.TEMPLATE,
    "resources": Zone.RESOURCES,
}
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
        dict.fromkeys(_SITE_SETTINGS, Zone.OPEN) | dict.fromkeys(_SETTINGS, Zone.SETTINGS),
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


def keep_in(zone: Zone) -> Keep:
    """What stays of a text that stands there."""
    return _KEEPS.get(zone, Keep.NOTHING)


def below(zone: Zone, key: str, holder: dict[str, Any], resource: str) -> tuple[Zone, str]:
    """What a key's value is, and of which type the resource around it."""
    folded, one = key.casefold(), holder[key]
    if zone is Zone.RESOURCES:
        return _of_resource(folded, one, holder, resource)
    if zone is Zone.OPEN:
        return _in_configuration(folded, one, resource), resource
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
    found = _in_configuration(folded, one, full)
    if own or found is not Zone.OPEN:
        return found, full
    return (Zone.RESOURCES if isinstance(one, dict | list) else Zone.OPEN), resource


def _in_configuration(folded: str, one: Any, resource: str) -> Zone:
    if folded == "definition" and not resource.startswith(
        "microsoft.storage/"
    ):  # a lifecycle rule has one, too
        return Zone.DEFINITION
    if isinstance(one, dict) and "workflowdefinition.json" in text(get(one, "$schema")).casefold():
        return Zone.DEFINITION
    plain = plain_name(folded)  # Terraform's names have underscores
    if plain in _SETTINGS:
        return Zone.SETTINGS
    if plain in _VALUES:
        return Zone.VALUE
    if plain in _HIDDEN or (plain in _FOREIGN_TEXTS and isinstance(one, str)):
        return Zone.CLOSED
    return _in_some_types(folded, one, resource)


def _in_some_types(folded: str, one: Any, resource: str) -> Zone:
    if folded == "files" and resource.startswith("microsoft.web/sites"):
        return Zone.FILES
    if folded == "properties" and resource.startswith("microsoft.web/sites") and resource.endswith("/config"):
        return Zone.SITE_CONFIG
    if folded in ("data", "matchvalues", "pattern") and resource.startswith("microsoft.network/"):
        return (
            Zone.CLOSED
        )  # a certificate with its key; what a firewall or a rewrite compares a secret header with
    if folded == "value" and resource.endswith("vaults/secrets"):
        return Zone.SECURE
    if folded == "parametervalueset":
        return Zone.CONNECTIONS
    if isinstance(one, dict | list):
        return _CONTAINERS.get(folded, Zone.OPEN)
    return Zone.OPEN
