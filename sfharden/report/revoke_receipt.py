"""The receipt of a revocation, for the incident record: who, when, what, numbers, checks. From the journal alone."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Literal

from pydantic import Field

from sfharden.model.base import Model
from sfharden.model.snapshot import Tool
from sfharden.report.json_text import json_text
from sfharden.report.revoke_table import OWN_NAMES
from sfharden.revocation.history import History
from sfharden.revocation.plan import PlannedToken
from sfharden.revocation.records import Actor, Recounted, Resumed, State
from sfharden.text.look_alike import shown_name
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

# What begins markup anywhere; a list mark or a link without brackets; see CommonMark and GitHub's autolinks.
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]()#!|~>]|^[-+=]|(?<=:)/|(?<=www)\.)", re.IGNORECASE)
_OPEN: Final = {
    State.PLANNED: "not attempted",
    State.ATTEMPTED: "attempted, no answer noted",
    State.FAILED: "failed",
    State.UNKNOWN: "unknown",
}

SHOWS: Final = (
    "what the journal's file says. Its head and its plan bear a checksum, which tells damage and slips. Of each token "
    "that a later run revoked, that run compared app, user, creation and kind with the org's own list."
)
DOES_NOT_SHOW: Final = (
    "that nobody rewrote that file. The checksum has no key: whoever can write to the journal can work it out anew, "
    "and outcomes, times, names of who ran it and approvals bear none. What the org holds now, `sfharden tokens` tells."
)


class TokenReceipt(Model):
    """What became of one token, when, and how that is known."""

    token: PlannedToken
    state: State
    code: str = ""
    at: datetime | None = None
    seen: str = ""


class Receipt(Model):
    """A revocation as its journal tells it."""

    schema_: Literal["sfharden.receipt/1"] = Field(default="sfharden.receipt/1", alias="schema")
    tool: Tool
    org_id: str
    org_name: str
    is_sandbox: bool | None
    selection: str
    fingerprint: str
    approved: str
    began_at: datetime
    runs: tuple[Actor, ...]
    approvals: tuple[str, ...] = ()
    shows: str = SHOWS
    does_not_show: str = DOES_NOT_SHOW
    inventory_gap: str
    unknown: int
    spared: int
    counts: dict[str, int]
    recount: Recounted | None
    warnings: tuple[str, ...]
    tokens: tuple[TokenReceipt, ...]


def receipt_of(history: History, warnings: Iterable[str] = ()) -> Receipt:
    """The receipt for what a journal tells."""
    header, plan = history.header, history.plan
    return Receipt(
        tool=header.tool,
        org_id=plan.org_id,
        org_name=plan.org_name,
        is_sandbox=plan.is_sandbox,
        selection=plan.selection,
        fingerprint=header.fingerprint,
        approved=header.approved,
        began_at=header.at,
        runs=(header.who, *(one.who for one in history.resumed)),
        approvals=(header.approved, *(_approval(one) for one in history.resumed)),
        inventory_gap=plan.gap,
        unknown=plan.unknown,
        spared=plan.spared,
        counts={state.value: number for state, number in history.counts().items()},
        recount=history.recounts[-1] if history.recounts else None,
        warnings=tuple(warnings),
        tokens=tuple(_token(history, token) for token in plan.tokens),
    )


def _approval(run: Resumed) -> str:
    return f"{run.approved} ({run.fingerprint})" if run.fingerprint else run.approved


def _token(history: History, token: PlannedToken) -> TokenReceipt:
    event = history.events.get(token.handle)
    if event is None:
        return TokenReceipt(token=token, state=State.PLANNED)
    return TokenReceipt(token=token, state=event.state, code=event.code, at=event.at, seen=event.seen)


def receipt_json(receipt: Receipt) -> str:
    """The receipt as ASCII JSON (`sfharden.receipt/1`)."""
    return json_text(receipt.model_dump(mode="json", by_alias=True), indent=1)


def receipt_markdown(receipt: Receipt) -> str:
    """The receipt as Markdown; every name from the org is escaped."""
    lines = [
        "# Revocation of OAuth tokens",
        "",
        *_facts(receipt),
        "",
        "## Outcome",
        "",
        *_outcome(receipt),
        "",
        "## Check afterwards",
        "",
        *_check(receipt),
        "",
        *_warnings(receipt),
        "## What this receipt shows, and what not",
        "",
        f"- It shows {receipt.shows}",
        f"- It doesn't show {receipt.does_not_show}",
        "",
        "## Tokens",
        "",
        f"A token is named by a keyed hash that revokes nothing. {OWN_NAMES}",
        "",
        "| Token | App | User | Created | Outcome | When (UTC) |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(one) for one in receipt.tokens),
    ]
    return "\n".join(lines) + "\n"


def _facts(receipt: Receipt) -> Iterator[str]:
    kind = {True: "sandbox", False: "PRODUCTION", None: "PRODUCTION (not told, taken for it)"}
    yield f"- Org: {kind[receipt.is_sandbox]}, {_bare(receipt.org_name)} ({_bare(receipt.org_id)})"
    yield f"- Selected: {_bare(receipt.selection)}"
    yield f"- Plan: {_bare(receipt.fingerprint)}, approved by: {_bare(receipt.approved)}"
    yield f"- Began: {_moment(receipt.began_at)}"
    for number, (who, approved) in enumerate(zip(receipt.runs, receipt.approvals, strict=True), 1):
        account = f", account {_bare(who.account)}" if who.account else ""
        yield f"- Run {number}: {_bare(who.username)} by {_bare(who.how)}{account}; {_bare(approved)}"
    yield f"- Tool: {receipt.tool.name} {_bare(receipt.tool.version)}"


def _outcome(receipt: Receipt) -> Iterator[str]:
    """How many were planned, and where each of them is in the end: the numbers below add up to that one."""
    counts = {state: receipt.counts.get(state.value, 0) for state in State}
    open_ = {_OPEN[state]: number for state, number in counts.items() if state in _OPEN and number}
    told = ", ".join(f"{word}: {number:,}" for word, number in open_.items())
    yield f"- planned: {len(receipt.tokens):,}"
    yield f"- revoked: {counts[State.REVOKED]:,}"
    if counts[State.ALREADY_GONE]:
        yield f"- gone already: {counts[State.ALREADY_GONE]:,}"
    yield f"- still open: {sum(open_.values()):,}{f' ({told})' if told else ''}"


def _check(receipt: Receipt) -> Iterator[str]:
    found = receipt.recount
    if found is None:
        yield "The tokens were **not counted again**: what is said above rests on the org's answers alone."
        return
    yield f"Counted again: {_moment(found.at)}."
    if found.gap:
        yield f"That count **may not be whole**: {_bare(found.gap)}."
    yield f"Tokens of the plan that were still there: {len(found.survivors):,}."
    yield from (f"- {_bare(handle)}" for handle in found.survivors)


def _warnings(receipt: Receipt) -> list[str]:
    told = list(receipt.warnings)
    if receipt.inventory_gap:
        told.append(f"The inventory was not whole: {receipt.inventory_gap}")
    if receipt.unknown:
        told.append(f"{count(receipt.unknown, 'token')} could not be told to be meant, and stayed")
    if receipt.spared:
        told.append(
            f"{count(receipt.spared, 'token')} of this program's own login {'was' if receipt.spared == 1 else 'were'} spared"
        )
    return ["## Warnings", "", *(f"- {_bare(one)}" for one in told), ""] if told else []


def _row(one: TokenReceipt) -> str:
    token = one.token
    outcome = f"{one.state.value}{f' ({one.code})' if one.code else ''}"
    cells = (
        token.handle,
        shown_name(token.app, 400),
        token.user,
        _moment(token.created),
        outcome,
        _moment(one.at),
    )
    return f"| {' | '.join(_bare(cell) for cell in cells)} |"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "?"


def _bare(text: str) -> str:
    """Foreign text that no Markdown reader takes for anything but text."""
    clean = safe_text(text, limit=400).replace("&", "&amp;").replace("<", "&lt;")
    return _MARKUP.sub(r"\\\1", clean)
