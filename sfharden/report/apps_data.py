"""Every app of an org for machines: JSON (`sfharden.apps/1`), CSV with a column for each control, and Markdown."""

from collections.abc import Iterator
from typing import Any

from sfharden.checks.every_app import AppRecord, AppsReport
from sfharden.model.results import ResultState
from sfharden.report.check_markdown import show_markdown
from sfharden.report.form_registry import Showing
from sfharden.report.json_text import json_text
from sfharden.simulation.mending import Forecasts
from sfharden.text.csv_cell import csv_text
from sfharden.text.markdown import markdown_table


def render_apps_json(found: AppsReport, forecasts: Forecasts) -> str:
    """One JSON document in ASCII; the same reading gives the same bytes.

    `report` is what `check -f json` gives: by it the file can be a baseline, and `sfharden report` shows it in other forms.
    """
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
        "report": report.model_dump(mode="json", by_alias=True),
    }
    return json_text(data, indent=1)


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
                "known": result.state is ResultState.KNOWN,
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
    controls = [control.id for control in found.controls]
    head = ["app", "label", "kind", "publisher", "users", "tokens", "last_used", *controls]
    return csv_text(head, (tuple(_cells(one, controls)) for one in found.apps))


def render_apps_markdown(found: AppsReport) -> str:
    """One row an app, the worst first, with what fails and what isn't known; then the whole report."""
    rows = (tuple(_row(one)) for one in found.apps)
    head = ("App", "Kind", "Users", "Tokens", "Last use", "Fails", "Unknown")
    lines = ["# Apps", "", *markdown_table(head, rows), ""]
    return "\n".join(lines) + "\n" + show_markdown(found.report, Showing())


def _row(one: AppRecord) -> Iterator[str]:
    use = one.use
    yield from (one.label, one.kind)
    yield from (f"{len(use.users):,}", f"{len(use.tokens):,}") if use else ("?", "?")
    yield use.last.isoformat() if use and use.last else ""
    yield ", ".join(name for name, result in sorted(one.results.items()) if result.is_finding)
    yield ", ".join(name for name, result in sorted(one.results.items()) if result.is_open)


def _cells(one: AppRecord, controls: list[str]) -> Iterator[str]:
    use = one.use
    yield from (one.name, one.label, one.kind, one.publisher)
    yield from (str(len(use.users)), str(len(use.tokens))) if use else ("", "")
    yield use.last.isoformat() if use and use.last else ""
    for name in controls:
        result = one.results.get(name)
        yield "" if result is None else result.state.value
