"""What the tests of the Azure side of a plan share: a side, what fails of it, and the changes that follow."""

from typing import Any

from sfharden.addresses import AddressSet
from sfharden.azure.index import AzureIndex
from sfharden.azure.side import azure_side
from sfharden.model.azure import AzureEntry, AzureResource, AzureSnapshot
from sfharden.model.azure_plan import AzureChange, AzureStanding
from sfharden.model.planned import ControlStanding
from sfharden.model.results import Status
from sfharden.model.snapshot import Snapshot, Source, Tool
from sfharden.plan.azure.wish import AzureNeed, AzureWish, Planned
from tests.orgs import azure_side as az
from tests.orgs.constants import NOW

OPERATOR = AddressSet.of(["198.51.100.7"])
ENTRY = AzureEntry(
    workflows=("crm-sync", "crm-standard"),
    connections=("salesforce",),
    allowed_callers=("203.0.113.0/28", "198.51.100.7"),
    data_readers=("198.51.100.0/24",),
)
OPEN_CONFIG = {"ipSecurityRestrictions": [{"ipAddress": "Any", "action": "Allow"}], "ftpsState": "AllAllowed"}


def standing(
    check: str, control: str = "a-control", subject: str = "crm-rg/crm-sync", **parameters: Any
) -> AzureStanding:
    """A control that fails."""
    about = ControlStanding(check, control, "", subject, Status.FAIL, "It fails.")
    return AzureStanding(about, parameters, "Mend it.")


def wish(
    resource: AzureResource, *checks: str | AzureStanding, entry: AzureEntry = ENTRY, **read: Any
) -> AzureWish:
    """A wish of one resource, of which these checks fail; `read` is what else was read."""
    others = read.pop("resources", ())
    seen = az.snapshot(resource, *others, **read)
    failing = tuple(standing(one) if isinstance(one, str) else one for one in checks)
    return AzureWish(azure_side(AzureIndex(seen), entry), resource, failing, OPERATOR)


def config(**properties: Any) -> AzureResource:
    """`config/web` of the Standard app."""
    return az.resource(f"{az.SITE}/config/web", {"properties": properties or OPEN_CONFIG})


def snapshot(read: AzureSnapshot) -> Snapshot:
    """The Azure side alone, as a snapshot."""
    source = Source(kind="azure", name="test")
    return Snapshot(tool=Tool(version="test"), taken_at=NOW, source=source, azure=read)


def one_change(planned: Planned) -> AzureChange:
    """The change, which is all there is."""
    (found,) = planned
    assert isinstance(found, AzureChange), found
    return found


def one_need(planned: Planned) -> AzureNeed:
    """The need, which is all there is."""
    (found,) = planned
    assert isinstance(found, AzureNeed), found
    return found
