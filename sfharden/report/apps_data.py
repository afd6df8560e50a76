"""Every app of an org for machines: JSON (`sfharden.apps/1`), and CSV with a column for each control."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from sfharden.checks.every_app import AppRecord, AppsReport
from sfharden.simulation.mending import Forecasts
from sfharden.text.csv_cell import guarded


def render_apps_json(found: AppsReport, forecasts: Forecasts) -> str:
    """One JSON document in ASCII; the same reading gives the same bytes."""
    report = found.report
    data = {
        "schema": "sfharden.apps/1",
        "tool": report.tool.model_dump(mode="json"),
        "generated_at": report.generated_at,
        "source": report.source.model_dump(mode="json"),
        "policies": list(report.policies),
        "summary": report.summary,
        "apps": [_app(one, forecasts) for one in found.apps],
        "gaps": [gap.model_dump(mode="json") for gap in report.gaps],
    }
    return json.dumps(data, indent=1, ensure_ascii=True) + "\n"


def _app(one: AppRecord, forecasts: Forecasts) -> dict[str, Any]:
    use = one.use
    return {
        "name": one.name,
        "label": one.label,
        "kind": one.kind,
        "publisher": one.publisher,
        "users": len(use.users) if use else None,
        "tokens": len(use.tokens) if use else None,
        "last_used": use.last.isoformat() if use and use.last else None,
        "flows": list(use.flows) if use else None,
        "controls": {
            name: {
                "status": result.status.value,
                "severity": result.severity.value,
                "message": result.message,
                "where": next((part.source for part in result.evidence if part.source), ""),
                "waived": result.waived is not None,
                **_forecast(forecasts, name, one),
            }
            for name, result in sorted(one.results.items())
        },
    }


def _forecast(forecasts: Forecasts, control: str, one: AppRecord) -> dict[str, Any]:
    forecast = forecasts.get((control, one.kind, one.name))
    return {"if_mended": {"effect": forecast.effect.value, "text": forecast.text}} if forecast else {}


def render_apps_csv(found: AppsReport) -> str:
    """One row an app; a cell that a spreadsheet could take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    controls = [control.id for control in found.controls]
    writer.writerow(["app", "label", "kind", "publisher", "users", "tokens", "last_used", *controls])
    for one in found.apps:
        writer.writerow([guarded(cell) for cell in _cells(one, controls)])
    return out.getvalue()


def _cells(one: AppRecord, controls: list[str]) -> Iterator[str]:
    use = one.use
    yield from (one.name, one.label, one.kind, one.publisher)
    yield from (str(len(use.users)), str(len(use.tokens))) if use else ("", "")
    yield use.last.isoformat() if use and use.last else ""
    for name in controls:
        result = one.results.get(name)
        yield "" if result is None else "waived" if result.waived else result.status.value
