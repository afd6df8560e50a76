"""Who has a profile, and what follows for a plan that binds it to addresses."""

from collections.abc import Iterable

from sfharden.facts.directory import Directory
from sfharden.facts.profiles import is_custom
from sfharden.facts.values import CannotTell
from sfharden.model.org import User
from sfharden.model.snapshot import Component
from sfharden.plan.desired import ProfileGoal
from sfharden.plan.draft import Draft
from sfharden.plan.refusal import refused
from sfharden.text.names import literal
from sfharden.text.wording import every_name, show_names


def check_people(draft: Draft, directory: Directory, goal: ProfileGoal, profile: Component) -> None:
    """Refuse to bind a profile that other active users have; say so where that can't be told.

    Raises NoVerdictError if others have it.
    """
    try:
        found = directory.users_of_profile(directory.profile_id(profile.name))
    except CannotTell as reason:
        _unknown(draft, goal, profile, reason.reason)
        return
    strangers = [user.username for user in found if not _is_one_of(user, goal.users)]
    if strangers:
        raise refused(
            f"The profile '{goal.name}' is also that of {show_names(strangers)}: login ranges would shut them out.",
            f"Better {another_profile(goal)}.",
        )
    if found.gap:
        _unknown(draft, goal, profile, found.gap)


def another_profile(goal: ProfileGoal) -> str:
    """What to change in the integration file to get a profile of one's own; a template may be named there already."""
    template = "" if goal.clone_from else ", and clone_from,"
    return f"name a profile that doesn't exist yet{template} in the integration file"


def _unknown(draft: Draft, goal: ProfileGoal, profile: Component, reason: str) -> None:
    draft.conditions.append(
        f"Who has the profile '{goal.name}' can't be told ({reason}). Anybody but {every_name(goal.users)} "
        "who has it will be shut out: look at Setup, Profiles, View Users before you deploy."
    )
    if not _surely_custom(profile):
        draft.lockouts.append(
            f"'{goal.name}' is a standard profile, which people share, and who has it can't be told: "
            "its login ranges would shut out everybody who comes from elsewhere."
        )


def _surely_custom(profile: Component) -> bool:
    try:
        return is_custom(profile).value
    except CannotTell:
        return False


def name_users(draft: Draft, directory: Directory, goal: ProfileGoal) -> None:
    """Tell of users whom the integration names and who are not there; where that can't be told, others say so."""
    try:
        users = directory.users
        users.require_whole()
    except CannotTell:
        return
    known = {literal(user.username) for user in users if user.active}
    missing = [name for name in goal.users if literal(name) not in known]
    if missing:
        near = directory.named_users(goal.users, goal.name).hint
        draft.conditions.append(
            f"There is no active user {every_name(missing)}, whom the integration names.{near}"
        )


def check_users(draft: Draft, directory: Directory, goal: ProfileGoal) -> None:
    """An app that gets limited to a profile shuts out the integration's users who don't have it."""
    try:
        users = directory.users
        users.require_whole()
        profile_id = directory.profile_id(goal.name)
    except CannotTell:
        told = draft.conditions if _is_live(directory) else draft.notes  # files never tell
        told.append(
            f"Whether {every_name(goal.users)} has the profile '{goal.name}' can't be told; the app will refuse "
            "whoever hasn't."
        )
        return
    known = {literal(user.username): user for user in users if user.active}
    others = [name for name in goal.users if _elsewhere(known.get(literal(name)), profile_id)]
    if others:
        draft.manual.append(assignment_step(goal.name, others))
        draft.lockouts.append(
            f"The app would refuse {every_name(others)}, who has another profile than '{goal.name}'."
        )


def _is_live(directory: Directory) -> bool:
    try:
        return bool(directory.tables)
    except CannotTell:
        return False


def _elsewhere(user: User | None, profile_id: str) -> bool:
    return user is not None and user.profile_id != profile_id


def _is_one_of(user: User, names: Iterable[str]) -> bool:
    return literal(user.username) in map(literal, names)


def assignment_step(profile: str, users: Iterable[str]) -> str:
    """The step that no metadata can do: a user's profile is a field of the user's record."""
    return f"Give {every_name(users)} the profile '{profile}' (Setup, Users, Edit)."
