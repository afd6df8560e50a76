"""Azure compared: properties like with like, and a resource is gone only if the later state says so."""

from typing import Any

from sfharden.checks.drift.azure import compare_azure
from sfharden.checks.drift.found import ChangedFact
from sfharden.model.azure import AzureAbsent, AzureForm, AzureGap, AzureList, AzureResource, AzureSnapshot
from sfharden.model.drift import DriftGap, FactChange
from sfharden.model.snapshot import Snapshot

from .kit import side

GROUP = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Logic/workflows"


def flow(name: str = "crm", digest: str = "", **properties: Any) -> AzureResource:
    return AzureResource(
        id=f"{GROUP}/{name}", type="microsoft.logic/workflows", name=name, document={"properties": properties},
        definition_digest=digest,
    )  # fmt: skip


def state(*resources: AzureResource, **held: Any) -> Snapshot:
    return side().snapshot.model_copy(
        update={"azure": AzureSnapshot(source="live", resources=resources, **held)}
    )


def facts(old: Snapshot, new: Snapshot) -> list[FactChange]:
    return [one.fact for one in compare_azure(old, new) if isinstance(one, ChangedFact)]


def gaps(old: Snapshot, new: Snapshot) -> list[DriftGap]:
    return [one for one in compare_azure(old, new) if isinstance(one, DriftGap)]


def told(old: Snapshot, new: Snapshot) -> list[tuple[str, str, str]]:
    return [(one.what, one.was, one.now) for one in facts(old, new)]


def test_properties_are_told_by_path_and_what_is_restless_is_not() -> None:
    old = flow(
        state="Enabled", changedTime="1", accessControl={"triggers": [{"addressRange": "192.0.2.0/28"}]}
    )
    new = flow(state="Disabled", changedTime="2", accessControl={})
    assert told(state(old), state(new)) == [
        ("properties.accessControl", "(not there)", "(empty)"),
        ("properties.accessControl.triggers.0.addressRange", "192.0.2.0/28", "(not there)"),
        ("properties.state", "Enabled", "Disabled"),
    ]


def test_a_definition_is_told_by_its_digest() -> None:
    old, new = (
        flow(digest="a", definition={"actions": {"A": 1}}),
        flow(digest="b", definition={"actions": {"B": 1}}),
    )
    assert told(state(old), state(new)) == [("definition", "a", "b")]


def test_who_is_to_be_asked_elsewhere() -> None:
    (one,) = facts(state(flow(state="A")), state(flow(state="B")))
    assert one.explained.telling == "elsewhere"


def test_a_resource_in_a_list_and_alone_is_one_and_compared_like_with_like() -> None:
    row = AzureList(path=GROUP, rows=(flow(),))
    whole = flow(state="Enabled")
    assert told(state(whole, lists=(row,)), state(whole, lists=(row,))) == []
    listed = AzureList(path=GROUP, rows=(flow(state="Enabled"),))
    assert told(state(lists=(listed,)), state(lists=(AzureList(path=GROUP, rows=(flow(state="Off"),)),))) == [
        ("properties.state", "Enabled", "Off")
    ]


def test_ids_are_compared_without_case() -> None:
    upper = flow().model_copy(update={"id": flow().id.upper()})
    assert told(state(flow()), state(upper)) == []


def test_a_resource_is_gone_only_where_that_is_said() -> None:
    whole, cut = AzureList(path=GROUP), AzureList(path=GROUP, is_whole=False)
    gone = AzureAbsent(path=flow().id, code="ResourceNotFound")
    changes = [
        facts(state(flow()), new)[0].change
        for new in (state(), state(lists=(cut,)), state(lists=(whole,)), state(absent=(gone,)))
    ]
    assert changes == ["unclear", "unclear", "gone", "gone"]
    assert [one.change for one in facts(state(lists=(whole,)), state(flow()))] == ["came"]


def test_what_a_document_does_not_tell_and_other_forms_are_a_gap_and_not_compared() -> None:
    """New is only what the earlier state told."""
    hidden = flow(state="x").model_copy(update={"unknown_paths": ("properties.state",)})
    assert told(state(flow(state="y")), state(hidden)) == []
    (gap,) = gaps(state(flow(state="y")), state(hidden))
    assert ("properties.state" in gap.reason, gap.is_new) == (True, True)
    assert gaps(state(hidden), state(hidden)) == gaps(state(hidden), state(flow(state="y"))) == []
    template = flow(state="x").model_copy(update={"form": AzureForm.TEMPLATE})
    assert told(state(flow(state="y")), state(template)) == []
    assert [one.is_new for one in gaps(state(flow(state="y")), state(template))] == [False]


def test_azure_on_one_side_only_is_a_gap_new_where_it_was_read_before() -> None:
    without = side().snapshot
    assert [one.is_new for one in gaps(state(), without)] == [True]
    assert [one.is_new for one in gaps(without, state())] == [False]
    assert gaps(without, without) == []


def test_what_azure_refused_is_new_if_it_answered_before() -> None:
    gap = AzureGap(path=GROUP, what="workflows", reason="refused")
    assert [one.is_new for one in gaps(state(), state(gaps=(gap,)))] == [True]
    assert [one.is_new for one in gaps(state(gaps=(gap,)), state(gaps=(gap,)))] == [False]


def test_a_row_of_a_list_is_gone_where_the_same_list_lacks_it_wherever_its_id_leads() -> None:
    path = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Authorization/roleAssignments"
    held, bare = AzureList(path=path, rows=(flow("elsewhere"),)), AzureList(path=path)
    assert [one.change for one in facts(state(lists=(held,)), state(lists=(bare,)))] == ["gone"]
    cut = AzureList(path=path, is_whole=False)
    assert [one.change for one in facts(state(lists=(held,)), state(lists=(cut,)))] == ["unclear"]


def test_long_values_are_compared_whole_and_shown_cut() -> None:
    (one,) = facts(state(flow(x="a" * 300 + "b")), state(flow(x="a" * 300 + "c")))
    assert one.what == "properties.x"
    assert len(one.now) == 200


def test_values_are_told_as_json() -> None:
    assert told(state(flow(x=None, y=True)), state(flow(x=1, y=False))) == [
        ("properties.x", "null", "1"), ("properties.y", "true", "false"),
    ]  # fmt: skip
