"""What no property of Azure tells passes only by somebody's word, which ends."""

from dataclasses import replace
from datetime import datetime

from sfharden.checks.common import Verdict
from sfharden.model.integration import Integration
from sfharden.model.results import Evidence, Status


def attested(verdict: Verdict, control: str, integration: Integration | None, now: datetime) -> Verdict:
    """A manual verdict as passed, if the integration file has an attestation in force for its control; else as it is."""
    entry = integration.azure if integration else None
    if verdict.status is not Status.MANUAL or entry is None:
        return verdict
    for one in entry.attestations:
        if one.control == control and one.expires >= now.date():
            evidence = Evidence(
                what="attestation",
                observed=f"{one.reason} ({one.owner})",
                expected=f"in force until {one.expires}",
                source="integration file",
            )
            said = f"Attested by {one.owner} until {one.expires}: {one.reason}"
            return replace(verdict, status=Status.PASS, message=said, evidence=(*verdict.evidence, evidence))
    return verdict
