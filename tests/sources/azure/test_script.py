"""The script: run against a stand-in for the Azure CLI it asks what a live run would, and keeps how each command ended."""

import json
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sfharden.azure.index import AzureIndex
from sfharden.azure.side import azure_side
from sfharden.errors import InputError
from sfharden.model.azure import AzureEntry
from sfharden.sources.azure.exports import read_exports
from sfharden.sources.azure.script import script_of
from tests.orgs.azure_side import CONNECTION, GROUP, SITE, SUBSCRIPTION, WORKFLOW
from tests.sources.azure.kit import (
    ACCOUNT,
    WORKSPACE,
    connection_answer,
    refusal,
    run_script,
    setting_answer,
    site_answer,
    workflow_answer,
)

SETTINGS = "/providers/Microsoft.Insights/diagnosticSettings"
ROLES = "/providers/Microsoft.Authorization/roleAssignments"
ENTRY = AzureEntry(workflows=(WORKFLOW,))


def tenant(**more: Any) -> dict[str, Any]:
    """Answers to the questions about one workflow and what it leads to."""
    nothing: dict[str, Any] = {"value": []}
    return {
        WORKFLOW: workflow_answer(),
        f"{WORKFLOW}{SETTINGS}": {"value": [setting_answer(storageAccountId=ACCOUNT)]},
        f"{WORKFLOW}{SETTINGS}Categories": nothing,
        f"{WORKFLOW}{ROLES}": {"value": [], "nextLink": f"https://management.azure.com{WORKFLOW}{ROLES}?page2"},
        f"{WORKFLOW}{ROLES}?page2": nothing,
        f"{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values": nothing,
        CONNECTION: connection_answer(),
        f"{CONNECTION}{ROLES}": refusal(403, "AuthorizationFailed", "… perform action 'Microsoft.Authorization/roleAssignments/read' over"),
        f"{CONNECTION}/accessPolicies": nothing,
        f"{GROUP}/providers/Microsoft.Logic/workflows": {"value": [workflow_answer()]},
        f"{GROUP}/providers/Microsoft.Web/sites": nothing,
        f"{SUBSCRIPTION}{SETTINGS}": nothing,
        WORKSPACE: {"id": WORKSPACE, "name": "law", "properties": {"retentionInDays": 30}},
        f"{ACCOUNT}/managementPolicies/default": refusal(404, "ManagementPolicyNotFound"),
        **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    done = run_script(folder, tenant(), ENTRY)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_answer_is_kept_by_the_path_that_was_asked(asked: Path) -> None:
    read = read_exports([asked / "answers"], [ENTRY])
    index = AzureIndex(read)
    assert index.find(WORKFLOW)
    assert [row.name for row in index.whole(f"{WORKFLOW}{SETTINGS}")] == ["logs"]
    assert index.whole(f"{SUBSCRIPTION}{SETTINGS}") == ()
    assert index.whole(f"{WORKFLOW}{ROLES}") == ()  # both pages
    events = f"{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values?resource={WORKFLOW}"
    assert index.whole(events) == ()
    assert index.find(WORKSPACE)
    assert [one.name for one in azure_side(index, ENTRY).connections] == ["salesforce"]


def test_lines_that_end_as_windows_ends_them_lead_to_the_next_page(tmp_path: Path) -> None:
    done = run_script(tmp_path, tenant(), ENTRY, ending="\r\n")
    assert done.returncode == 0, done.stderr
    assert AzureIndex(read_exports([tmp_path / "answers"], [ENTRY])).whole(f"{WORKFLOW}{ROLES}") == ()


def test_a_web_app_without_a_kind_hides_no_other(tmp_path: Path) -> None:
    other = {**site_answer(), "id": f"{GROUP}/providers/Microsoft.Web/sites/old", "kind": None}
    sites = {f"{SUBSCRIPTION}/providers/Microsoft.Web/sites": {"value": [other, site_answer()]}}
    entry = AzureEntry(subscription=SUBSCRIPTION.rpartition("/")[2])
    run_script(tmp_path, tenant(**sites, **{SITE: site_answer()}), entry)
    assert AzureIndex(read_exports([tmp_path / "answers"], [entry])).resource(SITE).name == "crm-standard"
    asked = json.loads((tmp_path / "answers" / "asked.json").read_text("utf-8"))["asked"]
    assert SITE in {one["path"] for one in asked}


def test_what_failed_is_told_apart_by_what_the_cli_wrote(asked: Path) -> None:
    read = read_exports([asked / "answers"], [ENTRY])
    assert AzureIndex(read).absence(f"{ACCOUNT}/managementPolicies/default") == "ManagementPolicyNotFound"
    (gap,) = [one for one in read.gaps if one.path == f"{CONNECTION}{ROLES}"]
    assert (gap.code, gap.action) == ("AuthorizationFailed", "Microsoft.Authorization/roleAssignments/read")
    assert gap.what == "role assignments of crm-rg/salesforce"
    assert read.cloud == "AzureCloud"
    assert read.taken_at is not None


def test_a_zip_of_the_folder_tells_the_same(asked: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "answers"), "zip", asked / "answers")
    whole, zipped = (read_exports([one], [ENTRY]) for one in (asked / "answers", Path(archive)))
    for part in ("resources", "lists", "absent", "gaps"):
        names = [
            [
                one.model_copy(update={"file": "", "rows": ()} if part == "lists" else {"file": ""})
                for one in getattr(read, part)
            ]
            for read in (whole, zipped)
        ]
        assert names[0] == names[1]


def test_files_are_the_owner_s_and_none_is_asked_for_twice(asked: Path) -> None:
    files = sorted((asked / "answers").iterdir())
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    entries = json.loads((asked / "answers" / "asked.json").read_text("utf-8"))["asked"]
    assert {one["file"] for one in entries} == {
        one.name for one in files if "~" in one.name and one.suffix == ".json"
    }
    once = [(one["question"], one["about"]) for one in entries]
    assert len(once) - len(set(once)) == 1  # the second page of the role assignments


def test_a_second_run_replaces_the_first_and_says_what_failed(tmp_path: Path) -> None:
    run_script(tmp_path, tenant(), ENTRY)
    again = run_script(tmp_path, {WORKFLOW: workflow_answer()}, ENTRY)
    assert again.returncode == 0
    assert f"group-roles of {GROUP} (group-roles~" in again.stderr
    assert "(no lifecycle policy is an answer, too" in again.stderr
    index = AzureIndex(read_exports([tmp_path / "answers"], [ENTRY]))
    assert index.absence(CONNECTION) == "ResourceNotFound"
    assert not index.rows(f"{WORKFLOW}{SETTINGS}")


def test_names_are_looked_for_in_the_subscription(tmp_path: Path) -> None:
    listed = {
        f"{SUBSCRIPTION}/providers/Microsoft.Logic/workflows": {"value": [workflow_answer()]},
        f"{SUBSCRIPTION}/providers/Microsoft.Web/sites": {"value": [site_answer()]},
        f"{SUBSCRIPTION}/providers/Microsoft.Web/connections": {"value": [connection_answer()]},
    }
    entry = AzureEntry(
        subscription=SUBSCRIPTION.rpartition("/")[2],
        workflows=("crm-standard", "nobody"),
        connections=("crm-rg/salesforce",),
    )
    done = run_script(tmp_path, {**tenant(), **listed, SITE: site_answer()}, entry)
    read = read_exports([tmp_path / "answers"], [entry])
    types = {one.type for one in read.resources}
    assert {"microsoft.web/sites", "microsoft.web/connections"} <= types
    assert "microsoft.logic/workflows" not in types
    assert done.stderr.startswith("Nothing is called nobody.\n")


def test_a_name_is_only_said_to_be_nothing_s_where_the_lists_were_answered(tmp_path: Path) -> None:
    entry = AzureEntry(subscription=SUBSCRIPTION.rpartition("/")[2], workflows=("nobody", WORKFLOW))
    done = run_script(tmp_path, tenant(), entry)
    assert "Whether anything is called nobody is not known" in done.stderr
    assert "Nothing is called" not in done.stderr
    answered, missing = re.findall(r"(\d+) answered, (\d+) not", done.stderr)[0]
    entries = json.loads((tmp_path / "answers" / "asked.json").read_text("utf-8"))["asked"]
    assert int(missing) == sum(1 for one in entries if one["exit_status"])
    assert int(answered) + int(missing) == len(entries)


@pytest.mark.parametrize(
    ("az", "says"),
    [("", "not installed"), ("#!/bin/sh\nexit 1\n", "not signed in")],
    ids=["no az", "no login"],
)
def test_where_nothing_can_be_asked_it_stops_before_it_replaces_anything(
    az: str, says: str, tmp_path: Path
) -> None:
    programs, earlier = tmp_path / "bin", tmp_path / "answers" / "workflow~1.json"
    programs.mkdir()
    earlier.parent.mkdir()
    earlier.write_text("{}", "utf-8")
    if az:
        (programs / "az").write_text(az, "utf-8")
        (programs / "az").chmod(0o755)
    for name in ("tr", "mkdir", "rm"):
        (programs / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run(
        ["/bin/sh", "-c", script_of([ENTRY], "answers")],
        cwd=tmp_path,
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert earlier.exists()


def test_where_nothing_is_answered_it_fails(tmp_path: Path) -> None:
    done = run_script(tmp_path, {}, AzureEntry(workflows=("crm-sync",)))
    assert done.returncode == 2
    assert "Nothing was answered" in done.stderr


@pytest.mark.parametrize(
    "hostile", ["$(touch x)", "a'b", "a b", "/subscriptions/s/x;y", "/subscriptions/`id`", "../x\n"]
)
def test_an_id_that_azure_could_not_have_is_refused(hostile: str) -> None:
    with pytest.raises(InputError, match="is no id or name"):
        script_of([AzureEntry(workflows=(hostile,))])
    with pytest.raises(InputError, match="is no id or name"):
        script_of([AzureEntry(connections=(hostile,))])


def test_an_id_of_azure_s_that_is_hostile_runs_nothing(tmp_path: Path) -> None:
    connections = {"value": {"salesforce": {"connectionId": "/x/$(touch hacked)/`touch hacked`/*"}}}
    flow = workflow_answer(parameters={"$connections": connections})
    run_script(tmp_path, {**tenant(), WORKFLOW: flow}, ENTRY)
    assert not list(tmp_path.rglob("hacked"))
    read_exports([tmp_path / "answers"], [ENTRY])


def test_the_script_is_posix_and_only_reads() -> None:
    script = script_of([ENTRY, AzureEntry()], "an answer's folder")
    assert subprocess.run(["/bin/sh", "-n"], input=script, text=True, check=False).returncode == 0
    calls = [line for line in script.splitlines() if "az rest" in line and not line.startswith("#")]
    assert calls
    assert all("--method get" in line for line in calls)
    assert not any(word in script for word in ("listCallbackUrl", "/list?", "--method post"))
