"""A verification for a person at a terminal, and as JSON, schema `sfharden.verification/1`: what was seen, and what to do."""

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from textwrap import indent
from typing import Final

import click
from tabulate import tabulate

from sfharden.checks.observed import IN_PLACE, Observation, Verification
from sfharden.facts.logins import latest, sources_of
from sfharden.facts.requests import sources_of as requests_from
from sfharden.model.integration import Integration
from sfharden.model.results import Status
from sfharden.model.snapshot import Source
from sfharden.plan.steps import wrapped
from sfharden.report.json_text import json_text
from sfharden.report.mend_first import mend_first
from sfharden.report.source_words import source_lines
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wording import MOST_SHOWN, count, show_names
from sfharden.text.wrapping import bullet, wrap

_COLOURS: Final = {Status.PASS: "green", Status.FAIL: "red", Status.UNKNOWN: "yellow"}
_WORDS: Final = {Status.PASS: "seen", Status.FAIL: "FAILED", Status.UNKNOWN: "not yet"}
_TITLE_WIDTH: Final = 26
_NO_ORG: Final = "verify needs a running org: metadata files hold no logins and no tokens. Give --org ALIAS."
_INNER: Final = " " * 4
_MEND_FILE: Final = "Mend the integration file, then verify again."
_ADD: Final = (
    # Never a moment that is ready to be copied: a later one would hide what came before.
    "Harden first. Then add hardened_at: <TIME OF THE LAST CHANGE> (such as 2026-01-31T09:00:00Z) to the integration file, "
    "authorise the connection again, and verify again."
)


Found = Sequence[tuple[Integration, Verification]]


def render_verification(
    found: Found, source: Source, org: str, terminal: Terminal, as_of: str | None = None
) -> str:
    """The findings in at most `terminal.width` columns, and what to do next; `org` names the org in commands to type."""
    day = f"\nJudged by {as_of}, not by today (--as-of)" if as_of else ""
    blocks = [
        "\n".join([f"Source  {safe_text(source.name, limit=60)}", *source_lines(source, 10, terminal.width)])
        + day
    ]
    if source.is_files:
        blocks.append(wrap(_NO_ORG, terminal.width))
        return "\n\n".join(blocks) + "\n"
    for integration, one in found:
        blocks.append(mend_first(one.to_mend, terminal))
        blocks += [
            _table(one, terminal),
            _not_looked_at(one, terminal),
            _to_do(one, integration, org, terminal),
        ]
        if not one.hardened:
            name = f"{safe_text(one.name, limit=80)}: " if len(found) > 1 else ""
            blocks.append(wrap(name + _ADD, terminal.width))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _table(one: Verification, terminal: Terminal) -> str:
    width = terminal.width - 9 - _TITLE_WIDTH - 4
    rows = [
        [_status(finding.status, terminal), wrap(_title(finding), _TITLE_WIDTH), wrap(safe_text(finding.message, limit=600), width)]
        for finding in one.findings
    ]  # fmt: skip
    headers = ["Status", f"{safe_text(one.name, limit=_TITLE_WIDTH)}", "What was seen"]
    return tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)


def _title(finding: Observation) -> str:
    """What must hold; beside a failure it would read as good news."""
    return f"Not so: {finding.title}" if finding.status is Status.FAIL else finding.title


def _not_looked_at(one: Verification, terminal: Terminal) -> str:
    return wrap(one.not_looked_at, terminal.width)


def _status(status: Status, terminal: Terminal) -> str:
    word = _WORDS.get(status, status.value)
    return click.style(word, fg=_COLOURS.get(status), bold=True) if terminal.colour else word


def _to_do(one: Verification, integration: Integration, org: str, terminal: Terminal) -> str:
    texts = (to_do_of(finding, one, integration, org) for finding in one.findings)
    lines = [_step(text, terminal) for text in dict.fromkeys(texts) if text]
    return "To do:\n" + "\n".join(lines) if lines else ""


def _step(text: str, terminal: Terminal) -> str:
    """What to do. A command at its end stands below, on lines that a shell takes only together: half of one would select more."""
    words, mark, command = text.partition(": sfharden ")
    if not mark:
        return bullet(text, terminal.width)
    typed = wrapped(f"sfharden {safe_text(command, limit=2000)}", terminal.width - len(_INNER))
    return f"{bullet(words + ':', terminal.width)}\n{indent(typed, _INNER)}"


def to_do_of(finding: Observation, one: Verification, integration: Integration, org: str) -> str:
    """What to do; where names lead nowhere, nothing else comes before that: the integration would revoke its own tokens."""
    text = to_do(finding, integration, org)
    return _MEND_FILE if text and one.to_mend else text


def to_do(finding: Observation, integration: Integration, org: str) -> str:
    """What to do about a finding; empty where there is nothing to do, or nothing that is known to help."""
    if finding.status is Status.FAIL:
        return _MEND[finding.id](finding, integration, org)
    return _BRING_ABOUT[finding.id](finding, integration) if finding.unseen else ""


def _run_once(_: Observation, __: Integration) -> str:
    return (
        "Run the Logic App once, so that it authorises or refreshes and calls Salesforce. Then verify again."
    )


def _try_once(finding: Observation, integration: Integration) -> str:
    text = (
        "Make one harmless attempt: from an address in none of the ranges (a phone's hotspot, say), sign in once at "
        f"your My Domain as {integration.users[0]}, with the right password. It must be refused. Then verify again."
    )
    last = latest(finding.logins)
    if last is None:
        return text
    return (
        f"{text} Status '{last.status}' is not known. If that attempt was yours, and it was refused, say so in the "
        f"integration file: attempts: [{{at: {_stamp(last.last)}, from: {last.source_ip}}}]"
    )


_BRING_ABOUT: Final = {"success-from-egress": _run_once, "refusal-from-elsewhere": _try_once}


def _mend_sources(finding: Observation, integration: Integration, org: str) -> str:
    sources = sources_of(finding.logins)
    return (
        f"Find out whose addresses these are: {sources}. Add the integration's own to its egress in the "
        f"integration file. For any other, revoke the tokens of {_app(integration)}: {_revoke(integration, org)}"
    )


def _mend_requests(finding: Observation, integration: Integration, org: str) -> str:
    return (
        f"Find out whose addresses these are: {requests_from(finding.requests)}. Add the integration's own to its egress in "
        f"the integration file. For any other, end the sessions of its users and revoke the tokens of "
        f"{_app(integration)}: {_revoke(integration, org)}"
    )


def _mend_enforcement(finding: Observation, integration: Integration, _: str) -> str:
    return (
        f"Compare {requests_from(finding.requests)} with the login ranges of the profile '{integration.profile}'. See "
        "whether the app relaxes them, and since when they are enforced on every request; then ask Salesforce."
    )


def _mend_ranges(finding: Observation, integration: Integration, _: str) -> str:
    return (
        f"Compare {sources_of(finding.logins)} with the login ranges of the profile '{integration.profile}', and see "
        "whether they, and the app's IP relaxation, are as they should be."
    )


def _mend_egress(finding: Observation, integration: Integration, _: str) -> str:
    return (
        f"Compare {sources_of(finding.logins)} with the login ranges of the profile '{integration.profile}', "
        "and authorise the connection again."
    )


def _mend_old(finding: Observation, integration: Integration, org: str) -> str:
    since = integration.hardened_at
    option = f"--created-before {_stamp(since)}" if since else ""
    return (
        f"Revoke {count(len(finding.tokens), 'token')} of {_app(integration)}, then authorise the connection again: "
        + _revoke(integration, org, option)
    )


def _mend_holders(finding: Observation, integration: Integration, org: str) -> str:
    names = show_names(f"'{one}'" for one in finding.holders)
    users = (f"--user {_quoted(one)}" for one in finding.holders[:MOST_SHOWN])
    number = count(len(finding.tokens), "token")
    return f"Revoke {number} of {_app(integration)}, held by {names}: " + _revoke(integration, org, *users)


def _mend_first(_: Observation, __: Integration, org: str) -> str:
    return f"Deploy what `sfharden plan {org}` writes, note that moment as hardened_at, and verify again."


_MEND: Final = {
    IN_PLACE: _mend_first,
    "no-success-from-elsewhere": _mend_sources,
    "no-refusal-from-egress": _mend_egress,
    "no-success-outside-ranges": _mend_ranges,
    "old-tokens-gone": _mend_old,
    "expected-consent": _mend_holders,
    "requests-from-egress": _mend_requests,
    "every-request-held": _mend_enforcement,
}


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _app(integration: Integration) -> str:
    return f"the app '{integration.app}'"


def _revoke(integration: Integration, org: str, *options: str) -> str:
    """The command to type; it asks before it revokes."""
    return " ".join(["sfharden revoke", org, f"--app {_quoted(integration.app)}", *options])


def _quoted(name: str) -> str:
    return shlex.quote(name) if "'" in name else f"'{name}'"


def render_verification_json(
    found: Found, source: Source, org: str, version: str, stamp: str, as_of: str | None = None
) -> str:
    """One JSON document in ASCII; `as_of` is the day that it was judged by, where that isn't today."""
    data = {
        "schema": "sfharden.verification/1",
        "tool": {"name": "sfharden", "version": version},
        "generated_at": stamp,
        "as_of": as_of,
        "source": source.model_dump(mode="json"),
        "integrations": [
            {
                "name": one.name,
                "to_mend": list(one.to_mend),
                **({"not_looked_at": one.not_looked_at} if one.not_looked_at else {}),
                "findings": [_plain(finding, one, integration, org) for finding in one.findings],
            }
            for integration, one in found
        ],
    }
    return json_text(data)


def _plain(finding: Observation, one: Verification, integration: Integration, org: str) -> dict[str, str]:
    return {
        "id": finding.id,
        "control": finding.control,
        "title": finding.title,
        "status": finding.status.value,
        "message": finding.message,
        "to_do": to_do_of(finding, one, integration, org),
    }
