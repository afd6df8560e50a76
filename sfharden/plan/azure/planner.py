"""From the failing controls of the Azure side to changes: which planner mends which check, one call a resource."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sfharden.addresses import AddressSet
from sfharden.azure.index import AzureIndex
from sfharden.azure.side import SITE_WORKFLOWS, AzureSide, azure_side, site_workflows
from sfharden.facts.values import CannotTell
from sfharden.model.azure import SITES, AzureResource
from sfharden.model.azure_plan import AzureChange, AzureJudge, AzureStanding
from sfharden.model.integration import Integration
from sfharden.model.results import Status
from sfharden.model.snapshot import Snapshot
from sfharden.plan.azure import (
    access_control,
    access_policies,
    records,
    resource_settings,
    secure_data,
    site_access,
)
from sfharden.plan.azure.applied import applied
from sfharden.plan.azure.wish import AzureNeed, AzureWish, Planned, how_to_mend
from sfharden.text.redact import safe_text
from sfharden.text.wording import ended

Planner = Callable[[AzureWish], Planned]


@dataclass(frozen=True, slots=True)
class AzurePlanned:
    """What is planned for the Azure side; `manual` is what only a person can do, `conditions` what to look at first."""

    changes: tuple[AzureChange, ...] = ()
    manual: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _access(wish: AzureWish) -> Planned:
    by_site = wish.resource.type == SITES
    yield from (site_access.plan_site_callers if by_site else access_control.plan_access)(wish)


# In the order of the changes: first what loses nothing, last what shuts somebody out.
PLANNERS: Final[Mapping[str, Planner]] = {
    records.CHANGES: records.plan_changes,
    records.RUNS: records.plan_runs,
    records.STORAGE: records.plan_storage,
    resource_settings.CHECK: resource_settings.plan_settings,
    secure_data.CHECK: secure_data.plan_secure_data,
    access_policies.CHECK: access_policies.plan_access_policies,
    site_access.SCM: site_access.plan_scm,
    access_control.READERS: _access,
    access_control.CALLERS: _access,
    access_control.SIGNATURES: _access,
}
_RIGHTS: Final = "azure_rights_least"
_DELETE: Final = "; `az role assignment delete "
_ORDER: Final = {check: number for number, check in enumerate(PLANNERS)}


def plan_azure(snapshot: Snapshot, integrations: Sequence[Integration], judge: AzureJudge) -> AzurePlanned:
    """What would mend the controls that fail, as they are judged; what the judge accepts stays as it is.

    The changes are judged in turn: what would still fail with them is told.
    """
    if snapshot.azure is None:
        return AzurePlanned()
    standings = judge(snapshot)
    sides = _sides(snapshot, integrations)
    found = [one for group in _groups(standings, sides) for one in _planned(group)]
    changes, clashes = _without_clashes(one for one in found if isinstance(one, AzureChange))
    needs = [*(one for one in found if isinstance(one, AzureNeed)), *clashes]
    still = _still_failing(judge(applied(snapshot, changes)), standings, changes, needs) if changes else ()
    return AzurePlanned(
        changes,
        _once(one.sentence for one in needs if not one.is_first) + tuple(still),
        _once((*(one.sentence for one in needs if one.is_first), *_unknown(standings))),
        tuple(_waived(standings)),
    )


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


@dataclass(frozen=True, slots=True)
class _Side:
    side: AzureSide
    operator: AddressSet


def _sides(snapshot: Snapshot, integrations: Sequence[Integration]) -> dict[str, _Side]:
    """The side of each integration by its name; that without a name is all that uses Salesforce."""
    assert snapshot.azure is not None  # noqa: S101 - the caller looked
    index = AzureIndex(snapshot.azure)
    if not integrations:
        return {"": _Side(azure_side(index, None), AddressSet())}
    return {one.name: _Side(azure_side(index, one.azure), one.operator_ranges) for one in integrations}


@dataclass(frozen=True, slots=True)
class _Group:
    """What fails of one resource and is mended together; without a wish nothing here mends it, or it can't be told of what it is."""

    planner: Planner | None
    wish: AzureWish | None
    standings: tuple[AzureStanding, ...]
    resource: AzureResource | None


def _groups(standings: Iterable[AzureStanding], sides: Mapping[str, _Side]) -> Iterator[_Group]:
    found: dict[tuple[int, str, str], list[AzureStanding]] = {}
    every = tuple(standings)
    for one in every:
        if one.standing.status is Status.FAIL and one.standing.waived is None:
            planner = id(PLANNERS.get(one.check, one))
            found.setdefault((planner, one.standing.integration, one.standing.subject), []).append(one)
    for alike in sorted(found.values(), key=lambda group: _ORDER.get(group[0].check, len(_ORDER))):
        yield _group(tuple(alike), sides.get(alike[0].standing.integration), tuple(_others(alike[0], every)))


def _others(mine: AzureStanding, every: Iterable[AzureStanding]) -> Iterator[AzureStanding]:
    for one in every:
        same = (one.check, one.standing.subject) == (mine.check, mine.standing.subject)
        if same and one.standing.integration != mine.standing.integration:
            yield one


def _group(
    alike: tuple[AzureStanding, ...], where: _Side | None, others: tuple[AzureStanding, ...]
) -> _Group:
    resource = _resource(where.side, alike[0]) if where else None
    wish = AzureWish(where.side, resource, alike, where.operator, others) if where and resource else None
    return _Group(PLANNERS.get(alike[0].check), wish, alike, resource)


def _resource(side: AzureSide, one: AzureStanding) -> AzureResource | None:
    """The one resource that a result is about; None where two are called so."""
    wanted = str(one.parameters.get("type") or "").casefold()
    among = side.index.of_type(wanted) if wanted else (*side.apps, *side.connections, *_flows_of_sites(side))
    found = {each.key: each for each in among if _shown(each) == one.standing.subject}
    return next(iter(found.values())) if len(found) == 1 else None


def _flows_of_sites(side: AzureSide) -> Iterator[AzureResource]:
    """As the judge takes them: a whole list before one in parts."""
    for site in side.sites:
        try:
            yield from site_workflows(side, site)
        except CannotTell:
            yield from side.index.rows(f"{site.id}/workflows")


def _shown(one: AzureResource) -> str:
    """What results call it; a workflow of a Standard app by its app, too."""
    if one.type != SITE_WORKFLOWS or "/" in one.name:
        return one.shown
    app = one.id.strip("/").split("/")[-3]
    return f"{one.group}/{app}/{one.name}"


def _planned(group: _Group) -> Planned:
    """A failing control is never passed over: where its planner has nothing to say, its own words are told."""
    found = list(group.planner(group.wish)) if group.planner and group.wish else []
    if found:
        yield from found
        return
    for one in group.standings:
        text = ended(one.standing.message)
        yield AzureNeed(one.standing.control, one.standing.subject, text + how_to_mend(one, group.resource))
        if one.check == _RIGHTS:  # a role from above is told once for all that lies below
            held = (told.rpartition(": may ")[0::2] for told in one.observed if _DELETE in told)
            yield from (AzureNeed(one.standing.control, who, f"if nobody needs it, {command.partition('; ')[2]}") for who, command in held)  # fmt: skip


def _without_clashes(changes: Iterable[AzureChange]) -> tuple[tuple[AzureChange, ...], tuple[AzureNeed, ...]]:
    """Of two changes of the same part the first; the other is told. The same change for two integrations is one."""
    kept: dict[tuple[str, str], AzureChange] = {}
    clashes: list[AzureNeed] = []
    for one in changes:
        key = (one.resource.casefold(), one.edits[0].pointer if one.edits else one.what)
        other = kept.setdefault(key, one)
        if other is not one and other.after != one.after:
            text = f"its {one.what} is planned for {safe_text(other.integration)} already, and otherwise; settle that first"
            clashes.append(AzureNeed(one.control, one.name, text, is_first=True))
    return tuple(kept.values()), tuple(clashes)


def _still_failing(
    after: Iterable[AzureStanding],
    before: Iterable[AzureStanding],
    changes: Iterable[AzureChange],
    needs: Iterable[AzureNeed],
) -> Iterator[str]:
    """What fails in spite of the changes that can be judged without being made: those of properties."""
    told = "\n".join(one.sentence for one in needs)
    made = {control for one in changes if one.edits for control in one.control.split(", ")}
    failed = {one.standing.key for one in before if one.standing.status is Status.FAIL}
    for one in after:
        standing = one.standing
        if standing.status is not Status.FAIL or standing.waived or standing.key not in failed:
            continue
        if standing.control in made and f"'{standing.subject}'" not in told:
            yield f"{standing.control} of '{standing.subject}' would still fail, which this plan can't mend: {standing.message}"


def _unknown(standings: Iterable[AzureStanding]) -> Iterator[str]:
    for one in standings:
        if one.standing.status is Status.UNKNOWN and one.standing.waived is None:
            yield f"{one.standing.control} of '{one.standing.subject}' can't be told, so nothing is planned for it: {one.standing.message}"


def _waived(standings: Iterable[AzureStanding]) -> Iterator[str]:
    for one in standings:
        waived = one.standing.waived
        if waived:
            yield (
                f"{one.standing.control} is waived for '{one.standing.subject}' ({waived.reason}; {waived.owner}, until "
                f"{waived.expires}), so nothing is planned for its sake."
            )
