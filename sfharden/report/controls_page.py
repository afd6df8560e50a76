"""The pages of `controls`: the list, and one control in full."""

import textwrap
from collections.abc import Iterator
from typing import Final

from sfharden.checks.policy import Control, Policy
from sfharden.checks.registry import CHECKS
from sfharden.text.redact import safe_text
from sfharden.text.terminal import DEFAULT
from sfharden.text.wrapping import wrap


def render_controls(policy: Policy, width: int = DEFAULT) -> str:
    """The controls of a policy, one a line."""
    rows = [f"  {control.severity.value:<8}  {control.id}" for control in policy.controls]
    title = wrap(f"{policy.name}: {safe_text(policy.title, limit=160)}", width, "  ")
    return "\n".join([title, *rows, ""])


_SCOPES: Final = {"integration": "each integration", "azure": "the Azure side of each integration"}


def render_control(policy: Policy, control: Control, width: int) -> str:
    """One control in full: what must hold, why, how to mend it, and how it's judged."""
    check = CHECKS.get(control.check)
    judged = (check.judge.__doc__ or "").strip() if check else "by no check that this version knows"
    parameters = "; ".join(f"{name}: {_words(value)}" for name, value in control.with_.items())
    sections = [
        ("What must hold", control.title + "."),
        ("Why", control.rationale),
        ("How to mend it", control.remediation),
        ("How it's judged", " ".join(judged.split())),
        ("Scope", _SCOPES.get(check.scope if check else "", "the org")),
        ("Parameters", parameters or "none"),
        ("References", "; ".join(control.references) or "none"),
    ]
    head = f"{control.id}   severity {control.severity.value}   policy {policy.name}"
    return "\n".join(
        [head, *_worst(control, width), *(_section(title, text, width) for title, text in sections)]
    )


def _worst(control: Control, width: int) -> Iterator[str]:
    check = CHECKS.get(control.check)
    if check and check.worst and check.worst.rank > control.severity.rank:
        yield wrap(
            f"A case can be worse than its control: then it is reported as {check.worst.value}.", width
        )


def _section(title: str, text: str, width: int) -> str:
    body = textwrap.fill(safe_text(text, limit=4000), width - 2, initial_indent="  ", subsequent_indent="  ")
    return f"\n{title}\n{body}"


def _words(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
