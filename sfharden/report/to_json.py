"""The report as JSON, schema `sfharden.report/1`."""

import json

from sfharden.model.results import Report


def render_json(report: Report) -> str:
    """One JSON document in ASCII; the same report gives the same bytes."""
    data = report.model_dump(mode="json", by_alias=True)
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"
