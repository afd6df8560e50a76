"""The report as one page: an HTML file that asks nobody for anything, reads without script, and prints.

Jinja2 escapes whatever stands in the page, and what a name could do to a reader is made harmless before (`plain`). The
policy in its head lets nothing in but its own style and script, each by its hash.
"""

import base64
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined

from sfharden.checks.page_facts import PageFacts
from sfharden.model.results import Report
from sfharden.report.check_grid import CELLS
from sfharden.report.check_sections import evidence_of, sections_of
from sfharden.report.form_registry import Showing
from sfharden.report.json_text import json_text
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

# Of JSON in the page: with it, a page of 500 profiles stays below 2 MB.
MOST_DATA: Final = 800_000
_LONGEST: Final = 4000  # of a message: more is cut, and the whole stands in the JSON


def render_html(report: Report, facts: PageFacts | None = None) -> str:
    """The whole page; the same report gives the same bytes. `facts` are there only where the report was just made."""
    style, script = _file("page.css"), _file("page.js")
    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            page=sections_of(report, facts or PageFacts()),
            style=style,
            script=script,
            policy=_content_policy(style, script),
            data=_data(report),
        )
    )


def show_html(report: Report, showing: Showing) -> str:
    """The report as `-f html` gives it."""
    return render_html(report, showing.facts() if showing.facts else None)


def _content_policy(style: str, script: str) -> str:
    """Nothing is loaded, sent or framed; the page's own style and script are known by their hashes."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"


def _data(report: Report) -> str:
    """The report as JSON that can't end the element it stands in; nothing, and the page says so, if it's too large."""
    text = json_text(report.model_dump(mode="json", by_alias=True), None).rstrip()
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return text if len(text) <= MOST_DATA else ""


def plain(text: object, limit: int = _LONGEST) -> str:
    """Foreign text without what speaks to a terminal or turns the reading around."""
    return safe_text(str(text), limit=limit)


def _harmless(value: object) -> object:
    """Everything that is put into the page goes through here, whatever a template forgot; lines stay lines."""
    if hasattr(value, "__html__"):  # escaped already, or our own
        return value
    return "\n".join(plain(line) for line in str(value).split("\n"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    environment.globals |= {"count": count, "cells": CELLS, "evidence_of": evidence_of}
    return environment


@cache
def _file(name: str) -> str:
    return resources.files("sfharden.report").joinpath("check_page", name).read_text("utf-8")
