"""The check that the integration has a profile of its own."""

from collections.abc import Iterable

from sfharden.checks.common import (
    PROFILE_PARTS,
    Check,
    Context,
    NoParameters,
    Verdict,
    failed,
    passed,
    profile_subject,
    unknown,
)
from sfharden.facts.directory import NEEDS_ORG
from sfharden.facts.profiles import is_custom
from sfharden.model import org
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import count, show_names


def judge_dedicated(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """Custom, and no active user outside the integration's has it."""
    subject, profile = profile_subject(context), context.profile
    custom = is_custom(profile)
    evidence = Evidence(what="custom", observed=custom.text, expected="true", source=custom.where)
    if not custom.value:
        yield failed(
            subject, "The integration runs on a standard profile, which it shares with others.", evidence
        )
    elif context.facts.live:
        yield _judge_users(context, subject, evidence)
    else:
        yield unknown(
            subject,
            f"the profile is custom, but who has it {NEEDS_ORG} (users are not in metadata files)",
            custom.where,
        )


def _judge_users(context: Context, subject: Subject, custom: Evidence) -> Verdict:
    """The profile's active users are the integration's, and the integration's users are active and have it."""
    directory, names = context.facts.directory, context.integration.users
    own = directory.profile_id(context.integration.profile)
    named, having = directory.named_users(names, context.integration.profile), directory.users_of_profile(own)
    strangers = [user.username for user in having if user.id not in named.ids]
    faults = [f"{count(len(strangers), 'other active user')} of it: {show_names(strangers)}"] * bool(
        strangers
    )
    for user in named.found:
        if user.profile_id != own:
            faults.append(f"{user.username} has the profile '{directory.profile_label(user.profile_id)}'")
        if not user.active:
            faults.append(f"{user.username} is inactive")
    evidence = Evidence(
        what="active users of the profile",
        observed=show_names(user.username for user in having),
        expected=show_names(names),
        source=org.USERS,
    )
    if faults:
        return failed(subject, f"{'; '.join(faults)}.", custom, evidence)
    # A user who was not read may be the one whose name nobody has: then nothing is sure.
    named.require_all()
    having.require_whole()
    directory.rows(directory.tables.profiles, org.PROFILES).require_whole()
    return passed(subject, f"It is custom, and nobody but {show_names(names)} has it.", custom, evidence)


CHECKS = {
    "profile_dedicated": Check(
        "integration", NoParameters, judge_dedicated, profile_subject, (*PROFILE_PARTS, org.USERS)
    ),
}
