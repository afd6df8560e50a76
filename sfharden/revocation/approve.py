"""An approval: a person typed the plan's fingerprint, or said in advance how many tokens it must be."""

from dataclasses import dataclass

from sfharden.errors import DeclinedError
from sfharden.revocation.plan import RevocationPlan


@dataclass(frozen=True, slots=True)
class Approval:
    """Allows exactly the plan with this fingerprint; `how` is for the journal. Made by the functions below."""

    fingerprint: str
    how: str


def approve_by_word(plan: RevocationPlan, typed: str) -> Approval:
    """The approval of a person who typed the fingerprint. Raises DeclinedError for anything else."""
    if typed.strip().upper() != plan.fingerprint or not typed.isascii():
        raise DeclinedError("That is not the plan's fingerprint. Nothing was revoked.")
    return Approval(plan.fingerprint, "fingerprint typed")


def approve_by_count(plan: RevocationPlan, expected: int) -> Approval:
    """The approval of an unattended run that knew the count. Raises DeclinedError if it differs."""
    if expected != len(plan.tokens):
        raise DeclinedError(
            f"--expect {expected}, but {len(plan.tokens)} tokens are selected. Nothing was revoked.",
            "Look at the list with --dry-run.",
        )
    return Approval(plan.fingerprint, f"--expect {expected} --yes")


def approve_by_journal(plan: RevocationPlan, fingerprint: str, how: str) -> Approval:
    """The approval that a journal holds, for the plan that the same journal holds. Raises DeclinedError."""
    if fingerprint != plan.fingerprint:
        raise DeclinedError("The journal's plan was changed since it was approved. Nothing was revoked.")
    return Approval(fingerprint, how)
