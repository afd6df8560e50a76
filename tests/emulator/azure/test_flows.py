"""Consumption workflows, as a GET answers them."""

import re

from sfharden.emulator.azure import flows, story
from tests.emulator.azure.kit import NOW, recorded

CODE = flows.definition({"manual": flows.request_trigger()}, {})


def test_a_workflow_has_what_a_real_one_has() -> None:
    real = recorded("workflow-accesscontrol-empty-object.json")
    ours = flows.workflow(story.WORKFLOW, CODE, NOW, access={})
    assert set(real) - {"tags"} <= set(ours)
    # What this one lacks: an integration account is no part of the story.
    assert set(real["properties"]) - set(ours["properties"]) <= {"integrationAccount"}
    assert set(real["properties"]["definition"]) == set(ours["properties"]["definition"])
    trigger = real["properties"]["definition"]["triggers"]["request"]
    assert set(trigger) == set(CODE["triggers"]["manual"])


def test_absence_null_and_an_empty_object_are_told_apart() -> None:
    absent = flows.workflow(story.WORKFLOW, CODE, NOW)
    empty = flows.workflow(story.WORKFLOW, CODE, NOW, access={})
    assert "accessControl" not in absent["properties"]
    assert empty["properties"]["accessControl"] == {}


def test_a_secured_step_keeps_both_sides_or_those_named() -> None:
    step = flows.create_record()
    whole = flows.secured(step)["runtimeConfiguration"]["secureData"]["properties"]
    assert whole == ["inputs", "outputs"]
    assert flows.secured(step, "inputs")["runtimeConfiguration"]["secureData"]["properties"] == ["inputs"]
    assert "runtimeConfiguration" not in step


def test_hardened_access_has_ranges_a_policy_and_no_signed_url() -> None:
    access = flows.hardened_access([story.CALLERS])
    triggers = access["triggers"]
    assert triggers["allowedCallerIpAddresses"] == [{"addressRange": story.CALLERS}]
    assert triggers["sasAuthenticationPolicy"] == {"state": "Disabled"}
    claims = triggers["openAuthenticationPolicies"]["policies"]["shop"]["claims"]
    assert [one["name"] for one in claims] == ["iss", "aud", "appid"]
    assert set(access) == {"triggers", "contents", "actions", "workflowManagement"}


def test_moments_and_the_entrance_look_as_real_ones() -> None:
    made = flows.workflow(story.WORKFLOW, CODE, NOW, principal="p")
    assert re.fullmatch(r".*\.\d{7}Z", made["properties"]["changedTime"])
    assert made["properties"]["accessEndpoint"].startswith("https://prod-01.westeurope.logic.azure.com:443/")
    assert made["identity"]["principalId"] == "p"


def test_a_blob_is_kept_through_the_connection_that_is_named() -> None:
    step = flows.keep_blob("account", "blobs")["inputs"]
    assert "['blobs']" in step["host"]["connection"]["name"]
    assert "'account'" in step["path"]
