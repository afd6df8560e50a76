"""What `egress` prints: the addresses of each integration, where they were read, and what is not known."""

from datetime import date
from typing import Literal

from pydantic import Field

from sfharden.model.base import Model
from sfharden.model.egress import SeenCall
from sfharden.model.snapshot import Gap, Tool


class ListedAddresses(Model):
    """One list of addresses as ranges; `age_days` counts from the day in a service tag file's name."""

    kind: str
    file: str
    name: str
    region: str = ""
    addresses: int
    ranges: tuple[str, ...]
    change_number: int | None = None
    published: date | None = None
    age_days: int | None = None


class ListDisagreement(Model):
    """A Logic App's list against the service tag of the same region."""

    file: str
    workflow: str
    list_: str = Field(alias="list")
    tag: str
    only_in_list: tuple[str, ...]
    only_in_tag: tuple[str, ...]


class RangesReport(Model):
    """Start and end of each range to type into Setup, both inside; `extra_addresses` are those beyond need."""

    ranges: tuple[tuple[str, str], ...]
    extra_addresses: int


class AllowlistWay(Model):
    """A part of the egress that fits into an app's allowlist, and on what condition it's enough."""

    name: str
    condition: str
    addresses: int
    ranges: tuple[str, ...]


class AllowlistReport(Model):
    """Whether all egress fits into an app's Refresh Token IP Allowlist, and the ranges to type in; else what would fit."""

    fits: bool
    summary: str
    ranges: tuple[str, ...] = ()
    extra_addresses: int = 0
    ways: tuple[AllowlistWay, ...] = ()


class TagChange(Model):
    """What the newer file changes in one tag. `compared_with` is the tag of today's file or a Logic App's list."""

    tag: str
    compared_with: Literal["tag", "connector", "workflow"]
    old_change_number: int | None
    new_change_number: int | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    same_addresses: int


class Against(Model):
    """A newer service tag file: what to add to login ranges before it comes into use, and what may go after."""

    file: str
    published: date | None
    changes: tuple[TagChange, ...]
    add: tuple[str, ...]
    drop: tuple[str, ...]
    login_ranges_until_then: RangesReport


class AgainstAzure(Model):
    """What Azure lists today, and what that would change in the integration file.

    `add` is listed and not declared: calls from there are refused today. `drop` stands in a file of the same list, and Azure
    lists it no more. `only_written` is written out as ranges, and on none of the lists. Both are empty where not all was read.
    `read_at` is empty where saved answers don't tell.
    """

    read_at: str
    lists: tuple[ListedAddresses, ...]
    unused_lists: tuple[ListedAddresses, ...] = ()
    add: tuple[str, ...]
    drop: tuple[str, ...] = ()
    only_written: tuple[str, ...] = ()
    login_ranges_until_then: RangesReport


class EgressPart(Model):
    """One integration, or the files given. `conditions` must be looked at before the ranges are used."""

    name: str
    addresses: int
    ranges: tuple[str, ...]
    operator_ranges: tuple[str, ...] = ()
    login_ranges: RangesReport
    calls: tuple[SeenCall, ...] = ()
    lists: tuple[ListedAddresses, ...] = ()
    unused_lists: tuple[ListedAddresses, ...] = ()
    disagreements: tuple[ListDisagreement, ...] = ()
    against: Against | None = None
    azure: AgainstAzure | None = None
    allowlist: AllowlistReport | None = None
    gaps: tuple[Gap, ...] = ()
    warnings: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


class EgressReport(Model):
    """The whole outcome."""

    schema_: Literal["sfharden.egress/1"] = Field(default="sfharden.egress/1", alias="schema")
    tool: Tool
    generated_at: str
    parts: tuple[EgressPart, ...]
