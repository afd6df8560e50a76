"""Access policies of a connection that open it to apps which aren't the integration's: each is taken away by itself.

Who is none of its own is what the judge has observed; `allowed_principals` of the integration file names who may stay. Whom another
integration on the same connection is not seen to hold for a stranger may be its own app, so nothing is taken away from it.
"""

from collections.abc import Iterable
from typing import Final

from sfharden.azure.objects import get, text
from sfharden.model.azure import AzureResource
from sfharden.model.azure_plan import AzureChange, AzureGuard, AzureStanding
from sfharden.model.results import Status
from sfharden.plan.azure.pointers import one_line
from sfharden.plan.azure.wish import AzureWish, Planned, is_masked, need, why_no_command
from sfharden.text.redact import safe_text
from sfharden.text.wording import show_names

CHECK: Final = "azure_access_policies"
_API: Final = "2016-06-01"
_WHO: Final = "properties.principal.identity.objectId"
_RISK: Final = "The app with this identity can't use the connection any more. If it's one of yours, name it in azure: allowed_principals instead."
_MASKED: Final = "What was read of it holds what may be a secret; do it in the portal."


def plan_access_policies(wish: AzureWish) -> Planned:
    """A change for each policy whose principal was observed to be a stranger."""
    strangers = {who.casefold() for one in wish.standings for who in one.observed}
    for row in wish.side.index.rows(f"{wish.resource.id}/accessPolicies"):
        who = text(get(row.document, *_WHO.split(".")))
        if not who or who.strip().casefold() not in strangers:
            continue
        if others := [one for one in wish.others if not _is_stranger(one, who)]:
            yield need(wish, _of_another(who, others))
        else:
            yield _taken_away(wish, row, who)


def _is_stranger(other: AzureStanding, who: str) -> bool:
    fails = other.standing.status is Status.FAIL and other.standing.waived is None
    return fails and who.strip().casefold() in {one.casefold() for one in other.observed}


def _of_another(who: str, others: Iterable[AzureStanding]) -> str:
    names = show_names(dict.fromkeys(one.standing.integration for one in others))
    return (
        f"the identity {safe_text(who, limit=60)} may be an app of {names}, on the same connection: give each a connection of its own, "
        "or name it in azure: allowed_principals"
    )


def _taken_away(wish: AzureWish, row: AzureResource, who: str) -> AzureChange:
    why = why_no_command(row) or (_MASKED if is_masked(row.document) else "")
    url = f"{row.id}?api-version={_API}"
    rest = ("az", "rest", "--output", "none", "--method")
    put = (*rest, "put", "--url", url, "--body", one_line(_as_it_was(row)))
    return AzureChange(
        control=wish.control,
        integration=wish.integration,
        what=f"access policy {safe_text(row.name, limit=100)}",
        resource=row.id,
        name=wish.name,
        today=(f"open to {safe_text(who, limit=60)}",),
        after=("taken away",),
        guards=() if why else (_guard(row, who),),
        commands=() if why else ((*rest, "delete", "--url", url),),
        undo=() if why else (put,),
        undo_guards=() if why else (AzureGuard(resource=row.id, api_version=_API),),
        by_hand=why,
        risks=(_RISK,),
    )


def _guard(row: AzureResource, who: str) -> AzureGuard:
    return AzureGuard(resource=row.id, api_version=_API, question=f"{_WHO} == `{one_line(who)}`")


def _as_it_was(row: AzureResource) -> dict[str, object]:
    """The policy whole: it has nothing but where it stands and whom it lets in."""
    return {key: row.document[key] for key in ("location", "properties") if key in row.document}
