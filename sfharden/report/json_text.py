"""A report as JSON."""

import json
from typing import Any

from sfharden.model.base import Model
from sfharden.model.results import Report
from sfharden.report.form_registry import Showing
from sfharden.text.build_log import json_without_orders


def render_json(report: Model) -> str:
    """One JSON document in ASCII; the same report gives the same bytes."""
    return json_text(report.model_dump(mode="json", by_alias=True))


def show_json(report: Report, _: Showing) -> str:
    """The report as `-f json` gives it."""
    return render_json(report)


def json_text(data: Any, indent: int | None = 2) -> str:
    """A document whose lines no build's log takes for a command."""
    return json_without_orders(json.dumps(data, indent=indent, ensure_ascii=True)) + "\n"
