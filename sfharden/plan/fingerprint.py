"""What a plan rests on, as one hash; a plan whose hash no longer fits is refused."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

from sfharden.model.azure_plan import AzureChange
from sfharden.model.integration import Integration
from sfharden.model.plan import Plan, PlannedFile
from sfharden.model.raw import RawFiles
from sfharden.plan.refusal import refused
from sfharden.plan.secrets import packaged


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes, in hex."""
    return sha256(data).hexdigest()


def original_digest(data: bytes | None, where: str) -> str | None:
    """The hash of a file that a plan rests on, as the rollback holds it: no secret goes into a hash. None for no file."""
    return None if data is None else digest(packaged(data, where))


def fingerprint(
    org_id: str, integrations: Sequence[Integration], fit: int | None, originals: Mapping[str, str | None]
) -> str:
    """64 hex digits over the org, the integrations with their addresses, and the files that would change.

    `originals` are the hashes of the files as they are, by path; None for one that isn't there yet.
    """
    facts = {
        "org": org_id,
        "integrations": [one.model_dump(mode="json") for one in integrations],
        "fit": fit,
        "originals": sorted(originals.items()),
    }
    return digest(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode())


def with_azure_side(found: str, changes: Sequence[AzureChange]) -> str:
    """A fingerprint that is over the changes of the Azure side, too; the same where there are none."""
    if not changes:
        return found
    facts = [one.model_dump(mode="json") for one in changes]
    return digest(json.dumps([found, facts], sort_keys=True, separators=(",", ":")).encode())


def verify(
    plan: Plan,
    org_id: str,
    integrations: Sequence[Integration],
    raw: RawFiles,
    azure: Sequence[AzureChange] = (),
) -> None:
    """Raise NoVerdictError unless the plan still rests on the facts that are there now; `azure` are the changes as they would be now."""
    if (plan.org.id if plan.org else "") != org_id:
        raise refused("The plan was made for another org.", "Plan again.")
    moved = [one for one in plan.files if _now(one, raw) != one.before_sha256]
    if moved:
        raise refused(
            f"The plan is out of date: {moved[0].kind} '{moved[0].name}' has changed since.", "Plan again."
        )
    if list(plan.azure) != list(azure):
        raise refused("The plan is out of date: what stands in Azure has changed since.", "Plan again.")
    originals = {one.file: one.before_sha256 for one in plan.files}
    found = with_azure_side(fingerprint(org_id, integrations, plan.fit, originals), azure)
    if found != plan.fingerprint:
        raise refused(
            "The plan is out of date: the integration file or its addresses have changed since.",
            "Plan again.",
        )


def _now(file: PlannedFile, raw: RawFiles) -> str | None:
    found = raw.get(file.file)
    return original_digest(found.content, found.path) if found else None
