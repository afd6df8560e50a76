"""A property of a resource that a policy asks for by `resource_setting`: HTTPS, TLS, FTP, debugging, an identity."""

from typing import Any, Final

from sfharden.azure.objects import get
from sfharden.model.azure import SITES, AzureResource
from sfharden.model.azure_plan import AzureStanding
from sfharden.plan.azure.partial_update import partial_change
from sfharden.plan.azure.pointers import edit_of
from sfharden.plan.azure.wish import AzureWish, Planned, how_to_mend, need
from sfharden.text.wording import ended

CHECK: Final = "resource_setting"
_RISKS: Final = {
    "properties.httpsonly": "Who calls it by plain HTTP is sent to HTTPS, which not every client follows.",
    "properties.mintlsversion": "Clients of an older TLS version are refused.",
    "properties.scmmintlsversion": "Whoever deploys with a client of an older TLS version is refused.",
    "properties.ftpsstate": "Whoever deploys by FTP is refused.",
    "properties.remotedebuggingenabled": "A debugger that is attached is cut off.",
    "identity.type": "The app gets an identity in the tenant; it may do nothing until somebody gives it a role.",
}
_RESTART: Final = "The app restarts; runs that are under way are taken up again."


def plan_settings(wish: AzureWish) -> Planned:
    """A change for each failing setting."""
    for one in wish.standings:
        yield from _plan(AzureWish(wish.side, wish.resource, (one,), wish.operator), one)


def _plan(wish: AzureWish, asked: AzureStanding) -> Planned:
    parameters = asked.parameters
    path, below = str(parameters.get("path", "")), str(parameters.get("below") or "")
    wanted = _wanted(parameters)
    holder = wish.side.index.find(f"{wish.resource.id}/{below}") if below else wish.resource
    if wanted is None or holder is None:
        yield need(wish, ended(asked.standing.message) + how_to_mend(asked, wish.resource))
        return
    edit = edit_of(holder, path.split("."), wanted)
    words = (path, _shown(get(holder.document, *path.split("."))), _shown(wanted))
    yield partial_change(wish, holder, (edit,), words, *_risks(path, wish.resource))


def _wanted(parameters: Any) -> Any:
    """The value that meets what is asked; None where it can't be told from the policy."""
    for operator in ("equals", "at_least", "at_most"):
        if parameters.get(operator) is not None:
            return parameters[operator]
    among = parameters.get("one_of")
    return among[0] if isinstance(among, list | tuple) and among else None


def _risks(path: str, resource: AzureResource) -> tuple[str, ...]:
    known = _RISKS.get(path.casefold(), "What relies on the value of today is not known here.")
    return (known, _RESTART) if resource.type == SITES and path.casefold() != "identity.type" else (known,)


def _shown(found: Any) -> str:
    if found is None:
        return "not set"
    return str(found).lower() if isinstance(found, bool) else str(found)
