"""`sfharden plan` of the Azure side, alone and beside an org: what is shown, written, looked at again and never run."""

import json
import os
import stat
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sfharden.commands.azure_source import AzureOptions, azure_words
from sfharden.model.azure import MASK
from sfharden.model.snapshot import Snapshot
from tests.conftest import Run
from tests.orgs import azure_side as az
from tests.orgs.constants import INTEGRATION_YAML, NOW
from tests.orgs.files import APP, HEALTHY, write
from tests.plan.azure import kit
from tests.plan.azure.test_shell import AZ

AZURE = """\
    azure:
      workflows: [crm-sync, crm-standard]
      connections: [salesforce]
      allowed_callers: [203.0.113.0/28, 198.51.100.7]
      data_readers: [198.51.100.0/24]
"""
SETTINGS = "providers/Microsoft.Insights/diagnosticSettings"
FILES = ("README.md", "commands.sh", "definition.diff", "definition.patch.json", "main.bicep")


def read(**site: Any) -> Snapshot:
    flow = az.workflow(state=MASK)
    config = kit.config(minTlsVersion="1.0")
    lists = (az.listed(f"{az.WORKFLOW}/{SETTINGS}"),)
    found = az.snapshot(flow, az.connection(), az.site(**site), config, lists=lists)
    return kit.snapshot(found)


def keep(place: Path, snapshot: Snapshot) -> None:
    (place / "s.json").write_text(snapshot.model_dump_json(by_alias=True))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    keep(tmp_path, read(httpsOnly=False))
    (tmp_path / "i.yaml").write_text(INTEGRATION_YAML.rstrip() + "\n" + AZURE)
    return tmp_path


def alone(place: Path, *more: str | Path) -> tuple[str | Path, ...]:
    return ("plan", "--snapshot", place / "s.json", "-i", place / "i.yaml", *more)


def test_azure_alone_is_planned_and_nothing_written(run: Run, place: Path) -> None:
    code, out, _ = run(*alone(place))
    assert code == 4  # some of what decides was not read
    assert out.startswith("The Azure side alone")
    assert "properties.httpsOnly of crm-rg/crm-standard" in " ".join(out.split())
    assert "diagnostic setting for WorkflowRuntime" in out
    assert "sf project deploy" not in out
    assert {one.name for one in place.iterdir()} == {"s.json", "i.yaml"}


@pytest.mark.parametrize("form", ["table", "json", "markdown", "html", "csv", "diff"])
def test_each_form_tells_of_the_change(run: Run, place: Path, form: str) -> None:
    _, out, _ = run(*alone(place, "-f", form))
    assert "httpsOnly" in out


def test_the_folder_is_private_and_the_script_does_nothing_by_itself(run: Run, place: Path) -> None:
    _, out, _ = run(*alone(place, "-o", place / "plan"))
    folder = place / "plan"
    assert sorted(one.name for one in (folder / "azure").iterdir()) == sorted(FILES)
    assert {one.name for one in folder.iterdir()} == {"README.md", "plan.json", "azure"}
    for one in folder.rglob("*"):
        assert stat.S_IMODE(one.stat().st_mode) == (0o700 if one.is_dir() else 0o600)
    assert "azure/commands.sh" in "".join(out.split())
    log = place / "log"
    (place / "az").write_text(AZ)
    (place / "az").chmod(0o700)
    done = subprocess.run(
        ["/bin/sh", folder / "azure" / "commands.sh"],
        env={"PATH": f"{place}{os.pathsep}/usr/bin{os.pathsep}/bin", "AZ_LOG": str(log), "AZ_ANSWER": "true"},
        check=False, capture_output=True,
    )  # fmt: skip
    assert (done.returncode, log.exists()) == (0, False)


def test_no_command_and_no_template_holds_what_was_masked(run: Run, place: Path) -> None:
    run(*alone(place, "-o", place / "plan"))
    for name in ("commands.sh", "main.bicep", "definition.patch.json"):
        assert MASK not in (place / "plan" / "azure" / name).read_text()
    script = (place / "plan" / "azure" / "commands.sh").read_text()
    assert "--method put" not in script


def test_the_same_facts_give_the_same_bytes_and_the_plan_still_holds(run: Run, place: Path) -> None:
    for name in ("one", "two"):
        run(*alone(place, "-o", place / name))
    first, second = (
        {path.name: path.read_bytes() for path in (place / name / "azure").iterdir()}
        for name in ("one", "two")
    )
    assert first == second
    _, out, _ = run(*alone(place, "--plan", place / "one"))
    assert "stillholds" in "".join(out.split())  # wherever a long path broke the line


def test_a_plan_is_out_of_date_once_azure_or_the_file_has_changed(run: Run, place: Path) -> None:
    run(*alone(place, "-o", place / "plan"))
    keep(place, read())
    code, _, err = run(*alone(place, "--plan", place / "plan"))
    assert code == 3
    assert "Azure has changed" in err


def test_a_command_that_was_changed_is_refused(run: Run, place: Path) -> None:
    run(*alone(place, "-o", place / "plan"))
    script = place / "plan" / "azure" / "commands.sh"
    script.write_text(script.read_text().replace("patch", "delete"))
    code, _, err = run(*alone(place, "--plan", place / "plan"))
    assert code == 3
    assert "azure/commands.sh" in err


def test_a_former_plan_is_replaced(run: Run, place: Path) -> None:
    run(*alone(place, "-o", place / "plan"))
    assert run(*alone(place, "-o", place / "plan"))[0] == 4
    (place / "plan" / "mine").write_text("x")
    assert run(*alone(place, "-o", place / "plan"))[0] == 2


@pytest.mark.parametrize("option", ["--validate", "--from-plan"])
def test_what_asks_an_org_needs_one(run: Run, place: Path, option: str) -> None:
    run(*alone(place, "-o", place / "plan"))
    more = (option,) if option == "--validate" else (option, place / "plan")
    assert run(*alone(place, *more))[0] == 2


def test_an_old_snapshot_is_told_first(run: Run, place: Path) -> None:
    keep(place, read(httpsOnly=False).model_copy(update={"taken_at": NOW - timedelta(days=30)}))
    _, out, _ = run(*alone(place))
    assert "What stands in Azure may have changed" in " ".join(out.split())


def test_beside_files_of_an_org_both_sides_are_planned(run: Run, place: Path) -> None:
    write({**HEALTHY, APP: HEALTHY[APP].replace("ENFORCE", "BYPASS")}, place / "src")
    (place / "answers").mkdir()
    site = {
        "id": az.SITE,
        "name": "crm-standard",
        "type": "Microsoft.Web/sites",
        **az.site(httpsOnly=False).document,
    }
    (place / "answers" / "site.json").write_text(json.dumps(site))
    words = (
        "plan", "--source", place / "src", "--azure-exports", place / "answers", "-i", place / "i.yaml",
    )  # fmt: skip
    _, out, _ = run(*words)
    assert "Enforce IP restrictions" in out
    assert "httpsOnly" in out
    assert "--azure-exports" in out
    run(*words, "-o", place / "plan")
    assert {one.name for one in (place / "plan").iterdir()} == {
        "README.md", "plan.json", "package", "rollback", "azure",
    }  # fmt: skip
    plan = json.loads((place / "plan" / "plan.json").read_text())
    assert plan["changes"]
    assert plan["azure"]
    assert "The Azure side" in (place / "plan" / "README.md").read_text()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (AzureOptions(), ""),
        (AzureOptions(live=True), "--azure"),
        (
            AzureOptions(live=True, endpoint="https://a b", identity=True),
            "--azure --azure-endpoint 'https://a b' --azure-identity",
        ),
        (AzureOptions(exports=(Path("a b"), Path("c"))), "--azure-exports 'a b' --azure-exports c"),
    ],
)
def test_the_options_are_typed_again_as_they_were(given: AzureOptions, words: str) -> None:
    assert azure_words(given) == words


def test_what_it_would_cost_is_told_without_a_call(run: Run, place: Path) -> None:
    code, out, _ = run("plan", "--azure", "--explain-api", "-i", place / "i.yaml")
    assert code == 0
    assert "Azure" in out
