"""The profile of an integration: its login ranges, or the whole profile as a clone."""

from typing import Final

from sfharden.addresses import AddressError, AddressSet, format_address, interval
from sfharden.facts.directory import NEEDS_ORG
from sfharden.facts.index import Index
from sfharden.facts.profiles import LoginRanges, login_ranges
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.org import PROFILES
from sfharden.model.planned import Judged
from sfharden.model.snapshot import Component
from sfharden.plan import xml_edit
from sfharden.plan.desired import ProfileGoal, fits_bounded, is_bounded, planned_ranges, surplus_note
from sfharden.plan.draft import Draft, FileChange, encoded_name, sibling_path
from sfharden.plan.people import another_profile, assignment_step, check_people
from sfharden.plan.refusal import refused
from sfharden.plan.xml_edit import Content
from sfharden.plan.xml_tree import Element
from sfharden.text.names import canonical_profile
from sfharden.text.wording import ended, show_names

_RANGES: Final = "loginIpRanges"
_CONTROL: Final = "login-ranges-cover-egress"
# What the ranges must meet, all of it.
_CHECKS: Final = ("login_ranges_cover_egress", "login_ranges_keep_operator", "login_ranges_bounded")
# Permissions with which a clone would give whoever steals one token the org; for a warning only.
_MIGHTY: Final = frozenset(
    {"AuthorApex", "CustomizeApplication", "ManageUsers", "ModifyAllData", "ModifyMetadata", "ViewAllData"}
)
# Beyond this many ranges in a profile, turning the enforcement on may be refused (SOAP API Guide,
# CANNOT_ENABLE_IP_RESTRICT_REQUESTS). Whether it still is, isn't settled: so it's told, and no more.
_RANGES_ALLOWED: Final = 5


def plan_profile(
    draft: Draft, facts: Index, goal: ProfileGoal, fit: int | None, judged: Judged
) -> str | None:
    """Plan the ranges of a profile. Gives the name to assign to apps; None if there's no such profile yet.

    Raises NoVerdictError where ranges would shut out others, the integration or its operator.
    """
    wanted = planned_ranges(goal, fit)
    existing = existing_profile(facts, goal.name)
    if existing is None:
        _plan_clone(draft, facts, goal, wanted)
    else:
        _note_lost_template(draft, facts, goal)
        _warn_of_standard(draft, goal, existing)
        if _is_accepted(login_ranges(existing), wanted, fit, goal, judged):
            return existing.name
        _plan_ranges(draft, facts, goal, existing, wanted, fit)
    _tell(draft, goal, wanted, judged.surplus_addresses)
    return existing.name if existing else None


def _is_accepted(
    current: LoginRanges, wanted: AddressSet, fit: int | None, goal: ProfileGoal, judged: Judged
) -> bool:
    """Whether the ranges are others than would be planned, and `check` has nothing against them: then they stay."""
    few_enough = fit is None or current.entries <= fit
    return current.addresses != wanted and few_enough and judged.accepts(_CHECKS, goal.names)


def existing_profile(facts: Index, name: str) -> Component | None:
    """The profile's file; None if there's surely none. Raises NoVerdictError if that can't be told."""
    key = canonical_profile(name)
    found = facts.profiles.get(key, [])
    if len(found) > 1:
        raise refused(
            f"{len(found)} files describe the profile '{name}': {show_names(one.file for one in found)}."
        )
    try:
        if found:
            return facts.profile(name)
    except CannotTell as reason:
        raise refused(f"The profile '{name}' can't be planned: {ended(reason.reason)}") from None
    for gap in facts.snapshot.gaps_of(kinds.PROFILE):
        if not gap.name or canonical_profile(gap.name) == key:
            raise refused(f"Whether there is a profile '{name}' can't be told: {gap.what}: {gap.reason}.")
    _refuse_unread(facts, name)
    return None


def future_profile(facts: Index, goal: ProfileGoal) -> Component | None:
    """The profile that the users are to have, or the template that it's made from; None if there's neither."""
    found = existing_profile(facts, goal.name)
    return found or (existing_profile(facts, goal.clone_from) if goal.clone_from else None)


def _refuse_unread(facts: Index, name: str) -> None:
    """The org lists every profile, even those whose file did not come."""
    try:
        rows = facts.directory.rows(facts.directory.tables.profiles, PROFILES)
    except CannotTell:
        return  # metadata files: said as a condition where the clone is planned
    if any(canonical_profile(name) in map(canonical_profile, (row.label, row.api_name)) for row in rows):
        raise refused(f"The org has a profile '{name}', but its metadata was not read.")


def _plan_ranges(
    draft: Draft, facts: Index, goal: ProfileGoal, profile: Component, wanted: AddressSet, fit: int | None
) -> None:
    current = login_ranges(profile)
    if _are_planned(current, wanted, fit):
        return
    check_people(draft, facts.directory, goal, profile)
    _set_ranges(draft, draft.open(profile), current, wanted)
    if not current.entries:
        draft.undo.append(
            f"The profile '{goal.name}' had no login ranges; deploying it without any may leave the new ones. "
            "Delete them in Setup, Profiles, Login IP Ranges."
        )


def _note_lost_template(draft: Draft, facts: Index, goal: ProfileGoal) -> None:
    """A template that isn't needed is not judged; a slip in its name is told all the same."""
    near = facts.near_profile(goal.clone_from) if goal.clone_from else ""
    if near and canonical_profile(goal.clone_from or "") not in map(canonical_profile, facts.profile_names):
        draft.notes.append(f"clone_from names no profile that was read: '{goal.clone_from}'.{near}")


def _warn_of_standard(draft: Draft, goal: ProfileGoal, profile: Component) -> None:
    if any(value.text == "false" for value in profile.values.get("custom", ())):
        draft.notes.append(
            f"'{goal.name}' is a standard profile. Better {another_profile(goal)}: the plan then makes the integration "
            "a profile of its own."
        )


def _are_planned(current: LoginRanges, wanted: AddressSet, fit: int | None) -> bool:
    few_enough = fit is None or current.entries <= fit
    return current.addresses == wanted and not current.broken and few_enough


def _set_ranges(draft: Draft, file: FileChange, current: LoginRanges, wanted: AddressSet) -> FileChange:
    entries: list[tuple[object, Content]] = [(ends, _entry(*ends)) for ends in wanted]
    return draft.edit(
        file,
        "login ranges",
        (current.addresses.ranges(), wanted.ranges()),
        _CONTROL,
        lambda data, where: xml_edit.replace_list(data, _RANGES, entries, _ends, where),
    )


def _entry(start: int, end: int) -> Content:
    """The elements of a login range, in the order of the schema (Metadata API Guide, Profile)."""
    return (("endAddress", format_address(end)), ("startAddress", format_address(start)))


def _ends(element: Element) -> object:
    """What tells two ranges apart; a broken one is like none that is wanted."""
    try:
        return interval(element.child("startAddress"), element.child("endAddress"))
    except AddressError:
        return None


# A new profile ------------------------------------------------------------------------------------


def _plan_clone(draft: Draft, facts: Index, goal: ProfileGoal, wanted: AddressSet) -> None:
    """The profile alone: an app can be limited to it once it's there and the integration's users have it."""
    template = existing_profile(facts, goal.clone_from) if goal.clone_from else None
    if template is None:
        draft.conditions.append(_no_template(facts, goal))
        draft.manual.append(
            f"Make the profile '{goal.name}' in Setup, Profiles: clone a minimal one. Then read the source "
            "and plan again: until then, nothing is planned for what uses it."
        )
        return
    if near := facts.near_profile(goal.name):
        draft.conditions.append(f"There is no profile '{goal.name}', so a new one is planned.{near}")
    file = _clone(draft, goal, template)
    file = _set_ranges(draft, file, login_ranges(template), wanted)
    draft.manual += [
        assignment_step(goal.name, goal.users),
        f"Then plan again: what limits the app to '{goal.name}' comes only when its users have it, or the app "
        "would refuse them.",
    ]
    draft.undo.append(
        f"The profile '{goal.name}' is new: give its users their old profile, then delete it in Setup, Profiles. "
        "The rollback doesn't delete it."
    )
    _warn_about(draft, facts, goal, template)


def _no_template(facts: Index, goal: ProfileGoal) -> str:
    none = f"There is no profile '{goal.name}'{_or(facts.near_profile(goal.name))}, and"
    if goal.clone_from:
        return f"{none} none named '{goal.clone_from}' to clone it from.{facts.near_profile(goal.clone_from)}"
    return f"{none} the integration file names none to clone it from (clone_from)."


def _or(near: str) -> str:
    """A suggestion in the middle of a sentence."""
    return f" ({near.strip()})" if near else ""


def _clone(draft: Draft, goal: ProfileGoal, template: Component) -> FileChange:
    raw, stem = draft.original(template), encoded_name(goal.name)
    path = sibling_path(raw, stem)
    blank = FileChange(path, f"profiles/{stem}.profile", raw.kind, goal.name, None, raw.content)

    def make(data: bytes, where: str) -> bytes:
        made = xml_edit.set_text(data, "custom", "true", where)
        named = xml_edit.texts(made, "fullName", where)
        return xml_edit.set_text(made, "fullName", stem, where) if named else made

    words = ((), (f"a clone of {template.name}",))
    return draft.edit(blank, "new profile", words, "integration-profile-dedicated", make)


def _warn_about(draft: Draft, facts: Index, goal: ProfileGoal, template: Component) -> None:
    mighty = sorted(_MIGHTY & set(template.permissions))
    if mighty:
        draft.notes.append(
            f"'{template.name}' grants {show_names(mighty)}, and so will its clone '{goal.name}'. Take them away, "
            "or clone a smaller profile."
        )
    if "userLicense" not in template.values:
        draft.conditions.append(
            f"The file of '{template.name}' names no user license, so Salesforce chooses that of '{goal.name}'."
        )
    if facts.snapshot.org is None:
        draft.conditions.append(
            f"Whether the org has a profile '{goal.name}' already {NEEDS_ORG}: if so, the package changes that one."
        )


def _tell(draft: Draft, goal: ProfileGoal, wanted: AddressSet, tolerated: int) -> None:
    bounded = is_bounded(goal, wanted, tolerated)
    fails = f" login-ranges-bounded tolerates {tolerated} and would fail. Give --fit more ranges, or leave it out."
    note = surplus_note(goal, wanted, "" if bounded else fails)
    if note:
        (draft.notes if bounded else draft.conditions).append(note)
    if len(wanted) > _RANGES_ALLOWED:
        draft.notes.append(
            f"The profile '{goal.name}' gets {len(wanted)} login ranges. Salesforce documents that more than "
            f"{_RANGES_ALLOWED} in a profile can keep enforcement on every request from being turned on; if the "
            f"org refuses, {_way_out(goal, tolerated)}"
        )


def _way_out(goal: ProfileGoal, tolerated: int) -> str:
    """Fewer ranges, but never such as would let in more strangers than the control tolerates."""
    if fits_bounded(goal, _RANGES_ALLOWED, tolerated):
        return f"plan again with --fit {_RANGES_ALLOWED}."
    return (
        f"don't fit them into {_RANGES_ALLOWED}: that would admit too many others, and login-ranges-bounded would fail. "
        "Ask Salesforce Support, or have the integration call from fewer addresses."
    )
