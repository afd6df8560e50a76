"""The sentences that every account of a plan shares."""

import pytest

from sfharden.model.org import Organization
from sfharden.model.plan import PlannedChange
from sfharden.plan.package import all_files
from sfharden.plan.steps import Commands
from sfharden.plan.wording import deploy_command, heading, subject
from sfharden.report.plan_table import render_plan
from sfharden.text.terminal import Terminal
from tests.plan.kit import Files, healthy, org, outcome, planned


def test_a_folder_name_is_quoted_in_commands() -> None:
    assert deploy_command("my plan; rm -rf ~").endswith(
        "--metadata-dir 'my plan; rm -rf ~' --target-org YOUR_ORG"
    )
    assert deploy_command("p", org="prod org", dry_run=True).endswith("--target-org 'prod org' --dry-run")


@pytest.mark.parametrize(
    ("sandbox", "first"), [(True, "Sandbox org Acme"), (False, "PRODUCTION org Acme"), (None, "PRODUCTION org Acme")]
)  # fmt: skip
def test_production_is_named_on_the_first_line(sandbox: bool | None, first: str) -> None:
    told = org().model_copy(update={"organization": Organization(id="00D1", name="Acme", is_sandbox=sandbox)})
    result = outcome(Files(healthy(), org=told)).planned
    assert render_plan(result.plan, Terminal(), ()).startswith(f"{first} (00D1)\n")
    assert all_files(result, Commands("p"))["README.md"].decode().startswith(f"# {first}")
    unread = outcome(Files(healthy(), org=org())).planned
    assert heading(unread.plan).startswith("PRODUCTION org")
    assert "PRODUCTION" in heading(planned(healthy()).plan)


CHANGE = PlannedChange(
    kind="Profile", name="A\x1b[2J", setting="s", before=(), after=("x",), control="c", file="f", member="m"
)


def test_a_change_is_about_a_thing_whose_name_is_harmless() -> None:
    assert subject(CHANGE) == "Profile 'A\ufffd[2J'"


def test_files_tell_no_org_so_it_is_taken_for_production() -> None:
    assert "take it for PRODUCTION" in heading(planned(healthy()).plan)
