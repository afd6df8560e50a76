"""The door to a running Azure: who is signed in, where the token goes, what it cost, and what the repository keeps."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sfharden.doors.azure import examine_azure, open_azure, read_live_azure
from sfharden.doors.live_options import LiveOptions
from sfharden.doors.run_doors import RunDoors
from sfharden.emulator.azure import story
from sfharden.emulator.azure.healthy import backup_of, healthy_tenant
from sfharden.emulator.azure.server import AzureServer, serve_azure
from sfharden.errors import AuthError, BudgetError, InputError, UsageError
from sfharden.model.azure import AzureEntry
from sfharden.ports import CallMade, Timing
from tests.sources.azure.live_kit import NOW

ENTRY = AzureEntry(workflows=(story.WORKFLOW,))
DOORS = RunDoors(timing=Timing(sleep=lambda _: None, now=lambda: NOW))
LIVE = LiveOptions(doors=DOORS)


def around(server: AzureServer) -> dict[str, str]:
    return {"AZURE_ACCESS_TOKEN": server.token, "SFHARDEN_AZURE_ENDPOINT": server.base_url}


def test_it_says_where_the_token_goes_and_what_reading_cost(capsys: pytest.CaptureFixture[str]) -> None:
    made: list[CallMade] = []
    with serve_azure(healthy_tenant(NOW)) as server:
        read = read_live_azure(
            None, [ENTRY], LiveOptions(doors=replace(DOORS, log=made.append)), environment=around(server)
        )
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"The token goes to 127.0.0.1.\n{read.calls} API calls to 127.0.0.1.\n"
    assert len(made) == read.calls
    assert server.token not in f"{told.err}{made}"


def test_whose_token_it_was_is_told_as_the_token_does() -> None:
    with serve_azure(healthy_tenant(NOW)) as server:
        _, login = examine_azure(None, [ENTRY], LIVE, environment=around(server))
        tenant = server.tenant
    assert (login.object_id, login.tenant) == (tenant.caller, tenant.tenant_id)
    assert (login.how, login.host) == ("access token", "127.0.0.1")


def test_an_address_given_goes_before_the_environment_s() -> None:
    with serve_azure(healthy_tenant(NOW)) as server:
        environment = {**around(server), "SFHARDEN_AZURE_ENDPOINT": "http://127.0.0.1:9"}
        with open_azure(server.base_url, LIVE, environment=environment) as arm:
            assert arm.get(story.WORKFLOW, "2019-05-01", "x")["name"] == "crm-sync"


def test_a_token_for_another_service_is_not_sent() -> None:
    with serve_azure(healthy_tenant(NOW)) as server:
        environment = {"AZURE_ACCESS_TOKEN": server.token}
        with (
            pytest.raises(AuthError, match="not for https://arm"),
            open_azure("https://arm.example", LIVE, environment=environment),
        ):
            pass
        assert server.calls == []
    with pytest.raises(UsageError), open_azure("http://arm.example", LIVE, environment=environment):
        pass


def test_a_budget_ends_the_asking_and_says_so() -> None:
    with serve_azure(healthy_tenant(NOW)) as server:
        read = read_live_azure(None, [ENTRY], replace(LIVE, api_budget=5), environment=around(server))
        assert len(server.calls) == read.calls == 5
    assert any("budget" in gap.reason for gap in read.gaps)


def test_the_repository_s_definitions_come_with_it(tmp_path: Path) -> None:
    tenant = healthy_tenant(NOW)
    for name, content in backup_of(tenant).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    entry = ENTRY.model_copy(update={"repository": str(tmp_path)})
    with serve_azure(tenant) as server:
        read = read_live_azure(None, [entry], LIVE, environment=around(server))
    (flow,) = [one for one in read.resources if one.id == story.WORKFLOW]
    assert flow.definition_digest in {one.digest for one in read.repository or ()}
    assert json.loads(read.model_dump_json())["source"] == "live"


def test_a_repository_that_is_not_there_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    entry = ENTRY.model_copy(update={"repository": str(tmp_path / "none")})
    with serve_azure(healthy_tenant(NOW)) as server:
        with pytest.raises(InputError):
            read_live_azure(None, [entry], LIVE, environment=around(server))
        assert server.calls == []


def test_a_budget_of_none_at_all_reads_nothing() -> None:
    with serve_azure(healthy_tenant(NOW)) as server, pytest.raises(BudgetError):
        read_live_azure(None, [], replace(LIVE, api_budget=0), environment=around(server))
