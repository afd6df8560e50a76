"""Ways in that must be shut and would not be: which of them a proposal opens, and what would close each.

A way in that is open today and stays so is no harm that the proposal does, so it ends in no finding. But nobody may take
a proposal that leaves it for one that closes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sfharden.access.facts import Outcome
from sfharden.access.users import profile_facts
from sfharden.addresses import AddressSet, union
from sfharden.checks.policy import Policy
from sfharden.facts.index import Index
from sfharden.model.integration import Integration
from sfharden.model.results import Result, Status
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.azure_rows import AZURE_ROWS
from sfharden.simulation.rows import Change, Row, Standing, Wish

_RANGED: Final = (
    "login ranges on the integration's profile that hold its egress and little more, enforced by the app (IP relaxation "
    "ENFORCE): `plan` makes both"
)
_BOUNDED: Final = (
    "login_ranges_bounded"  # the check of how many addresses more than the egress a policy lets be
)
_APPROVED: Final = "admin-approved users only, and the app assigned to nobody but the integration's profile: `plan` makes both"
_BY_RANGES: Final = ("stolen-refresh-token", "stolen-session", "leaked-jwt-key")
NONE: Final = AddressSet()
_CLOSES: Final = {
    "stolen-refresh-token": _RANGED,
    "stolen-session": f"{_RANGED}; and login ranges enforced on every request, which `plan` makes too",
    "phished-user": _APPROVED,
    "insider": _APPROVED,
    "neighbour-tenant": _APPROVED,
    "look-alike-app": (
        "Approve Uninstalled Connected Apps taken from whoever holds it (`check` names them), or API Access Control, "
        "which Salesforce Support enables"
    ),
    "leaked-jwt-key": _RANGED,
    **dict.fromkeys(
        AZURE_ROWS, "see `check`, and `plan` with the Azure side: a package for the org changes nothing there"
    ),
}


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A way in that would be open; `newly` if the proposal opens it, or opens it wider."""

    row: Row
    newly: bool
    closes: str

    @property
    def text(self) -> str:
        """One sentence, with what would close it."""
        verb = "The proposal opens it. " if self.newly else ""
        return f"{self.row.title}: {self.row.summary} {verb}To close it: {self.closes}."


def open_rows(changes: Iterable[Change], tolerated: AddressSet = NONE) -> tuple[OpenRow, ...]:
    """Every way in that must be shut and would not be; of ranges, beyond the addresses that a policy lets be."""
    return tuple(
        OpenRow(one.after, _opens(one), _CLOSES.get(one.after.id, "see --explain"))
        for one in changes
        if one.after.wish is Wish.KEEP_OUT
        and one.after.standing is Standing.BAD
        and (one.after.id not in _BY_RANGES or _admitted(one.after) - tolerated)
    )


def tolerated_by(
    policies: Iterable[Policy], results: Iterable[Result], after: Snapshot, integration: Integration
) -> AddressSet:
    """The login ranges of the integration's profile, if every policy that bounds them lets them be."""
    names = {one.id for policy in policies for one in policy.controls if one.check == _BOUNDED}
    found = [one for one in results if one.control in names and one.subject.name == integration.profile]
    passed = bool(found) and all(one.status is Status.PASS for one in found)
    return (profile_facts(Index(after), integration.profile)[0] if passed else None) or NONE


def _opens(change: Change) -> bool:
    """True unless it was known to be open today, to everybody whom it would be open to then."""
    if change.before.standing is not Standing.BAD:
        return True
    return bool(_admitted(change.after) - _admitted(change.before))


def _admitted(row: Row) -> AddressSet:
    return union(
        part.addresses
        for case in row.cases
        for part in case.decision.parts
        if part.outcome is Outcome.ALLOWED
    )
