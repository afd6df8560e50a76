"""A PATCH names what it sets and nothing else, and goes to a type that is known to take one."""

import json
from typing import Any

import pytest

from sfharden.model.azure import MASK, AzureForm, AzureResource
from sfharden.model.azure_plan import AzureChange
from sfharden.plan.azure.partial_update import partial_change
from sfharden.plan.azure.pointers import edit_of
from tests.orgs import azure_side as az
from tests.plan.azure.kit import wish

WORDS = ("a thing", "false", "true")


def change(holder: AzureResource, key: str = "httpsOnly") -> AzureChange:
    return partial_change(
        wish(holder, "x"), holder, (edit_of(holder, ("properties", key), True),), WORDS, "risk"
    )


def test_only_what_is_set_is_sent_and_what_stood_there_comes_back() -> None:
    found = change(az.site(httpsOnly=False))
    assert json.loads(found.commands[0][-1]) == {"properties": {"httpsOnly": True}}
    assert json.loads(found.undo[0][-1]) == {"properties": {"httpsOnly": False}}
    assert [one.question for one in found.guards] == ['"properties"."httpsOnly" == `false`']


def test_the_address_has_no_host_so_that_it_goes_to_the_cloud_one_is_signed_in_to() -> None:
    url = change(az.site(httpsOnly=False)).commands[0][7]
    assert url == f"{az.SITE}?api-version=2022-09-01"


def test_what_was_not_set_has_no_way_back() -> None:
    assert change(az.site(), "other").undo == ()


@pytest.mark.parametrize(
    ("holder", "said"),
    [
        (az.workflow(), "No command is known"),
        (az.connection(), "No command is known"),
        (az.site().model_copy(update={"form": AzureForm.TEMPLATE, "file": "a.json"}), "a.json"),
        (az.site().model_copy(update={"id": f"{az.SITE}?x"}), "id"),
        (az.site(httpsOnly=MASK), "secret"),
    ],
)
def test_elsewhere_it_is_done_by_hand(holder: AzureResource, said: str) -> None:
    found = change(holder)
    assert (found.commands, found.undo, found.guards) == ((), (), ())
    assert said in found.by_hand


@pytest.mark.parametrize(
    ("document", "keys", "is_typed"),
    [
        ({"properties": {"networkAcls": {"defaultAction": "Allow", "ipRules": [1]}}}, "properties.networkAcls.defaultAction", False),
        ({"properties": {"networkAcls": None}}, "properties.networkAcls.defaultAction", True),
        ({"tags": {"owner": "ada", "other": "x"}}, "tags.owner", False),
        ({"tags": {"other": "x"}}, "tags.owner", False),
        ({"identity": {"type": "UserAssigned", "userAssignedIdentities": {"x": {}}}}, "identity.type", False),
        ({"identity": {"type": "None"}}, "identity.type", True),
        ({}, "identity.type", True),
        ({"kind": "x"}, "kind", False),
    ],
)  # fmt: skip
def test_nothing_that_stands_beside_what_is_set_can_be_lost(
    document: dict[str, Any], keys: str, *, is_typed: bool
) -> None:
    holder = az.resource(az.SITE, document)
    edit = edit_of(holder, keys.split("."), "wanted")
    found = partial_change(wish(az.site(), "x"), holder, (edit,), WORDS)
    assert (bool(found.commands), "beside it would be lost" in found.by_hand) == (is_typed, not is_typed)
