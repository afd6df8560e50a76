"""The inventory of OAuth tokens: by app for an overview, and token by token. Never a token's secret."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from tabulate import tabulate

from sfharden.facts.directory import Directory
from sfharden.facts.ownership import managed_by
from sfharden.model.org import Token
from sfharden.model.snapshot import Source
from sfharden.report.json_text import json_text
from sfharden.report.name_marks import mark_of
from sfharden.report.source_words import source_lines
from sfharden.text.csv_cell import csv_text
from sfharden.text.look_alike import look_alikes, shown_name
from sfharden.text.markdown import escaped, markdown_table
from sfharden.text.redact import safe_text
from sfharden.text.terminal import DEFAULT, Terminal
from sfharden.text.wording import dated

_MOST_ROWS = 40
_MANAGED = {True: "yes", False: "no", None: "?"}


class Line(NamedTuple):
    """One token, joined with its user and profile; or, as `1+`, all that a user gave an app.

    `mark` says what is odd about the app's name: it may be meant to be taken for another, or not to be seen.
    """

    handle: str
    app: str
    managed: str
    user: str
    active: str
    profile: str
    created: str
    last_used: str
    use_count: str
    tokens: str = "1"
    mark: str = ""


def lines_of(tokens: Iterable[Token], directory: Directory) -> Iterator[Line]:
    """The tokens as rows of text; what is unknown is `?`."""
    managed, tokens = managed_by(directory), tuple(tokens)
    labels = {token.app_label for token in tokens}
    alike = look_alikes((*labels, *(app.label for app in directory.known_apps)))
    marks = {label: mark_of(label, alike) for label in labels}
    for token in tokens:
        user = directory.users_by_id.get(token.user_id)
        yield Line(
            token.handle,
            token.app_label,
            _MANAGED[managed(token)],
            user.username if user else token.user_id,
            "?" if user is None else "yes" if user.active else "no",
            directory.profile_label(user.profile_id) if user else "?",
            _moment(token.created),
            _moment(token.last_used) or "never",
            "?" if token.use_count is None else str(token.use_count),
            "1+" if token.summed else "1",
            marks[token.app_label],
        )


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    # strftime doesn't fill up a short year, and `_dated` reads this again.
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def render_inventory(
    lines: list[Line], gap: str, now: datetime, terminal: Terminal, source: Source | None = None
) -> str:
    """An overview by app, then the tokens, cut after some and counted; `source` says of what."""
    overview = _overview(lines, now, terminal.width) if lines else "No tokens."
    shown = [_row(line, now) for line in sorted(lines, key=lambda line: line.last_used)[:_MOST_ROWS]]
    blocks = [*(source_lines(source, 10, terminal.width) if source else ()), overview]
    if shown:
        left = terminal.width - 18  # of the handle, and the gaps
        widths = [None, left * 18 // 62, left * 24 // 62, left * 20 // 62]
        blocks.append(
            tabulate(
                shown,
                headers=["Token", "App", "User, profile", "Made, used"],
                tablefmt="simple",
                maxcolwidths=widths,
                disable_numparse=True,
            )
        )
    more = len(lines) - _MOST_ROWS
    if more > 0:
        blocks.append(f"and {more:,} more; -f csv or -f json has them all.")
    if gap:
        blocks.append(f"INCOMPLETE: {safe_text(gap)}.")
    return "\n\n".join(blocks) + "\n"


def _overview(lines: list[Line], now: datetime, width: int) -> str:
    """Without the column of the oldest where there's no room, which is said; the tokens below tell their age."""
    apps: dict[tuple[str, str], list[Line]] = {}
    narrow = width < DEFAULT
    for line in lines:
        apps.setdefault((line.app, line.managed), []).append(line)
    rows = [
        [
            f"{shown_name(app)}{_marked(held[0])}",
            {"yes": "managed", "no": "not installed", "?": "can't tell"}[managed],
            f"{len(held)}{'+' if any(line.tokens == '1+' for line in held) else ''}",
            len({line.user for line in held}),
            *(() if narrow else (_dated(min(line.created for line in held), now, "\n"),)),
            _dated(max(line.last_used if line.last_used != "never" else "" for line in held), now, "\n")
            or "never",
        ]
        for (app, managed), held in sorted(apps.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    table = tabulate(
        rows,
        headers=["App", "In the org", "Tokens", "Users", *(() if narrow else ("Oldest",)), "Last used"],
        tablefmt="simple",
        maxcolwidths=[
            width - 46 if narrow else width - 59,
            12 if narrow else 13,
            *[None] * (3 if narrow else 4),
        ],
        disable_numparse=True,
    )
    return f"{table}\nThe oldest token of each has its column from {DEFAULT} columns on." if narrow else table


def _marked(line: Line) -> str:
    return f" [!: {line.mark}]" if line.mark else ""


def _row(line: Line, now: datetime) -> list[str]:
    user = safe_text(line.user, limit=80) + (" (inactive)" if line.active == "no" else "")
    never = line.last_used == "never"
    used = "never used" if never else f"{_dated(line.last_used, now)}\n{line.use_count}×"
    return [
        line.handle,
        shown_name(line.app, 80),
        f"{user}\n{safe_text(line.profile, limit=60)}",
        f"{'' if line.tokens == '1' else 'first '}{_dated(line.created, now) or 'at some time'}\n{used}",
    ]


def _dated(moment: str, now: datetime, before_age: str = " ") -> str:
    """A moment as a line has it, by day and age; empty where it isn't known."""
    return dated(datetime.fromisoformat(moment), now).replace(" ", before_age, 1) if moment else ""


def render_inventory_json(lines: Iterable[Line], gap: str, source: Source | None = None) -> str:
    """All tokens as JSON (`sfharden.tokens/1`), one a line; `source` says of what."""
    head: dict[str, object] = {"schema": "sfharden.tokens/1", "complete": not gap, "gap": gap}
    if source:
        head["source"] = source.model_dump(mode="json")
    # Token by token: an encoder given the whole list takes several times its size in memory.
    tokens = ",\n".join(f"  {json_text(line._asdict(), indent=None).rstrip()}" for line in lines)
    listed = f"[\n{tokens}\n ]" if tokens else "[]"
    return f'{json_text(head, indent=1)[:-3]},\n "tokens": {listed}\n}}\n'


def render_inventory_csv(lines: Iterable[Line]) -> str:
    """All tokens as CSV; a cell that a spreadsheet could take for a formula gets an apostrophe before it."""
    return csv_text(Line._fields, lines)


def render_inventory_markdown(lines: Iterable[Line], gap: str, source: Source) -> str:
    """All tokens as a table in Markdown, and whether it is whole."""
    whole = f"INCOMPLETE: {escaped(gap)}." if gap else "Complete."
    head = f"# OAuth tokens\n\n- Source: {escaped(source.name)}\n- {whole}\n\n"
    return head + "\n".join(markdown_table(Line._fields, lines)) + "\n"
