"""What the page of a report shows beyond the report itself: why controls matter, and what makes the unknown known."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sfharden.checks.every_app import AppsReport, judge_apps
from sfharden.checks.page_addresses import AddressFacts, address_facts
from sfharden.checks.page_reading import reading_facts
from sfharden.checks.page_tokens import TokenFacts, token_facts
from sfharden.checks.policy import Policy
from sfharden.checks.remedies import foresee
from sfharden.errors import UsageError
from sfharden.facts.index import Index
from sfharden.model.integration import Integration, Waiver
from sfharden.model.results import Report
from sfharden.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Of a report that was just made. `remedies` are by a result's message, `rationales` by control.

    `calls` tells method, purpose, outcome and number of what the org was asked.
    """

    rationales: Mapping[str, str] = field(default_factory=dict)
    remedies: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    addresses: tuple[AddressFacts, ...] = ()
    tokens: TokenFacts | None = None
    apps: AppsReport | None = None
    reading: tuple[tuple[str, str], ...] = ()
    calls: tuple[tuple[str, str, str, int], ...] = ()


def page_facts(
    report: Report,
    snapshot: Snapshot,
    policies: Sequence[Policy],
    integrations: Sequence[Integration],
    waivers: Sequence[Waiver],
    now: datetime,
) -> PageFacts:
    """All of it, from what the report was made of."""
    index = Index(snapshot)
    return PageFacts(
        rationales={one.id: one.rationale for policy in policies for one in policy.controls},
        remedies={one.reason: one.remedy for one in foresee(report, snapshot, policies, integrations)},
        digests=_digests(policies),
        addresses=tuple(address_facts(index, one, integrations, now) for one in integrations),
        tokens=token_facts(index, integrations, snapshot.taken_at),
        reading=reading_facts(snapshot),
        apps=_apps(report, snapshot, policies, waivers, now),
    )


def _apps(
    report: Report,
    snapshot: Snapshot,
    policies: Sequence[Policy],
    waivers: Sequence[Waiver],
    now: datetime,
) -> AppsReport | None:
    """None where these policies ask nothing of an app, or no app was read: of Azure alone there is none."""
    if snapshot.source.is_azure:
        return None
    try:
        return judge_apps(snapshot, policies, waivers, now, report.tool.version)
    except UsageError:
        return None


def _digests(policies: Iterable[Policy]) -> dict[str, str]:
    """The SHA-256 of what each policy says, however its file is laid out."""
    texts = {
        one.name: json.dumps(one.model_dump(mode="json", by_alias=True), sort_keys=True) for one in policies
    }
    return {name: sha256(text.encode()).hexdigest() for name, text in texts.items()}
