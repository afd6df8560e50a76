"""A stranger's access policy is taken away by itself, and can be put back as it was."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sfharden.model.azure import MASK, AzureResource
from sfharden.model.azure_plan import AzureStanding
from sfharden.model.results import Status, Waived
from sfharden.plan.azure.access_policies import CHECK, plan_access_policies
from sfharden.plan.azure.wish import AzureWish
from tests.orgs import azure_side as az
from tests.plan.azure.kit import one_change, one_need, standing, wish

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


def other(status: Status, *observed: str, **changes: Any) -> AzureStanding:
    """How the connection came out for another integration."""
    one = standing(CHECK, subject="crm-rg/salesforce")
    about = replace(one.standing, integration="billing", status=status, **changes)
    return replace(one, standing=about, observed=observed)


WAIVED = Waived(reason="known", owner="Ops", expires=date(2027, 1, 1))


@pytest.mark.parametrize(
    "another",
    [
        other(Status.PASS, STRANGER),
        other(Status.UNKNOWN),
        other(Status.FAIL, OWN),
        other(Status.FAIL, STRANGER, waived=WAIVED),
    ],
)
def test_what_may_be_another_integrations_app_is_left_and_told(another: AzureStanding) -> None:
    asked_of = replace(asked(policy("theirs", STRANGER)), others=(another,))
    text = one_need(plan_access_policies(asked_of)).text
    assert "may be an app of billing" in text
    assert STRANGER in text


def test_a_stranger_to_all_that_share_the_connection_goes() -> None:
    shared = replace(asked(policy("theirs", STRANGER)), others=(other(Status.FAIL, STRANGER),))
    assert one_change(plan_access_policies(shared)).commands


@pytest.mark.parametrize("who", [None, "", 5])
def test_a_policy_that_doesnt_name_anybody_is_left(who: Any) -> None:
    assert not list(plan_access_policies(asked(policy("odd", who))))


def test_what_was_masked_is_never_put_back() -> None:
    row = policy("theirs", STRANGER)
    row.document["properties"]["principal"]["identity"]["tenantId"] = MASK
    change = one_change(plan_access_policies(asked(row)))
    assert (change.commands, change.undo) == ((), ())
    assert change.by_hand
