"""The Salesforce connection's state, address and user; and what no property tells."""

from dataclasses import replace
from typing import Any

import pytest

from sfharden.checks.azure.signed_in import judge_least_privilege, judge_signed_in
from sfharden.checks.common import Context, NoParameters, Verdict
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureEntry, AzureForm
from sfharden.model.org import Organization, OrgTables
from sfharden.model.results import Severity
from tests.orgs.azure_flows import api_connection, code_of, consumption, read_as, side_of
from tests.orgs.azure_side import CONNECTION, connection, context, gap, snapshot, workflow
from tests.orgs.judging import integration

USER = "integration@acme.example"


def side(*more: Any, is_sandbox: bool | None = None, users: tuple[str, ...] = (USER,)) -> Context:
    read = side_of("consumption", code_of({}), *more)
    org = OrgTables(organization=Organization(id="00D", name="Acme", is_sandbox=is_sandbox))
    facts = Index(read.facts.snapshot.model_copy(update={"org": org}))
    return replace(read, facts=facts, _integration=integration(users=users))


def judged(*, is_sandbox: bool | None = False, **properties: Any) -> Verdict:
    (one,) = judge_signed_in(side(read_as(connection(**properties)), is_sandbox=is_sandbox), NoParameters())
    return one


def test_a_connection_in_order_is_for_a_person_to_show_since_its_user_and_address_are_inferred() -> None:
    known: Any = {"authenticatedUser": {"name": USER.upper()}}
    assert judged(**known).status.value == "manual"
    assert {one.what for one in judged(**known).evidence} == {"status", "token:LoginUri", "signed in"}
    assert judged(**known, displayName="Salesforce").status.value == "manual"
    assert judged(**known, overallStatus=None).status.value == "manual"
    assert judged(**known, overallStatus="Ready", statuses=[{"status": "Ready"}]).status.value == "manual"


def test_a_display_name_alone_is_for_a_person_to_show() -> None:
    one = judged(displayName=USER, authenticatedUser={})
    assert one.status.value == "manual"
    assert {evidence.what for evidence in one.evidence} == {"status", "token:LoginUri", "signed in"}
    assert judged(displayName=USER, overallStatus="Error").status.value == "fail"
    assert judged(displayName=USER, overallStatus="BrandNew").status.value == "unknown"


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ({"overallStatus": "Error"}, "fail"),
        ({"statuses": [{"status": "Error", "error": {"code": "Unauthenticated"}}]}, "fail"),
        ({"overallStatus": None, "statuses": [{"status": "Error"}]}, "fail"),
        ({"overallStatus": None, "statuses": None}, "unknown"),
        ({"overallStatus": "BrandNew"}, "unknown"),
        ({"nonSecretParameterValues": {"token:LoginUri": "http://login.salesforce.com"}}, "fail"),
        (
            {"nonSecretParameterValues": {"token:LoginUri": "https://login.salesforce.com.evil.example"}},
            "fail",
        ),
        *(
            (
                {
                    "nonSecretParameterValues": {
                        "token:LoginUri": f"https://evil.example{mark}.salesforce.com"
                    }
                },
                found,
            )
            for mark, found in (
                ("?", "fail"),
                ("#", "fail"),
                ("/", "fail"),
                ("\\", "unknown"),
                ("@x", "unknown"),
            )
        ),
        ({"nonSecretParameterValues": {"token:LoginUri": None}}, "unknown"),
        ({"nonSecretParameterValues": None}, "unknown"),
    ],
)
def test_each_property_decides(properties: dict[str, Any], status: str) -> None:
    assert judged(**properties).status.value == status
    assert judged(**properties).severity is None


@pytest.mark.parametrize(
    "properties",
    [
        {"authenticatedUser": {"name": "admin@acme.example"}},
        {"displayName": "admin@acme.example"},
        {"displayName": "Salesforce"},
        {"displayName": None},
    ],
)
def test_another_user_or_none_is_a_warning(properties: dict[str, Any]) -> None:
    one = judged(**properties)
    assert (one.status.value, one.severity) == ("fail", Severity.LOW)
    error = judged(**properties, overallStatus="Error")
    assert (error.status.value, error.severity) == ("fail", None)


@pytest.mark.parametrize(("is_sandbox", "status"), [(True, "manual"), (False, "fail"), (None, "fail")])
def test_a_sandbox_s_address_is_right_for_one(is_sandbox: bool | None, status: str) -> None:
    one = judged(
        is_sandbox=is_sandbox,
        authenticatedUser={"name": USER},
        nonSecretParameterValues={"token:LoginUri": "https://test.salesforce.com/"},
    )
    assert one.status.value == status
    assert one.severity is (Severity.LOW if status == "fail" else None)


def test_where_no_org_was_read_a_sandbox_s_address_is_unknown() -> None:
    one = connection(nonSecretParameterValues={"token:LoginUri": "https://test.salesforce.com"})
    read = context(snapshot(workflow(), one))
    assert [one.status.value for one in judge_signed_in(read, NoParameters())] == ["unknown"]


def test_without_an_integration_no_user_is_expected() -> None:
    read = context(snapshot(workflow(), connection(displayName="admin@acme.example")))
    assert [one.status.value for one in judge_signed_in(read, NoParameters())] == ["manual"]


def test_a_form_that_does_not_tell_and_a_connection_not_read_are_unknown() -> None:
    later = read_as(connection(statuses="[variables('s')]"), AzureForm.TEMPLATE)
    (one,) = judge_signed_in(side(later), NoParameters())
    assert one.status.value == "unknown"
    unread = context(snapshot(workflow(), gaps=(gap(CONNECTION),)))
    assert {one.status.value for one in judge_signed_in(unread, NoParameters())} == {"unknown"}
    assert {one.status.value for one in judge_least_privilege(unread, NoParameters())} == {"unknown"}


def test_other_connectors_are_not_meant() -> None:
    read = side(connection(), api_connection("blob", "azureblob"))
    assert [one.subject.name for one in judge_signed_in(read, NoParameters())] == ["crm-rg/salesforce"]


def test_an_integration_that_calls_by_http_alone_has_no_connection() -> None:
    flow = consumption(code_of({}), parameters={})
    entry = AzureEntry(workflows=("crm-sync",))
    assert [one.status.value for one in judge_signed_in(context(snapshot(flow), entry), NoParameters())] == [
        "not-applicable"
    ]
    unclear = consumption(code_of({}), AzureForm.CODE_VIEW, parameters=None)
    with pytest.raises(CannotTell):
        list(judge_signed_in(context(snapshot(unclear), entry), NoParameters()))


def test_least_privilege_is_for_a_person_to_show_with_what_is_known() -> None:
    (one,) = judge_least_privilege(side(connection()), NoParameters())
    assert one.status.value == "manual"
    assert {evidence.what: evidence.observed for evidence in one.evidence} == {
        "authenticatedUser": "not set",
        "displayName": USER,
        "token:LoginUri": "https://login.salesforce.com",
        "changedTime": "2026-11-01T08:00:00.1234567Z",
    }
