"""From a workflow's calls to the lists of addresses that matter for them, and the gaps where there is none."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final, NamedTuple

from sfharden.addresses import AddressError, AddressSet, parse_range
from sfharden.azure.calls import By, Call, Certainty, calls_of
from sfharden.azure.objects import get
from sfharden.azure.workflows import Hosting, Site, Workflow
from sfharden.model.egress import CONNECTORS, RUNTIME, EgressGap, Origin, OriginKind, Reading, SeenCall
from sfharden.text.redact import safe_text
from sfharden.text.wording import are

_MOST_NAMED: Final = 4  # steps named in one sentence
# No list of one Logic App or site comes near; a file that says so would make any login range look bounded.
_WIDEST_V4: Final = 2**16
_WIDEST_V6: Final = 2**64
_PRIVATE: Final = AddressSet.of(
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]
)
_NAMES: Final = {
    OriginKind.CONNECTOR: "connector outgoing addresses",
    OriginKind.WORKFLOW: "workflow outgoing addresses",
    OriginKind.APP_SERVICE: "App Service outbound addresses",
}
_HOW: Final = "templates and code view don't carry them; use `az resource show`"
_SITE_HOW: Final = (
    "use `az resource show` on the site; behind a NAT gateway, write out its addresses as ranges"
)


class Incredible(ValueError):
    """A list that is damaged, or wider than any real one; in words."""


class _Need(NamedTuple):
    """A list that matters, and for which region; the region is empty where the file doesn't tell."""

    kind: OriginKind
    region: str

    @property
    def tag(self) -> str:
        """The service tag that lists the same addresses."""
        service = RUNTIME if self.kind is OriginKind.WORKFLOW else CONNECTORS
        return f"{service}.{self.region or '*'}"


def read_workflow(workflow: Workflow, file: str) -> Reading:
    """The origins, gaps and calls of one workflow."""
    calls = list(calls_of(workflow))
    sure = [call for call in calls if call.certainty is Certainty.YES]
    needs = list(dict.fromkeys(_needs(workflow, sure)))
    origins, gaps = _lists(workflow, needs, file)
    reasons = [*_ise(workflow), *_unread(workflow), *_gaps(calls)]
    return Reading(
        file=file,
        origins=tuple(origins),
        unused=tuple(_unused(workflow, {need.kind for need in needs}, file)),
        gaps=(*(_gap(workflow, reason) for reason in reasons), *gaps),
        warnings=tuple(_named(workflow, one) for one in _warnings(calls, origins)),
        calls=tuple(_seen(workflow, call) for call in sure),
        wanted_tags=tuple(need.tag for need in needs if need.kind is not OriginKind.APP_SERVICE),
        provides=("standard",) if workflow.hosting is Hosting.STANDARD else (),
    )


def _needs(workflow: Workflow, sure: Iterable[Call]) -> Iterator[_Need]:
    region = "" if workflow.hosting is Hosting.POWER_AUTOMATE else workflow.region  # a flow has many
    if not isinstance(workflow.definition, dict):
        yield _Need(OriginKind.CONNECTOR, region)  # the likeliest, and a gap says that it's not known
    for call in sure:
        of_flow = workflow.hosting is Hosting.POWER_AUTOMATE
        yield _Need(_kind(workflow, call), region if of_flow else call.region or region)


def _kind(workflow: Workflow, call: Call) -> OriginKind:
    if call.by is By.CONNECTOR:
        return OriginKind.CONNECTOR
    standard = workflow.hosting is Hosting.STANDARD or call.by is By.BUILT_IN
    return OriginKind.APP_SERVICE if standard else OriginKind.WORKFLOW


def _lists(workflow: Workflow, needs: list[_Need], file: str) -> tuple[list[Origin], list[EgressGap]]:
    origins: dict[OriginKind, Origin] = {}
    gaps = []
    for need in needs:
        try:
            addresses = _listed(workflow, need.kind)
        except Incredible as fault:
            gaps.append(_gap(workflow, str(fault), need.tag))
            continue
        if not addresses:
            gaps.append(_unlisted(workflow, need))
            continue
        origins[need.kind] = _origin(workflow, need.kind, file, addresses)
        if workflow.hosting is Hosting.POWER_AUTOMATE:
            gaps.append(_geography(workflow, need))  # some of its addresses, whatever is listed
        elif need.region != workflow.region and workflow.region:
            gaps.append(_other_region(workflow, need))
    return list(origins.values()), list(dict.fromkeys(gaps))


def _unused(workflow: Workflow, needed: set[OriginKind], file: str) -> Iterator[Origin]:
    """The other lists of the file, so that a person sees which not to allow."""
    for kind in sorted({OriginKind.CONNECTOR, OriginKind.WORKFLOW} - needed):
        with suppress(Incredible):
            if addresses := _listed(workflow, kind):
                yield _origin(workflow, kind, file, addresses)


def _origin(workflow: Workflow, kind: OriginKind, file: str, addresses: AddressSet) -> Origin:
    return Origin(kind=kind, file=file, name=workflow.name, region=workflow.region, addresses=addresses)


def _listed(workflow: Workflow, kind: OriginKind) -> AddressSet:
    """`endpointsConfiguration.<kind>.outgoingIpAddresses`, or nothing."""
    listed = get(workflow.endpoints, kind.value, "outgoingIpAddresses")
    if kind is OriginKind.APP_SERVICE or not isinstance(listed, list):
        return AddressSet()
    return credible((get(item, "address") for item in listed), _NAMES[kind])


def credible(texts: Iterable[Any], what: str) -> AddressSet:
    """The whole list, or Incredible: never a part of it."""
    try:
        # Azure writes networks by any of their addresses; the network around them is what it means.
        found = AddressSet.from_intervals(parse_range(_text(one, what), strict=False) for one in texts)
    except AddressError as error:
        raise Incredible(f"its {what}: {error}") from None
    if found.v4.size > _WIDEST_V4 or found.v6.size > _WIDEST_V6:
        raise Incredible(f"its {what} are more than Azure ever lists for one; the file is damaged")
    return found


def _text(address: Any, what: str) -> str:
    if not isinstance(address, str):
        raise Incredible(f"an entry of its {what} has no address")
    return address


def _unlisted(workflow: Workflow, need: _Need) -> EgressGap:
    if need.kind is OriginKind.APP_SERVICE:
        reason = f"its HTTP steps call from the {_NAMES[need.kind]}, which are not in the file ({_SITE_HOW})"
        return _gap(workflow, reason, need.kind.value)
    if workflow.hosting is Hosting.POWER_AUTOMATE:
        return _geography(workflow, need)
    if workflow.hosting is Hosting.STANDARD:
        reason = "a Standard Logic App calls from shared connectors, which only a service tag lists"
        return _gap(workflow, f"{reason}; give {need.tag.replace('*', '<Region>')}", need.tag)
    return _gap(workflow, f"the file lists no {_NAMES[need.kind]} ({_HOW})", need.tag)


def _geography(workflow: Workflow, need: _Need) -> EgressGap:
    """Managed connectors outbound IP addresses: a flow calls from every region of its environment's geography."""
    service = need.tag.partition(".")[0]
    reason = "a flow of Power Automate calls from all regions of its geography, which the file does not name"
    return _gap(workflow, f"{reason}; give the tag {service}, or its regions' ranges alone", service)


def _other_region(workflow: Workflow, need: _Need) -> EgressGap:
    """The connectors of the connection's region call (ARM id of its API), whatever the workflow's region."""
    listed = f"the file lists the {_NAMES[need.kind]} of {workflow.region}"
    reason = f"its connection is in {need.region}, while {listed}"
    return _gap(workflow, f"{reason}; give the service tag {need.tag}", need.tag)


def _ise(workflow: Workflow) -> Iterator[str]:
    if workflow.in_ise:
        yield (
            "it ran in an Integration Service Environment, which Azure retired on 2024-08-31: the file is stale, "
            "and where it calls from today is not in it"
        )


def _unread(workflow: Workflow) -> Iterator[str]:
    if workflow.definition is None:
        yield "the file holds no definition, so which of its steps call Salesforce, and how, is not known (use `az resource show`)"
    elif not isinstance(workflow.definition, dict):
        yield "its definition is not written out in the file, so which of its steps call Salesforce is not known (use `az resource show`)"


def _gaps(calls: Iterable[Call]) -> Iterator[str]:
    """One sentence for each reason why steps may call Salesforce."""
    by_reason: dict[str, list[str]] = {}
    for call in calls:
        if call.certainty is Certainty.MAYBE:
            by_reason.setdefault(call.why, []).append(call.step)
    for reason, steps in by_reason.items():
        yield f"{_steps(steps)} may call Salesforce: {safe_text(reason, limit=160)}"


def _steps(steps: list[str]) -> str:
    named = ", ".join(f"'{safe_text(one, limit=80)}'" for one in steps[:_MOST_NAMED])
    more = f" and {len(steps) - _MOST_NAMED} more" if len(steps) > _MOST_NAMED else ""
    return f"{'step' if len(steps) == 1 else 'steps'} {named}{more}"


def _warnings(calls: Iterable[Call], origins: Iterable[Origin]) -> Iterator[str]:
    passed_on = [call.step for call in calls if call.certainty is Certainty.PASSED_ON]
    if passed_on:
        yield f"{_steps(passed_on)} hand work to another workflow, a function or code, which was not looked into"
    for origin in origins:
        if private := origin.addresses & _PRIVATE:
            yield f"{private.size:,} of its {_NAMES[origin.kind]} {are(private.size)} private: Salesforce never sees those"


def _named(workflow: Workflow, sentence: str) -> str:
    return f"workflow '{safe_text(workflow.name, limit=80)}': {sentence}" if workflow.name else sentence


def _gap(workflow: Workflow, reason: str, *filled_by: str) -> EgressGap:
    return EgressGap(reason=_named(workflow, reason), filled_by=filled_by)


def _seen(workflow: Workflow, call: Call) -> SeenCall:
    return SeenCall(
        workflow=workflow.name,
        step=call.step,
        by=call.by.value if call.by else "",
        calls_from=_NAMES[_kind(workflow, call)],
        region=call.region or workflow.region,
    )


def read_site(site: Site, file: str) -> Reading:
    """A Standard Logic App's site: its addresses count only where a workflow calls by HTTP."""
    named = f"site '{safe_text(site.name, limit=80)}'"
    gaps = [
        EgressGap(
            reason=f"{named}: its workflows are not in this file; give their folder too",
            filled_by=("standard",),
        )
    ]
    if site.in_network:
        reason = f"{named} is joined to a virtual network, so its HTTP steps may leave by a NAT gateway or firewall"
        return Reading(file=file, gaps=tuple(gaps), warnings=(reason,))
    try:
        addresses = credible(site.outbound, _NAMES[OriginKind.APP_SERVICE])
    except Incredible as fault:
        return Reading(file=file, gaps=(*gaps, EgressGap(reason=f"{named}: {fault}")))
    origin = Origin(
        kind=OriginKind.APP_SERVICE, file=file, name=site.name, region=site.region, addresses=addresses
    )
    return Reading(file=file, spare=(origin,) if addresses else (), gaps=tuple(gaps))
