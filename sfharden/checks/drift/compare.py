"""Two states, each judged as of its own time: verdicts that changed, the facts behind them, and who is on record. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from sfharden.checks.drift.apps import APPS, compare_tokens
from sfharden.checks.drift.azure import compare_azure
from sfharden.checks.drift.components import compare_components, why_not_alike
from sfharden.checks.drift.found import ChangedFact, Side
from sfharden.checks.drift.people import OBJECTS, PEOPLE
from sfharden.checks.drift.rows import compare_table
from sfharden.checks.drift.trail import Explainer
from sfharden.checks.drift.verdicts import behind, compare_verdicts
from sfharden.errors import UsageError
from sfharden.model import kinds
from sfharden.model.drift import Drift, DriftGap, DriftSide, FactChange
from sfharden.model.org import APP_ACCESS, LOGIN_EVENTS, REQUESTS
from sfharden.model.results import Report
from sfharden.model.snapshot import Snapshot, Tool

_AREAS: Final = ("Apps", "Tokens", "Settings", "Profiles", "Rights and people", "Azure")
_AREA_OF: Final = {
    **dict.fromkeys((kinds.CONNECTED_APP, *kinds.EXTERNAL_KINDS, "ConnectedApplication", "SetupEntityAccess"), 0),
    **dict.fromkeys(("OauthToken", "OAuth usage"), 1), **dict.fromkeys(kinds.SETTINGS_KINDS, 2),
    **dict.fromkeys((kinds.PROFILE, kinds.PROFILE_SESSION, kinds.PROFILE_PASSWORD), 3), "Azure": 5,
}  # fmt: skip


def area_of(fact: FactChange) -> str:
    """Under which head a fact is told."""
    return _AREAS[_AREA_OF.get(fact.part, 4)]


def compare_states(
    old: tuple[Snapshot, Report],
    new: tuple[Snapshot, Report],
    version: str,
    trail_since: datetime | None = None,
) -> Drift:
    """What is another now. `trail_since` is from when the later state's audit trail was asked for.

    Raises UsageError for two orgs, and for an earlier state that is the later one.
    """
    sides = Side(old[0]), Side(new[0])
    _refuse_others(old[0], new[0])
    explainer = Explainer(*sides, trail_since)
    found, gaps = _facts(*sides)
    told = [(explainer.explain(one), one.places) for one in found]
    verdicts = tuple(
        change.model_copy(update={"facts": behind(results, told)})
        for change, results in compare_verdicts(old[1], new[1])
    )
    return Drift(
        tool=Tool(version=version),
        old=_side(old[1], old[0].taken_at, "snapshot"),
        new=_side(new[1], new[0].taken_at, "snapshot"),
        policies=new[1].policies,
        integrations=new[1].integrations,
        verdicts=verdicts,
        facts=tuple(fact for fact, _ in told),
        gaps=gaps,
        trail=explainer.trail if new[0].org is not None else None,
        warnings=tuple(_warnings(old[1], new[1])),
    )


def compare_reports(old: Report, new: Report, version: str) -> Drift:
    """The verdicts of two reports; what lies behind them no report holds. Raises UsageError for two orgs."""
    _refuse_two(old.source.org_id, new.source.org_id)
    was, now = (datetime.fromisoformat(one.generated_at) for one in (old, new))
    if was > now:
        raise UsageError("The earlier report was made after the later one.", "Give the earlier one first.")
    return Drift(
        tool=Tool(version=version),
        old=_side(old, was, "report"),
        new=_side(new, now, "report"),
        policies=new.policies,
        integrations=new.integrations,
        verdicts=tuple(change for change, _ in compare_verdicts(old, new, reports_only=True)),
        warnings=tuple(_warnings(old, new)),
    )


def _side(report: Report, at: datetime | None, judged_by: str) -> DriftSide:
    return DriftSide(source=report.source, at=at, judged_by=judged_by, org_name=report.org_name)


def _refuse_others(old: Snapshot, new: Snapshot) -> None:
    _refuse_two(old.source.org_id, new.source.org_id)
    if old.taken_at and new.taken_at and old.taken_at > new.taken_at:
        raise UsageError("The earlier state was read after the later one.", "Give the earlier one first.")


def _refuse_two(was: str | None, now: str | None) -> None:
    if was and now and was[:15] != now[:15]:
        raise UsageError(f"These are two orgs: {was} and {now}.", "Give two states of one org.")


def _warnings(old: Report, new: Report) -> Iterator[str]:
    if not (old.source.org_id and new.source.org_id) and old.source.name != new.source.name:
        yield "Whether both are states of one org isn't told."
    if old.policies != new.policies:
        was, now = (", ".join(one.policies) for one in (old, new))
        yield f"They were judged by different policies: {was}; {now}."
    if old.integrations != new.integrations:
        yield "They were judged for different integrations."
    yield from new.to_mend


def _facts(old: Side, new: Side) -> tuple[tuple[ChangedFact, ...], tuple[DriftGap, ...]]:
    """Everything that differs, in the order of areas, and what could not be compared."""
    both = list(_all(old, new))
    found = [one for one in both if isinstance(one, ChangedFact)]
    gaps = {(one.what, one.reason): one for one in both if isinstance(one, DriftGap)}
    ordered = sorted(_once(found, _both_tell_access(old, new)), key=lambda one: _order(one.fact))
    return tuple(ordered), tuple(gaps[key] for key in sorted(gaps))


def _all(old: Side, new: Side) -> Iterator[ChangedFact | DriftGap]:
    yield from compare_components(old, new)
    if gap := why_not_alike(old, new):
        yield gap
    for table in PEOPLE:
        yield from compare_table(old, new, table)
    if old.tables.object_rights is not None and new.tables.object_rights is not None:
        yield from compare_table(old, new, OBJECTS)
    yield from compare_table(old, new, APPS)
    yield from compare_tokens(old, new)
    yield from compare_azure(old.snapshot, new.snapshot)
    yield from _metadata_gaps(old, new)
    yield from _event_gaps(old.snapshot, new.snapshot)


def _metadata_gaps(old: Side, new: Side) -> Iterator[DriftGap]:
    """Files that the later state could not read, and the earlier one could."""
    had = {(gap.kind, gap.name) for gap in old.snapshot.gaps}
    tables = {table.kind for table in PEOPLE} | {APPS.kind, "OauthToken", "OAuth usage"}
    for gap in new.snapshot.gaps:
        if gap.kind not in tables or gap.name:
            yield DriftGap(
                what=gap.what,
                reason=f"not read in the later state: {gap.reason}",
                is_new=(gap.kind, gap.name) not in had,
            )


_EVENTS: Final = {REQUESTS: "Requests in event logs", LOGIN_EVENTS: "Logins in event logs"}


def _event_gaps(old: Snapshot, new: Snapshot) -> Iterator[DriftGap]:
    """Event logs that the earlier state had, and the later one neither has nor tells why not."""
    for kind, what in _EVENTS.items():
        told = any(gap.kind == kind for gap in new.gaps)
        if _has_events(old, kind) and not _has_events(new, kind) and not told:
            reason = "not read in the later state: --events reads them"
            yield DriftGap(what=what, reason=reason, is_new=True)


def _has_events(one: Snapshot, kind: str) -> bool:
    return one.events is not None and any(period.kind == kind for period in one.events.periods)


# Who may use an app stands in its file and in a table; rows of the audit trail tell it as the table does.
_ACCESS: Final = ("permissionSetName", "profileName", "commaSeparatedPermissionSet", "commaSeparatedProfile")


def _both_tell_access(old: Side, new: Side) -> bool:
    sides = (old, new)
    return all(one.tables.app_access is not None and not one.why_partial(APP_ACCESS) for one in sides)


def _once(found: Iterable[ChangedFact], access_told: bool) -> Iterator[ChangedFact]:
    """What a file and a table both tell, once: of an app that came or went the file, of who may use one the table."""
    filed = {(one.fact.kind, one.fact.name, one.fact.change) for one in found if one.fact.file}
    for one in found:
        fact = one.fact
        if fact.part == APPS.kind and fact.what == "app" and (fact.kind, fact.name, fact.change) in filed:
            continue
        if not (access_told and fact.file and fact.what in _ACCESS):
            yield one


def _order(fact: FactChange) -> tuple[object, ...]:
    return (_AREA_OF.get(fact.part, 4), fact.kind, fact.name, fact.what, fact.change, fact.part, fact.file)
