"""`sfharden controls`: list the controls, or explain one."""

import sys
import textwrap

import click

from sfharden.checks.policy import DEFAULT_POLICIES, Control, Policy, load_policy
from sfharden.errors import Exit, UsageError
from sfharden.files.output_place import require_stdout
from sfharden.text.names import suggestion
from sfharden.text.redact import safe_text
from sfharden.text.terminal import terminal_of


@click.command("controls")
@click.argument("control_id", required=False, metavar="[ID]")
@click.option("--policy", "policies", multiple=True, metavar="NAME|FILE", help="A shipped policy or a file.")
def command(control_id: str | None, policies: tuple[str, ...]) -> int:
    """List the controls, or explain one.

    \b
    Example:
      sfharden controls
      sfharden controls login-ranges-bounded
    """
    require_stdout()
    chosen = [load_policy(name) for name in dict.fromkeys(policies or DEFAULT_POLICIES)]
    if control_id is None:
        for policy in chosen:
            click.echo(_listing(policy))
        return Exit.OK
    for policy in chosen:
        for control in policy.controls:
            if control.id == control_id:
                click.echo(explain(policy, control, terminal_of(sys.stdout).width))
                return Exit.OK
    known = [control.id for policy in chosen for control in policy.controls]
    raise UsageError(
        f"There is no control '{safe_text(control_id, limit=80)}'.{suggestion(control_id, known)}",
        "`sfharden controls` lists them.",
    )


def _listing(policy: Policy) -> str:
    rows = [f"  {control.severity.value:<8}  {control.id}" for control in policy.controls]
    return "\n".join([f"{policy.name}: {safe_text(policy.title, limit=160)}", *rows, ""])


def explain(policy: Policy, control: Control, width: int) -> str:
    """One control in full: what must hold, why, how to mend it, and how it's judged."""
    from sfharden.checks.registry import CHECKS

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
