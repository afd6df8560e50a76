"""A stranger's access policy is taken away by itself, and can be put back as it was."""

import json
from dataclasses import replace
from typing import Any

import pytest

from sfharden.model.azure import MASK, AzureResource
from sfharden.plan.azure.access_policies import CHECK, plan_access_policies
from sfharden.plan.azure.wish import AzureWish
from tests.orgs import azure_side as az
from tests.plan.azure.kit import one_change, standing, wish

STRANGER = "11111111-1111-4111-8111-111111111111"
OWN = "22222222-2222-4222-8222-222222222222"


def policy(name: str, who: Any) -> AzureResource:
    principal = {"type": "ActiveDirectory", "identity": {"tenantId": "t", "objectId": who}}
    document = {"location": "westeurope", "properties": {"principal": principal}}
    return az.resource(f"{az.CONNECTION}/accessPolicies/{name}", document)


def asked(*rows: AzureResource) -> AzureWish:
    failing = replace(standing(CHECK, subject="crm-rg/salesforce"), observed=(STRANGER,))
    return wish(az.connection(), failing, lists=(az.listed(f"{az.CONNECTION}/accessPolicies", *rows),))


def test_the_strangers_goes_and_ones_own_stays() -> None:
    change = one_change(plan_access_policies(asked(policy("theirs", STRANGER.upper()), policy("own", OWN))))
    url = f"{az.CONNECTION}/accessPolicies/theirs?api-version=2016-06-01"
    assert change.commands == (("az", "rest", "--output", "none", "--method", "delete", "--url", url),)
    assert json.loads(change.undo[0][-1]) == policy("theirs", STRANGER.upper()).document
    assert STRANGER.upper() in change.guards[0].question


@pytest.mark.parametrize("who", [None, "", 5])
def test_a_policy_that_doesnt_name_anybody_is_left(who: Any) -> None:
    assert not list(plan_access_policies(asked(policy("odd", who))))


def test_what_was_masked_is_never_put_back() -> None:
    row = policy("theirs", STRANGER)
    row.document["properties"]["principal"]["identity"]["tenantId"] = MASK
    change = one_change(plan_access_policies(asked(row)))
    assert (change.commands, change.undo) == ((), ())
    assert change.by_hand
