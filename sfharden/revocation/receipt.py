"""The receipt for an incident record: who revoked what, when, with what result, and what was checked."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sfharden.redact import safe_text
from sfharden.revocation.journal import stamp_of
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.record import counts_of

# CommonMark, Backslash escapes. With `:`, `@` and `.` so that no name becomes a link by itself.
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]()#+-.!|<>~&:@$="})


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that a receipt tells. `survivors` None: it could not be looked after the fact.

    `by` approved it and began; `ended_by` finished it, perhaps later with --resume.
    """

    plan: RevocationPlan
    states: Mapping[str, str]
    by: str
    ended_by: str
    approved: str
    host: str
    started: str
    ended: datetime
    tool: str
    journal: str
    survivors: tuple[str, ...] | None
    remarks: tuple[str, ...] = ()


def receipt_json(receipt: Receipt) -> str:
    """The receipt as JSON (`sfharden.receipt/1`)."""
    plan = receipt.plan
    data = {
        "schema": "sfharden.receipt/1",
        "tool": receipt.tool,
        "organization": plan.organization.model_dump(mode="json"),
        "host": receipt.host,
        "production": plan.is_production,
        "by": receipt.by,
        "ended_by": receipt.ended_by,
        "approved": receipt.approved,
        "fingerprint": plan.fingerprint,
        "started": receipt.started,
        "ended": stamp_of(receipt.ended),
        "journal": receipt.journal,
        "counts": counts_of(receipt.states.values()),
        "recounted": receipt.survivors is not None,
        "survivors": list(receipt.survivors or ()),
        "remarks": list(receipt.remarks),
        "tokens": [
            {**one.model_dump(mode="json"), "state": receipt.states.get(one.handle, "planned")}
            for one in plan.tokens
        ],
    }
    return json.dumps(data, indent=1, ensure_ascii=True) + "\n"


def receipt_markdown(receipt: Receipt) -> str:
    """The receipt as Markdown; every name from the org is escaped."""
    plan, organization = receipt.plan, receipt.plan.organization
    kind = "PRODUCTION" if plan.is_production else "sandbox"
    counts = counts_of(receipt.states.values())
    recount = "not done: see the remarks"
    if receipt.survivors is not None:
        recount = (
            f"{len(receipt.survivors)} of the tokens are still there" if receipt.survivors else "none is left"
        )
    facts = {
        "Org": f"{_escaped(organization.name)} ({kind}), {_escaped(organization.id)}, {_escaped(receipt.host)}",
        "Approved": f"by {_escaped(receipt.by)}, {_escaped(receipt.approved)}, plan {plan.fingerprint}",
        "Started": _escaped(receipt.started),
        "Ended": f"{_escaped(stamp_of(receipt.ended))}, by {_escaped(receipt.ended_by)}",
        "Tool": _escaped(receipt.tool),
        "Journal": _escaped(receipt.journal),
        "Recount": recount,
    }
    lines = ["# Receipt: OAuth tokens revoked", "", "| | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in facts.items()]
    lines += ["", "| state | tokens |", "| --- | ---: |"]
    lines += [f"| {name} | {number} |" for name, number in counts.items() if number]
    lines += ["", "| app | user | state | tokens |", "| --- | --- | --- | ---: |"]
    rows = Counter((one.app, one.user, receipt.states.get(one.handle, "planned")) for one in plan.tokens)
    lines += [
        f"| {_escaped(app)} | {_escaped(user)} | {state} | {number} |"
        for (app, user, state), number in sorted(rows.items())
    ]
    if receipt.survivors:
        lines += ["", "Still there, by handle: " + ", ".join(receipt.survivors)]
    if receipt.remarks:
        lines += ["", *(f"- {_escaped(one)}" for one in receipt.remarks)]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return safe_text(text, limit=600).translate(_MARKS)
