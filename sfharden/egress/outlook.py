"""What follows from the addresses an integration calls from: warnings, disagreements, and the change before it comes.

Pure: no file, no network, no clock.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from sfharden.addresses import AddressSet, union
from sfharden.errors import UsageError
from sfharden.model.egress import CONNECTORS, RUNTIME, Origin, OriginKind
from sfharden.model.integration import Egress
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

# Azure advises to refresh allow lists at least every 90 days (Managed connectors outbound IP addresses).
MOST_DAYS: Final = 90
SHARED: Final = (
    "Every Azure customer of the region shares these addresses. They keep strangers elsewhere out, not a neighbour: "
    "the app's users must be admin-approved too."
)
# Service tags that Azure documents or is seen to call Salesforce from; others hold much else.
_KNOWN: Final = frozenset({CONNECTORS.casefold(), RUNTIME.casefold(), "powerplatformplex", "scuba"})
_MANY_V4: Final = 2**16


def warnings_of(egress: Egress, today: date) -> Iterator[str]:
    """What to know about the sources: a tag that is global or too wide, files that are old or undated."""
    yield from egress.warnings
    for origin in egress.origins:
        if origin.kind is OriginKind.TAG:
            yield from _tag_warnings(origin)
            yield from _age_warnings(origin, today)
    yield from _region_warnings(egress)


def _tag_warnings(tag: Origin) -> Iterator[str]:
    named, size = f"{tag.file}: tag {tag.name}", count(tag.addresses.v4.size, "IPv4 address")
    if "." not in tag.name:
        yield f"{named} is global: {size}, of all regions. Take one region's, such as {tag.service}.WestEurope."
    elif tag.addresses.v4.size > _MANY_V4:
        yield f"{named} holds {size}: far too many for login ranges."
    if tag.service.casefold() not in _KNOWN:
        yield f"{named} is not a tag that Logic Apps call from; the managed connectors' is {CONNECTORS}."


def _age_warnings(tag: Origin, today: date) -> Iterator[str]:
    if tag.published is None:
        yield (
            f"{tag.file}: its age is not known; only the name of the weekly file tells it "
            "(ServiceTags_Public_YYYYMMDD.json)."
        )
    elif (days := (today - tag.published).days) > MOST_DAYS:
        yield f"{tag.file} is {count(days, 'day')} old; Azure advises to refresh at least every {MOST_DAYS} days."
    elif days < -MOST_DAYS:
        yield f"{tag.file} is dated {count(-days, 'day')} from now: its age is not known."


def _region_warnings(egress: Egress) -> Iterator[str]:
    """Where the tag given and the Logic App's own region don't meet."""
    wanted = {name.casefold() for name in egress.wanted_tags}
    for tag in egress.origins:
        if tag.kind is not OriginKind.TAG or not tag.region or tag.name.casefold() in wanted:
            continue
        others = sorted(
            name for name in egress.wanted_tags if name.startswith(f"{tag.service}.") and "*" not in name
        )
        if f"{tag.service.casefold()}.*" in wanted:
            yield f"Tag {tag.name}: the region is as given; the Logic App's file does not say it."
        elif others:
            yield f"Tag {tag.name} is of another region than the Logic App, which needs {', '.join(others)}."


class Disagreement(NamedTuple):
    """A Logic App's list and the service tag of the same region, which differ in real files in both directions."""

    listed: Origin
    tag: Origin
    only_listed: AddressSet
    only_tag: AddressSet


def disagreements(origins: Iterable[Origin]) -> Iterator[Disagreement]:
    """Every pair of a Logic App's list and a tag that should hold the same addresses, agreeing ones too."""
    every = tuple(origins)
    for listed in every:
        if listed.kind not in (OriginKind.CONNECTOR, OriginKind.WORKFLOW):
            continue
        for tag in every:
            if tag.kind is OriginKind.TAG and _same_place(listed, tag):
                yield Disagreement(
                    listed, tag, listed.addresses - tag.addresses, tag.addresses - listed.addresses
                )


def _same_place(listed: Origin, tag: Origin) -> bool:
    regional = not listed.region or listed.region == tag.region
    return tag.service.casefold() == listed.service.casefold() and regional and bool(tag.region)


class RangeChange(NamedTuple):
    """What a newer file changes in one tag. `old` is the tag of today, or a Logic App's list in its place."""

    old: Origin
    new: Origin
    added: AddressSet
    removed: AddressSet
    kept: AddressSet


class Outlook(NamedTuple):
    """What a newer file means for login ranges.

    `add` is to be added before the new addresses come into use; `drop` may go afterwards; `during` is what must
    be allowed in between: today's addresses and the new ones.
    """

    changes: tuple[RangeChange, ...]
    add: AddressSet
    drop: AddressSet
    during: AddressSet


def compared_with(egress: Egress) -> Mapping[str, Origin]:
    """Today's side of the comparison by tag: the tags in use, else the Logic Apps' lists of the same region."""
    found = {
        f"{origin.service}.{origin.region}".casefold(): origin
        for origin in egress.origins
        if origin.kind in (OriginKind.CONNECTOR, OriginKind.WORKFLOW) and origin.region
    }
    tags = (origin for origin in egress.origins if origin.kind is OriginKind.TAG)
    return found | {origin.name.casefold(): origin for origin in tags}


def outlook(egress: Egress, new: Mapping[str, Origin], keep: AddressSet) -> Outlook:
    """What the tags of a newer file change; `keep` is never to be dropped: the operator's way in.

    Raises UsageError if the file is older than today's: it would tell to drop what has just been added.
    """
    changes = tuple(_change(old, new[name]) for name, old in compared_with(egress).items() if name in new)
    fresh = union(change.new.addresses for change in changes)
    replaced = [change.old for change in changes if is_newer(change.old, change.new)]
    # A Logic App's own list stays needed: it and the tag differ in real files, and nobody knows which is right.
    needed = union(origin.addresses for origin in egress.origins if origin not in replaced)
    return Outlook(
        changes=changes,
        add=fresh - egress.addresses,
        drop=union(origin.addresses for origin in replaced) - fresh - needed - keep,
        during=egress.addresses | fresh,
    )


def _change(old: Origin, new: Origin) -> RangeChange:
    if old.kind is OriginKind.TAG:
        _require_newer(old, new)
    return RangeChange(
        old, new, new.addresses - old.addresses, old.addresses - new.addresses, old.addresses & new.addresses
    )


def _require_newer(old: Origin, new: Origin) -> None:
    if old.cloud and new.cloud and old.cloud != new.cloud:
        raise UsageError(
            f"The two service tag files are of different clouds: {safe_text(old.cloud, limit=40)} and "
            f"{safe_text(new.cloud, limit=40)}."
        )
    if is_newer(old, new) is False:
        raise UsageError(
            f"The file of --against is older than {safe_text(old.file)} (tag {new.name}).",
            "Give the newer file with --against; the other way round would tell you to drop addresses in use.",
        )


def is_newer(old: Origin, new: Origin) -> bool | None:
    """Whether `new` is from the same or a later file than `old`; None where neither dates nor numbers tell."""
    if old.kind is not OriginKind.TAG:
        return None
    if old.published and new.published:
        return new.published >= old.published
    if old.change_number is None or new.change_number is None:
        return None
    return new.change_number >= old.change_number


def shares_addresses(egress: Egress) -> bool:
    """Whether any of the addresses are Azure's, which other customers call from too."""
    return any(origin.kind is not OriginKind.RANGES for origin in egress.origins)
