"""`sfharden controls`: list the controls, or explain one."""

import sys
from collections.abc import Iterable, Iterator

import click

from sfharden.checks.baselines import baselines
from sfharden.checks.policy import AZURE_POLICY, DEFAULT_POLICIES, load_policy, shipped_names
from sfharden.commands.defaults import policy_words
from sfharden.errors import Exit, UsageError
from sfharden.files.output_place import require_stdout
from sfharden.text.names import suggestion
from sfharden.text.redact import safe_text
from sfharden.text.terminal import terminal_of


@click.command("controls")
@click.argument("control_id", required=False, metavar="[ID]")
@click.option("--policy", "policies", multiple=True, metavar="NAME|FILE", help="A shipped policy or a file.")
@click.option("--coverage", is_flag=True, help="Which ids of published baselines are judged, and which not.")
def command(control_id: str | None, policies: tuple[str, ...], coverage: bool) -> int:
    """List the controls, or explain one.

    \b
    Example:
      sfharden controls
      sfharden controls login-ranges-bounded
      sfharden controls --policy mine.yaml
      sfharden controls --coverage
    """
    from sfharden.report.controls_page import render_control, render_controls
    from sfharden.report.next_lines import next_block

    require_stdout()
    if coverage:
        from sfharden.report.controls_coverage import render_coverage

        for baseline in baselines():
            click.echo(render_coverage(baseline, terminal_of(sys.stdout).width))
        return Exit.OK
    chosen = [load_policy(name) for name in dict.fromkeys(policies or DEFAULT_POLICIES)]
    if control_id is None:
        width = terminal_of(sys.stdout).width
        for policy in chosen:
            click.echo(render_controls(policy, width))
        click.echo(next_block(_next_steps(policies), width))
        return Exit.OK
    for policy in (*chosen, *(() if policies else map(load_policy, shipped_names()))):
        for control in policy.controls:
            if control.id == control_id:
                click.echo(render_control(policy, control, terminal_of(sys.stdout).width))
                return Exit.OK
    known = [control.id for policy in chosen for control in policy.controls]
    raise UsageError(
        f"There is no control '{safe_text(control_id, limit=80)}'.{suggestion(control_id, known)}",
        f"`sfharden controls{policy_words(policies)}` lists them.",
    )


def _next_steps(policies: Iterable[str]) -> Iterator[str]:
    """What a policy is listed for: to read on, and to judge by it."""
    words = policy_words(policies)
    yield f"sfharden controls ID{words}"
    yield "  why it matters, how to mend it, how it's judged"
    if words and AZURE_POLICY in policies:
        yield "sfharden demo --serve"
        yield f"  an org and an Azure tenant to try it on; it prints what to type for `sfharden check --azure{words}`"
    elif words:
        yield f"sfharden check --demo{words}"
        yield "  try it on the embedded org"
