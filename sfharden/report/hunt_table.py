"""A hunt for a person at a terminal: whether they came in, every hit with its evidence, what wasn't searched, what to revoke."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import click
from tabulate import tabulate

from sfharden.facts.directory import Directory
from sfharden.facts.hits import GOT_IN, NO_APP, REFUSED, Hit, Hunt, Span
from sfharden.model.snapshot import Source
from sfharden.report.next_lines import next_block
from sfharden.report.source_words import source_lines
from sfharden.text.names import normalise
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wording import count, minute
from sfharden.text.wrapping import bullet, wrap

_MOST: Final = 40
NO_ADDRESS: Final = (
    "A token's record has no address: whether one was used from there shows in requests alone. These are the tokens of those "
    "who came in."
)


@dataclass(frozen=True, slots=True)
class HuntTold:
    """What was hunted for, where, in which time, and what was found; `org` names the org in commands to type.

    `ranges` and `lists` are how many; `left_out` says what of the lists could not be searched for.
    """

    found: Hunt
    directory: Directory
    source: Source
    org: str
    span: Span
    ranges: int
    lists: int
    left_out: tuple[str, ...] = ()

    @property
    def gaps(self) -> tuple[str, ...]:
        """What was not searched, and not searched for."""
        return (*self.left_out, *self.found.gaps)

    @property
    def commands(self) -> tuple[str, ...]:
        """What revokes the tokens at risk, app by app."""
        return tuple(_commands(self))

    @property
    def verdict(self) -> str:
        """The answer in a sentence."""
        counts = ", ".join(_counts(self.found.hits))
        if any(one.outcome == GOT_IN for one in self.found.hits):
            return f"THEY CAME IN: {counts}."
        if any(one.outcome != REFUSED for one in self.found.hits):
            return f"THEY MAY HAVE COME IN: {counts}."
        if self.found.hits:
            return f"THEY TRIED, and all of it was refused: {counts}."
        return "NOTHING FOUND, and not everything was searched." if self.gaps else "NOTHING FOUND."


def _counts(hits: Iterable[Hit]) -> Iterator[str]:
    times: dict[str, int] = {}
    for one in hits:
        times[one.what] = times.get(one.what, 0) + one.times
    yield from (count(times[what], what) for what in sorted(times))


def render_hunt(told: HuntTold, terminal: Terminal) -> str:
    """All of it in at most `terminal.width` columns."""
    searched = (
        f"Searched  {count(told.ranges, 'range')} of {count(told.lists, 'list')}, from {minute(told.span.start)} to "
        f"{minute(told.span.end)}"
    )
    head = [
        f"Source    {safe_text(told.source.name, limit=60)}",
        *source_lines(told.source, 10, terminal.width),
    ]
    blocks = [
        "\n".join([*head, wrap(searched, terminal.width, indent=" " * 10)]),
        _verdict(told, terminal),
        _hits(told.found.hits, terminal),
        _list("NOT SEARCHED", told.gaps, terminal),
        _list("BESIDE", told.found.beside, terminal),
        _tokens(told, terminal),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _verdict(told: HuntTold, terminal: Terminal) -> str:
    colour = "red" if told.found.hits else "yellow" if told.gaps else "green"
    text = wrap(told.verdict, terminal.width)
    return click.style(text, fg=colour, bold=True) if terminal.colour else text


def _hits(hits: tuple[Hit, ...], terminal: Terminal) -> str:
    if not hits:
        return ""
    width = (terminal.width - 9 - 17 - 6) // 2
    rows = [
        [
            wrap(f"{safe_text(one.user, limit=120)}\n{safe_text(one.app, limit=80)}".strip(), width, "  "),
            wrap(
                f"{one.what} from {safe_text(one.source, limit=60)}: {one.outcome}{_status(one)} [{one.where}]",
                width,
            ),
            f"{one.times:,}",
            f"{minute(one.first)[:16]}\n{minute(one.last)[:16]}",
        ]
        for one in hits[:_MOST]
    ]
    table = tabulate(
        rows, headers=["User, app", "What", "Times", "First, last (UTC)"], tablefmt="simple",
        disable_numparse=True, colalign=("left", "left", "right", "left"),
    )  # fmt: skip
    more = len(hits) - _MOST
    return table + (f"\n  and {more:,} more; -f json has them all." if more > 0 else "")


def _status(one: Hit) -> str:
    return f", '{safe_text(one.status, limit=60)}'" if one.status else ""


def _list(title: str, texts: Iterable[str], terminal: Terminal) -> str:
    found = [bullet(text, terminal.width) for text in texts]
    return "\n".join([title, *found]) if found else ""


def _tokens(told: HuntTold, terminal: Terminal) -> str:
    if not told.commands:
        return ""
    number = count(len(told.found.tokens), "token")
    return f"{wrap(f'AT RISK: {number}. {NO_ADDRESS}', terminal.width)}\n{next_block(_next(told), terminal.width)}"


def _next(told: HuntTold) -> Iterator[str]:
    """First what changes nothing."""
    yield from (f"{one} --dry-run" for one in told.commands)
    yield "  what would be revoked; nothing is changed"
    yield from told.commands
    yield "  revoke it; it asks before"


# What to type -----------------------------------------------------------------------------------


def _commands(told: HuntTold) -> Iterator[str]:
    by_app: dict[str, set[str]] = {}
    for app, user in _pairs(told):
        by_app.setdefault(app, set()).add(user)
    for app, users in sorted(by_app.items()):
        named = [f"--app {_quoted(app)}"] if app else []
        named += [f"--user {_quoted(user)}" for user in sorted(users)]
        yield " ".join(["sfharden revoke", told.org, *named])


def _pairs(told: HuntTold) -> Iterator[tuple[str, str]]:
    """App and user of each token at risk; where tokens were not read, of each hit."""
    if told.found.tokens:
        yield from ((one.app_label, told.directory.username(one.user_id)) for one in told.found.tokens)
    elif any(gap.startswith("Tokens:") for gap in told.found.gaps):
        for one in told.found.hits:
            if one.outcome != REFUSED:
                yield "" if normalise(one.app) in NO_APP else one.app, one.user


def _quoted(name: str) -> str:
    plain = safe_text(name, limit=2000)
    return shlex.quote(plain) if "'" in plain else f"'{plain}'"
