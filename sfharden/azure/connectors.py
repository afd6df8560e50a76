"""What is known of connectors by their names: whether Entra can sign them in, and whether what they send is encrypted.

Azure Logic Apps documentation and AzSK's lists, as the reference's §1.7 has them; what's only inferred there is no reason to pass.
"""

from typing import Final

from sfharden.azure.calls import api_name
from sfharden.azure.expressions import resource_path
from sfharden.azure.index import require_agreed, value
from sfharden.azure.objects import get, text
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource

# Services of Azure: a managed identity can sign in, and they refuse what isn't TLS.
AZURE_SERVICES: Final = frozenset(
    [
        "azureblob", "azurequeues", "azuretables", "azurefile", "keyvault", "servicebus", "eventhubs",
        "azureeventgridpublish", "arm", "azureautomation", "azuremonitorlogs", "azuresentinel", "sql",
    ]
)  # fmt: skip
# Microsoft's own, where a person's sign-in at Entra stands behind the connection.
_SIGNED_IN: Final = frozenset(
    [
        "office365", "office365users", "teams", "sharepointonline", "powerbi", "commondataservice", "dynamicscrmonline",
        "wdatp",
    ]
)  # fmt: skip
_SIGNED_IN_BEGINNINGS: Final = ("outlook", "onedrive")
# Of other vendors, which sign in their own way.
OTHER_VENDORS: Final = frozenset(["salesforce", "slack", "twitter", "dropbox", "mailchimp", "box"])
NO_ENTRA: Final = frozenset(["ftp", "sftp", "sftpwithssh", "smtp", "filesystem"])
DATA_COLLECTOR: Final = "azureloganalyticsdatacollector"
SALESFORCE: Final = "salesforce"


def connector_of(connection: AzureResource) -> str:
    """The connector's name without case. Raises CannotTell where it isn't told, or is somebody's own."""
    where = connection.where("/properties/api/id")
    require_agreed(connection, "properties.api.id")
    if connection.is_conditional:
        raise CannotTell("the template deploys it only under a condition", where)
    # The end of it tells, also where what stands before is known only once deployed.
    path = resource_path(text(get(connection.document, "properties", "api", "id")))
    if "/customapis/" in path.casefold():
        raise CannotTell("it is a custom connector, and what that does isn't told", where)
    name = api_name(path).removeprefix("shared_")
    if not name:
        raise CannotTell("which connector it is of isn't told", where)
    return name


def may_be(connection: AzureResource, connector: str) -> bool:
    """Whether it isn't told that a connection is of another connector, or of somebody's own."""
    path = resource_path(text(get(connection.document, "properties", "api", "id")))
    if "/customapis/" in path.casefold():
        return False
    return connection.disputed != () or api_name(path).removeprefix("shared_") in ("", connector)


def is_signed_in(connector: str) -> bool:
    """Whether a person's sign-in at Entra stands behind connections of a connector."""
    return connector in _SIGNED_IN or connector.startswith(_SIGNED_IN_BEGINNINGS)


def through_gateway(connection: AzureResource) -> bool:
    """Whether a connection goes through an on-premises data gateway. Raises CannotTell."""
    paths = ("nonSecretParameterValues.gateway", "parameterValues.gateway")
    return any(not value(connection, f"properties.{path}").is_absent for path in paths)
