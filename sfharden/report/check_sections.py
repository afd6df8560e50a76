"""What stands on the page of a report, block by block: the verdict, what to do first, what fails, what isn't known."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from sfharden.checks.evaluate import SOON_DAYS
from sfharden.checks.page_facts import PageFacts
from sfharden.model.results import Evidence, Report, Result, ResultState, Settled, Waived
from sfharden.report.check_blocks import PLANNED, Block, blocks_of
from sfharden.report.check_checklist import Checklist, checklists_of
from sfharden.report.check_grid import Grid, grid_of
from sfharden.report.check_headline import Headline, headline_of
from sfharden.report.check_picture import AddressPage, address_page
from sfharden.report.check_strips import TokenPage, token_page
from sfharden.report.check_waivers import render_waivers
from sfharden.report.simulate_ways import WaysTable, ways_table
from sfharden.report.source_words import azure_words, commit_words, has_org, snapshot_words
from sfharden.report.status_words import WORDS
from sfharden.simulation.mending import Forecasts
from sfharden.simulation.ways import Ways

_THREE: Final = 3


@dataclass(frozen=True, slots=True)
class Todo:
    """One of the first things to do: what, whose, and the block that says more."""

    text: str
    why: str
    about: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A block with its anchor, and the waiver stanzas that would accept it."""

    block: Block
    anchor: str
    stanzas: str
    why: str = ""
    remedy: str = ""

    @property
    def title(self) -> str:
        """What must hold."""
        return self.block.results[0].title

    @property
    def planned(self) -> bool:
        """Whether `plan` writes it."""
        return self.block.control in PLANNED and bool(self.block.integration)

    @property
    def references(self) -> tuple[str, ...]:
        """What the control rests on."""
        return self.block.results[0].references


@dataclass(frozen=True, slots=True)
class Accepted:
    """A result that a waiver covers, and whether that ends soon."""

    result: Result
    waived: Waived
    soon: bool


@dataclass(frozen=True, slots=True)
class Sections:
    """The page: each of its blocks, in the order of a status."""

    headline: Headline
    todos: tuple[Todo, ...]
    org: str
    kind: str
    date: str
    counts: tuple[tuple[str, str, int], ...]
    checklists: tuple[Checklist, ...]
    addresses: tuple[AddressPage, ...]
    ways: tuple[WaysTable, ...]
    tokens: TokenPage | None
    apps: Grid | None
    failed: tuple[Shown, ...]
    unknown: tuple[Shown, ...]
    known: tuple[Shown, ...]
    settled: tuple[Settled, ...]
    look: tuple[Shown, ...]
    waived: tuple[Accepted, ...]
    passed: tuple[Block, ...]
    not_applicable: tuple[Block, ...]
    provenance: tuple[tuple[str, str], ...]
    calls: tuple[tuple[str, str, str, int], ...]


def sections_of(
    report: Report, facts: PageFacts, ways: Iterable[Ways] = (), forecasts: Forecasts | None = None
) -> Sections:
    """Everything that the page shows of a report, and beside it who gets in, and what mending apps would do."""
    failed = tuple(_shown(report, facts, "f", _of(report, ResultState.FAIL)))
    unknown = tuple(_shown(report, facts, "u", _of(report, ResultState.UNKNOWN)))
    anchors = {(one.block.integration, one.block.control): one.anchor for one in (*unknown, *failed)}
    return Sections(
        headline=headline_of(report),
        todos=tuple(_todos(report, failed, unknown))[:_THREE],
        org=report.org_name or report.source.name,
        kind=_kind(report),
        date=report.as_of or report.generated_at.replace("T", " ").replace("Z", " UTC"),
        counts=tuple(_counts(report)),
        checklists=checklists_of(report, anchors),
        addresses=tuple(map(address_page, facts.addresses)),
        ways=tuple(ways_table(one, f"way{at}") for at, one in enumerate(ways, 1)),
        tokens=token_page(facts.tokens) if facts.tokens else None,
        apps=grid_of(facts.apps, forecasts) if facts.apps else None,
        failed=failed,
        unknown=unknown,
        known=tuple(_shown(report, facts, "k", _of(report, ResultState.KNOWN))),
        settled=report.baseline.settled if report.baseline else (),
        look=tuple(_shown(report, facts, "m", _of(report, ResultState.MANUAL))),
        waived=tuple(_accepted_ones(report)),
        passed=blocks_of(_of(report, ResultState.PASS)),
        not_applicable=blocks_of(_of(report, ResultState.NOT_APPLICABLE)),
        provenance=tuple((name, text) for name, text in _provenance(report, facts) if text),
        calls=facts.calls,
    )


def _of(report: Report, state: ResultState) -> Iterator[Result]:
    return (one for one in report.results if one.state is state)


def _accepted_ones(report: Report) -> Iterator[Accepted]:
    """Those whose waiver ends first stand first."""
    today = _judged_on(report)
    found = [(one.waived, one) for one in report.results if one.waived]
    for waived, one in sorted(
        found, key=lambda pair: (pair[0].expires, pair[1].control, pair[1].subject.name)
    ):
        yield Accepted(one, waived, today is not None and (waived.expires - today).days <= SOON_DAYS)


def _judged_on(report: Report) -> date | None:
    """The day of the verdict; None where a saved report says none."""
    with suppress(ValueError):
        return date.fromisoformat((report.as_of or report.generated_at)[:10])
    return None


# What to do first ---------------------------------------------------------------------------


def _todos(report: Report, failed: Iterable[Shown], unknown: Iterable[Shown]) -> Iterator[Todo]:
    """The integration file first, then the severest; of these causes, the more rests on one the earlier."""
    for text in report.to_mend:
        yield Todo(text, "What rests on the integration file can't be right before.")
    failed = tuple(failed)
    rest_on = Counter(one.block.follows for one in failed)
    for one in sorted(failed, key=lambda one: _first(one.block, rest_on)):
        first = one.block.results[0]
        yield Todo(one.block.fix or first.title, first.message, _about(one), one.anchor)
    for one in unknown:
        yield Todo(
            one.remedy or f"Find out: {one.title}", one.block.results[0].message, _about(one), one.anchor
        )


def _first(block: Block, rest_on: Counter[str]) -> tuple[int, bool, int]:
    return -block.severity.rank, bool(block.follows), -rest_on[block.control]


def _about(one: Shown) -> str:
    subject, more = one.block.results[0].subject, one.block.subjects - 1
    if one.block.integration or subject.kind == "org":
        return one.block.integration or "the org as a whole"
    return f"{subject.kind} {subject.name}" + (f" and {more:,} more" if more else "")


def _kind(report: Report) -> str:
    if report.source.is_files:
        return "metadata files"
    return {True: "sandbox", False: "PRODUCTION", None: "sandbox or production: not told"}[report.is_sandbox]


def _counts(report: Report) -> Iterator[tuple[str, str, int]]:
    for state, number in report.states.items():
        if state is not ResultState.KNOWN or report.baseline:
            yield state.value, WORDS[state].word, number


# Blocks --------------------------------------------------------------------------------------


def _shown(report: Report, facts: PageFacts, letter: str, results: Iterable[Result]) -> Iterator[Shown]:
    for number, block in enumerate(blocks_of(results), 1):
        # The number keeps two apart whose names give the same letters.
        anchor = f"{letter}{number}-{re.sub('[^a-z0-9]+', '-', block.control.lower()).strip('-')}"
        own = report.model_copy(update={"results": block.results})
        stanzas = render_waivers(own) if letter in "fu" else ""
        remedy = facts.remedies.get(block.results[0].message, "") if letter == "u" else ""
        yield Shown(block, anchor, stanzas, facts.rationales.get(block.control, ""), remedy)


def evidence_of(one: Result) -> tuple[Evidence, ...]:
    """Each part of it once, without what only says the message again."""
    return tuple(dict.fromkeys(part for part in one.evidence if part.source or part.observed != one.message))


def _provenance(report: Report, facts: PageFacts) -> Iterator[tuple[str, str]]:
    source, what = report.source, "files" if report.source.is_files else "running org"
    yield "Source", f"{source.name} ({what})" if has_org(source) else ""
    yield "Org", report.org_name and f"{report.org_name}, {_kind(report)}"
    yield "Organization id", source.org_id or ""
    yield "API version", source.api_version or ""
    yield "Metadata files read", f"{source.files_read:,}"
    yield "Snapshot", snapshot_words(source)
    yield "Commit", commit_words(source)
    yield "Azure", azure_words(report)
    yield "Policies", ", ".join(report.policies)
    for name, digest in facts.digests.items():
        yield f"SHA-256 of policy {name}", digest
    yield "Integrations", ", ".join(report.integrations) or "none given"
    yield from facts.reading
    yield "Made at", report.generated_at
    yield "Judged by", report.as_of or ""
    yield "Baseline", report.baseline.generated_at if report.baseline else ""
    yield "Folder in the repository", report.folder or ""
    yield "Made by", f"{report.tool.name} {report.tool.version}"
