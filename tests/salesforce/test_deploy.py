"""A check-only deployment: sent as one, reported as one, never anything else."""

import json
from typing import Any

import pytest
import responses

from sfharden.errors import AnswerError, AuthError, DeniedError, UnreachableError
from sfharden.ports import ComponentProblem
from sfharden.salesforce.deploy import deploy_check_only
from sfharden.salesforce.metadata_api import Polling

from .kit import DATA, FakeTime, make_wire

REQUEST = f"{DATA}/metadata/deployRequest"
ID = "0Afxx0000000001AAA"
ACCEPTED = {"id": ID, "deployOptions": {"checkOnly": True}}
CONTENT = b"PK\x03\x04 made up"


def state(**result: Any) -> dict[str, Any]:
    told = {"id": ID, "checkOnly": True, "done": True, "status": "Succeeded", "success": True}
    return {"id": ID, "deployResult": {**told, **result}}


@responses.activate
def test_a_valid_package() -> None:
    responses.post(REQUEST, status=201, json=ACCEPTED)
    responses.get(f"{REQUEST}/{ID}", json=state(done=False, status="Pending", success=False))
    responses.get(f"{REQUEST}/{ID}", json=state(details={"componentFailures": []}))
    time = FakeTime()
    report = deploy_check_only(make_wire(time=time), "66.0", CONTENT)
    assert (report.id, report.status, report.success, report.problems) == (ID, "Succeeded", True, ())
    assert len(time.sleeps) == 2
    assert responses.calls[1].request.params == {"includeDetails": "true"}  # type: ignore[attr-defined]


@responses.activate
def test_what_is_sent_asks_for_a_check_and_no_more() -> None:
    responses.post(REQUEST, status=201, json=ACCEPTED)
    responses.get(f"{REQUEST}/{ID}", json=state())
    deploy_check_only(make_wire(), "66.0", CONTENT)
    body = responses.calls[0].request.body
    assert isinstance(body, bytes)
    options = json.loads(body[body.index(b"{") : body.index(b"}}") + 2])["deployOptions"]
    assert options["checkOnly"] is True
    assert options["rollbackOnError"] is True
    assert options["purgeOnDelete"] is False
    assert CONTENT in body


@responses.activate
def test_problems_are_told_by_component() -> None:
    problem = {
        "componentType": "Profile",
        "fullName": "Integration",
        "fileName": "profiles/Integration.profile",
        "lineNumber": 7,
        "problem": "bad range",
        "problemType": "Error",
    }
    responses.post(REQUEST, status=201, json=ACCEPTED)
    failures = [problem, {**problem, "lineNumber": None, "componentType": None}]
    responses.get(
        f"{REQUEST}/{ID}", json=state(success=False, status="Failed", details={"componentFailures": failures})
    )
    report = deploy_check_only(make_wire(), "66.0", CONTENT)
    assert not report.success
    assert report.problems == (
        ComponentProblem("Profile", "Integration", "profiles/Integration.profile", 7, "bad range", "Error"),
        ComponentProblem("", "Integration", "profiles/Integration.profile", None, "bad range", "Error"),
    )


@responses.activate
@pytest.mark.parametrize(
    "told", [state(success=True, status="SucceededPartial"), state(success="true"), state(success=False)]
)
def test_only_success_is_success(told: dict[str, Any]) -> None:
    responses.post(REQUEST, status=201, json=ACCEPTED)
    responses.get(f"{REQUEST}/{ID}", json=told)
    assert not deploy_check_only(make_wire(), "66.0", CONTENT).success


@responses.activate
@pytest.mark.parametrize("check_only", [False, None, "true"])
def test_a_report_about_a_real_deployment_is_an_alarm(check_only: object) -> None:
    responses.post(REQUEST, status=201, json=ACCEPTED)
    responses.get(f"{REQUEST}/{ID}", json=state(checkOnly=check_only))
    with pytest.raises(AnswerError, match="no validation"):
        deploy_check_only(make_wire(), "66.0", CONTENT)


@responses.activate
@pytest.mark.parametrize(
    ("accepted", "told"),
    [
        ([], None),
        ({"id": "../../../apexrest/x"}, None),
        ({"id": 7}, None),
        (ACCEPTED, {}),
        (ACCEPTED, {"deployResult": []}),
        (ACCEPTED, state(status=None)),
        (ACCEPTED, state(details=[1])),
        (ACCEPTED, state(details={"componentFailures": [1]})),
        *((ACCEPTED, state(details={"componentFailures": odd})) for odd in (7, True, 1.5, "x")),
    ],
)
def test_an_answer_of_another_shape_is_an_error(accepted: object, told: object) -> None:
    responses.post(REQUEST, status=201, json=accepted)
    responses.get(f"{REQUEST}/{ID}", json=told)
    with pytest.raises(AnswerError):
        deploy_check_only(make_wire(), "66.0", CONTENT)


@responses.activate
def test_refusals() -> None:
    responses.post(REQUEST, status=401, json=[{"errorCode": "INVALID_SESSION_ID"}])
    with pytest.raises(AuthError):
        deploy_check_only(make_wire(), "66.0", CONTENT)
    responses.replace(responses.POST, REQUEST, status=201, json=ACCEPTED)
    responses.get(
        f"{REQUEST}/{ID}", json=state(success=False, status="Failed", errorStatusCode="INSUFFICIENT_ACCESS")
    )
    with pytest.raises(DeniedError) as caught:
        deploy_check_only(make_wire(), "66.0", CONTENT)
    assert caught.value.code == "INSUFFICIENT_ACCESS"


@responses.activate
def test_one_that_never_ends_is_left() -> None:
    responses.post(REQUEST, status=201, json=ACCEPTED)
    responses.get(f"{REQUEST}/{ID}", json=state(done=False))
    with pytest.raises(UnreachableError):
        deploy_check_only(make_wire(), "66.0", CONTENT, Polling(total=5))
