"""`azure-exports`: the script alone on standard output, for what the integration file names."""

import subprocess
from pathlib import Path

from sfharden.errors import Exit
from tests.orgs.azure_side import WORKFLOW

from .kit import Run

FILE = f"""version: 1
integrations:
  - name: crm-sync
    app: Azure Logic Apps
    profile: Logic Apps Integration
    users: [svc@example.com]
    egress: [{{ranges: [203.0.113.9]}}]
    operator_ranges: [198.51.100.7]
    azure: {{workflows: [{WORKFLOW}]}}
"""


def test_the_script_asks_about_what_the_file_names(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "integration.yaml"
    path.write_text(FILE, "utf-8")
    code, out, err = run("azure-exports", "--script", "-i", str(path))
    assert code == Exit.OK
    assert f"app {WORKFLOW}" in out
    assert subprocess.run(["/bin/sh", "-n"], input=out, text=True, check=False).returncode == 0
    assert "sfharden check --azure-exports azure-answers" in err


def test_without_a_file_it_asks_about_all_that_uses_salesforce(run: Run) -> None:
    code, out, _ = run("azure-exports", "--script")
    assert code == Exit.OK
    assert '"/subscriptions/$own"' in out


def test_without_script_nothing_is_printed(run: Run) -> None:
    code, out, err = run("azure-exports")
    assert (code, out) == (Exit.USAGE, "")
    assert "--script" in err


def test_a_hostile_name_in_the_file_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "integration.yaml"
    path.write_text(FILE.replace(f"[{WORKFLOW}]", "['$(touch x)']"), "utf-8")
    code, out, err = run("azure-exports", "--script", "-i", str(path))
    assert (code, out) == (Exit.USAGE, "")
    assert "is no id or name" in err
