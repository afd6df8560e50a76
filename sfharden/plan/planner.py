"""The whole plan: every integration's profile and app, and the session setting; then the facts it rests on."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell, NoSuchName
from sfharden.model import kinds
from sfharden.model.integration import Integration
from sfharden.model.plan import Plan, PlannedFile, PlannedOrg
from sfharden.model.planned import Judged
from sfharden.model.raw import RawFiles
from sfharden.model.snapshot import Component, Snapshot, Tool
from sfharden.plan import secrets
from sfharden.plan.allowlist_changes import LEAST_VERSION, plan_allowlist
from sfharden.plan.app_changes import AppGoal, plan_app
from sfharden.plan.desired import ProfileGoal, profile_goals
from sfharden.plan.draft import Draft, FileChange
from sfharden.plan.fingerprint import digest, fingerprint, original_digest
from sfharden.plan.migration import new_app, planned_sides, propose_new_app, tell_of_sides, tell_of_support
from sfharden.plan.offered_set import offer_rights
from sfharden.plan.people import check_users, name_users
from sfharden.plan.profile_changes import future_profile, plan_profile
from sfharden.plan.refusal import refused
from sfharden.plan.session_changes import plan_session, warn_of_lock
from sfharden.text.names import canonical_profile
from sfharden.text.wording import ended, shorten

_APPS = (kinds.CONNECTED_APP, kinds.EXTERNAL_OAUTH_POLICY)
DEFAULT_API_VERSION = "66.0"
NOTHING_JUDGED: Final = Judged()
# An app's policy needs every profile that calls by it, and enforcement the ranges of each: half of it shuts one out.
_WAITS: Final = "Nothing is planned for {what} yet: it waits until every integration that it binds has its profile. Plan again then."


@dataclass(frozen=True, slots=True)
class Options:
    """How to plan: at most `fit` login ranges a profile; `api_version` where the source doesn't tell one.

    `again` is for a plan on what a plan has made, such as a profile whose app isn't there yet: that is no mistake then.
    """

    fit: int | None = None
    api_version: str = DEFAULT_API_VERSION
    again: bool = False


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan and the files behind it; `azure_diff` is that of what was read of Azure."""

    plan: Plan
    files: tuple[FileChange, ...]
    azure_diff: bytes = b""


def wanted_components(snapshot: Snapshot, integrations: Iterable[Integration]) -> dict[str, Component]:
    """The components whose bytes a plan may need, by file."""
    asked = list(integrations)
    profiles = {canonical_profile(name) for one in asked for name in (one.profile, one.clone_from) if name}
    needed = (
        kinds.CONNECTED_APP, kinds.EXTERNAL_OAUTH_POLICY, kinds.EXTERNAL_OAUTH_SECURITY, kinds.SECURITY
    )  # fmt: skip
    return {
        one.file: one
        for one in snapshot.components
        if one.kind in needed or (one.kind == kinds.PROFILE and canonical_profile(one.name) in profiles)
    }


def make_plan(
    snapshot: Snapshot,
    raw: RawFiles,
    integrations: Sequence[Integration],
    options: Options,
    tool_version: str,
    judged: Judged = NOTHING_JUDGED,
) -> PlanResult:
    """Plan what the integrations need, and `check` doesn't accept as it is. Raises NoVerdictError where a plan would shut somebody out or can't be made."""
    draft, facts = Draft(raw), Index(snapshot)
    goals = profile_goals(integrations)
    names = {
        canonical_profile(goal.name): plan_profile(draft, facts, goal, options.fit, judged) for goal in goals
    }
    ready = [one for one in integrations if names[canonical_profile(one.profile)]]
    new = [one.name for one in integrations if options.again or one not in ready]
    for wish in _apps(draft, facts, integrations if ready else (), names, new):
        if None in wish.profiles:
            draft.manual.append(_WAITS.format(what=f"the app '{wish.app.name}'"))
        else:
            profiles = tuple(name for name in wish.profiles if name)
            plan_app(draft, facts, AppGoal(wish.app, profiles, tuple(wish.integrations)), judged)
            plan_allowlist(
                draft, facts, wish.app, [one for one in integrations if one.name in wish.integrations]
            )
            tell_of_support(draft, facts, wish.app)
    _propose(draft, facts, (one for one in integrations if one.name in new))
    if len(ready) == len(integrations):
        plan_session(draft, snapshot, judged)
    elif ready:
        draft.manual.append(_WAITS.format(what="the session setting"))
    warn_of_lock(draft, snapshot)
    _about_users(draft, facts, goals, names)
    for one in integrations:
        offer_rights(draft, facts, one, future_profile(facts, _goal_of(one, goals)))
    return _finished(draft, snapshot, integrations, options, tool_version)


def _propose(draft: Draft, facts: Index, integrations: Iterable[Integration]) -> None:
    for one in integrations:
        propose_new_app(draft, facts, one)


def _about_users(
    draft: Draft, facts: Index, goals: Iterable[ProfileGoal], names: dict[str, str | None]
) -> None:
    limited = any(change.kind in _APPS for change in draft.changes)
    for goal in goals:
        if limited and names[canonical_profile(goal.name)]:
            check_users(draft, facts.directory, goal)
    for goal in goals:
        name_users(draft, facts.directory, goal)


def _goal_of(integration: Integration, goals: Iterable[ProfileGoal]) -> ProfileGoal:
    return next(goal for goal in goals if integration in goal.integrations)


@dataclass(slots=True)
class _Wish:
    """An app, with the profiles and the names of its integrations; None stands for a profile that isn't there yet."""

    app: App
    profiles: list[str | None] = field(default_factory=list)
    integrations: list[str] = field(default_factory=list)


def _apps(
    draft: Draft,
    facts: Index,
    integrations: Iterable[Integration],
    names: dict[str, str | None],
    new: Collection[str],
) -> Iterator[_Wish]:
    """Each app once, of a migrated one each side, with the profiles of all its integrations; None stands for one that
    isn't there yet. `new` are the integrations whose app needn't be there.
    """
    found: dict[tuple[bool, str], _Wish] = {}
    for integration in integrations:
        profile = names[canonical_profile(integration.profile)]
        sides = _sides(facts, integration, is_new=integration.name in new)
        if sides:
            tell_of_sides(draft, facts, integration, sides)
        for app in sides:
            wish = found.setdefault((app.external, app.name), _Wish(app))
            wish.integrations.append(integration.name)
            if profile not in wish.profiles:
                wish.profiles.append(profile)
    yield from found.values()


def _version(given: str, files: Iterable[FileChange]) -> str:
    """The API version of the package; a type that an older one doesn't have raises it."""
    young = any(one.kind == kinds.EXTERNAL_OAUTH_SECURITY for one in files)
    return f"{LEAST_VERSION}.0" if young and float(given) < LEAST_VERSION else given


def _sides(facts: Index, integration: Integration, *, is_new: bool) -> tuple[App, ...]:
    """The app, or both sides of a migrated one; none for a new integration whose app isn't there yet.

    Raises NoVerdictError for one that can't be told or wasn't read.
    """
    try:
        sides = planned_sides(facts, integration)
        for app in sides:
            app.require_files()
    except CannotTell as reason:
        missing = isinstance(reason, NoSuchName)
        if is_new and missing:
            return ()
        hint = new_app(integration) if missing else ""
        raise refused(f"The app '{integration.app}' can't be planned: {ended(reason.reason)}", hint) from None
    return sides


def _finished(
    draft: Draft, snapshot: Snapshot, integrations: Sequence[Integration], options: Options, tool_version: str
) -> PlanResult:
    files = tuple(one for _, one in sorted(draft.files.items()) if one.before != one.after)
    _refuse_collisions(files)
    org = _org(snapshot)
    originals = {one.path: original_digest(one.before, one.path) for one in files}
    plan = Plan(
        tool=Tool(version=tool_version),
        # Not the commit: the plan rests on its files' own hashes, and another commit may leave them as they are.
        # Not how old a snapshot is today: a plan is the same tomorrow.
        source=snapshot.source.model_copy(update={"commit": None, "age_days": None}),
        org=org,
        api_version=_version(snapshot.source.api_version or options.api_version, files),
        fit=options.fit,
        integrations=tuple(one.name for one in integrations),
        changes=tuple(draft.changes),
        files=tuple(map(_planned_file, files)),
        manual=_once(draft.manual),
        rights=tuple(draft.rights),
        conditions=_once([*draft.conditions, *_may_hold(files)]),
        lockouts=_once(draft.lockouts),
        notes=_once(draft.notes),
        left_out=tuple(_left_out(files)),
        undo=_once(draft.undo),
        fingerprint=fingerprint(org.id if org else "", integrations, options.fit, originals),
    )
    return PlanResult(plan, files)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _org(snapshot: Snapshot) -> PlannedOrg | None:
    if snapshot.org is None:
        return None
    told = snapshot.org.organization
    name, sandbox = (told.name, told.is_sandbox) if told else ("", None)
    return PlannedOrg(
        id=(told.id if told else "") or snapshot.source.org_id or "",
        name=name,
        production=sandbox is not True,
    )


def _planned_file(file: FileChange) -> PlannedFile:
    line = secrets.credential_line(secrets.named_masked(file.after, file.path))
    if line:
        raise refused(
            f"{PurePosixPath(file.path).name}:{line} holds what looks like a credential; a plan must not.",
            "Take it out of the file first.",
        )
    return PlannedFile(
        file=file.path,
        member=file.member,
        kind=file.kind,
        name=file.name,
        before_sha256=original_digest(file.before, file.path),
        package_sha256=digest(secrets.packaged(file.after, file.path)),
    )


def _may_hold(files: Iterable[FileChange]) -> Iterator[str]:
    """What a package must hold as it is to deploy as it was, though a person may have left a secret there."""
    for file in files:
        for data in (file.after, file.before or b""):
            if found := secrets.may_hold(data, file.path):
                yield (
                    f"{file.path} may hold a secret: {shorten(found)}. The package and the way back hold it as it stands, and a diff doesn't "
                    f"show it. Take it out of the file, or keep them as you keep a secret."
                )
                break


def _left_out(files: Iterable[FileChange]) -> Iterator[str]:
    for file in files:
        names = secrets.left_out_names(file.after, file.path)
        if names:
            yield f"{', '.join(names)} of {file.kind} '{file.name}'"


def _refuse_collisions(files: Iterable[FileChange]) -> None:
    seen: dict[str, str] = {}
    for file in files:
        other = seen.setdefault(file.member.casefold(), file.path)
        if other != file.path:
            raise refused(f"Two files would be {file.member} of the package: {other} and {file.path}.")
