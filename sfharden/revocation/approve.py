"""Consent to a plan: given by its fingerprint or its exact number, or not at all."""

from typing import Final

from sfharden.errors import DeclinedError
from sfharden.revocation.plan import RevocationPlan
from sfharden.text.wording import are, count

TYPED: Final = "fingerprint typed"
EXPECTED: Final = "number expected, --yes"
NOTHING_LEFT: Final = "nothing was left to revoke"
_SEAL: Final = object()  # so that an Approval is made by the functions of this module only


class Approval:
    """Consent to exactly the plan with this fingerprint; `how` it was given is for the record."""

    __slots__ = ("fingerprint", "how")

    def __init__(self, fingerprint: str, how: str, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("an Approval comes from a person's consent")
        self.fingerprint = fingerprint
        self.how = how

    def covers(self, plan: RevocationPlan) -> bool:
        """Whether it is this plan that was consented to."""
        return self.fingerprint == plan.fingerprint


def refuse_incomplete(gap: str, accepted: bool) -> None:
    """Raise DeclinedError if tokens may be missing from the inventory and that was not accepted."""
    if gap and not accepted:
        raise DeclinedError(
            f"Not every token could be seen, so nothing was revoked: {gap}",
            "Sign in with more rights (`sfharden doctor`), or go on with --accept-incomplete.",
        )


def approve_typed(plan: RevocationPlan, typed: str) -> Approval:
    """Consent by a person who typed the plan's fingerprint; case, spaces and hyphens don't matter."""
    bare = typed.strip().replace(" ", "").replace("-", "").upper()
    if bare != plan.fingerprint:
        raise DeclinedError("That is not the plan's fingerprint; nothing was revoked")
    return Approval(plan.fingerprint, TYPED, _SEAL)


def approve_expected(plan: RevocationPlan, expected: int, *, resumed: bool = False) -> Approval:
    """Consent beforehand, by the exact number of tokens; `resumed`, of those that a journal left."""
    if expected != len(plan.tokens):
        there = "left" if resumed else "selected"
        raise DeclinedError(
            f"{count(expected, 'token')} {'was' if expected == 1 else 'were'} expected and "
            f"{len(plan.tokens):,} {are(len(plan.tokens))} {there}; nothing was revoked",
            "They stand above." if resumed else "Look with --dry-run.",
        )
    return Approval(plan.fingerprint, EXPECTED, _SEAL)


def approve_nothing(plan: RevocationPlan) -> Approval:
    """Where nothing is left to revoke, there is nothing to consent to. Raises DeclinedError where something is."""
    if plan.tokens:
        raise DeclinedError("Nobody approved it; nothing was revoked")
    return Approval(plan.fingerprint, NOTHING_LEFT, _SEAL)
