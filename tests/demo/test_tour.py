"""The tour: the commands a person would type, in their order, and a stop at the first that ends otherwise."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfharden.demo.tour import Tour, TourError, _azure_changes
from sfharden.demo.tour_azure import serve_tour_azure
from sfharden.demo.tour_org import serve_tour
from sfharden.emulator.http.server import DemoServer
from tests.orgs.constants import NOW

REPORT = {"results": [], "summary": {"fail": 0, "unknown": 0, "pass": 0}}


@pytest.fixture(name="server")
def _server() -> Iterator[DemoServer]:
    with serve_tour(NOW) as running:
        yield running


class Typed:
    """A program that does nothing but end with these codes; keeps what it was asked."""

    def __init__(self, folder: Path, *codes: int) -> None:
        self._folder, self._codes = folder, list(codes)
        self.asked: list[list[str]] = []

    def __call__(self, words: list[str]) -> tuple[int, str]:
        self.asked.append(words)
        (self._folder / "report.json").write_text(json.dumps(REPORT))
        return self._codes.pop(0), "Some output\n\nNext:\n  more"


def tour(server: DemoServer, folder: Path, program: Typed) -> list[str]:
    said: list[str] = []
    with serve_tour_azure(NOW) as azure:
        Tour(server, azure, folder, program, said.append, NOW, lambda: NOW).go()
    return said


@pytest.mark.parametrize(("codes", "step"), [((0,), 1), ((1, 0), 2), ((1, 4, 0), 3), ((1, 4, 1, 1), 3)])
def test_a_step_that_ends_otherwise_stops_the_tour_and_is_named(
    server: DemoServer, tmp_path: Path, codes: tuple[int, ...], step: int
) -> None:
    program = Typed(tmp_path, *codes)
    with pytest.raises(TourError, match=f"step {step} ended with exit code {codes[-1]}"):
        tour(server, tmp_path, program)
    assert len(program.asked) == len(codes)


def test_a_package_that_was_not_written_can_not_be_deployed(server: DemoServer, tmp_path: Path) -> None:
    program = Typed(tmp_path, 1, 4, 1, 0)
    with pytest.raises(TourError, match="step 4: not the org took the package"):
        tour(server, tmp_path, program)
    assert [words[0] for words in program.asked] == ["check", "plan", "simulate", "simulate"]


def test_each_command_is_typed_for_this_org_and_its_integration(server: DemoServer, tmp_path: Path) -> None:
    program = Typed(tmp_path, 1, 4, 0)
    with pytest.raises(TourError):
        tour(server, tmp_path, program)
    assert all(server.base_url in words and "integration.yaml" in words for words in program.asked)
    assert (tmp_path / "integration.yaml").is_file()
    assert list((tmp_path / "exports").iterdir())


def test_the_azure_end_s_changes_are_told_by_their_heads_alone_also_broken_ones() -> None:
    lines = [
        "Head",
        "Azure 1: setting of subscription",
        "0001",
        "  today  none",
        "",
        "Azure 2: access",
        "  x",
        "BY HAND",
    ]
    assert list(_azure_changes(lines)) == [
        "  Azure 1: setting of subscription",
        "  0001",
        "  Azure 2: access",
    ]
