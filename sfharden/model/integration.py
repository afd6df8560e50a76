"""The integration file: which app, which profile, which users, from which addresses, and the waivers."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from sfharden.addresses import AddressSet, address_of, union
from sfharden.model.azure import AzureEntry
from sfharden.model.base import Model, Moment
from sfharden.model.egress import Origin, Reading, SeenCall, is_filled, used_origins
from sfharden.model.snapshot import Gap

# What a stanza printed by us says where a person has to speak; it is refused until they do.
WAIVER_REASON: Final = "WHY THIS IS ACCEPTED"
WAIVER_OWNER: Final = "WHO ANSWERS FOR IT"


# What `init` writes where only a person knows; until it's replaced, what rests on it is unknown or failed.
EDIT_APP: Final = "EDIT: name of the app"
EDIT_PROFILE: Final = "EDIT: name of the profile"
EDIT_USER: Final = "EDIT@example.invalid"
EDIT_LOGIC_APP: Final = "EDIT.json"
EDIT_WORKFLOW: Final = "EDIT: this integration's own alone"
EDIT_PRINCIPAL: Final = "EDIT: object ids"
EDIT_ADDRESS: Final = "0.0.0.0"  # noqa: S104 - nothing is bound to it; it's nobody's address


def _moment(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    return _checked(value, check, "write a time with its zone, such as 2026-11-20T09:00:00Z")


def _day(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    return _checked(value, check, "write a date, such as 2027-01-31")


def _checked(value: Any, check: ValidatorFunctionWrapHandler, wanted: str) -> Any:
    """Refuse what pydantic refuses in our words, and bare numbers, which it reads as seconds since 1970.

    `hardened_at: 2026` is no date. Dates and times that are such already pass.
    """
    if isinstance(value, bool | int | float) or (isinstance(value, str) and "-" not in value):
        raise ValueError(wanted)
    try:
        return check(value)
    except ValidationError:
        raise ValueError(wanted) from None


def _is_one(value: Any) -> Any:
    if isinstance(value, bool) or value != 1:
        raise ValueError("only version 1 is known")
    return value


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=1000)]


class EgressEntry(Model):
    """One source of egress addresses: a Logic App export, a service tag, or ranges written out."""

    logic_app: Text | None = None
    service_tags: Text | None = None
    tag: Text | None = None
    ranges: tuple[Text, ...] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "EgressEntry":
        given = [name for name in ("logic_app", "service_tags", "ranges") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of logic_app, service_tags (with tag) or ranges")
        if (self.service_tags is None) != (self.tag is None):
            raise ValueError("service_tags and tag go together")
        return self


def _one_address(value: str) -> str:
    if address_of(value) is None:
        raise ValueError("write one address, such as 203.0.113.9")
    return value


class Attempt(Model):
    """A sign-in of the operator's own that was meant to be refused: when it was made, and from which address."""

    at: Annotated[Moment, WrapValidator(_moment)]
    from_: Annotated[Text, AfterValidator(_one_address)] = Field(alias="from")


AppKind = Literal["connected-app", "external-client-app"]


class AppName(Model):
    """An app by API name or label; the kind tells a connected app from an external client app of one name."""

    name: Text
    kind: AppKind | None = None


def _named(value: Any) -> Any:
    """A bare name is short for `{name: …}`."""
    return {"name": value} if isinstance(value, str) else value


class IntegrationEntry(Model):
    """One integration as it stands in the file."""

    name: Text
    app: Annotated[AppName, BeforeValidator(_named, json_schema_input_type=AppName | Text)]
    profile: Text
    clone_from: Text | None = None
    users: tuple[Text, ...] = Field(min_length=1)
    egress: tuple[EgressEntry, ...] = Field(min_length=1)
    operator_ranges: tuple[Text, ...] = Field(min_length=1)
    hardened_at: Annotated[Moment | None, WrapValidator(_moment)] = None
    attempts: tuple[Attempt, ...] = ()
    client_credentials: bool = False
    azure: AzureEntry | None = None


def placeholders_of(entry: IntegrationEntry) -> tuple[str, ...]:
    """Where a value of `init` still stands in place of a person's, such as `users: EDIT@example.invalid`."""
    azure = entry.azure or AzureEntry()
    standing = (
        ("app", (entry.app.name,), EDIT_APP),
        ("profile", (entry.profile,), EDIT_PROFILE),
        ("users", entry.users, EDIT_USER),
        ("egress, logic_app", (one.logic_app for one in entry.egress), EDIT_LOGIC_APP),
        ("operator_ranges", entry.operator_ranges, EDIT_ADDRESS),
        ("azure, workflows", azure.workflows, EDIT_WORKFLOW),
        ("azure, allowed_principals", azure.allowed_principals, EDIT_PRINCIPAL),
        ("azure, allowed_callers", azure.allowed_callers, EDIT_ADDRESS),
        ("azure, data_readers", azure.data_readers, EDIT_ADDRESS),
    )
    return tuple(f"{key}: {written}" for key, values, written in standing if written in values)


def _said(value: str) -> str:
    if value in (WAIVER_REASON, WAIVER_OWNER):
        raise ValueError("say why, and who answers for it, in place of the words to be replaced")
    return value


class Waiver(Model):
    """Accepts results by control and subject until a day; that day itself still counts.

    `status` is what it accepts: a failure, or that something is unknown; never both. `*` in `subject` stands for
    any characters.
    """

    control: Text
    subject: Text
    status: Literal["fail", "unknown"] = "fail"
    reason: Annotated[Text, AfterValidator(_said)]
    owner: Annotated[Text, AfterValidator(_said)]
    expires: Annotated[date, WrapValidator(_day)]


class IntegrationFile(Model):
    """The whole file."""

    version: Annotated[Literal[1], BeforeValidator(_is_one)]
    integrations: tuple[IntegrationEntry, ...] = Field(min_length=1)
    waivers: tuple[Waiver, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> "IntegrationFile":
        names = [entry.name for entry in self.integrations]
        if len(set(names)) != len(names):
            raise ValueError("two integrations have the same name")
        return self


class Egress(Model):
    """The addresses that an integration calls from, list by list, and what of them could not be read.

    `elsewhere` holds lists of the same files that nobody declared: they tell where an address belongs, no more.
    """

    addresses: AddressSet
    sources: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    warnings: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    unused: tuple[Origin, ...] = ()
    elsewhere: tuple[Origin, ...] = Field(default=(), exclude=True)  # nothing that a plan rests on
    calls: tuple[SeenCall, ...] = ()
    wanted_tags: tuple[str, ...] = ()


def egress_of(readings: Iterable[Reading], name: str = "") -> Egress:
    """All sources of egress together; what none of them fills is a gap, of the integration `name` if given."""
    every = tuple(readings)
    about = f"egress of {name}: " if name else ""
    origins = used_origins(every)
    provided = {one for reading in every for one in reading.provides}
    gaps = (
        Gap(what=f"{about}{reading.file}", reason=gap.reason, kind="Egress", name=name)
        for reading in every
        for gap in reading.gaps
        if not is_filled(gap, origins, provided)
    )
    return Egress(
        addresses=union(origin.addresses for origin in origins),
        sources=tuple(dict.fromkeys(origin.file for origin in origins)),
        gaps=tuple(gaps),
        warnings=tuple(f"{reading.file}: {one}" for reading in every for one in reading.warnings),
        origins=origins,
        unused=tuple(origin for reading in every for origin in reading.unused),
        elsewhere=tuple(origin for reading in every for origin in reading.elsewhere),
        calls=tuple(call for reading in every for call in reading.calls),
        wanted_tags=tuple(dict.fromkeys(tag for reading in every for tag in reading.wanted_tags)),
    )


class Integration(Model):
    """An integration with its addresses resolved. `app_kind` is empty where the file gives the name alone.

    `client_credentials`: it signs in by that flow, by design. `placeholders` says where the file still has what `init` wrote for a person to replace.
    """

    name: str
    app: str
    app_kind: str = ""
    profile: str
    users: tuple[str, ...]
    egress: Egress
    operator_ranges: AddressSet
    hardened_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    client_credentials: bool = False
    clone_from: str | None = None
    azure: AzureEntry | None = Field(default=None, exclude=True)  # nothing that a plan of the org rests on
    placeholders: tuple[str, ...] = Field(default=(), exclude=True)  # nothing that a plan rests on


def integration_names(integrations: Iterable[Integration]) -> tuple[str, ...]:
    """The names, in the order of the file."""
    return tuple(integration.name for integration in integrations)
