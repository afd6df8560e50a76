"""From egress to what is shown: sets of addresses as ranges, counted, and fitted into few ranges where asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from sfharden.addresses import AddressError, AddressSet, format_address
from sfharden.egress.against_azure import AzureLists, difference, missing_words
from sfharden.egress.allowlist_fit import AllowlistFit, fit_allowlist, fit_words
from sfharden.egress.outlook import (
    SHARED,
    RangeChange,
    compared_with,
    disagreements,
    is_newer,
    outlook,
    shares_addresses,
    warnings_of,
)
from sfharden.errors import UsageError
from sfharden.facts.profiles import TOLERATED_SURPLUS
from sfharden.model.egress import Origin, OriginKind
from sfharden.model.egress_report import (
    Against,
    AgainstAzure,
    AllowlistReport,
    AllowlistWay,
    EgressPart,
    ListDisagreement,
    ListedAddresses,
    RangesReport,
    TagChange,
)
from sfharden.model.integration import Egress
from sfharden.model.snapshot import Gap
from sfharden.text.wording import count

LIST_NAMES: Final = {
    OriginKind.CONNECTOR: "connector outgoing addresses",
    OriginKind.WORKFLOW: "workflow outgoing addresses",
    OriginKind.APP_SERVICE: "App Service outbound addresses",
}


@dataclass(frozen=True, slots=True)
class Newer:
    """The file of `--against`: its tags by name without case, and why some are not there."""

    file: str
    published: date | None
    tags: Mapping[str, Origin]
    missing: Mapping[str, str]


def part_of(
    name: str,
    egress: Egress,
    operator: AddressSet,
    today: date,
    most_ranges: int | None = None,
    newer: Newer | None = None,
    *,
    fit_list: bool = False,
    azure: AzureLists | None = None,
) -> EgressPart:
    """Everything about one integration. `most_ranges` fits egress and operator ranges into as many, `fit_list` the
    egress into an app's allowlist; `azure` is what Azure lists of it today.

    Raises UsageError when they can't be fitted, or `newer` is older.
    """
    against = _against(egress, operator, newer, most_ranges) if newer else None
    listed = _against_azure(egress, operator, azure, today, most_ranges) if azure else None
    ranges = login_ranges(egress.addresses | operator, most_ranges)
    allowlist = _allowlist(fit_allowlist(egress)) if fit_list else None
    return EgressPart(
        name=name,
        addresses=egress.addresses.size,
        ranges=tuple(egress.addresses.ranges()),
        operator_ranges=tuple(operator.ranges()),
        login_ranges=ranges,
        calls=egress.calls,
        lists=tuple(_listed(origin, today) for origin in egress.origins),
        unused_lists=tuple(_listed(origin, today) for origin in egress.unused),
        disagreements=tuple(_disagreements(egress)),
        against=against,
        azure=listed,
        allowlist=allowlist,
        gaps=(
            *egress.gaps,
            *(_not_compared(name, egress, newer) if newer else ()),
            *(azure.egress.gaps if azure else ()),
        ),
        warnings=tuple(dict.fromkeys(_warnings(egress, today))),
        conditions=tuple(
            dict.fromkeys(
                (
                    *_missing(egress, operator, azure),
                    *_conditions(ranges, against, listed),
                    *_list_conditions(allowlist),
                )
            )
        ),
    )


def _missing(egress: Egress, operator: AddressSet, azure: AzureLists | None) -> Iterator[str]:
    if azure and (add := difference(egress, azure.egress, operator).add):
        yield missing_words(add)


def _warnings(egress: Egress, today: date) -> Iterator[str]:
    yield from warnings_of(egress, today)
    if shares_addresses(egress):
        yield SHARED


def _conditions(ranges: RangesReport, against: Against | None, listed: AgainstAzure | None) -> Iterator[str]:
    """What few ranges cost, where the control that bounds them would not tolerate it."""
    for given in (ranges, *(one.login_ranges_until_then for one in (against, listed) if one)):
        if given.extra_addresses > TOLERATED_SURPLUS:
            yield (
                f"{count(len(given.ranges), 'range')} admit {count(given.extra_addresses, 'address')} that nobody here "
                f"calls from, more than the {TOLERATED_SURPLUS} that login-ranges-bounded tolerates. Don't type them in: "
                "give --fit more ranges, or leave it out."
            )


def _allowlist(fit: AllowlistFit) -> AllowlistReport:
    listed = fit.listed if fit.listed is not None else AddressSet()
    return AllowlistReport(
        fits=fit.listed is not None,
        summary=fit_words(fit),
        ranges=tuple(listed.ranges()),
        extra_addresses=(listed - fit.needed).size,
        ways=tuple(
            AllowlistWay(
                name=way.name,
                condition=way.condition,
                addresses=way.listed.size,
                ranges=tuple(way.listed.ranges()),
            )
            for way in fit.ways
        ),
    )


def _list_conditions(allowlist: AllowlistReport | None) -> Iterator[str]:
    if allowlist and not allowlist.fits:
        yield allowlist.summary


def login_ranges(needed: AddressSet, most: int | None) -> RangesReport:
    """The ranges that admit all that is needed, in at most `most` ranges if given: with the fewest further addresses."""
    try:
        fitted = needed if most is None or not needed else needed.fit(most)
    except AddressError as error:
        raise UsageError(f"--fit {error}") from None
    ends = tuple((format_address(start), format_address(end)) for start, end in fitted)
    return RangesReport(ranges=ends, extra_addresses=fitted.size - needed.size)


def _listed(origin: Origin, today: date) -> ListedAddresses:
    published = origin.published
    return ListedAddresses(
        kind=origin.kind.value,
        file=origin.file,
        name=origin.name,
        region=origin.region,
        addresses=origin.addresses.size,
        ranges=tuple(origin.addresses.ranges()),
        change_number=origin.change_number,
        published=published,
        age_days=(today - published).days if published else None,
    )


def _disagreements(egress: Egress) -> Iterator[ListDisagreement]:
    for one in disagreements(egress.origins):
        yield ListDisagreement(
            file=one.listed.file,
            workflow=one.listed.name,
            list_=LIST_NAMES[one.listed.kind],
            tag=one.tag.name,
            only_in_list=tuple(one.only_listed.ranges()),
            only_in_tag=tuple(one.only_tag.ranges()),
        )


def _against(egress: Egress, operator: AddressSet, newer: Newer, most_ranges: int | None) -> Against:
    ahead = outlook(egress, newer.tags, operator)
    return Against(
        file=newer.file,
        published=newer.published,
        changes=tuple(_change(one) for one in ahead.changes),
        add=tuple(ahead.add.ranges()),
        drop=tuple(ahead.drop.ranges()),
        login_ranges_until_then=login_ranges(ahead.during | operator, most_ranges),
    )


def _against_azure(
    egress: Egress, operator: AddressSet, azure: AzureLists, today: date, most_ranges: int | None
) -> AgainstAzure:
    found = difference(egress, azure.egress, operator)
    during = egress.addresses | azure.egress.addresses | operator
    return AgainstAzure(
        read_at=azure.read_at,
        lists=tuple(_listed(one, today) for one in azure.egress.origins),
        unused_lists=tuple(_listed(one, today) for one in azure.egress.unused),
        add=tuple(found.add.ranges()),
        drop=tuple(found.drop.ranges()),
        only_written=tuple(found.only_written.ranges()),
        login_ranges_until_then=login_ranges(during, most_ranges),
    )


def _change(one: RangeChange) -> TagChange:
    compared: Literal["tag", "connector", "workflow"] = "tag"
    if one.old.kind is not OriginKind.TAG:
        compared = "connector" if one.old.kind is OriginKind.CONNECTOR else "workflow"
    return TagChange(
        tag=one.new.name,
        compared_with=compared,
        old_change_number=one.old.change_number,
        new_change_number=one.new.change_number,
        added=tuple(one.added.ranges()),
        removed=tuple(one.removed.ranges()),
        same_addresses=one.kept.size,
    )


def _not_compared(name: str, egress: Egress, newer: Newer) -> Iterator[Gap]:
    """A tag that the newer file lacks is not a tag without addresses; nor is a file newer because we're told so."""
    compared = compared_with(egress)
    if not compared:
        yield _gap(name, newer, "nothing here says which of its tags to compare; give --region or --tag")
    for tag, old in compared.items():
        if tag in newer.missing:
            yield _gap(name, newer, newer.missing[tag])
        elif old.kind is OriginKind.TAG and is_newer(old, newer.tags[tag]) is None:
            reason = f"neither dates nor change numbers tell which file is newer for {tag}, so nothing may go"
            yield _gap(name, newer, reason)


def _gap(name: str, newer: Newer, reason: str) -> Gap:
    return Gap(what=f"{name}, against {newer.file}", reason=reason, kind="Egress", name=name)
