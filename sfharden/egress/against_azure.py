"""What Azure lists today against what an integration file declares. Pure: no file, no network, no clock."""

from typing import Final, NamedTuple

from sfharden.addresses import AddressSet, show_ranges, union
from sfharden.model.egress import Origin, OriginKind
from sfharden.model.integration import Egress
from sfharden.text.redact import safe_text
from sfharden.text.wording import are, count

_LISTS: Final = (OriginKind.CONNECTOR, OriginKind.WORKFLOW, OriginKind.APP_SERVICE)


class AzureLists(NamedTuple):
    """The egress that Azure's own lists tell, and when they were read."""

    egress: Egress
    read_at: str


class Difference(NamedTuple):
    """`add` is listed and not declared; `drop` was listed in the file and is no more; `only_written` is on no list."""

    add: AddressSet
    drop: AddressSet
    only_written: AddressSet


def difference(declared: Egress, listed: Egress, keep: AddressSet) -> Difference:
    """What Azure's lists would change in what is declared; `keep` is never to be dropped: the operator's way in.

    Where not all lists were read, nothing may go: it might be on those.
    """
    add = listed.addresses - declared.addresses
    if listed.gaps or not listed.origins:
        return Difference(add, AddressSet(), AddressSet())
    old = [one for one in declared.origins if any(_is_same_list(one, new) for new in listed.origins)]
    written = [one for one in declared.origins if one.kind is OriginKind.RANGES]
    rest = union(one.addresses for one in declared.origins if one not in old and one not in written)
    needed = listed.addresses | rest | keep
    own = union(one.addresses for one in written)
    return Difference(add, _all(old) - needed - own, own - needed - _all(old))


def _all(origins: list[Origin]) -> AddressSet:
    return union(one.addresses for one in origins)


def _is_same_list(old: Origin, new: Origin) -> bool:
    """Whether a file holds the same list of the same Logic App, as it was."""
    return old.kind in _LISTS and old.kind is new.kind and old.name.casefold() == new.name.casefold()


def missing_words(add: AddressSet) -> str:
    """That calls come from where the integration file doesn't say."""
    return (
        f"Azure lists {count(add.size, 'address')} that the integration file doesn't declare ({show_ranges(add)}): "
        "calls to Salesforce may come from there today."
    )


def warning_of_lists(name: str, declared: Egress, listed: Egress, keep: AddressSet) -> str:
    """What a report says of an integration whose declared egress isn't what Azure lists; nothing where it is.

    Ranges that hold nothing of the lists are of something else, such as a NAT gateway.
    """
    found = difference(declared, listed, keep)
    written = union(one.addresses for one in declared.origins if one.kind is OriginKind.RANGES)
    gone = found.drop | (found.only_written if written & listed.addresses else AddressSet())
    said = [missing_words(found.add)] if found.add else []
    if gone:
        said.append(
            f"{count(gone.size, 'address')} of the integration file {are(gone.size)} on none of Azure's lists."
        )
    if not said:
        return ""
    return f"Egress of {safe_text(name, limit=80)}: {' '.join(said)} `sfharden egress --azure -i FILE` tells all."
