"""Checks of permissions: an integration without administrative ones, and few holders of dangerous ones."""

from collections.abc import Iterable, Iterator

from pydantic import Field

from sfharden.checks.common import (
    Check,
    Context,
    Verdict,
    count,
    failed,
    named_apart,
    org_subject,
    passed,
    profile_subject,
    show_names,
    unknown,
)
from sfharden.model import kinds
from sfharden.model.base import Model
from sfharden.model.directory import NEEDS_ORG
from sfharden.model.profiles import permissions, refuse_damaged_permission
from sfharden.model.results import Evidence
from sfharden.names import canonical_profile


class LeastPrivilege(Model):
    """`forbidden`: API names of permissions that an integration has no need of."""

    forbidden: tuple[str, ...] = Field(min_length=1)


def judge_least_privilege(context: Context, parameters: LeastPrivilege) -> Iterable[Verdict]:
    """The profile grants none of the forbidden permissions. Permission sets are judged on a live org."""
    subject, profile = profile_subject(context), context.profile
    granted = permissions(profile)
    excess = sorted(set(granted) & set(parameters.forbidden))
    if not excess:
        refuse_damaged_permission(profile, parameters.forbidden)
        evidence = Evidence(
            what="administrative permissions", observed="none", expected="none", source=profile.file
        )
        yield passed(
            subject, f"It holds none of {len(parameters.forbidden)} administrative permissions.", evidence
        )
        return
    first = profile.where(min(granted[name] for name in excess))
    evidence = Evidence(
        what="administrative permissions", observed=", ".join(excess), expected="none", source=first
    )
    yield failed(
        subject,
        f"It holds {count(len(excess), 'administrative permission')}: {show_names(excess)}.",
        evidence,
    )


class Holders(Model):
    """`permission`: the API name; `allowed_profiles`: who may hold it."""

    permission: str
    allowed_profiles: tuple[str, ...] = ()


def judge_holders(context: Context, parameters: Holders) -> Iterator[Verdict]:
    """No profile or permission set that was read grants the permission, but the allowed ones.

    Files can't tell who holds a permission set, nor that all of them were read: no pass from files.
    """
    yield from _granting(context, parameters, kinds.PROFILE, "profile")
    yield from _granting(context, parameters, kinds.PERMISSION_SET, "permission-set")
    yield unknown(
        org_subject(context),
        f"who else holds {parameters.permission} {NEEDS_ORG} (files may leave profiles out)",
    )


def _granting(context: Context, parameters: Holders, kind: str, word: str) -> Iterator[Verdict]:
    spared = {canonical_profile(name) for name in parameters.allowed_profiles if kind == kinds.PROFILE}
    holders = [
        one
        for one in context.facts.snapshot.of_kind(kind)
        if parameters.permission in one.permissions and canonical_profile(one.name) not in spared
    ]
    subjects = named_apart(word, ((one.name, one.file) for one in holders))
    for component, subject in zip(holders, subjects, strict=True):
        evidence = Evidence(
            what=parameters.permission,
            observed="granted",
            expected="not granted",
            source=component.where(component.permissions[parameters.permission]),
        )
        yield failed(subject, f"It grants {parameters.permission}.", evidence)


CHECKS = {
    "profile_least_privilege": Check("integration", LeastPrivilege, judge_least_privilege, profile_subject),
    "permission_holders": Check("org", Holders, judge_holders, org_subject),
}
