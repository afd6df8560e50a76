"""From a source to a plan that was looked at twice, and passed its guards."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sfharden import __version__
from sfharden.errors import NoVerdictError
from sfharden.model.integration import Integration, Waiver
from sfharden.model.raw import RawFile, RawFiles
from sfharden.model.snapshot import Component, Gap, Snapshot, Source
from sfharden.plan.allowlist_changes import LATER
from sfharden.plan.draft import FileChange
from sfharden.plan.planner import Options, PlanResult, make_plan, wanted_components
from sfharden.ports import DeployReport
from sfharden.text.redact import safe_text


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


def draw_up(material: Material, integrations: Sequence[Integration], options: Options) -> Drafted:
    """The plan. Raises NoVerdictError if planning on its own result would change the same files again."""
    before = material.snapshot
    raw = material.raw(wanted_components(before, integrations))
    planned = make_plan(before, raw, integrations, options, __version__)
    new = {one.path: raw_after(one) for one in planned.files}
    after = material.with_files(before, new.values())
    again = make_plan(after, {**raw, **new}, integrations, replace(options, again=True), __version__)
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
    plan, files = outcome.planned.plan, {one.path for one in outcome.planned.files}
    if plan.lockouts:
        raise _would_lock_out(list(plan.lockouts))
    return Snapshot(
        tool=outcome.after.tool,
        source=Source(kind="files", name="what `plan` would change"),
        components=tuple(one for one in outcome.after.components if one.file in files),
        gaps=tuple(Gap(what="the plan", reason=text, kind="Plan") for text in plan.conditions),
    )


def with_waivers(
    planned: PlanResult, integrations: Sequence[Integration], waivers: Sequence[Waiver]
) -> PlanResult:
    """The plan, with a note for each change that somebody waived: a plan doesn't weigh reasons."""
    subjects = {name for one in integrations for name in (one.app, one.profile)} | {"Security"}
    controls = {change.control for change in planned.plan.changes}
    notes = [
        f"{one.control} is waived for '{one.subject}' ({one.reason}; {one.owner}, until {one.expires}), and this "
        "plan changes it all the same."
        for one in waivers
        if one.control in controls and one.subject in subjects
    ]
    return replace(planned, plan=planned.plan.model_copy(update={"notes": (*planned.plan.notes, *notes)}))


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
