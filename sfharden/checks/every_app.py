"""Every app of an org against the controls that ask about an app alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import Control, Policy
from sfharden.checks.registry import CHECKS
from sfharden.checks.since_baseline import among, since
from sfharden.facts.app_use import Use, app_use, key_of
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.model.integration import Waiver
from sfharden.model.results import Report, Result
from sfharden.model.snapshot import Snapshot

_INSTALLED: Final = "apps_installed"


@dataclass(frozen=True, slots=True)
class AppRecord:
    """One app: its results by control, and its use where a running org was read.

    `app` is None for what users gave tokens to without the org managing it.
    """

    name: str
    label: str
    kind: str
    results: dict[str, Result]
    use: Use | None
    app: App | None = None

    @property
    def publisher(self) -> str:
        """The namespace of the package that it came with; empty for the org's own."""
        namespace, mark, _ = self.name.partition("__")
        return namespace if mark and self.app else ""

    @property
    def badness(self) -> tuple[int, int, int]:
        """What sorts the worst first: the severities of what fails, then what is unknown, then its tokens."""
        failed = sum(4**one.severity.rank for one in self.results.values() if one.is_finding)
        unknown = sum(one.is_open for one in self.results.values())
        return failed, unknown, len(self.use.tokens) if self.use else 0


@dataclass(frozen=True, slots=True)
class AppsReport:
    """Every app, the worst first, the controls that they were judged by, and the report that this rests on."""

    apps: tuple[AppRecord, ...]
    controls: tuple[Control, ...]
    report: Report


def judge_apps(
    snapshot: Snapshot,
    policies: Sequence[Policy],
    waivers: Sequence[Waiver],
    now: datetime,
    version: str,
    earlier: Report | None = None,
) -> AppsReport:
    """Judge every app that any source knows. Raises InputError for a policy that can't be used.

    What `earlier` found is known, see `since`: a report of `apps`, or of `check` on the whole org.
    """
    chosen = _of_apps(policies)
    report = evaluate(snapshot, chosen, (), waivers, now, version)
    if earlier:
        earlier = among(earlier, (control.id for one in chosen for control in one.controls))
        # What has no control of apps is asked for by `check` alone.
        named = {one.name for one in policies} - {one.name for one in chosen}
        others = tuple(one for one in earlier.policies if one not in named)
        report = since(report, earlier.model_copy(update={"policies": others}))
    index = Index(snapshot)
    used = app_use(index)
    found: dict[tuple[str, str], dict[str, Result]] = {}
    for result in report.results:
        found.setdefault((result.subject.kind, result.subject.name), {})[result.control] = result
    records = [
        AppRecord(
            app.name,
            next(iter(app.labels), app.name),
            app.kind,
            found.get((app.kind, app.name), {}),
            used.known.get(key_of(app)),
            app,
        )
        for app in index.apps
    ]
    records += _unmanaged(report, used.unmanaged)
    judged = {name for one in records for name in one.results}
    controls = tuple(control for policy in chosen for control in policy.controls if control.id in judged)
    ordered = sorted(
        records, key=lambda one: (*(-part for part in one.badness), one.label, one.name, one.kind)
    )
    return AppsReport(tuple(ordered), controls, report)


def _of_apps(policies: Iterable[Policy]) -> tuple[Policy, ...]:
    """The controls that ask about apps alone, and whether an app is installed at all."""
    kept = (
        policy.model_copy(update={"controls": tuple(filter(_is_of_apps, policy.controls))})
        for policy in policies
    )
    return tuple(policy for policy in kept if policy.controls)


def _is_of_apps(control: Control) -> bool:
    check = CHECKS.get(control.check)
    return check is None or check.alone or control.check == _INSTALLED


def _unmanaged(report: Report, used: dict[str, Use]) -> list[AppRecord]:
    """What has tokens and no app, as `apps_installed` names it."""
    told = [one for one in report.results if one.subject.kind == "app"]
    found = []
    for label, use in used.items():
        name = label or "(no name)"
        # Where several bear one name, what tells them apart follows it.
        mine = [one for one in told if one.subject.name == name or one.subject.name.startswith(f"{name} (")]
        worst = min(mine, key=lambda one: not one.is_finding, default=None)
        results = {worst.control: worst} if worst else {}
        found.append(AppRecord(name, name, "not installed", results, use))
    return found
