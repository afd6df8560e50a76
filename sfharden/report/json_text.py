"""A report as JSON."""

import json
from typing import Any

from sfharden.model.base import Model
from sfharden.model.results import Report
from sfharden.report.form_registry import Showing


def render_json(report: Model) -> str:
    """One JSON document in ASCII; the same report gives the same bytes."""
    return json_text(report.model_dump(mode="json", by_alias=True))


def show_json(report: Report, _: Showing) -> str:
    """The report as `-f json` gives it."""
    return render_json(report)


def json_text(data: Any, indent: int | None = 2) -> str:
    """A document whose lines no build's log takes for a command: two of the mark that begins one never stand together.

    Azure Pipelines looks for `##vso[` anywhere in a line (Logging commands); within a text of JSON the escape means the same.
    """
    return json.dumps(data, indent=indent, ensure_ascii=True).replace("##", "#\\u0023") + "\n"
