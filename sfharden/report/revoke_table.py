"""A plan and its outcome in words, for a person at a terminal. Names of the org are hostile."""

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from tabulate import tabulate

from sfharden.report.name_marks import marked
from sfharden.revocation.history import History
from sfharden.revocation.pages import (
    JournalPage,
    NoneLeftPage,
    NotePage,
    OutcomePage,
    PlanPage,
)
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.records import State
from sfharden.text.look_alike import look_alikes
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

_MOST_APPS = 20
_MOST_LISTED = 20
_PAGE = 1000  # tokens a table: one table of 100,000 would take most of the memory that a run may use

_AGAIN = """\
Next:
  Once the change is deployed: write hardened_at (now) into the integration file,
  and authorise the connection again, as the integration's user, from an address
  that its profile admits. Then:
  sfharden verify {source} -i FILE"""
_STRANGER = """\
Next:
  Nobody installed this app: don't authorise it again. Ask its users how it came
  about, and block it in Setup, Connected Apps OAuth Usage."""

Key = Callable[[PlannedToken], str]


def render_page(page: PlanPage | JournalPage | OutcomePage | NoneLeftPage | NotePage) -> str:
    """What revoking shows, as it's printed."""
    match page:
        case PlanPage(plan, who, whole):
            return show_plan(plan, f"{who.username} (by {who.how})", whole=whole) + "\n\n"
        case JournalPage(history, left, who):
            return _taken_up(history, left, f"{who.username} (by {who.how})") + "\n\n"
        case OutcomePage(history):
            return show_outcome(history) + "\n"
        case NoneLeftPage(plan, source, is_news):
            said = "Counted again: none of the plan's tokens is left.\n"
            return f"{said}\n{_next(plan, source)}\n" if is_news else said
        case NotePage(text):
            return text + "\n"
        case _:
            assert_never(page)


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


def show_plan(plan: RevocationPlan, who: str, *, whole: bool) -> str:
    """The plan: org, numbers, apps and users; with `whole`, token by token."""
    heading = [
        org_line(plan),
        f"Signed in   {safe_text(who, limit=80)}",
        f"Selected    {safe_text(plan.selection, limit=300)}",
    ]
    if not plan.tokens:
        return "\n".join([*heading, "", "No token is selected."])
    blocks = ["\n".join(heading), _overview(plan)]
    if whole:
        blocks.append(_tokens(plan.tokens))
    blocks.append(_numbers(plan))
    return "\n\n".join(blocks)


def _taken_up(history: History, left: RevocationPlan, who: str) -> str:
    """What the journal tells of itself, and, as the org tells it, what is left to revoke."""
    heading = [
        org_line(left),
        f"Signed in   {safe_text(who, limit=80)}",
        f"Journal     plan {history.header.fingerprint} of {history.header.at:%Y-%m-%d %H:%M} UTC, "
        f"selected: {safe_text(history.plan.selection, limit=300)}",
        show_outcome(history),
    ]
    if not left.tokens:
        return "\n".join([*heading, "Nothing is left to revoke."])
    blocks = ["\n".join([*heading, "Left, as the org lists it now:"]), _overview(left)]
    return "\n\n".join([*blocks, f"Left: {_numbers(left)}"])


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


def _overview(plan: RevocationPlan) -> str:
    held: dict[tuple[str, str], list[PlannedToken]] = {}
    for token in plan.tokens:
        held.setdefault((token.app, _installed(token)), []).append(token)
    alike = look_alikes(app for app, _ in held)
    ordered = sorted(held.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [
        [
            marked(app, alike, 80),
            installed,
            len(tokens),
            "\n".join(_names(token.user for token in tokens)),
        ]
        for (app, installed), tokens in ordered[:_MOST_APPS]
    ]
    table = tabulate(
        rows,
        headers=["App", "In the org", "Tokens", "Users"],
        tablefmt="simple",
        maxcolwidths=[22, 13, None, 30],
        disable_numparse=True,
    )
    more = len(ordered) - _MOST_APPS
    return f"{table}\nand {count(more, 'more app')}" if more > 0 else table


def _installed(token: PlannedToken) -> str:
    return {True: "managed", False: "not installed", None: "can't tell"}[token.installed]


def _names(names: Iterable[str]) -> list[str]:
    distinct = sorted(set(names))
    shown = [safe_text(name, limit=60) for name in distinct[:3]]
    return [*shown, f"and {len(distinct) - 3} more"] if len(distinct) > 3 else shown


def _day(token: PlannedToken) -> str:
    return f"{token.created:%Y-%m-%d}" if token.created else "?"


def _tokens(tokens: Sequence[PlannedToken]) -> str:
    return "\n\n".join(_page(tokens[at : at + _PAGE]) for at in range(0, len(tokens), _PAGE))


def _page(tokens: Iterable[PlannedToken]) -> str:
    rows = [
        [token.handle, safe_text(token.app, limit=60), safe_text(token.user, limit=80), _day(token)]
        for token in tokens
    ]
    return tabulate(
        rows,
        headers=["Token", "App", "User", "Created"],
        tablefmt="simple",
        maxcolwidths=[None, 22, 28, None],
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
