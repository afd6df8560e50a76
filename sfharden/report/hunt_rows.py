"""A hunt as JSON (schema `sfharden.hunt/1`), as rows for a spreadsheet, and as a page for a ticket."""

from collections.abc import Iterator

from sfharden.facts.hits import Hit
from sfharden.report.hunt_table import NO_ADDRESS, HuntTold
from sfharden.report.json_text import json_text
from sfharden.text.csv_cell import csv_text
from sfharden.text.markdown import escaped, markdown_table
from sfharden.text.wording import count, minute

_HEAD: tuple[str, ...] = Hit._fields


def render_hunt_json(told: HuntTold, version: str, stamp: str) -> str:
    """One JSON document in ASCII: every hit, every gap, the tokens at risk by their handles."""
    found = told.found
    data = {
        "schema": "sfharden.hunt/1",
        "tool": {"name": "sfharden", "version": version},
        "generated_at": stamp,
        "source": told.source.model_dump(mode="json"),
        "searched": {
            "ranges": told.ranges,
            "lists": told.lists,
            "from": told.span.start.isoformat(),
            "to": told.span.end.isoformat(),
        },
        "verdict": told.verdict,
        "hits": [_plain(one) for one in found.hits],
        "tokens": [
            {
                "handle": one.handle,
                "app": one.app_label,
                "user": told.directory.username(one.user_id),
                "created": one.created.isoformat() if one.created else None,
                "last_used": one.last_used.isoformat() if one.last_used else None,
            }
            for one in found.tokens
        ],
        "gaps": list(told.gaps),
        "beside": list(found.beside),
        "revoke": list(told.commands),
    }
    return json_text(data)


def _plain(one: Hit) -> dict[str, object]:
    return {**one._asdict(), "first": one.first.isoformat(), "last": one.last.isoformat()}


def render_hunt_csv(told: HuntTold) -> str:
    """One row a hit, and one a gap, so that an empty sheet is no clean one; no cell a formula."""
    gaps = [("not searched", *([""] * (len(_HEAD) - 2)), gap) for gap in told.gaps]
    return csv_text(_HEAD, [*_rows(told), *gaps])


def render_hunt_markdown(told: HuntTold) -> str:
    """The same as a page, with what to type."""
    lines = [
        "# Hunt\n",
        f"- Source: {escaped(told.source.name)}",
        f"- Searched: {count(told.ranges, 'range')}, from {minute(told.span.start)} to {minute(told.span.end)}",
        f"- {escaped(told.verdict)}",
        *(f"- Not searched: {escaped(gap)}" for gap in told.gaps),
        *(f"- {escaped(text)}" for text in told.found.beside),
        "",
        *markdown_table(_HEAD, _rows(told)),
    ]
    if told.commands:
        lines += ["", f"At risk: {count(len(told.found.tokens), 'token')}. {NO_ADDRESS}", ""]
        lines += [f"- {escaped(one)}" for one in told.commands]
    return "\n".join(lines) + "\n"


def _rows(told: HuntTold) -> Iterator[tuple[str, ...]]:
    for one in told.found.hits:
        yield tuple(
            minute(value) if name in ("first", "last") else str(value)
            for name, value in one._asdict().items()
        )
