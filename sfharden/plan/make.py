"""From a source to a plan that was looked at twice, and passed its guards."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sfharden import __version__
from sfharden.errors import NoVerdictError
from sfharden.facts.index import Index
from sfharden.facts.naming import lost_names
from sfharden.model.integration import Integration
from sfharden.model.planned import ControlStanding, Judged
from sfharden.model.raw import RawFile, RawFiles
from sfharden.model.snapshot import Component, Gap, Snapshot, Source
from sfharden.plan.allowlist_changes import LATER
from sfharden.plan.draft import FileChange
from sfharden.plan.planner import NOTHING_JUDGED, Options, PlanResult, make_plan, wanted_components
from sfharden.ports import DeployReport
from sfharden.text.names import canonical_profile
from sfharden.text.redact import safe_text
from sfharden.text.wording import ended


@dataclass(frozen=True, slots=True)
class Findings:
    """What the lock-out guard says: whom the plan would shut out, and of whom that can't be told."""

    shut_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


PlanGuard = Callable[[Snapshot, Snapshot], Findings]  # before, after


@dataclass(frozen=True, slots=True)
class Material:
    """A source to plan on: its snapshot, its raw files by component, and its check-only deployment if it's live.

    `with_files` reads changed files back: the snapshot with them in place of those of the same path. It raises
    NoVerdictError for a file that would no longer be read. `outdated` is why the snapshot says nothing of today.
    """

    snapshot: Snapshot
    raw: Callable[[Mapping[str, Component]], RawFiles]
    with_files: Callable[[Snapshot, Iterable[RawFile]], Snapshot]
    validate: Callable[[bytes], DeployReport] | None = None
    outdated: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A plan, the raw files it rests on, and the snapshot as it would be afterwards."""

    planned: PlanResult
    raw: RawFiles
    after: Snapshot


def draw_up(
    material: Material, integrations: Sequence[Integration], options: Options, judged: Judged = NOTHING_JUDGED
) -> Drafted:
    """The plan; what the controls accept as they were `judged` stays. Raises NoVerdictError if planning on its own result would change the same files again.

    What is wrong with the integration file itself is told with any other reason, for it may be that one's.
    """
    try:
        return _draw_up(material, integrations, options, judged)
    except NoVerdictError as error:
        wrong = mend_first(material.snapshot, integrations)
        if not wrong:
            raise
        raise NoVerdictError(error.message, safe_text(_new_in(wrong, error.message), limit=800)) from None


def _new_in(wrong: Sequence[str], message: str) -> str:
    """What the message doesn't say yet."""
    first = wrong[0].partition(": ")[0]
    told = [one for one in wrong if one.partition(": ")[2].partition(": ")[2] not in message]
    return " ".join(told) or f"{first}."


def mend_first(snapshot: Snapshot, integrations: Iterable[Integration]) -> tuple[str, ...]:
    """A sentence for each name in the integration file that nothing bears; a profile may be one that is to be made."""
    index = Index(snapshot)
    return tuple(
        f"Mend the integration file first: {one.name}, {lost.key}: {ended(lost.reason)}"
        for one in integrations
        for lost in lost_names(index, one)
        if lost.key != "profile" or not one.clone_from
    )


def _draw_up(
    material: Material, integrations: Sequence[Integration], options: Options, judged: Judged
) -> Drafted:
    before = material.snapshot
    raw = material.raw(wanted_components(before, integrations))
    planned = make_plan(before, raw, integrations, options, __version__, judged)
    new = {one.path: raw_after(one) for one in planned.files}
    after = material.with_files(before, new.values())
    again = make_plan(after, {**raw, **new}, integrations, replace(options, again=True), __version__, judged)
    # After a new profile other files may follow; the same file must be settled.
    # What goes later, once it's no longer needed, isn't settled at once.
    for change in (one for one in again.plan.changes if one.file in new and one.setting != LATER):
        raise NoVerdictError(
            f"{safe_text(change.file)} can't be edited so that its {change.setting} is as planned.",
            "Something in the file is not as Salesforce writes it.",
        )
    return Drafted(planned, raw, after)


def proposed(outcome: Drafted) -> Snapshot:
    """The plan as a proposal that was never written: the files that it changes, as they would be.

    What the plan would have a person look at first is a gap of it. Raises NoVerdictError where `plan` refuses it.
    """
    plan = outcome.planned.plan
    if plan.lockouts:
        raise _would_lock_out(list(plan.lockouts))
    gaps = tuple(Gap(what="the plan", reason=text, kind="Plan") for text in plan.conditions)
    return changed_files(outcome).model_copy(update={"gaps": gaps})


def changed_files(outcome: Drafted) -> Snapshot:
    """The files that the plan changes, as they would be."""
    files = {one.path for one in outcome.planned.files}
    return Snapshot(
        tool=outcome.after.tool,
        source=Source(kind="files", name="what `plan` would change"),
        components=tuple(one for one in outcome.after.components if one.file in files),
    )


def with_waivers(planned: PlanResult, judged: Judged) -> PlanResult:
    """The plan, with a note for each waiver that it minds: what somebody answers for isn't changed."""
    notes = (
        f"{one.control} is waived for '{one.subject}' ({one.waived.reason}; {one.waived.owner}, until "
        f"{one.waived.expires}), so nothing is planned for its sake."
        for one in judged.standings
        if one.waived
    )
    return _saying(planned, notes=notes)


def explained(planned: PlanResult, before: Judged, after: Judged, waiting: Iterable[str]) -> PlanResult:
    """The plan, saying of each control that would still fail why, and which can't be told, unless that's said already.

    `before` and `after` are how the controls come out now and then. Of the integrations that are `waiting` for a profile nothing is
    said: the plan tells them to come again.
    """
    plan, away = planned.plan, set(waiting)
    said = "\n".join((*plan.conditions, *plan.manual, *plan.lockouts))

    def is_new(one: ControlStanding) -> bool:
        return one.control not in said and one.integration not in away and not (away and not one.integration)

    unknown = {one.key for one in before.open_unknowns()}
    return _saying(
        planned,
        manual=(
            f"{one.control} of '{one.subject}' would still fail, which this plan can't mend: {one.message}"
            for one in filter(is_new, after.findings())
        ),
        conditions=(
            f"{one.control} of '{one.subject}': {one.message}"
            for one in filter(is_new, after.open_unknowns())
            if one.key in unknown
        ),
    )


def waiting(snapshot: Snapshot, integrations: Iterable[Integration]) -> tuple[str, ...]:
    """The integrations whose profile isn't there yet: most of their plan is to come."""
    there = Index(snapshot).profiles
    return tuple(one.name for one in integrations if canonical_profile(one.profile) not in there)


def _saying(planned: PlanResult, **more: Iterable[str]) -> PlanResult:
    told = {
        name: tuple(dict.fromkeys((*getattr(planned.plan, name), *texts))) for name, texts in more.items()
    }
    return replace(planned, plan=planned.plan.model_copy(update=told))


def raw_after(file: FileChange) -> RawFile:
    """A file as it would be."""
    return RawFile(file.path, file.kind, file.name, file.after)


def guarded(material: Material, outcome: Drafted, guard: PlanGuard, accepted: bool) -> PlanResult:
    """The plan with what it would shut out. Raises NoVerdictError for that unless it was accepted."""
    plan = outcome.planned.plan
    found = guard(material.snapshot, outcome.after) if plan.changes else Findings()
    shut = list(dict.fromkeys((*plan.lockouts, *found.shut_out)))
    unknown = tuple(dict.fromkeys((*plan.conditions, *found.unknown)))
    if shut and not accepted:
        raise _would_lock_out(shut)
    return replace(
        outcome.planned, plan=plan.model_copy(update={"lockouts": tuple(shut), "conditions": unknown})
    )


def _would_lock_out(shut: Sequence[str]) -> NoVerdictError:
    more = f" (and {len(shut) - 1} more)" if len(shut) > 1 else ""
    return NoVerdictError(
        f"The plan would lock out: {shut[0]}{more}",
        "If that is meant, plan again with --accept-lockout-risk.",
    )
