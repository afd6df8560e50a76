"""The connections of a side and of its workflows, each once, and those that weren't read."""

from sfharden.checks.azure.used_connections import used_connections
from sfharden.model.azure import AzureForm
from tests.orgs.azure_flows import api_connection, code_of, side_of, uses
from tests.orgs.azure_side import connection, gap

NONE = code_of({})


def test_each_connection_once() -> None:
    blob, sql = api_connection("blob", "azureblob"), api_connection("sql", "sql")
    read = side_of(
        "consumption",
        NONE,
        blob,
        sql,
        properties={"parameters": uses(connection(), blob)},
        entry={"connections": ("blob", "gone")},
    )
    found, unread = used_connections(read.azure)
    assert sorted(one.name for one in found) == ["blob", "salesforce"]
    assert [one.subject.name for one in unread] == ["gone"]


def test_what_a_workflow_uses_and_was_not_read_is_unknown_once() -> None:
    blob = api_connection("blob", "azureblob")
    parameters = uses(blob)
    parameters["$connections"]["value"]["again"] = parameters["$connections"]["value"]["blob"]
    read = side_of("consumption", NONE, properties={"parameters": parameters}, gaps=(gap(blob.id),))
    found, unread = used_connections(read.azure)
    assert [one.name for one in found] == []
    assert [(one.subject.name, one.status.value) for one in unread] == [("blob", "unknown")]
    assert "403" in unread[0].message


def test_a_workflow_that_does_not_tell_its_connections_is_unknown() -> None:
    read = side_of("consumption", NONE, form=AzureForm.CODE_VIEW, properties={"parameters": None})
    assert [one.subject.name for one in used_connections(read.azure)[1]] == ["those of crm-rg/crm-sync"]
