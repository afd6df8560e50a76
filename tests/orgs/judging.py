"""What the controls say of the healthy org's files; of snapshots, see `served`."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sfharden.addresses import AddressSet
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import DEFAULT_POLICIES, Control, Policy, load_policy
from sfharden.model.integration import Egress, Integration, Waiver
from sfharden.model.results import Report, Result
from sfharden.model.snapshot import Snapshot
from tests.orgs.constants import INTEGRATION, NOW
from tests.orgs.files import Files, snapshot_of


def integration(**changes: Any) -> Integration:
    """The integration with some fields changed; `egress` and `operator_ranges` are texts of ranges."""
    if "egress" in changes and not isinstance(changes["egress"], Egress):
        changes["egress"] = Egress(addresses=AddressSet.of(changes["egress"]))
    if "operator_ranges" in changes:
        changes["operator_ranges"] = AddressSet.of(changes["operator_ranges"])
    return INTEGRATION.model_copy(update=changes)


@cache
def shipped() -> tuple[Policy, ...]:
    """The policies that `check` takes by itself."""
    return tuple(load_policy(name) for name in DEFAULT_POLICIES)


def control(control_id: str, **parameters: Any) -> Control:
    """One shipped control, with some parameters changed."""
    found = next(one for policy in shipped() for one in policy.controls if one.id == control_id)
    return found.model_copy(update={"with_": {**found.with_, **parameters}})


def setting(**parameters: Any) -> Control:
    """A control of a user's that uses the generic check."""
    like = control("api-access-control-on")
    return like.model_copy(update={"id": "mine", "check": "setting", "with_": parameters})


def policy_of(*controls: Control, name: str = "test") -> Policy:
    """A policy of these controls."""
    return Policy(name=name, title="test", source="test", controls=controls)


def report(
    files: Files,
    *controls: Control,
    by: Iterable[Integration] = (INTEGRATION,),
    waivers: Iterable[Waiver] = (),
    api_version: str | None = None,
) -> Report:
    """The report on some controls, or on every shipped one."""
    policies = [policy_of(*controls)] if controls else shipped()
    return evaluate(
        snapshot_of(files, api_version=api_version), policies, tuple(by), tuple(waivers), NOW, "0"
    )


def verdict(control_id: str, files: Files, by: Integration = INTEGRATION, **parameters: Any) -> Result:
    """The result of one shipped control, of which there must be exactly one."""
    api_version = parameters.pop("api_version", None)
    (result,) = report(files, control(control_id, **parameters), by=[by], api_version=api_version).results
    return result


def status(control_id: str, files: Files, by: Integration = INTEGRATION, **parameters: Any) -> str:
    """The status of one shipped control, of which there must be exactly one result."""
    return verdict(control_id, files, by, **parameters).status.value


def by_subject(control_id: str, files: Files) -> dict[str, str]:
    """The status of each subject; no two subjects may have one name."""
    results = report(files, control(control_id)).results
    found = {result.subject.name: result.status.value for result in results}
    assert len(found) == len(results)
    return found


def shown(result: Result) -> str:
    """All that a person reads of a result."""
    parts = (f"{one.what} {one.observed} {one.expected} {one.source}" for one in result.evidence)
    return "\n".join((result.message, *parts))


def judged(snapshot: Snapshot, integration: Integration = INTEGRATION) -> dict[str, list[Result]]:
    """All results by control, under both shipped policies."""
    policies = [load_policy(name) for name in DEFAULT_POLICIES]
    found: dict[str, list[Result]] = {}
    for result in evaluate(snapshot, policies, [integration], (), NOW, "0").results:
        found.setdefault(result.control, []).append(result)
    return found


def statuses(files: Mapping[str, str], control: str, integration: Integration = INTEGRATION) -> set[str]:
    """How one control came out, over all its subjects."""
    return {result.status.value for result in judged(snapshot_of(files), integration)[control]}
