"""The script made and taken back, by a shell and an `az` in small: what stands there then is what was planned, and what stood."""

import json
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from sfharden.model.azure import AzureResource
from sfharden.model.azure_plan import AzureChange
from sfharden.plan.azure.access_control import CALLERS
from sfharden.plan.azure.applied import applied
from sfharden.plan.azure.definition_diff import definition_diff
from sfharden.plan.azure.papers import azure_files
from sfharden.plan.azure.planner import PLANNERS, plan_azure
from sfharden.plan.azure.pointers import edited
from sfharden.plan.azure.shell import script
from sfharden.plan.azure.site_access import plan_site_callers
from tests.orgs import azure_side as az
from tests.orgs.constants import INTEGRATION
from tests.plan.azure import fake_az
from tests.plan.azure.kit import ENTRY, config, one_change, snapshot, standing, wish
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

    def others_edit(self, change: AzureChange) -> None:
        """Somebody else's edit of each part that a change has set, and of a setting that it has made."""
        documents = self.documents
        edits = [one.model_copy(update={"after": []}) for one in change.edits]
        for name, document in documents.items():
            if name == change.resource and edits:
                documents[name] = edited(document, edits)
            elif name.startswith(f"{change.resource}/{SETTINGS}/"):
                document["properties"]["logs"].append({"category": "Theirs", "enabled": True})
        self.state.write_text(json.dumps(documents))

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
    assert {one["properties"]["workspaceId"] for one in settings.values()} == {LOGS}

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


def test_what_is_not_as_a_change_left_it_is_not_taken_back(tmp_path: Path) -> None:
    before = open_side()
    assert before.azure is not None
    lists = (az.listed(f"{az.WORKFLOW}/{SETTINGS}"), az.listed(f"{az.SITE}/{SETTINGS}"))
    before = snapshot(before.azure.model_copy(update={"lists": lists}))
    assert before.azure is not None
    found = plan_azure(before, [MINE], judged([MINE])).changes
    tenant = Tenant(tmp_path, before.azure.resources, found)
    untouched = tenant.documents
    ways = [str(number) for number, one in enumerate(found, 1) if one.undo]
    assert all(one.undo_guards for one in found if one.undo)
    assert {tenant.run("undo", one).returncode for one in ways} == {3}  # never made
    assert tenant.documents == untouched
    assert tenant.run(*ways).returncode == 0
    for change in found:
        tenant.others_edit(change)
    theirs = tenant.documents
    for one in ways:
        done = tenant.run("undo", one)
        assert (done.returncode, "not as the change left it" in done.stderr) == (3, True)
    assert tenant.documents == theirs


def test_what_app_service_adds_to_rules_of_its_own_is_no_change_of_anybodys(tmp_path: Path) -> None:
    open_config = config(
        ipSecurityRestrictions=[{"ipAddress": "Any", "action": "Allow", "priority": 2147483647}]
    )
    asked = standing(CALLERS, subject="crm-rg/crm-standard")
    change = one_change(plan_site_callers(wish(az.site(), asked, resources=(open_config,))))
    tenant = Tenant(tmp_path, (open_config,), (change,))
    assert tenant.run("1").returncode == 0
    documents = tenant.documents
    rules = documents[open_config.id]["properties"]["ipSecurityRestrictions"]
    documents[open_config.id]["properties"]["ipSecurityRestrictions"] = [
        *({**one, "tag": "Default"} for one in rules),
        {"ipAddress": "Any", "action": "Deny", "priority": 2147483647, "name": "Deny all"},
    ]
    tenant.state.write_text(json.dumps(documents))
    assert tenant.run("undo", "1").returncode == 0
    assert tenant.documents == {open_config.id: open_config.document}


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


HOSTILE: Final = (
    "x\ntouch pwned",
    "x'; touch pwned; '",
    "$(touch pwned)",
    "`touch pwned`",
    "x\0y",
    "\u202ex",
    "{WORKSPACE_ID}",
    "%s%n",
    "***",
    "-rf",
    "a.b[0]=c",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_a_tenant_spoil_nothing_wherever_they_stand(tmp_path: Path, name: str) -> None:
    policy = {"type": "AAD", "claims": [{"name": "iss", "value": name}, {"name": name, "value": name}]}
    control = {
        "triggers": {"openAuthenticationPolicies": {"policies": {name: policy}}},
        "actions": {"x": name},
    }
    flow = az.workflow(accessControl=control, state=name)
    actions = flow.document["properties"]["definition"]["actions"]
    actions[name] = {**actions.pop("Get_record"), "runtimeConfiguration": {"other": name}}
    named = flow.model_copy(
        update={"id": f"{az.GROUP}/providers/Microsoft.Logic/workflows/{name}", "name": name}
    )
    row = az.resource(f"{az.WORKFLOW}/{SETTINGS}/{name}", {"properties": {"logs": []}})
    read = az.snapshot(
        flow,
        named,
        az.connection(),
        az.site(httpsOnly=name),
        lists=(az.listed(f"{az.WORKFLOW}/{SETTINGS}", row), az.listed(f"{named.id}/{SETTINGS}")),
    )
    mine = INTEGRATION.model_copy(
        update={"azure": ENTRY.model_copy(update={"workflows": (az.WORKFLOW, named.id, az.SITE)})}
    )
    every = [
        replace(one, standing=replace(one.standing, integration=mine.name))
        for check in PLANNERS
        for subject in (flow.shown, named.shown, "crm-rg/crm-standard", "crm-rg/salesforce")
        for one in [standing(check, f"of-{check}", subject)]
    ]
    found = plan_azure(snapshot(read), [mine], lambda _: tuple(every))
    assert len(found.changes) > 2
    files = azure_files(
        found.changes, definition_diff(found.changes, {one.key: one for one in read.resources})
    )
    assert not any(control in files["azure/README.md"].decode() for control in ("\0", "\u202e", "\ntouch"))
    for text in (files["azure/README.md"], files["azure/main.bicep"], files["azure/commands.sh"]):
        assert not any(line.strip().startswith("touch") for line in text.decode().splitlines())
    (tmp_path / "commands.sh").write_bytes(files["azure/commands.sh"])
    done = subprocess.run(
        ["/bin/sh", "commands.sh"], cwd=tmp_path, env={"PATH": "/nowhere"}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert {one.name for one in tmp_path.iterdir()} == {"commands.sh"}
    assert len(done.stdout.splitlines()) == sum(bool(one.commands) for one in found.changes)
    tenant = Tenant(tmp_path, read.resources, found.changes)
    numbers = [str(number) for number, one in enumerate(found.changes, 1) if one.commands]
    assert tenant.run(*numbers).returncode == 0
    assert not (tmp_path / "pwned").exists()
    after = applied(snapshot(read), [one for one in found.changes if one.commands]).azure
    assert after is not None
    assert all(tenant.documents[one.id] == one.document for one in after.resources)
