"""Every call by its name."""

import re

import pytest

from sfharden.emulator.azure import story
from sfharden.emulator.azure.calls import CALLS
from tests.emulator.azure.kit import PATHS, target


def test_every_call_has_a_path_here() -> None:
    assert sorted(PATHS) == sorted(CALLS)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_is_found_by_its_own_pattern_alone(name: str) -> None:
    for path in (PATHS[name], PATHS[name] + "/"):
        asked = f"GET {target(path, filter=f'resourceUri eq {story.WORKFLOW}')}"
        assert [one for one, pattern in CALLS.items() if re.search(pattern, asked)] == [name]
