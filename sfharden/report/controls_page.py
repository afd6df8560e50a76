"""The pages of `controls`: the list, and one control in full."""

import textwrap

from sfharden.checks.policy import Control, Policy
from sfharden.checks.registry import CHECKS
from sfharden.text.redact import safe_text


def render_controls(policy: Policy) -> str:
    """The controls of a policy, one a line."""
    rows = [f"  {control.severity.value:<8}  {control.id}" for control in policy.controls]
    return "\n".join([f"{policy.name}: {safe_text(policy.title, limit=160)}", *rows, ""])


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
        ("Scope", "each integration" if check and check.scope == "integration" else "the org"),
        ("Parameters", parameters or "none"),
        ("References", "; ".join(control.references) or "none"),
    ]
    head = f"{control.id}   severity {control.severity.value}   policy {policy.name}"
    return "\n".join([head, *(_section(title, text, width) for title, text in sections)])


def _section(title: str, text: str, width: int) -> str:
    body = textwrap.fill(safe_text(text, limit=4000), width - 2, initial_indent="  ", subsequent_indent="  ")
    return f"\n{title}\n{body}"


def _words(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
