"""What would be revoked, and what became of it, for a person at a terminal."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tabulate import tabulate

from sfharden.model.org import Organization
from sfharden.redact import safe_text
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.record import counts_of

_MOST_ROWS = 30
_WIDTH = 80


def org_line(organization: Organization, host: str) -> str:
    """The org, with PRODUCTION in capitals unless it's known to be a sandbox."""
    kind = "sandbox" if organization.is_sandbox else "PRODUCTION"
    if organization.is_sandbox is None:
        kind = "PRODUCTION (it didn't say that it's a sandbox)"
    return f"{kind} org {safe_text(organization.name, limit=50)}, {safe_text(host, limit=60)}"


def render_plan(plan: RevocationPlan, host: str, remarks: Iterable[str], with_list: bool) -> str:
    """What is meant: org, counts, apps, users; each token too with `with_list`."""
    users = {one.user for one in plan.tokens}
    blocks = [
        f"{org_line(plan.organization, host)}\n{len(plan.tokens):,} tokens of {len(users):,} users are selected."
    ]
    if plan.tokens:
        blocks.append(_by_app(plan.tokens))
    if with_list and plan.tokens:
        blocks.append(_list(plan.tokens))
    blocks += _remarks(remarks)
    if with_list:
        blocks.append(f"Fingerprint {plan.fingerprint}. Nothing was revoked.")
    return "\n\n".join(blocks) + "\n"


def _by_app(tokens: Sequence[PlannedToken]) -> str:
    apps: dict[str, list[PlannedToken]] = {}
    for one in tokens:
        apps.setdefault(one.app, []).append(one)
    rows = []
    for app, held in sorted(apps.items(), key=lambda item: (-len(item[1]), item[0]))[:_MOST_ROWS]:
        users = sorted({one.user for one in held})
        more = f" and {len(users) - 2} more" if len(users) > 2 else ""
        names = ", ".join(safe_text(user, limit=60) for user in users[:2])
        rows.append([safe_text(app, limit=60), len(held), names + more])
    text = tabulate(
        rows,
        headers=["App", "Tokens", "Users"],
        tablefmt="simple",
        maxcolwidths=[28, None, 40],
        disable_numparse=True,
    )
    return text + (f"\nand {len(apps) - _MOST_ROWS} more apps" if len(apps) > _MOST_ROWS else "")


def _list(tokens: Sequence[PlannedToken]) -> str:
    rows = [
        [
            one.handle,
            safe_text(one.app, limit=60),
            safe_text(one.user, limit=80),
            one.created.strftime("%Y-%m-%d") if one.created else "?",
        ]
        for one in tokens
    ]
    return tabulate(
        rows,
        headers=["Token", "App", "User", "Made"],
        tablefmt="simple",
        maxcolwidths=[None, 22, 28, None],
        disable_numparse=True,
    )


def _remarks(remarks: Iterable[str]) -> Iterator[str]:
    lines = [
        line
        for remark in remarks
        for line in textwrap.wrap(f"- {safe_text(remark, limit=600)}", _WIDTH, subsequent_indent="  ")
    ]
    if lines:
        yield "NOTE\n" + "\n".join(lines)


_WORDS = {
    "revoked": "revoked",
    "already-gone": "already gone",
    "failed": "not revoked",
    "unknown": "unknown: no answer came",
    "attempted": "tried, without a result",
    "planned": "not tried",
}


def render_outcome(
    plan: RevocationPlan, states: Mapping[str, str], survivors: tuple[str, ...] | None, remarks: Iterable[str]
) -> str:
    """Counts by state, the recount, and the survivors."""
    counts = counts_of(states.values())
    lines = [f"{number:>6,} {_WORDS[state]}" for state, number in counts.items() if number]
    if survivors is None:
        lines.append("Recount: not possible, so it isn't known which are left.")
    elif not survivors:
        lines.append("Recount: none of them is left.")
    else:
        lines.append(f"Recount: {len(survivors):,} are STILL THERE:")
        there = set(survivors)
        left = [one for one in plan.tokens if one.handle in there]
        lines.append(_list(left[:_MOST_ROWS]))
        if len(left) > _MOST_ROWS:
            lines.append(f"and {len(left) - _MOST_ROWS:,} more")
    blocks = ["\n".join(lines), *_remarks(remarks)]
    if survivors == ():
        blocks.append(
            "Next:\n  Authorise the connection again, as the integration's user, from an address that its profile\n"
            "  admits. Then: sfharden verify"
        )
    return "\n\n".join(blocks) + "\n"
