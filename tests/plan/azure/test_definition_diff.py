"""The diff and the patch: the same change, in canonical JSON, without a secret."""

import json
from pathlib import Path

from sfharden.model.azure import MASK
from sfharden.plan.azure.access_control import READERS, plan_access
from sfharden.plan.azure.definition_diff import definition_diff, definition_patch, edits_by_resource
from sfharden.plan.azure.pointers import edited
from tests.orgs import azure_side as az
from tests.plan.azure.kit import one_change, wish
from tests.plan.kit import git_apply


def test_the_diff_applies_to_what_was_read(tmp_path: Path) -> None:
    flow = az.workflow(accessControl=None, state=MASK)
    change = one_change(plan_access(wish(flow, READERS)))
    diff = definition_diff([change], {flow.key: flow})
    assert diff.startswith(f"--- a{flow.id}.json\n+++ b{flow.id}.json\n".encode())
    assert b"***" not in diff.replace(b'"state": "***"', b"")
    place = tmp_path / f"{flow.id.strip('/')}.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(flow.document, indent=2, sort_keys=True) + "\n")
    git_apply(tmp_path, diff)
    assert json.loads(place.read_text()) == edited(flow.document, change.edits)


def test_the_patch_names_the_resource_of_each_list_of_operations() -> None:
    change = one_change(plan_access(wish(az.workflow(), READERS)))
    (found,) = json.loads(definition_patch([change]))
    assert found["resource"] == az.WORKFLOW
    assert [one["op"] for one in found["patch"]] == ["test", "replace"]
    assert json.loads(definition_patch([])) == []


def test_edits_of_one_resource_stand_together_whatever_the_case_of_its_id() -> None:
    change = one_change(plan_access(wish(az.workflow(), READERS)))
    (edit,) = change.edits
    upper = change.model_copy(
        update={"edits": (edit.model_copy(update={"resource": edit.resource.upper()}),)}
    )
    assert edits_by_resource([change, upper]) == {az.WORKFLOW: (edit, upper.edits[0])}


def test_a_credential_that_was_not_masked_is_not_shown() -> None:
    token = "00D" + "x" * 12 + "!" + "A" * 60
    flow = az.workflow(accessControl=None, aaa=token)
    change = one_change(plan_access(wish(flow, READERS)))
    assert token.encode() not in definition_diff([change], {flow.key: flow})
