"""The controls that `plan` can mend, judged for it: so that it asks what `check` asks, and leaves what `check` accepts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sfharden.checks.app_access import Limited
from sfharden.checks.apps import RefreshBounded
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import DEFAULT_POLICIES, Control, Policy, load_policy
from sfharden.checks.ranges import Bounded
from sfharden.model.integration import Integration, Waiver
from sfharden.model.planned import REFRESH_DAYS, SURPLUS_ADDRESSES, ControlStanding, Judged
from sfharden.model.results import Result
from sfharden.model.snapshot import Snapshot

PLANNED_CHECKS: Final = (
    "login_ranges_cover_egress",
    "login_ranges_keep_operator",
    "login_ranges_bounded",
    "app_admin_approved",
    "app_ip_enforced",
    "app_limited_to_profile",
    "app_refresh_bounded",
    "ip_ranges_every_request",
)


def judge_planned(
    snapshot: Snapshot,
    policies: Iterable[Policy],
    integrations: Sequence[Integration],
    waivers: Sequence[Waiver],
    now: datetime,
) -> Judged:
    """How the controls that a plan can mend come out by these policies; by the shipped ones where they have none.

    Raises InputError for a policy that can't be accepted.
    """
    chosen = (*map(_only_planned, policies),)
    asked = [*chosen, *_missing(chosen)]
    results = evaluate(snapshot, asked, integrations, waivers, now, "").results
    controls = {one.id: one for policy in asked for one in policy.controls}
    standings = tuple(standing_of(one, controls[one.control].check) for one in results)
    return _tolerances(Judged(standings), tuple(controls.values()))


def _only_planned(policy: Policy) -> Policy:
    controls = tuple(one for one in policy.controls if one.check in PLANNED_CHECKS)
    return policy.model_copy(update={"controls": controls})


def _missing(chosen: Sequence[Policy]) -> Iterator[Policy]:
    """The shipped controls for what no policy judges: a plan always rests on all of them."""
    controls = [one for policy in chosen for one in policy.controls]
    checks, ids = {one.check for one in controls}, {one.id for one in controls}
    for policy in map(_only_planned, map(load_policy, DEFAULT_POLICIES)):
        left = tuple(one for one in policy.controls if one.check not in checks and one.id not in ids)
        if left:
            yield policy.model_copy(update={"controls": left})


def standing_of(result: Result, check: str) -> ControlStanding:
    """A result as a plan is told it."""
    return ControlStanding(
        check,
        result.control,
        result.integration or "",
        result.subject.name,
        result.status,
        result.message,
        result.waived,
    )


def _tolerances(judged: Judged, controls: Sequence[Control]) -> Judged:
    """The tightest of what the controls tolerate: what meets that meets all of them."""
    surplus = [Bounded.model_validate(one.with_) for one in controls if one.check == "login_ranges_bounded"]
    refresh = [
        RefreshBounded.model_validate(one.with_) for one in controls if one.check == "app_refresh_bounded"
    ]
    limited = [Limited.model_validate(one.with_) for one in controls if one.check == "app_limited_to_profile"]
    first, *others = (one.allowed_profiles for one in limited or [Limited()])
    return replace(
        judged,
        surplus_addresses=min((one.surplus_addresses for one in surplus), default=SURPLUS_ADDRESSES),
        refresh_days=min((one.most_days for one in refresh), default=REFRESH_DAYS),
        allowed_profiles=tuple(name for name in first if all(name in other for other in others)),
    )
