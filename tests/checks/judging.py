"""Judging one control of the shipped policies, for tests of checks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import healthy
from sfharden.evaluate import evaluate
from sfharden.model.integration import Integration
from sfharden.model.results import Report, Result
from sfharden.model.snapshot import Snapshot
from sfharden.policy import Control, Policy, load_policy, shipped_names

NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@cache
def policies() -> tuple[Policy, ...]:
    """Every shipped policy."""
    return tuple(load_policy(name) for name in shipped_names())


def control(control_id: str, **parameters: Any) -> Control:
    """One shipped control, with some parameters changed."""
    found = next(one for policy in policies() for one in policy.controls if one.id == control_id)
    return found.model_copy(update={"with_": {**found.with_, **parameters}})


def report_on(snapshot: Snapshot, *controls: Control, by: Integration | None = None) -> Report:
    """The report on some controls for one integration."""
    policy = Policy(name="test", title="test", source="test", controls=controls)
    return evaluate(snapshot, [policy], [by or healthy.integration()], [], NOW, "1")


def judge(
    control_id: str,
    files: Mapping[str, str] = healthy.CONNECTED,
    *,
    by: Integration | None = None,
    api_version: str | None = None,
    **parameters: Any,
) -> tuple[Result, ...]:
    """All results of one control on these files."""
    snapshot = healthy.snapshot(files, api_version=api_version)
    return report_on(snapshot, control(control_id, **parameters), by=by).results


def verdict(control_id: str, files: Mapping[str, str] = healthy.CONNECTED, **rest: Any) -> Result:
    """The result of one control, where there must be exactly one."""
    results = judge(control_id, files, **rest)
    assert len(results) == 1, results
    return results[0]


def status(control_id: str, files: Mapping[str, str] = healthy.CONNECTED, **rest: Any) -> str:
    """The status of one control, where there must be exactly one result."""
    return verdict(control_id, files, **rest).status.value


def statuses(control_id: str, files: Mapping[str, str], **rest: Any) -> dict[str, str]:
    """The status of each subject by name; no two may share one."""
    results = judge(control_id, files, **rest)
    found = {result.subject.name: result.status.value for result in results}
    assert len(found) == len(results), results
    return found


def shown(result: Result) -> str:
    """All that a person reads of a result."""
    parts = (f"{one.what} {one.observed} {one.expected} {one.source}" for one in result.evidence)
    return "\n".join((result.message, *parts))
