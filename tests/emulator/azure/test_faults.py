"""What may go wrong with a call."""

import http.client
import json
from contextlib import suppress

import pytest

from sfharden.emulator.azure import story
from sfharden.emulator.azure.calls import CALLS
from sfharden.emulator.azure.faults import ENDINGS, HARMLESS, OF_LISTS, WAITING, AzureFault, AzureFaultKind
from sfharden.emulator.azure.server import AzureServer
from tests.emulator.azure.kit import PATHS, Asker

FLOWS = f"{story.SCOPE}/providers/Microsoft.Logic/workflows"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (AzureFaultKind.THROTTLED, 429, "TooManyRequests"),
        (AzureFaultKind.THROTTLED_BARE, 429, "TooManyRequests"),
        (AzureFaultKind.SERVER_ERROR, 500, "InternalServerError"),
        (AzureFaultKind.FORBIDDEN, 403, "AuthorizationFailed"),
        (AzureFaultKind.UNAUTHENTICATED, 401, "InvalidAuthenticationToken"),
        (AzureFaultKind.EXPIRED, 401, "ExpiredAuthenticationToken"),
        (AzureFaultKind.NOT_FOUND, 404, "ResourceNotFound"),
        (AzureFaultKind.GROUP_NOT_FOUND, 404, "ResourceGroupNotFound"),
        (AzureFaultKind.WRONG_VERSION, 400, "InvalidApiVersionParameter"),
        (AzureFaultKind.UNREGISTERED, 409, "MissingSubscriptionRegistration"),
    ],
)
def test_refusals_have_their_status_and_code(
    azure: AzureServer, arm: Asker, kind: AzureFaultKind, status: int, code: str
) -> None:
    azure.faults.append(AzureFault(kind))
    assert arm.refusal(story.WORKFLOW) == (status, code)


def test_only_one_kind_of_429_says_how_long_to_wait(azure: AzureServer, arm: Asker) -> None:
    azure.faults += [
        AzureFault(AzureFaultKind.THROTTLED, nth=1, retry_after=7),
        AzureFault(AzureFaultKind.THROTTLED_BARE, nth=2),
    ]
    answers = [arm.ask(story.WORKFLOW) for _ in range(3)]
    assert [one.status for one in answers] == [429, 429, 200]
    assert [one.headers.get("Retry-After") for one in answers] == ["7", None, None]


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        (AzureFaultKind.INSIGHTS_ERROR, 400, b'"Code"'),
        (AzureFaultKind.UNAVAILABLE, 503, b"<html>"),
        (AzureFaultKind.HTML, 200, b"<html>"),
        (AzureFaultKind.BARE_NOT_FOUND, 404, b""),
        (AzureFaultKind.EMPTY, 200, b""),
        (AzureFaultKind.NO_CONTENT, 204, b""),
        (AzureFaultKind.NULL, 200, b"null"),
        (AzureFaultKind.NULL_LIST, 200, b'"value": null'),
        (AzureFaultKind.ERROR_IN_200, 200, b'"error"'),
        (AzureFaultKind.OTHER_TYPE, 200, b"["),
        (AzureFaultKind.NULL_ROWS, 200, b'"value": [null, {'),
        (AzureFaultKind.NESTED, 200, b"[" * 100_000),
        (AzureFaultKind.NOT_UTF8, 200, b"\xff"),
    ],
)
def test_bodies_may_be_of_the_wrong_kind(
    azure: AzureServer, arm: Asker, kind: AzureFaultKind, status: int, body: bytes
) -> None:
    azure.faults.append(AzureFault(kind))
    answer = arm.ask(FLOWS)
    assert answer.status == status
    assert body in answer.body
    assert bool(body) is bool(answer.body)


def test_a_redirect_and_a_link_may_lead_to_another_host(azure: AzureServer, arm: Asker) -> None:
    for kind in (AzureFaultKind.REDIRECT, AzureFaultKind.FOREIGN_LINK):
        azure.faults[:] = [AzureFault(kind, foreign="http://127.0.0.1:9")]
        answer = arm.ask(FLOWS)
        led = answer.headers.get("Location") or answer.json["nextLink"]
        assert led.startswith("http://127.0.0.1:9/subscriptions/")


def test_a_link_may_lead_nowhere_or_to_the_same_page(azure: AzureServer, arm: Asker) -> None:
    azure.faults[:] = [AzureFault(AzureFaultKind.ENDLESS_LINK)]
    link = arm.get(FLOWS)["nextLink"]
    assert arm.send("GET", link.removeprefix(azure.base_url)).json["nextLink"] == link
    azure.faults[:] = [AzureFault(AzureFaultKind.BROKEN_LINK)]
    assert arm.get(FLOWS)["nextLink"] == "http://[next"


@pytest.mark.parametrize("kind", sorted(OF_LISTS - {AzureFaultKind.NULL_LIST}, key=str))
def test_links_come_into_lists_alone(azure: AzureServer, arm: Asker, kind: AzureFaultKind) -> None:
    azure.faults.append(AzureFault(kind))
    assert "nextLink" not in arm.get(story.WORKFLOW)
    assert arm.refusal(story.WORKFLOW + "x") == (404, "ResourceNotFound")


def test_harmless_faults_give_the_right_answer(azure: AzureServer, arm: Asker) -> None:
    right = arm.get(story.WORKFLOW)
    slept: list[float] = []
    azure.sleep = slept.append
    for kind in HARMLESS:
        azure.faults[:] = [AzureFault(kind)]
        assert arm.get(story.WORKFLOW)["properties"]["definition"] == right["properties"]["definition"]
    assert slept == [0.05] * 20
    azure.faults[:] = [AzureFault(AzureFaultKind.LOWER_IDS)]
    assert arm.get(story.WORKFLOW)["id"] == story.WORKFLOW.lower()


@pytest.mark.parametrize("kind", sorted(WAITING, key=str))
def test_waiting_faults_wait_for_the_client_or_the_end(
    azure: AzureServer, arm: Asker, kind: AzureFaultKind
) -> None:
    azure.faults.append(AzureFault(kind))
    arm.connection.timeout = 0.05
    with pytest.raises(TimeoutError):
        arm.ask(story.WORKFLOW)


def test_a_connection_may_end_too_early(azure: AzureServer, arm: Asker) -> None:
    azure.faults[:] = [AzureFault(AzureFaultKind.RESET)]
    with pytest.raises(ConnectionError):
        arm.ask(story.WORKFLOW)
    arm.connection.close()
    azure.faults[:] = [AzureFault(AzureFaultKind.TRUNCATED)]
    with pytest.raises(http.client.IncompleteRead):
        arm.ask(story.WORKFLOW)


def test_a_fault_hits_the_calls_of_its_pattern(azure: AzureServer, arm: Asker) -> None:
    azure.faults.append(AzureFault(AzureFaultKind.FORBIDDEN, path=CALLS["workflow diagnostics"], times=1))
    settings = "/providers/Microsoft.Insights/diagnosticSettings"
    assert arm.ask(story.SITE + settings).status == 200
    assert [arm.ask(story.WORKFLOW + settings).status for _ in range(2)] == [403, 200]


def test_the_answer_of_insights_in_capitals_has_no_wrapper(azure: AzureServer, arm: Asker) -> None:
    azure.faults.append(AzureFault(AzureFaultKind.INSIGHTS_ERROR))
    assert sorted(json.loads(arm.ask(FLOWS).body)) == ["Code", "Message"]


@pytest.mark.parametrize("kind", [one for one in AzureFaultKind if one not in WAITING])
def test_every_fault_can_hit_every_call(azure: AzureServer, arm: Asker, kind: AzureFaultKind) -> None:
    slept: list[float] = []
    azure.sleep = slept.append
    azure.faults.append(AzureFault(kind, foreign="http://127.0.0.1:9"))
    for path in PATHS.values():
        with suppress(ConnectionError, http.client.IncompleteRead):
            arm.ask(path)
        if kind in ENDINGS:
            arm.connection.close()
    assert [one.fault for one in azure.requests] == [kind] * len(PATHS)
