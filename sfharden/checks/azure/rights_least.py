"""Who may use, redirect, open, run, read or give away an integration's resources (AzSK 140)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Final

from sfharden.azure.assignments import (
    ASSIGNMENTS,
    DENIED,
    ELIGIBLE,
    Assigned,
    RoleAssignment,
    Roles,
    assigned,
)
from sfharden.azure.rights import SEVERE, Power, Role, is_group_or_above, makes_workflows, powers_of
from sfharden.azure.side import AzureSide
from sfharden.checks.azure.common import azure_check, judge_each
from sfharden.checks.common import Context, NoParameters, Verdict, failed, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import CONNECTIONS, WORKFLOWS, AzureResource, key_of, segment_after
from sfharden.model.results import ASSIGNMENT_OF, Evidence, Severity, Subject
from sfharden.text.wording import count, shorten

_MOST_TOLD: Final = 40  # assignments written out in one result
_KNOWN_KINDS: Final = frozenset(
    {"user", "group", "serviceprincipal", "foreigngroup", "device", "agentuser", "agentserviceprincipal"}
)
_NO_PIM: Final = " Who may activate a role (PIM) was not read."


@dataclass(frozen=True, slots=True)
class _Holder:
    """An assignment to somebody whom nothing allows it, and what it lets them do."""

    row: RoleAssignment
    role: str
    powers: frozenset[Power]
    is_eligible: bool

    @property
    def severity_rank(self) -> int:
        """2 where a user takes the connection over from a group's scope or above, 1 where others do, 0 for the rest.

        -1 where somebody only reads: that is told, and it's for the ranges of readers and secure data to keep it from them.
        """
        if not self.powers & SEVERE:
            return 0 if self.powers - {Power.READ} else -1
        is_user = self.row.kind.casefold() == "user" and is_group_or_above(self.row.scope)
        return 2 if is_user and not self.is_eligible else 1


@dataclass(frozen=True, slots=True)
class _Held:
    """All that was made of the assignments at a resource; `unsure` is why there may be more."""

    holders: tuple[_Holder, ...]
    unsure: tuple[CannotTell, ...]
    notes: str


def judge_rights_least(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """Nobody but the allowed principals can use, redirect, open, run or give away what the integration has; readers are told."""
    side = context.azure
    judged = _Rights(side)
    resources = (*side.apps, *side.connections)
    yield from judge_each(side, resources, judged.judge, "azure-workflow", "azure-connection")


class _Rights:
    """The assignments of all the integration's resources: whoever may put the connection somewhere needs a second right."""

    def __init__(self, side: AzureSide) -> None:
        self._index = side.index
        self._roles = Roles(side.index)
        self._read: dict[str, Assigned] = {}
        self._allowed = {one.strip().casefold() for one in side.entry.allowed_principals}
        self._makers = self._principals(side.apps, makes_workflows)
        self._joiners = self._principals(
            side.connections, lambda role: Power.JOIN in powers_of(role, CONNECTIONS)
        )

    def _principals(
        self, resources: Iterable[AzureResource], has_it: Callable[[Role], bool]
    ) -> frozenset[str]:
        found = (row for one in resources for row in self._rows(one, ASSIGNMENTS).rows)
        return frozenset(
            row.principal.casefold() for row in found if (role := self._role(row)) and has_it(role)
        )

    def _rows(self, resource: AzureResource, what: str) -> Assigned:
        path = f"{resource.id}/{what}"
        if path not in self._read:
            self._read[path] = assigned(self._index.rows(path), resource.id)
        return self._read[path]

    def _role(self, row: RoleAssignment) -> Role | None:
        """As read, else by its known id; None where neither tells."""
        try:
            return self._roles.read(row)
        except CannotTell:
            return self._roles.known(row)

    def _unread_role(self, row: RoleAssignment) -> CannotTell | None:
        try:
            self._roles.read(row)
        except CannotTell as reason:
            return CannotTell(f"{reason.reason} ({row.holder} has it)", reason.where)
        return None

    def judge(self, resource: AzureResource, subject: Subject) -> Verdict:
        """Of one resource. Raises CannotTell."""
        held = self._held(resource)
        evidence = _evidence(held.holders)
        worst = max((one.severity_rank for one in held.holders), default=-1)
        if worst < 0:
            if held.unsure:
                raise _all_of(held.unsure)
            right = "a standing right" if _NO_PIM in held.notes else "a right"
            said = f"Only allowed principals have {right} to change, run or give it away.{_readers(held.holders)}"
            return passed(subject, f"{said}{held.notes}", *evidence)
        severity = {2: None, 1: Severity.MEDIUM, 0: Severity.LOW}[worst]
        more = f" There may be more: {_all_of(held.unsure).reason}." if held.unsure else ""
        return failed(subject, f"{_said(held.holders)}{more}{held.notes}", *evidence, severity=severity)

    def _held(self, resource: AzureResource) -> _Held:
        holders: list[_Holder] = []
        unsure: list[CannotTell] = []
        for what in (ASSIGNMENTS, ELIGIBLE):
            rows = self._rows(resource, what)
            unsure += rows.broken
            for row in rows.rows:
                if row.principal.casefold() not in self._allowed:
                    self._weigh(resource, row, what == ELIGIBLE, holders, unsure)
        unread = self._why_not(resource, ASSIGNMENTS) or self._without_inherited(resource)
        return _Held(tuple(holders), ((unread,) if unread else ()) + tuple(unsure), self._notes(resource))

    def _weigh(
        self,
        resource: AzureResource,
        row: RoleAssignment,
        is_eligible: bool,
        holders: list[_Holder],
        unsure: list[CannotTell],
    ) -> None:
        role = self._role(row)
        if unread := self._unread_role(row):
            unsure.append(unread)
        if role is None:
            return
        powers = self._powers(resource, row, role)
        if powers and (row.is_conditional or role.is_conditional):
            unsure.append(
                CannotTell(
                    f"what {role.name} permits {row.holder} under its condition isn't evaluated", row.where
                )
            )
        elif powers:
            holders.append(_Holder(row, role.name, powers, is_eligible))

    def _powers(self, resource: AzureResource, row: RoleAssignment, role: Role) -> frozenset[Power]:
        """Of its own role; with both rights that it takes, putting the connection into a workflow is using it."""
        own, who = powers_of(role, resource.type), row.principal.casefold()
        if resource.type == CONNECTIONS and Power.JOIN in own:
            makes_it_here = is_group_or_above(row.scope) and makes_workflows(role)
            return (own - {Power.JOIN}) | {Power.USE} if makes_it_here or who in self._makers else own
        if resource.type == WORKFLOWS and Power.CHANGE in own and who in self._joiners:
            return own | {Power.USE}
        return own

    def _notes(self, resource: AzureResource) -> str:
        """What a reader must know besides: deny assignments, and PIM where it wasn't read."""
        denied = len(self._index.rows(f"{resource.id}/{DENIED}"))
        notes = f" {count(denied, 'deny assignment')} may take some of it away." if denied else ""
        return notes + (_NO_PIM if self._why_not(resource, ELIGIBLE) else "")

    def _without_inherited(self, resource: AzureResource) -> CannotTell | None:
        """Somebody always has a right from above: an answer without any was asked for the resource's own scope alone."""
        rows = self._rows(resource, ASSIGNMENTS).rows
        if any(key_of(row.scope) != resource.key for row in rows):
            return None
        return CannotTell("no inherited role assignment is in the answer: ask with $filter=atScope()")

    def _why_not(self, resource: AzureResource, what: str) -> CannotTell | None:
        try:
            self._index.whole(f"{resource.id}/{what}", f"{what.rpartition('/')[2]} at {resource.shown}")
        except CannotTell as reason:
            return reason
        return None


def _readers(holders: tuple[_Holder, ...]) -> str:
    people = len({one.row.principal.casefold() for one in holders})
    return f" {count(people, 'other')} may read the data of runs." if people else ""


def _all_of(unsure: tuple[CannotTell, ...]) -> CannotTell:
    """Every reason at once, so that none shows only after another is mended."""
    reasons = list(dict.fromkeys(one.reason for one in unsure))
    return CannotTell("; ".join(reasons), unsure[0].where) if len(reasons) > 1 else unsure[0]


def _said(holders: tuple[_Holder, ...]) -> str:
    """Who fails it is counted; who only reads is told besides."""
    failing = [one for one in holders if one.severity_rank >= 0]
    people = {one.row.principal.casefold() for one in failing}
    powers = [power.value for power in Power if any(power in one.powers for one in failing)]
    named = f"{count(len(people), 'principal')} that allowed_principals doesn't name may {shorten(powers)}."
    only = {one.row.principal.casefold() for one in holders} - people
    if only:
        named += f" {len(only):,} more only {'reads' if len(only) == 1 else 'read'}."
    odd = {one.row.kind or "none" for one in holders if one.row.kind.casefold() not in _KNOWN_KINDS}
    return f"{named} The kind of some is not known: {', '.join(sorted(odd))}." if odd else named


def _evidence(holders: tuple[_Holder, ...]) -> tuple[Evidence, ...]:
    """The worst first, cut after many and counted."""
    ordered = sorted(
        holders, key=lambda one: (-one.severity_rank, one.row.scope, one.row.principal, one.role)
    )
    told = [_told(one) for one in ordered[:_MOST_TOLD]]
    if more := len(ordered) - len(told):
        told.append(Evidence(what="role assignments", observed=f"{more:,} more"))
    return tuple(told)


def _told(holder: _Holder) -> Evidence:
    """Who holds what where, and what takes it away: a role that waits to be taken goes by PIM, not by that command."""
    row = holder.row
    powers = ", ".join(power.value for power in Power if power in holder.powers)
    eligible = " (eligible)" if holder.is_eligible else ""
    is_typed = row.id and not holder.is_eligible and quote(row.id) == row.id and holder.severity_rank >= 0
    command = f"; `az role assignment delete --ids {row.id}`" if is_typed else ""
    return Evidence(
        what=f"{ASSIGNMENT_OF}{row.principal}",
        observed=f"{row.holder}: {holder.role}{eligible} at {_at(row.scope)}: may {powers}{command}",
        expected="a principal of allowed_principals",
        source=row.where,
    )


def _at(scope: str) -> str:
    """A scope in short; a command beside it has it whole."""
    group, last = segment_after(scope, "resourcegroups"), scope.rstrip("/").rpartition("/")[2]
    if not is_group_or_above(scope):
        return f"{group}/{last}"
    if group or not last:
        return group or "the root of the tenant"
    return f"subscription {last}" if segment_after(scope, "subscriptions") else f"management group {last}"


CHECKS = {"azure_rights_least": azure_check(NoParameters, judge_rights_least)}
