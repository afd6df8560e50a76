"""A saved report, `check -f json` or `apps -f json`: read back only if it says in itself what it counts."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from sfharden.errors import InputError
from sfharden.files.json_file import load_json
from sfharden.model.base import is_moment
from sfharden.model.results import Report, fingerprint
from sfharden.text.redact import safe_text

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# What sfharden itself names, and so no form makes harmless: controls, policies, kinds, versions.
_WORD: Final = re.compile(r"[\w.+ -]{0,80}", re.ASCII)
_HEAD_BYTES: Final = 200
_HINT: Final = "`sfharden check … -o report.json` writes one."


def load_report(path: Path) -> Report:
    """The report in a file. Raises InputError for what is none, or was changed so that its counts are not its results'."""
    data, shown = load_json(path, "report"), safe_text(str(path))
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema == "sfharden.apps/1":  # the same report stands in it
        data = data.get("report")
        schema = data.get("schema") if isinstance(data, dict) else None
    if schema != "sfharden.report/1":
        raise InputError(f"{shown} is no report of `check` or `apps`.", _HINT)
    try:
        report = Report.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = safe_text(".".join(map(str, first["loc"])), limit=80)
        raise InputError(f"{shown} is no report that this version reads: {where}.", _HINT) from None
    if report.summary != report.counted:
        raise InputError(f"{shown} doesn't count its own results; was it changed?", _HINT)
    if any(
        one.fingerprint != fingerprint(one.control, one.subject, one.integration) for one in report.results
    ):
        raise InputError(f"{shown} has a fingerprint that is not its result's; was it changed?", _HINT)
    if odd := next((one for one in _own_words(report) if not _WORD.fullmatch(one)), None):
        raise InputError(f"{shown} has words that no report has: {safe_text(odd, limit=80)}.", _HINT)
    if not _is_moment(report.generated_at):
        raise InputError(f"{shown} doesn't say when it was made.", _HINT)
    return report


def is_report(path: Path) -> bool:
    """Whether a file says at its beginning that it's a report; anything else it may be is for its own reader to refuse."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        return b'"sfharden.report/' in head or b'"sfharden.apps/' in head
    except (OSError, ValueError):
        return False


def _is_moment(text: str) -> bool:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return False
    return bool(_MOMENT.fullmatch(text)) and is_moment(found)


def _own_words(report: Report) -> Iterator[str]:
    source = report.source
    yield from (report.tool.name, report.tool.version, report.as_of or "", *report.policies)
    yield from (source.org_id or "", source.api_version or "", source.commit or "")
    for result in report.results:
        yield from (result.control, result.subject.kind)
    for settled in report.baseline.settled if report.baseline else ():
        yield from (settled.control, settled.subject.kind)
