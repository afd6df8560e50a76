"""What to do after reading a report: see what would mend it and why it matters, as commands that run as printed."""

from collections.abc import Iterator

from sfharden.model.results import Report
from sfharden.report.check_blocks import PLANNED, blocks_of
from sfharden.report.source_words import has_org


def next_steps(
    report: Report,
    source: str,
    *,
    is_demo: bool,
    integration: str = "",
    policies: str = "",
    can_plan: bool = True,
) -> Iterator[str]:
    """The lines below "Next:", most useful first. `source` and `policies` are to be typed again.

    `can_plan`: whether a plan can be made from there.
    """
    findings = [one for one in report.results if one.is_finding]
    plan = f"sfharden plan {source} -i {integration} -o change" if integration else "sfharden plan --demo"
    is_planned = (integration or is_demo) and can_plan
    if is_planned and any(one.control in PLANNED and one.integration for one in findings):
        yield f"{plan}{policies}"
        made = "a diff and a package" if has_org(report.source) else "commands that a person runs"
        yield f"  what would mend it, as {made}; nothing is changed"
    if findings:
        first = blocks_of(findings)[0]
        yield f"sfharden controls {first.control}{policies}"
        yield "  why it matters and how to mend it"
    if report.source.is_files and not report.integrations:
        yield f"sfharden init {source} -o integration.yaml"
        yield "  describe your integration; then judge it with check -i FILE"
    if report.source.is_files and not report.source.files_read:
        yield "No Salesforce metadata was found there. Is it the right folder?"
    if is_demo:
        yield "sfharden check --org ALIAS"
        yield "  judge your own org; --source DIR judges metadata files"
