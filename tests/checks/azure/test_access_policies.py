"""Which apps a connection is open to."""

from typing import Any

import pytest

from sfharden.checks.azure.access_policies import judge_access_policies
from sfharden.checks.common import NoParameters, Verdict
from sfharden.model.azure import AzureEntry, AzureList, AzureResource
from sfharden.model.integration import EDIT_WORKFLOW
from tests.orgs.azure_side import (
    CONNECTION,
    connection,
    context,
    gap,
    listed,
    resource,
    site,
    snapshot,
)

PATH = f"{CONNECTION}/accessPolicies"
OWN, SECOND, OTHER = (f"00000000-0000-4000-8000-00000000000{last}" for last in "123")
SYSTEM = {"type": "SystemAssigned", "principalId": OWN}
BOTH = {
    "type": "SystemAssigned, UserAssigned",
    "principalId": OWN,
    "userAssignedIdentities": {"/x": {"principalId": SECOND}},
}


def app(identity: Any = SYSTEM) -> AzureResource:
    own = site()
    return own.model_copy(update={"document": {**own.document, "identity": identity}})


def v2(kind: str | None = "V2") -> AzureResource:
    own = connection()
    return own.model_copy(update={"document": {**own.document, "kind": kind}})


def policy(who: Any) -> AzureResource:
    identity = {"tenantId": "t", "objectId": who}
    return resource(
        f"{PATH}/{who}", {"properties": {"principal": {"type": "ActiveDirectory", "identity": identity}}}
    )


def judged(
    *policies: AzureResource,
    site: AzureResource | None = None,
    kind: str | None = "V2",
    lists: tuple[AzureList, ...] | None = None,
    entry: AzureEntry | None = None,
    **more: Any,
) -> Verdict:
    every = (listed(PATH, *policies),) if lists is None else lists
    named = entry or AzureEntry(workflows=("crm-standard",), connections=("salesforce",))
    read = snapshot(site or app(), v2(kind), lists=every, **more)
    (found,) = [
        one
        for one in judge_access_policies(context(read, named), NoParameters())
        if one.subject.name != "lost"
    ]
    return found


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (judged(policy(OWN)), "pass"),
        (judged(policy(OWN.upper())), "pass"),
        (judged(), "pass"),
        (judged(policy(OWN), policy(SECOND), site=app(BOTH)), "pass"),
        (judged(policy(OWN), policy(OTHER)), "fail"),
        (judged(policy(OTHER), site=app(None)), "fail"),
        (judged(policy(OTHER), kind=None), "fail"),
        (judged(policy(OTHER), site=app({"type": "SystemAssigned"})), "unknown"),
        (judged(policy(OTHER), site=app({"type": "UserAssigned"})), "unknown"),
        (
            judged(policy(OTHER), site=app({"type": "UserAssigned", "userAssignedIdentities": {"/x": {}}})),
            "unknown",
        ),
        (judged(policy(None)), "unknown"),
        (judged(kind=None), "unknown"),
        (judged(lists=()), "unknown"),
        (judged(lists=(), gaps=(gap(PATH),)), "unknown"),
        (judged(lists=(listed(PATH, policy(OWN), whole=False),)), "unknown"),
        (judged(lists=(listed(PATH, policy(OTHER), whole=False),)), "fail"),
        (judged(kind="V1", lists=()), "not-applicable"),
    ],
)
def test_each_property_decides(found: Verdict, status: str) -> None:
    assert found.status == status


def test_allowed_principals_may_have_a_policy() -> None:
    entry = AzureEntry(workflows=("crm-standard",), connections=("salesforce",), allowed_principals=(OTHER,))
    assert judged(policy(OTHER), entry=entry).status == "pass"


def test_while_an_app_was_not_found_a_policy_may_be_its() -> None:
    entry = AzureEntry(workflows=("crm-standard", "lost"), connections=("salesforce",))
    assert judged(policy(OTHER), entry=entry).status == "unknown"
    assert judged(policy(OWN), entry=entry).status == "pass"


def test_strangers_are_told_by_object_id() -> None:
    found = judged(policy(OTHER))
    assert OTHER in found.message
    assert found.evidence[0].observed == OTHER


def test_while_it_is_not_said_which_apps_are_its_own_no_policy_passes() -> None:
    entry = AzureEntry(workflows=("crm-standard", EDIT_WORKFLOW), connections=("salesforce",))
    assert judged(policy(OWN), entry=entry).status == "unknown"
    assert judged(entry=entry).status == "pass"  # open to nobody, whoever is meant
