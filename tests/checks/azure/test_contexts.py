"""Of what the controls of the Azure side are judged."""

from sfharden.checks.azure.contexts import azure_contexts, gaps_of_azure
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureEntry, AzureSnapshot
from sfharden.model.integration import Integration
from sfharden.model.snapshot import Snapshot, Source, Tool
from tests.orgs import healthy
from tests.orgs.azure_side import connection, gap, site, snapshot, workflow
from tests.orgs.constants import NOW


def reasons(read: AzureSnapshot | None, *integrations: Integration) -> list[str]:
    whole = Snapshot(tool=Tool(version="t"), source=Source(kind="azure", name="x"), azure=read)
    found = []
    for context, _ in azure_contexts(Index(whole), integrations, NOW):
        try:
            found.append(str(len(context.azure.apps)))
        except CannotTell as reason:
            found.append(reason.reason)
    return found


def test_each_integration_has_its_side_and_two_must_name_theirs() -> None:
    named = healthy.integration().model_copy(update={"azure": AzureEntry(workflows=("crm-sync",))})
    other = healthy.integration().model_copy(update={"name": "other"})
    read = snapshot(workflow(), connection(), site())
    assert reasons(read, named) == ["1"]
    assert reasons(read, other) == reasons(read) == ["2"]
    first, second = reasons(read, named, other)
    assert first == "1"
    assert "azure:" in second


def test_where_azure_was_not_read_that_is_the_reason() -> None:
    assert all("--azure" in one for one in (*reasons(None), *reasons(None, healthy.integration())))


def test_a_gap_of_azure_is_told_with_the_missing_right() -> None:
    (told,) = gaps_of_azure(snapshot(gaps=(gap("/x/providers/a.b/c", "403", "a.b/c/read"),)))
    assert (told.kind, told.reason) == ("Azure", "403 (missing right: a.b/c/read)")
    assert list(gaps_of_azure(None)) == []
