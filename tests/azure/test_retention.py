"""How long a destination keeps logs."""

from typing import Any

import pytest

from sfharden.azure.index import AzureIndex
from sfharden.azure.retention import FOR_EVER, Kept, is_storage, storage_kept, table_kept
from sfharden.facts.values import CannotTell
from tests.orgs.azure_side import GROUP, absent, resource, snapshot

SPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/w"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/logs"
POLICY = f"{ACCOUNT}/managementPolicies/default"
CONTAINER = "insights-logs-workflowruntime"


def table(name: str, **properties: Any) -> Any:
    return resource(f"{SPACE}/tables/{name}", {"properties": properties})


def space(days: Any) -> Any:
    return resource(SPACE, {"properties": {"retentionInDays": days}})


@pytest.mark.parametrize(
    ("properties", "workspace", "days"),
    [
        ({"totalRetentionInDays": 730, "retentionInDays": 30}, 30, 730),
        ({"totalRetentionInDays": -1, "retentionInDays": 90}, 30, 90),
        ({"totalRetentionInDays": None, "retentionInDays": None}, 30, 30),
        ({"totalRetentionInDays": -1, "retentionInDays": -1}, 400, 400),
    ],
)
def test_a_table_s_own_days_before_the_workspace_s(
    properties: dict[str, Any], workspace: int, days: int
) -> None:
    index = AzureIndex(snapshot(table("AzureDiagnostics", **properties), space(workspace)))
    assert table_kept(index, SPACE, "AzureDiagnostics").days == days


def test_of_two_tables_the_shorter_counts_and_one_that_is_not_there_holds_nothing() -> None:
    first, second = table("A", totalRetentionInDays=400), table("B", totalRetentionInDays=31)
    assert table_kept(AzureIndex(snapshot(first, second)), SPACE, "A", "B").days == 31
    assert (
        table_kept(AzureIndex(snapshot(first, absent=(absent(f"{SPACE}/tables/B"),))), SPACE, "A", "B").days
        == 400
    )
    with pytest.raises(CannotTell):
        table_kept(AzureIndex(snapshot(first)), SPACE, "A", "B")
    with pytest.raises(CannotTell):
        table_kept(AzureIndex(snapshot(space(400))), SPACE, "A")


def rule(
    enabled: Any = True, *, kinds: Any = ("appendBlob",), prefixes: Any = None, **delete: Any
) -> dict[str, Any]:
    filters = {"blobTypes": list(kinds), **({"prefixMatch": prefixes} if prefixes is not None else {})}
    return {
        "enabled": enabled,
        "definition": {"filters": filters, "actions": {"baseBlob": {"delete": delete} if delete else {}}},
    }


AGE = {"daysAfterModificationGreaterThan": 100.0}


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        ([rule(**AGE)], 100),
        ([rule(**AGE, daysAfterCreationGreaterThan=50)], 50),
        ([rule(daysAfterModificationGreaterThan=0, daysAfterCreationGreaterThan=900)], 0),
        ([rule(False, **AGE)], FOR_EVER),
        ([rule(kinds=("blockBlob",), **AGE)], FOR_EVER),
        ([rule(prefixes=["other/"], **AGE)], FOR_EVER),
        ([rule(prefixes=["insights-"], **AGE)], 100),
        ([rule(prefixes=[f"{CONTAINER}/resourceId="], **AGE)], 100),
        ([rule(prefixes=[], **AGE)], 100),
        ([rule()], FOR_EVER),
        ([], FOR_EVER),
    ],
)
def test_a_lifecycle_rule_counts_if_it_deletes_append_blobs_of_the_container(rules: Any, days: float) -> None:
    index = AzureIndex(snapshot(resource(POLICY, {"properties": {"policy": {"rules": rules}}})))
    assert storage_kept(index, ACCOUNT, CONTAINER).days == days


def odd(**changes: Any) -> dict[str, Any]:
    """A rule that deletes after 100 days, with parts of its definition changed."""
    one = rule(**AGE)
    one["definition"].update(changes)
    return one


@pytest.mark.parametrize(
    "rules",
    [
        "x",
        [rule("maybe", **AGE)],
        [rule(daysAfterLastAccessTimeGreaterThan=9)],
        [rule(**AGE, daysAfterLastAccessTimeGreaterThan=9)],
        [rule(daysAfterModificationGreaterThan="[parameters('d')]", daysAfterCreationGreaterThan=900)],
        ["x"],
        [None],
        [{"enabled": True, "definition": "***"}],
        [odd(actions="[p]")],
        [odd(actions={"baseBlob": "***"})],
        [odd(actions={"baseBlob": {"delete": "[p]"}})],
        [odd(actions={"baseBlob": {"delete": {}}})],
        [odd(filters={"blobTypes": ["[parameters('t')]"]})],
        [odd(filters={"blobTypes": "blockBlob"})],
        [odd(filters={"blobTypes": ["appendBlob"], "prefixMatch": ["[parameters('p')]"]})],
        [odd(filters={"blobTypes": ["appendBlob"], "prefixMatch": ["***"]})],
        [odd(filters={"blobTypes": ["appendBlob"], "prefixMatch": [7]})],
    ],
)
def test_a_rule_that_is_not_understood_is_not_passed_over(rules: Any) -> None:
    index = AzureIndex(snapshot(resource(POLICY, {"properties": {"policy": {"rules": rules}}})))
    with pytest.raises(CannotTell):
        storage_kept(index, ACCOUNT, CONTAINER)


def test_only_one_404_means_that_nothing_is_deleted() -> None:
    kept = AzureIndex(snapshot(absent=(absent(POLICY, "ManagementPolicyNotFound"),)))
    assert storage_kept(kept, ACCOUNT, CONTAINER).days == FOR_EVER
    for code in ("ResourceNotFound", "ResourceGroupNotFound"):
        with pytest.raises(CannotTell):
            storage_kept(AzureIndex(snapshot(absent=(absent(POLICY, code),))), ACCOUNT, CONTAINER)
    with pytest.raises(CannotTell):
        storage_kept(AzureIndex(snapshot()), ACCOUNT, CONTAINER)


def test_days_in_words() -> None:
    assert (Kept(FOR_EVER, "").shown, Kept(1000.0, "").shown) == ("for ever", "1000 days")
    assert is_storage(resource(ACCOUNT, {}))
