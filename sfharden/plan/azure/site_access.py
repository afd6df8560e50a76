"""Who reaches a Standard app and its SCM site: access restrictions, and basic credentials to publish with."""

from typing import Any, Final

from sfharden.addresses import AddressSet
from sfharden.azure.objects import get, text
from sfharden.azure.site_rules import let_in
from sfharden.facts.profiles import keeps_nobody_out
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource
from sfharden.model.azure_plan import AzureChange, AzureGuard
from sfharden.plan.azure.access_control import NEEDS_CALLERS, locked_out
from sfharden.plan.azure.bicep import NAME, literal
from sfharden.plan.azure.partial_update import VERSIONS, partial_change
from sfharden.plan.azure.pointers import edit_of, question, question_after
from sfharden.plan.azure.range_texts import networks
from sfharden.plan.azure.wish import AzureWish, Planned, declared, need, why_no_command

SCM: Final = "azure_scm_closed"
_MAIN: Final = "ipSecurityRestrictions"
_SCM: Final = "scmIpSecurityRestrictions"
_USE_MAIN: Final = "scmIpSecurityRestrictionsUseMain"
_DEFAULT: Final = "DefaultAction"  # after the name of a list
_MORE: Final = ("headers", "subnetMask", "vnetSubnetResourceId")  # what a rule has that somebody made
_OWN_RULES: Final = (
    "its access restrictions are not as they are made, and a list is replaced as a whole: change them by hand"
)
_RISK: Final = "Whoever calls its triggers from another address is refused: services that call back a webhook too, and whoever looks at its runs or its designer in the portal."
_RISK_PUBLISH: Final = (
    "Whoever deploys by a publish profile or by user and password is refused: pipelines, editors, FTP."
)
_RISK_SCM: Final = (
    "Whoever deploys, or opens its SCM site, from another address is refused: pipelines and build agents too."
)
_RISK_SCM_TOO: Final = (
    "Its SCM site takes over these restrictions, so it is closed too: whoever deploys, or opens it, from another address is "
    "refused, pipelines and build agents too."
)


def plan_site_callers(wish: AzureWish) -> Planned:
    """The app's own restrictions, made of `allowed_callers`; with it a list that was never made is replaced, no other."""
    config = wish.side.index.find(f"{wish.resource.id}/config/web")
    ranges = declared(wish.side.entry.allowed_callers)
    if isinstance(ranges, str):
        yield need(wish, f"azure: allowed_callers: {ranges}")
    elif not ranges:
        yield need(wish, NEEDS_CALLERS)
    elif config is None or not _is_unmade(wish, config, _MAIN):
        yield need(wish, _OWN_RULES)
    elif not ranges.covers(wish.operator):
        yield need(wish, locked_out("azure: allowed_callers", wish.operator - ranges), is_first=True)
    else:
        yield _restricted(wish, config, ranges)


def _is_unmade(wish: AzureWish, config: AzureResource, which: str) -> bool:
    """Whether nobody has made a list: as `config/web` has it, and as the app's own answer does."""
    own = get(wish.resource.document, "properties", "siteConfig", which)
    return _is_azures(own) and _is_azures(get(config.document, "properties", which))


def _is_azures(rules: Any) -> bool:
    """Whether a list is what Azure answers where nobody has made one: nothing, or the one rule `Allow all` for `Any`."""
    if rules is None:
        return True
    if not isinstance(rules, list):
        return False
    return all(
        text(get(one, "ipAddress")).casefold() == "any"
        and text(get(one, "action")).casefold() == "allow"
        and not any(get(one, key) for key in _MORE)
        for one in rules
    )


def _restricted(wish: AzureWish, config: AzureResource, ranges: AddressSet) -> AzureChange:
    """The list, and nothing else: with a rule that allows, all other addresses are denied (App Service, access restrictions)."""
    rules = [
        {"ipAddress": network, "action": "Allow", "priority": 100 + number, "name": f"sfharden-{number + 1}"}
        for number, network in enumerate(networks(ranges))
    ]
    edits = [edit_of(config, ("properties", _MAIN), rules)]
    if text(get(config.document, "properties", _MAIN + _DEFAULT)).casefold() == "allow":
        edits.append(edit_of(config, ("properties", _MAIN + _DEFAULT), "Deny"))
    words = ("access restrictions", "open to all", f"from {', '.join(networks(ranges))} only")
    shares = get(config.document, "properties", _USE_MAIN) is True
    return partial_change(wish, config, tuple(edits), words, _RISK, *((_RISK_SCM_TOO,) if shares else ()))


def plan_scm(wish: AzureWish) -> Planned:
    """Basic credentials off, and the SCM site restricted as the app is; each only where it fails."""
    for way in ("scm", "ftp"):
        policy = wish.side.index.find(f"{wish.resource.id}/basicPublishingCredentialsPolicies/{way}")
        if policy is not None and get(policy.document, "properties", "allow") is True:
            yield _publishing_off(wish, policy, way)
    config = wish.side.index.find(f"{wish.resource.id}/config/web")
    if config is not None and get(config.document, "properties", _USE_MAIN) is not True:
        try:
            yield from _scm_restricted(wish, config)
        except CannotTell as reason:
            yield need(wish, f"its SCM site: {reason.reason}")


def _scm_restricted(wish: AzureWish, config: AzureResource) -> Planned:
    """As the app is, where its own rules let everybody in: those that let nobody in would be opened by it. Raises CannotTell."""
    if not _is_unmade(wish, config, _SCM):
        yield need(wish, f"its SCM site: {_OWN_RULES}")
    elif not keeps_nobody_out(_let_in(config, _SCM)):
        return
    elif _is_unmade(wish, config, _MAIN):
        yield need(
            wish, "its SCM site takes over the app's restrictions once the app has some: plan again then"
        )
    elif missing := wish.operator - _let_in(config, _MAIN):
        yield need(wish, locked_out("the app's access restrictions", missing), is_first=True)
    else:
        yield _taken_over(wish, config)


def _let_in(config: AzureResource, which: str) -> AddressSet:
    """The addresses that are known to be let in. Raises CannotTell."""
    properties = get(config.document, "properties")
    return let_in(get(properties, which) or [], get(properties, which + _DEFAULT) or None).ranges.addresses


def _taken_over(wish: AzureWish, config: AzureResource) -> AzureChange:
    """Only while both lists are as they were read: else it could open what somebody has closed since, or shut out."""
    edit = edit_of(config, ("properties", _USE_MAIN), True)
    words = ("restrictions of its SCM site", "its own", "the app's")
    change = partial_change(wish, config, (edit,), words, _RISK_SCM)
    rest = [
        edit_of(config, ("properties", key), None)
        for which in (_MAIN, _SCM)
        for key in (which, which + _DEFAULT)
    ]
    more = tuple(_asked(config, question(one)) for one in rest) if change.guards else ()
    return change.model_copy(update={"guards": (*change.guards, *more)})


def _publishing_off(wish: AzureWish, policy: AzureResource, way: str) -> AzureChange:
    """The resource has no other property (App Service, disable basic authentication), so putting it whole loses nothing."""
    why = why_no_command(policy)
    edit = edit_of(policy, ("properties", "allow"), False)
    head = (
        "az",
        "resource",
        "update",
        "--output",
        "none",
        "--ids",
        policy.id,
        "--api-version",
        VERSIONS["microsoft.web/sites"],
        "--set",
    )
    return AzureChange(
        control=wish.control,
        integration=wish.integration,
        what=f"basic credentials to publish by {way}",
        resource=policy.id,
        name=wish.resource.shown,
        today=("allowed",),
        after=("not allowed",),
        edits=(edit,),
        guards=() if why else (_asked(policy, question(edit)),),
        commands=() if why else ((*head, "properties.allow=false"),),
        undo=() if why else ((*head, "properties.allow=true"),),
        undo_guards=() if why else (_asked(policy, question_after(edit)),),
        by_hand=why,
        bicep=_publishing_bicep(wish.resource, way),
        risks=(_RISK_PUBLISH,),
    )


def _asked(policy: AzureResource, question: str) -> AzureGuard:
    return AzureGuard(resource=policy.id, api_version=VERSIONS["microsoft.web/sites"], question=question)


def _publishing_bicep(site: AzureResource, way: str) -> str:
    """A resource of its own, which may be deployed beside the site."""
    name = literal(f"{site.name}/{way}")
    kind = "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2022-09-01"
    return f"resource {NAME} '{kind}' = {{\n  name: {name}\n  properties: {{\n    allow: false\n  }}\n}}\n"
