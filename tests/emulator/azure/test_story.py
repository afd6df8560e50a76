"""Both ends are one story."""

import json

from sfharden.demo.sample import sample_folder
from sfharden.emulator.azure import flows, story
from sfharden.emulator.azure.naming import guid
from sfharden.emulator.azure.untidy import open_definition


def test_the_logic_app_is_the_one_of_the_demos_sample() -> None:
    sample = json.loads((sample_folder() / "exports" / "crm-sync.json").read_text(encoding="utf-8"))
    assert (sample["id"], sample["location"]) == (story.WORKFLOW, story.REGION)
    assert sample["properties"]["endpointsConfiguration"] == flows.endpoints()
    ours = flows.connections_value(story.CONNECTION)
    assert sample["properties"]["parameters"] == ours


def test_the_bad_definition_only_adds_to_the_samples() -> None:
    sample = json.loads((sample_folder() / "exports" / "crm-sync.json").read_text(encoding="utf-8"))
    theirs, ours = sample["properties"]["definition"], open_definition()
    assert theirs["triggers"] == ours["triggers"]
    assert theirs["actions"].items() <= ours["actions"].items()


def test_those_who_are_allowed_are_no_persons() -> None:
    assert guid("user", "contractor") == story.CONTRACTOR
    assert story.CONTRACTOR not in story.ALLOWED_PRINCIPALS
