"""Which parts of a resource's configuration are what, for masking.

Types that checks ask about are open but for what may hold a secret by its key. All others are closed but for ids, names, versions,
states, numbers and switches: what nobody asks for, nobody needs in a snapshot.
"""

import re
from typing import Any, Final

from sfharden.azure.objects import get, text
from sfharden.azure.secret_shapes import names_a_secret, plain_name
from sfharden.azure.secret_zones import Zone

# Those of `questions`, of what stands beside them in templates, and of policies that are part of this program.
_ASKED_LISTED: Final = """
    microsoft.logic/workflows microsoft.logic/galleries/templates microsoft.flow/flows microsoft.web/sites
    microsoft.web/sites/config microsoft.web/sites/workflows microsoft.web/sites/basicpublishingcredentialspolicies
    microsoft.web/sites/slots microsoft.web/sites/slots/config microsoft.web/connections
    microsoft.web/connections/accesspolicies microsoft.authorization/roleassignments
    microsoft.authorization/roledefinitions microsoft.authorization/roleeligibilityscheduleinstances
    microsoft.authorization/denyassignments microsoft.insights/diagnosticsettings
    microsoft.insights/diagnosticsettingscategories microsoft.insights/activitylogalerts microsoft.insights/eventtypes
    microsoft.insights/eventtypes/values microsoft.insights/eventtypes/management/values
    microsoft.operationalinsights/workspaces microsoft.operationalinsights/workspaces/tables
    microsoft.storage/storageaccounts microsoft.network/applicationgateways
    microsoft.network/applicationgatewaywebapplicationfirewallpolicies microsoft.resources/deployments
    microsoft.resources/subscriptions microsoft.resources/resourcegroups
    microsoft.resources/subscriptions/resourcegroups microsoft.management/managementgroups
"""
_ASKED: Final = frozenset(_ASKED_LISTED.split())
_ASKED_WITH_CHILDREN: Final = ("microsoft.storage/storageaccounts/", "microsoft.network/applicationgateways/")
_BESIDE: Final = ("/providers/diagnosticsettings", "/providers/roleassignments")  # as templates write them
_NAMES: Final = frozenset(["id", "name", "type", "kind", "location", "$schema"])
_STATES: Final = ("state", "status", "tier")
_AN_ID: Final = re.compile(r"(?i)/subscriptions/|/providers/|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_VALUES: Final = frozenset(
    [
        "parametervalues", "customparametervalues", "alternativeparametervalues", "secureparametervalues", "protectedsettings", "workflowparameters",
    ]
)  # fmt: skip
_FOREIGN_TEXTS: Final = frozenset(["body", "templatecontent", "parameterscontent"])  # documents of their own
SETTINGS: Final = frozenset(["appsettings", "connectionstrings", "environmentvariables"])
# What may hold a secret wherever it stands, and no check needs; `headers` are what a rule of a site compares, such as x-azure-fdid.
_HIDDEN_LISTED: Final = """
    headervalue headers requestbody responsebody clientsecret secret password pfx apikey securevalue scriptcontent arguments
    command commandtoexecute appcommandline serviceuri webhookproperties customblockresponsebody modifiedquerystring message
    statusmessage errormessage description metadata push loginparameters testrequests
"""
_HIDDEN: Final = frozenset(_HIDDEN_LISTED.split())
_CONTAINERS: Final = {
    "parameters": Zone.PARAMETERS,
    "outputs": Zone.OUTPUTS,
    "template": Zone.TEMPLATE,
    "resources": Zone.RESOURCES,
}


def in_configuration(folded: str, holder: dict[str, Any], one: Any, resource: str) -> Zone:
    """Of a resource's configuration what stands under a key, whose type is that of the resource around it."""
    if folded == "definition" and not resource.startswith(
        "microsoft.storage/"
    ):  # a lifecycle rule has one, too
        return Zone.DEFINITION
    if isinstance(one, dict) and "workflowdefinition.json" in text(get(one, "$schema")).casefold():
        return Zone.DEFINITION
    plain = plain_name(folded)  # Terraform's names have underscores
    if plain in SETTINGS:
        return Zone.SETTINGS
    if plain in _VALUES:
        return Zone.VALUE
    if folded == "value" and get(holder, "secret") is True:
        return Zone.CLOSED
    if plain in _HIDDEN or folded.startswith("hidden-") or (plain in _FOREIGN_TEXTS and isinstance(one, str)):
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
    if folded in ("claims", "httprequest") and resource.startswith("microsoft.insights/eventtypes"):
        return Zone.CLOSED
    open_here = Zone.OPEN if is_asked(resource) else Zone.FOREIGN
    if isinstance(one, dict | list):
        return _CONTAINERS.get(folded, open_here)
    return open_here if open_here is Zone.OPEN else _foreign(folded, text(one))


def is_asked(resource: str) -> bool:
    """Whether a check may ask about resources of that type."""
    return resource in _ASKED or resource.startswith(_ASKED_WITH_CHILDREN) or resource.endswith(_BESIDE)


def _foreign(folded: str, one: str) -> Zone:
    """A text of a type that nobody asks about, by its key: ids, names, versions and states stay."""
    if names_a_secret(folded):
        return Zone.FOREIGN
    if folded in _NAMES or folded.endswith("version") or (folded.endswith("id") and _AN_ID.match(one)):
        return Zone.ID
    return Zone.STATE if folded.endswith(_STATES) else Zone.FOREIGN
