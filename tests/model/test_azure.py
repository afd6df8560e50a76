"""Ids of Azure: compared without case, printed as given."""

import pytest
from pydantic import ValidationError

from sfharden.model.azure import AzureEntry, AzureResource, key_of, parent_of, segment_after
from sfharden.model.snapshot import Snapshot, Source, Tool
from tests.orgs.azure_side import SITE, WORKFLOW, snapshot, workflow


def test_ids_are_compared_without_case_and_without_the_leading_slash() -> None:
    assert key_of(WORKFLOW.upper()) == key_of(WORKFLOW.lstrip("/")) == key_of(f"{WORKFLOW}/")


def test_a_resource_is_shown_by_group_and_name_as_given() -> None:
    one = AzureResource(
        id="/subscriptions/S/resourcegroups/My-RG/providers/x.y/z/Name", type="x.y/z", name="Name"
    )
    assert one.shown == "My-RG/Name"
    assert one.subscription == "S"
    assert AzureResource(id="", type="x.y/z", name="Name").shown == "Name"


def test_a_place_is_told_by_file_and_pointer_or_by_id() -> None:
    assert workflow().where("/properties/state") == f"{WORKFLOW}#/properties/state"
    in_file = workflow().model_copy(update={"file": "w.json", "pointer": "/value/0"})
    assert in_file.where("/properties") == "w.json#/value/0/properties"
    assert in_file.model_copy(update={"pointer": ""}).where() == "w.json"


def test_segments_and_parents() -> None:
    assert segment_after(WORKFLOW, "workflows") == "crm-sync"
    assert segment_after(WORKFLOW, "sites") == ""
    assert parent_of(f"{SITE}/config/web") == SITE


def test_a_snapshot_holds_an_azure_side_and_reads_it_again() -> None:
    whole = Snapshot(
        tool=Tool(version="1"), source=Source(kind="azure", name="x"), azure=snapshot(workflow())
    )
    assert Snapshot.model_validate_json(whole.model_dump_json(by_alias=True)) == whole


def test_an_entry_refuses_a_key_that_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        AzureEntry.model_validate({"workflow": ["x"]})
