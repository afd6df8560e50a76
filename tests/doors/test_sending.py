"""The doors of sending: a token for Azure Monitor and for nothing else, and a word about where things go."""

import pytest

from sfharden.doors.run_doors import RunDoors
from sfharden.doors.sending import open_log_analytics, open_webhook, refuse_destination
from sfharden.emulator.ingestion import HOOK, serve_ingestion
from sfharden.errors import AuthError, UsageError
from sfharden.ports import Timing
from tests.azure.test_claims import NOW, jwt
from tests.azure.test_ingestion import RULE, RUN

DOORS = RunDoors(timing=Timing(sleep=lambda _: None, now=lambda: NOW))
REAL = "https://x.westeurope-1.ingest.monitor.azure.com"
ROWS = [{"A": "x"}]


def token(audience: str) -> str:
    return jwt(aud=audience, exp=NOW.timestamp() + 60, tid="t").reveal()


def test_rows_go_to_the_stream_and_it_is_said_where_the_token_goes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with serve_ingestion({"A": "string"}) as server:
        path = refuse_destination(server.base_url, RULE, "Custom-X")
        environment = {
            "AZURE_ACCESS_TOKEN": server.token,
            "SFHARDEN_AZURE_ENDPOINT": "https://unused.example",
        }
        with open_log_analytics(server.base_url, path, RUN, DOORS, environment) as sender:
            assert sender.send(ROWS).sent == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "The token goes to 127.0.0.1.\n")


def test_a_token_for_resource_manager_is_not_sent() -> None:
    environment = {"AZURE_ACCESS_TOKEN": token("https://management.azure.com")}
    with (
        pytest.raises(AuthError, match=r"The token is for management\.azure\.com") as caught,
        open_log_analytics(REAL, "/x", RUN, DOORS, environment),
    ):
        pass
    assert "--resource https://monitor.azure.com" in caught.value.hint


def test_a_token_for_azure_monitor_is_accepted() -> None:
    environment = {"AZURE_ACCESS_TOKEN": token("https://monitor.azure.com")}
    with open_log_analytics(REAL, "/x", RUN, DOORS, environment):
        pass


def test_a_webhook_needs_its_secret(capsys: pytest.CaptureFixture[str]) -> None:
    with serve_ingestion({"A": "string"}, secret="0123456789abcdef") as server:
        url = f"{server.base_url}{HOOK}"
        with open_webhook(url, RUN, DOORS, {"SFHARDEN_WEBHOOK_SECRET": "0123456789abcdef"}) as sender:
            assert sender.send(ROWS).sent == 1
        with pytest.raises(UsageError, match="SFHARDEN_WEBHOOK_SECRET"), open_webhook(url, RUN, DOORS, {}):
            pass
    assert capsys.readouterr().err == "The rows go to 127.0.0.1.\n"
