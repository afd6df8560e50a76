"""The Azure side of the tour."""

from sfharden.demo.tour_azure import serve_tour_azure
from sfharden.emulator.azure import story
from sfharden.emulator.azure.hardening import harden
from tests.emulator.azure.kit import NOW, PATHS, asking


def test_the_tours_tenant_is_bad_until_it_is_hardened() -> None:
    with serve_tour_azure(NOW) as server, asking(server) as arm:
        assert "accessControl" not in arm.get(story.WORKFLOW)["properties"]
        harden(server.tenant, NOW)
        access = arm.get(story.WORKFLOW)["properties"]["accessControl"]
        assert access["triggers"]["sasAuthenticationPolicy"] == {"state": "Disabled"}


def test_its_token_lasts_as_long_as_a_demo_is_kept_up() -> None:
    with serve_tour_azure(NOW) as server, asking(server, server.token) as arm:
        assert arm.ask(story.CONNECTION).status == 200
        assert server.token.count(".") == 2


def test_whoever_gives_the_tour_sees_the_logs_of_the_management_group() -> None:
    with serve_tour_azure(NOW) as server, asking(server) as arm:
        assert arm.rows(PATHS["management group diagnostics"]) == []
