"""The script made and taken back, by a shell and an `az` in small: what stands there then is what was planned, and what stood."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from sfharden.model.azure import AzureResource
from sfharden.model.azure_plan import AzureChange
from sfharden.plan.azure.applied import applied
from sfharden.plan.azure.planner import plan_azure
from sfharden.plan.azure.shell import script
from tests.orgs import azure_side as az
from tests.plan.azure import fake_az
from tests.plan.azure.kit import snapshot
from tests.plan.azure.test_planner import MINE, SETTINGS, judged, open_side

LOGS: Final = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/l/providers/M/workspaces/w"


class Tenant:
    """Documents by id, and the script in a folder with the small `az`."""

    def __init__(
        self, folder: Path, resources: tuple[AzureResource, ...], changes: tuple[AzureChange, ...]
    ) -> None:
        self.state, self.script = folder / "state.json", folder / "commands.sh"
        self.state.write_text(json.dumps({one.id: one.document for one in resources}))
        self.script.write_text(script(changes))
        self.bin = folder / "bin"
        self.bin.mkdir()
        run = f'exec {shlex.quote(sys.executable)} {shlex.quote(fake_az.__file__)} "$@"\n'
        (self.bin / "az").write_text(f"#!/bin/sh\n{run}")
        (self.bin / "az").chmod(0o700)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{self.bin}:/usr/bin:/bin", "AZ_STATE": str(self.state), "WORKSPACE_ID": LOGS}
        return subprocess.run(
            ["/bin/sh", self.script, *words], env=environment, capture_output=True, text=True, check=False
        )

    @property
    def documents(self) -> Any:
        return json.loads(self.state.read_text())


def test_all_changes_are_made_as_planned_and_taken_back(tmp_path: Path) -> None:
    before = open_side()
    assert before.azure is not None
    lists = (az.listed(f"{az.WORKFLOW}/{SETTINGS}"), az.listed(f"{az.SITE}/{SETTINGS}"))
    before = snapshot(before.azure.model_copy(update={"lists": lists}))
    assert before.azure is not None
    found = plan_azure(before, [MINE], judged([MINE]))
    tenant = Tenant(tmp_path, before.azure.resources, found.changes)
    numbers = [str(number) for number, _ in enumerate(found.changes, 1)]

    done = tenant.run(*numbers)
    assert (done.returncode, done.stderr) == (0, "")
    after = applied(before, found.changes)
    assert after.azure is not None
    made = {one.id: one.document for one in after.azure.resources}
    assert {name: found for name, found in tenant.documents.items() if name in made} == made
    settings = {name: one for name, one in tenant.documents.items() if name not in made}
    assert {name.partition(f"/{SETTINGS}/")[0] for name in settings} == {az.WORKFLOW, az.SITE}
    assert {one["workspace"] for one in settings.values()} == {LOGS}

    again = tenant.run(*numbers)
    assert again.returncode == 3  # made already: nothing is as it was read
    back = tenant.run("undo", *reversed(numbers))
    assert (back.returncode, back.stderr) == (0, "")
    assert tenant.documents == {one.id: one.document for one in before.azure.resources}


def test_somebody_elses_change_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    before = open_side()
    assert before.azure is not None
    found = plan_azure(before, [MINE], judged([MINE]))
    (number,) = [str(at) for at, one in enumerate(found.changes, 1) if one.what == "access control"]
    tenant = Tenant(tmp_path, before.azure.resources, found.changes)
    theirs = tenant.documents
    theirs[az.WORKFLOW]["properties"]["accessControl"] = {"triggers": {"allowedCallerIpAddresses": []}}
    tenant.state.write_text(json.dumps(theirs))
    assert tenant.run(number).returncode == 3
    assert tenant.documents == theirs


def test_a_secure_parameter_that_came_meanwhile_stops_the_change_and_the_way_back(tmp_path: Path) -> None:
    before = open_side()
    assert before.azure is not None
    found = plan_azure(before, [MINE], judged([MINE]))
    (number,) = [str(at) for at, one in enumerate(found.changes, 1) if one.what == "access control"]
    tenant = Tenant(tmp_path, before.azure.resources, found.changes)
    theirs = tenant.documents
    theirs[az.WORKFLOW]["properties"]["definition"]["parameters"] = {"key": {"type": "SecureString"}}
    tenant.state.write_text(json.dumps(theirs))
    for words in ((number,), ("undo", number)):
        assert tenant.run(*words).returncode == 3
        assert tenant.documents == theirs


def test_a_workflow_that_is_shown_nowhere_stays_off_the_screen(tmp_path: Path) -> None:
    before = open_side()
    assert before.azure is not None
    found = plan_azure(before, [MINE], judged([MINE]))
    tenant = Tenant(tmp_path, before.azure.resources, found.changes)
    done = tenant.run(*(str(number) for number, _ in enumerate(found.changes, 1)))
    assert "datasets" not in done.stdout
