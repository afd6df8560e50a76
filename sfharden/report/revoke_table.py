"""A plan and its outcome in words, for a person at a terminal. Names of the org are hostile."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, assert_never

from tabulate import tabulate

from sfharden.report.name_marks import marked
from sfharden.report.next_lines import next_block
from sfharden.revocation.history import History
from sfharden.revocation.pages import (
    DryRunPage,
    JournalPage,
    NoneLeftPage,
    NotePage,
    OutcomePage,
    PlanPage,
)
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.records import Actor, State
from sfharden.text.look_alike import look_alikes, shown_name
from sfharden.text.redact import safe_text
from sfharden.text.terminal import DEFAULT
from sfharden.text.wording import count, dated, day
from sfharden.text.wrapping import wrap

_MOST_APPS = 20
_MOST_LISTED = 20
_PAGE = 1000  # tokens a table: one table of 100,000 would take most of the memory that a run may use

_AGAIN = """\
Next:
  Once the change is deployed: write hardened_at (now) into the integration file,
  and authorise the connection again, as the integration's user, from an address
  that its profile admits. Then:
  sfharden verify {source} -i FILE"""
OWN_NAMES: Final = (
    "These names of tokens are this plan's own: `sfharden tokens` has other names for the same tokens."
)
_STRANGER = """\
Next:
  Nobody installed this app: don't authorise it again. Ask its users how it came
  about, and block it in Setup, Connected Apps OAuth Usage."""

Key = Callable[[PlannedToken], str]


def render_page(
    page: PlanPage | JournalPage | OutcomePage | NoneLeftPage | NotePage | DryRunPage, width: int = DEFAULT
) -> str:
    """What revoking shows, as it's printed, in at most `width` columns but for a command to type."""
    match page:
        case PlanPage():
            return show_plan(page, width) + "\n\n"
        case JournalPage():
            return _taken_up(page, width) + "\n\n"
        case OutcomePage(history):
            return show_outcome(history) + "\n"
        case NoneLeftPage(plan, source, is_news):
            said = "Counted again: none of the plan's tokens is left.\n"
            return f"{said}\n{_next(plan, source)}\n" if is_news else said
        case DryRunPage(again):
            return "\n\n".join(["Nothing was revoked (--dry-run).", *_revoking(again, width)]) + "\n"
        case NotePage(text):
            return text + "\n"
        case _:
            assert_never(page)


def _revoking(again: str, width: int) -> Iterator[str]:
    if again:
        yield next_block([again, "  shows this list again, and asks before anything is revoked"], width)


def _next(plan: RevocationPlan, source: str) -> str:
    """What to do then: an app that the org doesn't manage isn't to come back."""
    if plan.tokens and all(token.installed is False for token in plan.tokens):
        return _STRANGER
    return _AGAIN.format(source=source)


def org_line(plan: RevocationPlan) -> str:
    """Which org it is, production in capitals; an org that doesn't tell is taken for production."""
    name = f"{safe_text(plan.org_name, limit=60)} ({safe_text(plan.org_id, limit=18)})"
    if plan.is_sandbox is None:
        return f"Org         PRODUCTION (it doesn't tell, so take it for that): {name}"
    return f"Org         {'sandbox' if plan.is_sandbox else 'PRODUCTION'}: {name}"


def _heading(plan: RevocationPlan, who: Actor, width: int, *more: str) -> str:
    signed_in = f"Signed in   {safe_text(f'{who.username} (by {who.how})', limit=80)}"
    return "\n".join(wrap(line, width, " " * 12) for line in (org_line(plan), signed_in, *more))


def show_plan(page: PlanPage, width: int = DEFAULT) -> str:
    """The plan: org, numbers, apps and users; with `whole`, token by token."""
    plan = page.plan
    heading = _heading(plan, page.who, width, f"Selected    {safe_text(plan.selection, limit=300)}")
    if not plan.tokens:
        return f"{heading}\n\nNo token is selected."
    blocks = [heading, _overview(plan, width, page)]
    if page.whole:
        blocks += [_tokens(plan.tokens, width, page.now), wrap(OWN_NAMES, width)]
    return "\n\n".join([*blocks, _numbers(plan)])


def _taken_up(page: JournalPage, width: int) -> str:
    """What the journal tells of itself, and, as the org tells it, what is left to revoke."""
    history, left = page.history, page.left
    journal = (
        f"Journal     plan {history.header.fingerprint} of {history.header.at:%Y-%m-%d %H:%M} UTC, "
        f"selected: {safe_text(history.plan.selection, limit=300)}"
    )
    told = f"{_heading(left, page.who, width, journal)}\n{show_outcome(history)}"
    if not left.tokens:
        return f"{told}\n\nNothing is left to revoke."
    head = f"{told}\nLeft, as the org lists it now:"
    return "\n\n".join([head, _overview(left, width), f"Left: {_numbers(left)}"])


def _numbers(plan: RevocationPlan) -> str:
    numbers = f"{count(len(plan.tokens), 'token')} of {_distinct(plan, _app)} and {_distinct(plan, _user)}"
    return f"{numbers}. Fingerprint {plan.fingerprint}"


def _app(token: PlannedToken) -> str:
    return token.app


def _user(token: PlannedToken) -> str:
    return token.user


def _distinct(plan: RevocationPlan, key: Key) -> str:
    noun = "app" if key is _app else "user"
    return count(len({key(token) for token in plan.tokens}), noun)


def _overview(plan: RevocationPlan, width: int, page: PlanPage | None = None) -> str:
    held: dict[tuple[str, str], list[PlannedToken]] = {}
    for token in plan.tokens:
        held.setdefault((token.app, _installed(token)), []).append(token)
    alike = look_alikes(app for app, _ in held)
    ordered = sorted(held.items(), key=lambda item: (-len(item[1]), item[0]))
    used = page if page and page.now and page.used else None
    rows = [
        [
            marked(app, alike, 80),
            installed,
            len(tokens),
            *([_last_used(tokens, used)] if used else []),
            "\n".join(_names(token.user for token in tokens)),
        ]
        for (app, installed), tokens in ordered[:_MOST_APPS]
    ]
    managed, fixed = (13 if width >= DEFAULT else 12), (27 if used else 14)
    app = (width - managed - fixed) * 4 // 9
    table = tabulate(
        rows,
        headers=["App", "In the org", "Tokens", *(["Last used"] if used else []), "Users"],
        tablefmt="simple",
        maxcolwidths=[
            app,
            managed,
            None,
            *([10] if used else []),
            width - managed - fixed - app,
        ],
        disable_numparse=True,
    )
    more = len(ordered) - _MOST_APPS
    return f"{table}\nand {count(more, 'more app')}" if more > 0 else table


def _last_used(tokens: Iterable[PlannedToken], page: PlanPage) -> str:
    """When the app was last seen at work: whoever revokes wants to know what stops."""
    moments = [moment for token in tokens if (moment := page.used.get(token.handle))]
    return _dated(max(moments), page.now, "\n") if moments and page.now else "never"


def _installed(token: PlannedToken) -> str:
    return {True: "managed", False: "not installed", None: "can't tell"}[token.installed]


def _names(names: Iterable[str]) -> list[str]:
    distinct = sorted(set(names))
    shown = [safe_text(name, limit=60) for name in distinct[:3]]
    return [*shown, f"and {len(distinct) - 3} more"] if len(distinct) > 3 else shown


def _dated(moment: datetime, now: datetime | None, before_age: str = " ") -> str:
    """The day and the age, beside or below it; without a time to count from, the day."""
    return dated(moment, now).replace(" ", before_age, 1) if now else day(moment)


def _tokens(tokens: Sequence[PlannedToken], width: int, now: datetime | None) -> str:
    return "\n\n".join(_page(tokens[at : at + _PAGE], width, now) for at in range(0, len(tokens), _PAGE))


def _page(tokens: Iterable[PlannedToken], width: int, now: datetime | None) -> str:
    beside = " " if width >= DEFAULT else "\n"
    made = (20 if now and width >= DEFAULT else 10) + 18  # with the handle, and the gaps
    rows = [
        [
            token.handle,
            shown_name(token.app),
            safe_text(token.user, limit=80),
            _dated(token.created, now, beside) if token.created else "?",
        ]
        for token in tokens
    ]
    app = (width - made) * 4 // 9
    return tabulate(
        rows,
        headers=["Token", "App", "User", "Created"],
        tablefmt="simple",
        maxcolwidths=[None, app, width - made - app, None],
        disable_numparse=True,
    )


def show_outcome(history: History) -> str:
    """Numbers by state, and the tokens that are not settled."""
    counts = history.counts()
    total = len(history.plan.tokens)
    parts = [f"{counts[state]:,} {_WORDS[state]}" for state in State if counts[state]]
    lines = [f"{count(total, 'token')}: {', '.join(parts)}."]
    left = history.open_handles()
    for handle in left[:_MOST_LISTED]:
        event = history.events.get(handle)
        lines.append(
            f"  {handle}  {_WORDS[history.state(handle)]}{f' ({event.code})' if event and event.code else ''}"
        )
    if len(left) > _MOST_LISTED:
        lines.append(f"  and {len(left) - _MOST_LISTED:,} more")
    return "\n".join(lines)


_WORDS = {
    State.PLANNED: "not attempted",
    State.ATTEMPTED: "attempted, no answer noted",
    State.REVOKED: "revoked",
    State.ALREADY_GONE: "gone already",
    State.FAILED: "failed",
    State.UNKNOWN: "unknown",
}
