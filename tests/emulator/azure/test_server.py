"""The loopback ARM itself: who comes in, what is counted."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sfharden.emulator.azure import story
from sfharden.emulator.azure.faults import AzureFaultKind
from sfharden.emulator.azure.server import AzureServer, serve_azure
from sfharden.emulator.azure.tenant import Tenant
from tests.emulator.azure.kit import Asker, asking, target


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "AuthenticationFailed"),
        ("Basic dXNlcg==", "AuthenticationFailed"),
        ("Bearer other", "InvalidAuthenticationToken"),
        ("Bearer ", "InvalidAuthenticationToken"),
        ("Bearer old", "ExpiredAuthenticationToken"),
    ],
)
def test_only_the_right_token_comes_in(azure: AzureServer, arm: Asker, header: str | None, code: str) -> None:
    azure.expired.add("old")
    arm.headers = {} if header is None else {"Authorization": header}
    assert arm.refusal(story.WORKFLOW) == (401, code)


def test_a_token_may_be_given(tenant: Tenant) -> None:
    with serve_azure(tenant, token="given") as server, asking(server, "given") as one:
        assert one.ask(story.WORKFLOW).status == 200


def test_calls_are_counted_and_kept_without_the_token(azure: AzureServer, arm: Asker) -> None:
    arm.get(story.WORKFLOW)
    arm.get("/subscriptions")
    assert azure.calls == [f"GET {target(story.WORKFLOW)}", f"GET {target('/subscriptions')}"]
    assert (azure.started, azure.writes, azure.leaks) == (2, [], [])
    assert azure.token not in repr(azure)


def test_a_token_in_an_address_is_told_without_it(azure: AzureServer, arm: Asker) -> None:
    arm.send("GET", f"/subscriptions?access_token={azure.token}")
    assert azure.leaks == ["GET /subscriptions: the token stands in the address"]


def test_every_answer_can_be_found_again(arm: Asker) -> None:
    for answer in (arm.ask("/subscriptions"), arm.ask("/nothing")):
        assert answer.headers["x-ms-request-id"] == answer.headers["x-ms-correlation-request-id"]
        assert int(answer.headers["x-ms-ratelimit-remaining-subscription-global-reads"]) > 0


def test_latency_goes_through_the_seam_and_the_most_in_flight_is_remembered(tenant: Tenant) -> None:
    together = threading.Barrier(3)
    slept: list[float] = []

    def meet(seconds: float) -> None:
        slept.append(seconds)
        together.wait(timeout=5)

    with serve_azure(tenant, latency=0.05, sleep=meet) as server:

        def ask(_: int) -> int:
            with asking(server) as one:
                return one.ask(story.WORKFLOW).status

        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(ask, range(3))) == [200, 200, 200]
        assert (server.max_in_flight, slept) == (3, [0.05] * 3)


def test_faults_may_be_given_by_path(tenant: Tenant) -> None:
    with serve_azure(tenant, faults={r"/workflows/": AzureFaultKind.FORBIDDEN}) as server:
        with asking(server) as one:
            assert one.refusal(story.WORKFLOW) == (403, "AuthorizationFailed")
            assert one.ask(story.CONNECTION).status == 200
        assert [entry.fault for entry in server.requests] == [AzureFaultKind.FORBIDDEN, None]
