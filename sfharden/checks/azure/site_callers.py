"""Who reaches a Standard app and its SCM site; and whether its triggers take signed addresses."""

from typing import Final

from sfharden.azure.index import AzureValue, given, value
from sfharden.azure.objects import get, text
from sfharden.azure.side import AzureSide, site_workflows
from sfharden.azure.site_config import settings_holder
from sfharden.azure.site_rules import let_in
from sfharden.azure.triggers import Triggers, triggers_of
from sfharden.checks.azure.admitted import Admitted
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource

MAIN: Final = "ipSecurityRestrictions"
SCM: Final = "scmIpSecurityRestrictions"
_WHAT: Final = {MAIN: "access restrictions of the app", SCM: "access restrictions of the SCM site"}
_SIGNATURES: Final = "properties.logicAppsAccessControlConfiguration.triggers.sasAuthenticationPolicy.state"


def restricted(side: AzureSide, site: AzureResource, which: str) -> Admitted:
    """Who is let in by the main site's or the SCM site's restrictions. Raises CannotTell."""
    holder = settings_holder(side.index, site, which)
    rules, default = holder.setting(which), holder.beside(f"{which}DefaultAction")
    try:
        found = let_in(rules.value, default.value or None)
    except CannotTell as reason:
        raise CannotTell(reason.reason, rules.where) from None
    return Admitted(_WHAT[which], found.ranges, rules.where, found.subnets, found.tags, found.everybodys)


def triggers_of_site(side: AzureSide, site: AzureResource) -> Triggers:
    """The triggers of all its workflows. Raises CannotTell unless all were read."""
    found = Triggers()
    for flow in site_workflows(side, site):
        files = given(flow, "properties.files").value
        found |= triggers_of(get(files, "workflow.json", "definition", "triggers"), flow.where())
    return found


def signatures_of_site(site: AzureResource) -> AzureValue:
    """`disabled`, `enabled`, or None where nothing is said. Raises CannotTell.

    The property is not documented; it stands in a published template that turns them off (recorded).
    """
    found = value(site, _SIGNATURES)
    if found.is_absent:
        return found
    folded = text(found.value).casefold()
    if folded not in ("disabled", "enabled"):
        raise CannotTell("the state of signed addresses has a value that isn't known", found.where)
    return AzureValue(folded, found.where)


def requires_sign_in(side: AzureSide, site: AzureResource) -> AzureValue:
    """Where it says that every request needs a token: `authsettingsV2`. Raises CannotTell unless that's sure."""
    path = f"{site.id}/config/authsettingsV2"
    auth = side.index.resource(path, f"the sign-in settings of {site.shown}")
    required = given(auth, "properties.globalValidation.requireAuthentication")
    if required.value is not True:
        raise CannotTell("its sign-in settings let requests in without a token", required.where)
    if given(auth, "properties.platform.enabled").value is not True:
        raise CannotTell("its sign-in settings are not on", auth.where())
    if not value(auth, "properties.globalValidation.excludedPaths").value:
        return required
    raise CannotTell("its sign-in settings leave paths out", auth.where())
