"""What should be, from the integration file: which profile is bound to which addresses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sfharden.addresses import AddressError, AddressSet, show_ranges, union
from sfharden.errors import UsageError
from sfharden.facts.profiles import keeps_nobody_out
from sfharden.model.integration import Integration
from sfharden.plan.refusal import refused
from sfharden.text.names import canonical_profile
from sfharden.text.wording import count

# Addresses that nobody on the internet comes from (IANA special-purpose registries), so no way in.
_UNREACHABLE: Final = AddressSet.of(
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProfileGoal:
    """A profile and the integrations that share it."""

    name: str
    clone_from: str | None
    integrations: tuple[Integration, ...]

    @property
    def users(self) -> tuple[str, ...]:
        """The users that may have the profile."""
        return tuple(dict.fromkeys(user for one in self.integrations for user in one.users))

    @property
    def names(self) -> tuple[str, ...]:
        """What the integrations are called."""
        return tuple(one.name for one in self.integrations)

    @property
    def egress(self) -> AddressSet:
        """Where the integrations call from."""
        return union(one.egress.addresses for one in self.integrations)

    @property
    def operator(self) -> AddressSet:
        """The ways in that must survive."""
        return union(one.operator_ranges for one in self.integrations)


def profile_goals(integrations: Iterable[Integration]) -> tuple[ProfileGoal, ...]:
    """One goal a profile, in the order of the file."""
    groups: dict[str, list[Integration]] = {}
    for integration in integrations:
        groups.setdefault(canonical_profile(integration.profile), []).append(integration)
    return tuple(_goal(group) for group in groups.values())


def _goal(group: Sequence[Integration]) -> ProfileGoal:
    clone_from = next((one.clone_from for one in group if one.clone_from), None)
    return ProfileGoal(group[0].profile, clone_from, tuple(group))


def planned_ranges(goal: ProfileGoal, fit: int | None) -> AddressSet:
    """The login ranges that the profile should have: egress and operator, in at most `fit` ranges if given.

    Raises NoVerdictError where ranges made from these lists would shut out the integration or its operator,
    or nobody; UsageError for a `fit` that can't be met.
    """
    for integration in goal.integrations:
        _refuse_incomplete(integration)
    wanted = goal.egress | goal.operator
    try:
        planned = wanted.fit(fit) if fit else wanted
    except AddressError as error:
        raise UsageError(f"--fit can't be met for the profile '{goal.name}': {error}") from None
    if not planned.covers(wanted):
        raise refused(f"The planned ranges of '{goal.name}' leave somebody out; nothing is planned.")
    if keeps_nobody_out(planned):
        raise refused(
            f"The planned ranges of '{goal.name}' keep nobody out: {show_ranges(planned)}.",
            "Allow more ranges with --fit." if fit else "Look at egress and operator_ranges.",
        )
    return planned


def _refuse_incomplete(integration: Integration) -> None:
    name, egress = integration.name, integration.egress
    if egress.gaps:
        gap = egress.gaps[0]
        raise refused(
            f"The egress addresses of '{name}' are not all known ({gap.what}: {gap.reason}); "
            "ranges made from them would refuse the integration.",
            "Mend that entry of the integration file first.",
        )
    if not egress.addresses - _UNREACHABLE:
        raise refused(
            f"'{name}' has no egress address that can reach Salesforce: {show_ranges(egress.addresses)}."
        )
    if not integration.operator_ranges - _UNREACHABLE:
        raise refused(
            f"'{name}' has no operator range that can reach Salesforce: "
            f"{show_ranges(integration.operator_ranges)}. The plan would shut the operator out.",
            "Give operator_ranges the public address that you come from.",
        )


def surplus_note(goal: ProfileGoal, planned: AddressSet, then: str = "") -> str:
    """What `fit` costs, in words, and what follows from that; empty if nothing. The ranges come last: they may be many."""
    surplus = planned - (goal.egress | goal.operator)
    if not surplus:
        return ""
    return (
        f"In {count(len(planned), 'range')}, the profile '{goal.name}' also admits "
        f"{count(surplus.size, 'address')} that nobody needs.{then} They are: {', '.join(surplus.ranges())}."
    )


def is_bounded(goal: ProfileGoal, planned: AddressSet, tolerated: int) -> bool:
    """Whether login-ranges-bounded would let these ranges pass: it counts who needs none of them."""
    return (planned - (goal.egress | goal.operator)).size <= tolerated


def fits_bounded(goal: ProfileGoal, most: int, tolerated: int) -> bool:
    """Whether `most` ranges can be made that let in whom they must, and hardly anybody else."""
    try:
        return is_bounded(goal, (goal.egress | goal.operator).fit(most), tolerated)
    except AddressError:
        return False
