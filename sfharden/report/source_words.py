"""What a report says of its source beyond the name: a snapshot file, how old it is; metadata files, at which commit."""

from collections.abc import Iterator

from sfharden.model.results import Report
from sfharden.model.snapshot import Source
from sfharden.text.redact import safe_text
from sfharden.text.wording import count, minute
from sfharden.text.wrapping import wrap


def source_lines(source: Source, label: int, width: int) -> Iterator[str]:
    """Lines such as `Snapshot  file s.json, taken …`, of at most `width` columns, their labels `label` wide."""
    told = {"Snapshot": snapshot_words(source), "Commit": commit_words(source)}
    for name, words in told.items():
        if words:
            yield wrap(f"{name:<{label}}{words}", width, " " * label)


def has_org(source: Source) -> bool:
    """False where nothing of Salesforce was read, but Azure alone."""
    return not source.is_azure


def commit_words(source: Source) -> str:
    """Which commit is checked out around metadata files, and that this doesn't make them its files."""
    if not source.commit:
        return ""
    return f"{safe_text(source.commit[:12], limit=12)} is checked out there; whether files differ from it isn't told"


def snapshot_words(source: Source) -> str:
    """Which file, when it was taken, its age, and that nobody signed it; empty for any other source."""
    if source.kind != "snapshot":
        return ""
    taken = f"taken {minute(source.taken_at)}" if source.taken_at else "it doesn't say when taken"
    age = "of unknown age" if source.age_days is None else f"{count(source.age_days, 'day')} old"
    return f"file {safe_text(source.file or '', limit=200)}, {taken}, {age}, not signed"


def azure_words(report: Report) -> str:
    """What the Azure side was read from; empty where nothing of it was."""
    read = report.azure
    if read is None:
        return ""
    if read.source != "live":
        return f"saved answers: {safe_text(read.source, limit=200)}"
    when = f", read {minute(read.taken_at)}" if read.taken_at else ""
    return f"live, {safe_text(read.cloud or 'cloud not told', limit=80)}{when}"
