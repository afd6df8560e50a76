"""A report as JSON."""

import json

from sfharden.model.base import Model


def render_json(report: Model) -> str:
    """One JSON document in ASCII; the same report gives the same bytes."""
    data = report.model_dump(mode="json", by_alias=True)
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"
