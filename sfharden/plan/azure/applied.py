"""What was read, as it would be with the changes made: as far as they set properties of what is there."""

from collections.abc import Iterable

from sfharden.model.azure import AzureResource, key_of
from sfharden.model.azure_plan import AzureChange, AzureEdit
from sfharden.model.snapshot import Snapshot
from sfharden.plan.azure.pointers import edited


def applied(snapshot: Snapshot, changes: Iterable[AzureChange]) -> Snapshot:
    """A copy with every edit made, wherever the resource stands; a setting that would be new isn't in it."""
    if snapshot.azure is None:
        return snapshot
    edits: dict[str, list[AzureEdit]] = {}
    for one in (edit for change in changes for edit in change.edits):
        edits.setdefault(key_of(one.resource), []).append(one)

    def after(one: AzureResource) -> AzureResource:
        mine = edits.get(one.key)
        return one.model_copy(update={"document": edited(one.document, mine)}) if mine else one

    lists = tuple(
        one.model_copy(update={"rows": tuple(map(after, one.rows))}) for one in snapshot.azure.lists
    )
    read = snapshot.azure.model_copy(
        update={"resources": tuple(map(after, snapshot.azure.resources)), "lists": lists}
    )
    return snapshot.model_copy(update={"azure": read})
