"""Every app of an org at a glance: one row an app, one letter a control, and what would break if it were mended."""

from collections.abc import Iterable, Iterator
from typing import Final

import click
from tabulate import tabulate

from sfharden.checks.every_app import AppRecord, AppsReport
from sfharden.model.results import Report, Result, ResultState, Severity, Status
from sfharden.report.check_settled import settled_block
from sfharden.report.next_lines import next_block
from sfharden.report.source_words import source_lines
from sfharden.simulation.mending import Effect, Forecast, Forecasts
from sfharden.text.look_alike import shown_name
from sfharden.text.redact import safe_text
from sfharden.text.terminal import DEFAULT, Terminal
from sfharden.text.wording import count
from sfharden.text.wrapping import bullet, shorten_to, wrap

MOST_APPS: Final = 20
_MOST_NAMED: Final = 6
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MARKS: Final = {
    ResultState.FAIL: "x",
    ResultState.KNOWN: "k",
    ResultState.UNKNOWN: "?",
    ResultState.PASS: ".",
    ResultState.NOT_APPLICABLE: "-",
    ResultState.MANUAL: "m",
    ResultState.WAIVED: "w",
}
_KINDS: Final = {"connected-app": "connected", "external-client-app": "external"}


def render_apps(
    found: AppsReport, forecasts: Forecasts, terminal: Terminal, *, full: bool = False, policies: str = ""
) -> str:
    """The worst apps first; with `full` all of them. `policies` are to be typed again."""
    blocks = [
        _heading(found, terminal.width),
        _table(found, terminal, full=full),
        _controls(found, terminal),
        _mending(found, forecasts, terminal),
        _gaps(found, terminal),
        _warnings(found.report, terminal.width),
        settled_block(found.report, terminal.width, wide=full),
        _summary(found, terminal),
        next_block(_next(found, policies), terminal.width),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(found: AppsReport, width: int) -> str:
    source = found.report.source
    managed = sum(one.app is not None for one in found.apps)
    strange = len(found.apps) - managed
    apps = count(managed, "app") + (f", and {strange:,} that nobody installed" if strange else "")
    lines = [
        f"Source    {safe_text(source.name, limit=60)}",
        *source_lines(source, 10, width),
        f"Apps      {apps}",
    ]
    return "\n".join(lines)


def _table(found: AppsReport, terminal: Terminal, *, full: bool) -> str:
    if not found.apps:
        return "No apps were read."
    shown = found.apps if full else found.apps[:MOST_APPS]
    letters = _LETTERS[: len(found.controls)]
    seen, narrow = any(one.use for one in found.apps), terminal.width < DEFAULT
    used = (("Users", "right"), ("Tokens", "right"), ("Last used", "left")) if seen and not narrow else ()
    columns = (("App", "left"), *(() if narrow else (("Kind", "left"),)), *used, (letters, "left"))
    width = max(terminal.width - max(len(letters) + 2, 5) - (2 if narrow else 50 if seen else 20), 14)
    rows = [
        [
            _named(one, width),
            *(() if narrow else (_KINDS.get(one.kind, one.kind),)),
            *(_use(one) if used else ()),
            "".join(_mark(one.results.get(control.id)) for control in found.controls),
        ]
        for one in shown
    ]
    table = tabulate(
        rows,
        headers=[name for name, _ in columns],
        tablefmt="simple",
        disable_numparse=True,
        colalign=[side for _, side in columns],
    )
    more = len(found.apps) - len(shown)
    told = [f"and {more:,} more; --full shows them, -f json and -f csv have them all."] if more else []
    if narrow:
        left_out = "Kind, users, tokens and last use" if seen else "The kind"
        told.append(f"{left_out}: from {DEFAULT} columns on, and in -f csv.")
    return "\n".join([table, *(wrap(line, terminal.width, "  ") for line in told)])


def _named(one: AppRecord, width: int) -> str:
    """The label, and below it the API name where that says more; neither wider than its column."""
    label = shown_name(one.label, 80)
    name = f"({safe_text(one.name, limit=80)})"
    told = (label,) if _plain(one.name) == _plain(one.label) or not one.app else (label, name)
    return "\n".join(shorten_to(text, width) for text in told)


def _plain(name: str) -> str:
    return name.replace("_", " ").casefold()


def _use(one: AppRecord) -> tuple[str, str, str]:
    if one.use is None:
        return "?", "?", "?"
    more = "+" if any(token.summed for token in one.use.tokens) else ""
    last = f"{one.use.last:%Y-%m-%d}" if one.use.last else "?" if one.use.gap else "never"
    return f"{len(one.use.users):,}", f"{len(one.use.tokens):,}{more}", last


def _mark(result: Result | None) -> str:
    if result is None:
        return " "
    return _MARKS[result.state]


def _controls(found: AppsReport, terminal: Terminal) -> str:
    """What each letter means, how many apps it fails, and the fix."""
    legend = "x fails  ? can't tell  . passes  - doesn't apply  m look yourself  w waived"
    legend += "  k known since the baseline" if found.report.baseline else ""
    lines = [wrap(legend, terminal.width)]
    for letter, control in zip(_LETTERS, found.controls, strict=False):
        results = [one.results[control.id] for one in found.apps if control.id in one.results]
        failed, unknown = sum(one.is_finding for one in results), sum(one.is_open for one in results)
        by_hand = sum(one.status is Status.MANUAL for one in results)
        known = sum(one.state is ResultState.KNOWN for one in results)
        counts = ", ".join(
            f"{number:,} {word}"
            for number, word in (
                (failed, "failed"),
                (known, "known"),
                (unknown, "unknown"),
                (by_hand, "to look at"),
            )
            if number
        )
        head = f"{letter}  {control.id} ({control.severity}): {counts or 'nothing to mend'}"
        head = wrap(head, terminal.width, "   ")
        lines.append(_coloured(head, control.severity, terminal) if failed else head)
        if failed:
            lines.append(wrap(f"   Fix: {control.remediation}", terminal.width, "        "))
    return "\n".join(lines)


def _coloured(text: str, severity: Severity, terminal: Terminal) -> str:
    colour = {"critical": "bright_red", "high": "red", "medium": "yellow"}.get(severity.value, "blue")
    return click.style(text, fg=colour) if terminal.colour else text


def _mending(found: AppsReport, forecasts: Forecasts, terminal: Terminal) -> str:
    """What would be refused, control by control; those first that nothing speaks against."""
    by_lines: dict[tuple[str, ...], list[str]] = {}
    for control in found.controls:
        told = [
            (one, forecasts[key])
            for one in found.apps
            if (key := (control.id, one.kind, one.name)) in forecasts
        ]
        if told:
            by_lines.setdefault(tuple(_effects(told, terminal)), []).append(control.id)
    if not by_lines:
        return ""
    lines = [
        line
        for said, controls in by_lines.items()
        for line in (wrap(f"{', '.join(controls)}:", terminal.width), *said)
    ]
    title = wrap("WOULD IT BREAK, IF IT WERE MENDED TODAY? (by what 90 days show)", terminal.width)
    return "\n".join([title, *lines])


def _effects(told: list[tuple[AppRecord, Forecast]], terminal: Terminal) -> Iterator[str]:
    safe = [one for one, forecast in told if forecast.effect is Effect.NONE]
    if safe:
        yield bullet(f"safe to mend: {_names(safe)}", terminal.width)
    for one, forecast in [pair for pair in told if pair[1].effect is Effect.BREAKS][:_MOST_NAMED]:
        yield bullet(f"refuses, {shown_name(one.label, 80)}: {forecast.text}", terminal.width)
    more = sum(forecast.effect is Effect.BREAKS for _, forecast in told) - _MOST_NAMED
    if more > 0:
        yield f"- and refuses something of {count(more, 'more app')}"
    by_reason: dict[str, list[AppRecord]] = {}
    for one, forecast in told:
        if forecast.effect is Effect.CANNOT_TELL:
            by_reason.setdefault(forecast.text, []).append(one)
    for reason, apps in list(by_reason.items())[:3]:
        yield bullet(f"can't tell, {_names(apps)}: {reason}", terminal.width)
    rest = sum(len(apps) for apps in list(by_reason.values())[3:])
    if rest:
        yield f"- can't tell: {count(rest, 'more app')}"


def _names(apps: Iterable[AppRecord]) -> str:
    names = [shown_name(one.label, 80) for one in apps]
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _gaps(found: AppsReport, terminal: Terminal) -> str:
    gaps = found.report.gaps
    if not gaps:
        return ""
    lines = [bullet(f"{gap.what}: {gap.reason}", terminal.width) for gap in gaps[:_MOST_NAMED]]
    more = len(gaps) - _MOST_NAMED
    return "\n".join(
        ["NOT READ", *lines, *([f"  and {more:,} more; -f json has them all."] if more > 0 else [])]
    )


def _warnings(report: Report, width: int) -> str:
    lines = [bullet(text, width) for text in report.warnings]
    return "\n".join(["WARNINGS", *lines]) if lines else ""


def _summary(found: AppsReport, terminal: Terminal) -> str:
    bad = sum(any(result.is_finding for result in one.results.values()) for one in found.apps)
    open_ = sum(any(result.is_open for result in one.results.values()) for one in found.apps)
    by_hand = sum(
        any(result.status is Status.MANUAL for result in one.results.values()) for one in found.apps
    )
    text = f"{count(len(found.apps), 'app')}: {bad:,} with something to mend, {open_:,} not wholly known"
    text += f", {by_hand:,} to look at yourself where no call tells." if by_hand else "."
    text = wrap(text, terminal.width)
    colour = "red" if bad else "yellow" if open_ else "green"
    return click.style(text, fg=colour, bold=True) if terminal.colour else text


def _next(found: AppsReport, policies: str) -> Iterator[str]:
    failing = [result for one in found.apps for result in one.results.values() if result.is_finding]
    if failing:
        worst = max(failing, key=lambda one: one.severity.rank)
        yield f"sfharden controls {worst.control}{policies}"
        yield "  why it matters and how to mend it"
