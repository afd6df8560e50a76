"""Standard projects among files: workflows by their shape, what is beside them by its name."""

from sfharden.sources.azure.files import JsonFile
from sfharden.sources.azure.projects import projects_of

FLOW = {"kind": "Stateful", "definition": {}}


def files(**contents: object) -> list[JsonFile]:
    return [
        JsonFile(name.replace("__", "/").replace("_json", ".json"), one) for name, one in contents.items()
    ]


def test_a_project_is_put_together_and_the_rest_is_left() -> None:
    given = files(
        crm__a__workflow_json=FLOW,
        crm__b__workflow_json=FLOW,
        crm__connections_json={"k": 1},
        other__connections_json={},
    )
    ((found, folder),), rest = projects_of(given, is_whole=True)
    assert folder == "crm"
    assert [one.name for one in found.lists[0].rows] == ["a", "b"]
    assert found.lists[0].is_whole
    assert found.resources[0].document["properties"]["files"] == {"connections.json": {"k": 1}}
    assert [one.name for one in rest] == ["other/connections.json"]


def test_a_file_alone_and_a_folder_with_gaps_are_no_whole_project() -> None:
    for given, whole in ((files(workflow_json=FLOW), True), (files(crm__a__workflow_json=FLOW), False)):
        ((found, _),), _ = projects_of(given, is_whole=whole)
        assert not found.lists[0].is_whole
