"""The report of `egress` for a person at a terminal, and as ranges to type into Setup."""

from collections.abc import Iterable, Iterator

import click
from tabulate import tabulate

from sfharden.model.egress_report import (
    Against,
    AgainstAzure,
    EgressPart,
    EgressReport,
    ListedAddresses,
    RangesReport,
    TagChange,
)
from sfharden.text.redact import safe_text
from sfharden.text.terminal import DEFAULT, Terminal
from sfharden.text.wording import count
from sfharden.text.wrapping import bullet, wrap

_OTHER_COLUMNS = 41  # what the columns beside the first take, their gaps included
_ADDRESSES = 11  # what the second takes
_MOST_RANGES = 60
_MOST_LINES = 12
_MOST_IN_LINE = 6


def render_egress_table(report: EgressReport, terminal: Terminal) -> str:
    """The report in at most `terminal.width` columns."""
    return "\n\n".join(block for part in report.parts for block in _part(part, terminal) if block) + "\n"


def render_ranges(report: EgressReport) -> str:
    """One `start-end` a line, ready for the login ranges of a profile; comments begin with `#`.

    With a newer file to compare with: the ranges that hold before it comes into use and after. With an allowlist to fit
    into: its ranges in place of those of a profile.
    """
    return "".join(
        f"{line}\n"
        for part in report.parts
        for line in (_plain_list(part) if part.allowlist else _plain(part))
    )


def _plain(part: EgressPart) -> Iterator[str]:
    ahead = part.against or part.azure
    given = ahead.login_ranges_until_then if ahead else part.login_ranges
    yield f"# {safe_text(part.name, limit=80)}: {_extent(given)}"
    if part.against:
        yield "# today's addresses and those of the newer file"
    if part.azure:
        yield f"# the declared addresses and those that Azure listed{_when(part.azure)}"
    if part.operator_ranges:
        yield f"# with the operator's way in: {', '.join(part.operator_ranges)}"
    else:
        yield "# without the operator's way in: add your own addresses, or you lock yourself out"
    for gap in part.gaps:
        yield f"# not known: {safe_text(gap.reason, limit=300)}"
    for condition in part.conditions:
        yield f"# look at this first: {safe_text(condition, limit=300)}"
    for warning in part.warnings:
        yield f"# warning: {safe_text(warning, limit=300)}"
    yield from (f"{start}-{end}" for start, end in given.ranges)


def _plain_list(part: EgressPart) -> Iterator[str]:
    given = part.allowlist
    if given is None:
        return
    yield f"# {safe_text(part.name, limit=80)}: the app's Refresh Token IP Allowlist. {given.summary}"
    for gap in part.gaps:
        yield f"# not known: {safe_text(gap.reason, limit=300)}"
    for warning in part.warnings:
        yield f"# warning: {safe_text(warning, limit=300)}"
    for text in given.ranges:
        start, _, end = text.partition("-")
        yield f"{start}-{end or start}"


def _part(part: EgressPart, terminal: Terminal) -> Iterator[str]:
    width = terminal.width
    yield "\n".join(
        [
            f"Egress of     {safe_text(part.name, limit=60)}",
            f"Addresses     {part.addresses:,} in {count(len(part.ranges), 'range')}",
        ]
    )
    yield _block("LOOK AT THIS FIRST", part.conditions, terminal, "yellow")
    yield _block("CALLS TO SALESFORCE", (_call(part, at) for at in range(len(part.calls))), terminal)
    yield _lists(part.lists, "COUNTED", width)
    yield _lists(part.unused_lists, "NOT COUNTED (no known call to Salesforce comes from these)", width)
    yield _block("LISTS AGAINST SERVICE TAGS (the union counts)", _disagreements(part), terminal)
    yield _ranges(part.login_ranges, _title(part))
    yield _allowlist(part, terminal)
    if part.against:
        yield from _against(part.against, terminal)
    if part.azure:
        yield from _against_azure(part.azure, terminal)
    yield _block("NOT KNOWN", (f"{gap.what}: {gap.reason}" for gap in part.gaps), terminal, "yellow")
    yield _block("WARNINGS", part.warnings, terminal, "yellow")


def _call(part: EgressPart, at: int) -> str:
    call = part.calls[at]
    workflow = f"{safe_text(call.workflow, limit=60)}: " if call.workflow else ""
    region = f", {call.region}" if call.region else ""
    return f"{workflow}{safe_text(call.step, limit=120)} ({call.by}) calls from the {call.calls_from}{region}"


def _lists(lists: Iterable[ListedAddresses], title: str, width: int) -> str:
    """Where there's no room for all columns, change and age stand below the name: names are as long as they are."""
    narrow = width < DEFAULT
    room = width - (_ADDRESSES if narrow else _OTHER_COLUMNS)
    rows = []
    for one in lists:
        change = "-" if one.change_number is None else str(one.change_number)
        age = "-" if one.age_days is None else count(one.age_days, "day")
        name = f"{_name(one)}\n[{safe_text(one.file.rpartition('/')[2], limit=120)}]"
        name += f"\nchange {change}, age {age}" if narrow and (change, age) != ("-", "-") else ""
        rows.append([wrap(name, room), f"{one.addresses:,}", *(() if narrow else (change, age))])
    if not rows:
        return ""
    headers = ["List", "Addresses", *(() if narrow else ("Change", "Age"))]
    aligned = ("left", *("right" for _ in headers[1:]))
    table = tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True, colalign=aligned)
    return f"{title}\n{table}"


def _name(one: ListedAddresses) -> str:
    if one.kind in ("tag", "ranges"):
        return safe_text(one.name, limit=80)
    kinds = {"connector": "connector outgoing", "workflow": "workflow outgoing", "app-service": "App Service"}
    region = f", {one.region}" if one.region else ""
    return f"{safe_text(one.name, limit=80) or 'workflow'}: {kinds[one.kind]}{region}"


def _disagreements(part: EgressPart) -> Iterator[str]:
    for one in part.disagreements:
        about = f"{safe_text(one.workflow, limit=60) or one.file}, {one.list_}, and {one.tag}"
        if not one.only_in_list and not one.only_in_tag:
            yield f"{about} hold the same addresses."
        else:
            yield f"{about}: only in the list {_some(one.only_in_list)}; only in the tag {_some(one.only_in_tag)}."


def _allowlist(part: EgressPart, terminal: Terminal) -> str:
    given = part.allowlist
    if given is None:
        return ""
    lines = [
        f"{safe_text(way.name, limit=80)}, {way.condition}: {count(way.addresses, 'address')} in {count(len(way.ranges), 'range')}"
        for way in given.ways
    ]
    extra = f" {count(given.extra_addresses, 'extra address')}." if given.extra_addresses else ""
    return _block(
        "REFRESH TOKEN IP ALLOWLIST OF THE APP", [given.summary + extra, *given.ranges, *lines], terminal
    )


def _title(part: EgressPart) -> str:
    return "LOGIN RANGES (egress and operator)" if part.operator_ranges else "LOGIN RANGES (egress only)"


def _ranges(given: RangesReport, title: str) -> str:
    if not given.ranges:
        return ""
    rows = given.ranges[:_MOST_RANGES]
    more = len(given.ranges) - len(rows)
    table = tabulate(rows, headers=["Start", "End"], tablefmt="simple", disable_numparse=True)
    rest = f"\nand {more:,} more; -f ranges has them all." if more else ""
    return f"{title}: {_extent(given)}\n{table}{rest}"


def _extent(given: RangesReport) -> str:
    return f"{count(len(given.ranges), 'range')}, {count(given.extra_addresses, 'extra address')}"


def _against(against: Against, terminal: Terminal) -> Iterator[str]:
    shown = safe_text(against.file.rpartition("/")[2], limit=80)
    yield _block(f"AGAINST {shown}", map(_change, against.changes), terminal)
    if not against.changes:
        return
    if not against.add and not against.drop:
        yield "Nothing to do: the newer file changes no login range."
    if against.add:
        lines = [f"{one}" for one in against.add]
        yield _block(
            "ADD NOW (Azure uses new addresses a week or more after it publishes them)", lines, terminal
        )
        yield _ranges(against.login_ranges_until_then, "LOGIN RANGES that hold before and after")
    if against.drop:
        yield _block(
            "MAY GO once the newer file is in force and no login comes from there", against.drop, terminal
        )


def _against_azure(given: AgainstAzure, terminal: Terminal) -> Iterator[str]:
    yield _lists(given.lists, f"LISTED BY AZURE{_when(given)}", terminal.width)
    yield _lists(
        given.unused_lists, "LISTED BY AZURE, NO KNOWN CALL TO SALESFORCE COMES FROM THERE", terminal.width
    )
    if given.lists and not (given.add or given.drop or given.only_written):
        yield "Nothing to do: the integration file declares what Azure lists."
    if given.add:
        yield _block("ADD NOW, to the integration file and the login ranges", given.add, terminal, "yellow")
        yield _ranges(given.login_ranges_until_then, "LOGIN RANGES with those that Azure lists")
    yield _block("MAY GO once no login comes from there: Azure lists it no more", given.drop, terminal)
    yield _block(
        "WRITTEN OUT in the integration file, and on none of Azure's lists", given.only_written, terminal
    )


def _when(given: AgainstAzure) -> str:
    return f" at {given.read_at}" if given.read_at else ", it isn't told when"


def _change(one: TagChange) -> str:
    numbers = f"change {_known(one.old_change_number)} to {_known(one.new_change_number)}"
    if one.compared_with == "tag":
        parts = f"added {_some(one.added)}; removed {_some(one.removed)}"
    else:  # the two sources differ anyway, so nothing can be called removed
        numbers = f"today's {one.compared_with} list, for want of an older tag"
        parts = f"only in the newer file {_some(one.added)}; only in the list {_some(one.removed)}"
    return f"{safe_text(one.tag, limit=80)} ({numbers}): {parts}; still the same {count(one.same_addresses, 'address')}."


def _known(number: int | None) -> str:
    return "?" if number is None else str(number)


def _some(ranges: tuple[str, ...]) -> str:
    more = len(ranges) - _MOST_IN_LINE
    return (", ".join(ranges[:_MOST_IN_LINE]) or "nothing") + (f" and {more} more" if more > 0 else "")


def _block(title: str, lines: Iterable[str], terminal: Terminal, colour: str = "") -> str:
    every = list(lines)
    if not every:
        return ""
    shown = [bullet(line, terminal.width) for line in every[:_MOST_LINES]]
    if len(every) > _MOST_LINES:
        shown.append(f"  and {len(every) - _MOST_LINES} more; -f json has them all.")
    heading = click.style(title, fg=colour, bold=True) if colour and terminal.colour else title
    return "\n".join([heading, *shown])
