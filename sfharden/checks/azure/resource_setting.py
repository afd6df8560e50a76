"""The generic check of a property of Azure resources, for policies of one's own."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import StrictBool, StrictInt, StringConstraints, model_validator

from sfharden.azure.index import AzureValue, given, value
from sfharden.azure.objects import text
from sfharden.azure.side import AzureSide
from sfharden.azure.site_config import CONFIG, SettingsHolder, site_setting
from sfharden.checks.azure.common import azure_check, judge_each, seen
from sfharden.checks.azure.hosting import judge_hosted
from sfharden.checks.common import Context, Verdict, failed, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import CONNECTIONS, MASK, SITES, WORKFLOWS, AzureResource
from sfharden.model.base import Model
from sfharden.model.results import Subject

Literal = bool | int | str
ResourceType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.]+(/[A-Za-z0-9.]+)+$", max_length=200)]
_PROPERTIES: Final = "properties."
_SITE_CONFIG: Final = "properties.siteConfig."
_OPERATORS: Final = ("equals", "one_of", "none_of", "at_least", "at_most", "is_absent")


class ResourceSetting(Model):
    """`type` is a resource's, such as Microsoft.Web/sites; `path` a property below it, such as properties.httpsOnly.

    `below` is the path of a child that holds the property, such as `config/web`. Exactly one operator says what must hold.
    `absent_is` is what an absent property means, where the platform documents it; without it absent is unknown.
    `notes` are sentences to add where a value needs one.
    """

    type: ResourceType
    path: Annotated[str, StringConstraints(pattern=r"^[^.\s]+(\.[^.\s]+)*$", max_length=300)]
    below: str = ""
    equals: Literal | None = None
    one_of: tuple[Literal, ...] | None = None
    none_of: tuple[Literal, ...] | None = None
    at_least: StrictInt | None = None
    at_most: StrictInt | None = None
    is_absent: StrictBool | None = None
    absent_is: Literal | None = None
    notes: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_operator(self) -> "ResourceSetting":
        if sum(getattr(self, name) is not None for name in _OPERATORS) != 1:
            raise ValueError(f"give exactly one of {', '.join(_OPERATORS)}")
        return self

    @property
    def operator(self) -> str:
        """The name of the one operator given."""
        return next(name for name in _OPERATORS if getattr(self, name) is not None)


def judge_resource_setting(context: Context, parameters: ResourceSetting) -> Iterator[Verdict]:
    """Every resource of that type holds what the operator wants."""
    side, wanted = context.azure, parameters.type.casefold()
    if wanted in (WORKFLOWS, SITES):
        yield from judge_hosted(context, wanted, lambda one, about: _judge(side, one, about, parameters))
        return
    is_connection = wanted == CONNECTIONS
    resources = side.connections if is_connection else side.index.of_type(wanted)
    kind = "azure-connection" if is_connection else "azure-workflow"
    yield from judge_each(side, resources, lambda one, about: _judge(side, one, about, parameters), kind)


def _judge(side: AzureSide, one: AzureResource, subject: Subject, parameters: ResourceSetting) -> Verdict:
    found = _found(side, one, parameters)
    if MASK in text(found.value):
        raise CannotTell(f"{parameters.path} is masked, as what may be a secret is", found.where)
    observed = parameters.absent_is if found.is_absent and parameters.absent_is is not None else found.value
    wanted = getattr(parameters, parameters.operator)
    evidence = seen(
        parameters.path, found, f"{parameters.operator} {_shown(wanted)}", shown=_shown(found.value)
    )
    note = parameters.notes.get(_shown(observed), "")
    said = f"{parameters.path.split('.')[-1]} is {evidence.observed}. {note}".rstrip()
    holds = _holds(observed, parameters.operator, wanted, found)
    return passed(subject, said, evidence) if holds else failed(subject, said, evidence)


def _found(side: AzureSide, one: AzureResource, parameters: ResourceSetting) -> AzureValue:
    """The value; of a Standard app's `config/web` also where the app's own answer, or a template, tells it."""
    below, path = parameters.below, parameters.path
    read = value if _tells_absence(parameters) else given
    is_config = one.type == SITES and below.casefold() == CONFIG and path.startswith(_PROPERTIES)
    if is_config and not _tells_absence(parameters):
        return site_setting(side.index, one, path.removeprefix(_PROPERTIES))
    if one.type == SITES and not below and path.startswith(_SITE_CONFIG) and _tells_absence(parameters):
        # Null of a running app's own answer isn't read (reference §0.1).
        return SettingsHolder(one, _SITE_CONFIG.rstrip(".")).beside(path.removeprefix(_SITE_CONFIG))
    holder = side.index.resource(f"{one.id}/{below}", below) if below else one
    return read(holder, path)


def _tells_absence(parameters: ResourceSetting) -> bool:
    return parameters.absent_is is not None or parameters.is_absent is not None


def _holds(observed: Any, operator: str, wanted: Any, found: AzureValue) -> bool:
    if operator == "is_absent":
        return found.is_absent is bool(wanted)
    if operator in ("at_least", "at_most"):
        number = _number(observed, found)
        return bool(number >= wanted if operator == "at_least" else number <= wanted)
    members = wanted if isinstance(wanted, tuple) else (wanted,)
    met = any(_same(observed, one, found) for one in members)
    return not met if operator == "none_of" else met


def _number(observed: Any, found: AzureValue) -> float:
    """ARM writes some whole numbers as floats, and versions such as `1.2` as text."""
    if isinstance(observed, bool) or not isinstance(observed, int | float):
        raise CannotTell("it is not a number", found.where)
    return observed


def _same(observed: Any, wanted: Literal, found: AzureValue) -> bool:
    """Names of values don't differ by case in Azure; `true` is not 1."""
    if isinstance(wanted, bool) or isinstance(observed, bool):
        if type(observed) is not type(wanted):
            raise CannotTell("it is not of the wanted type", found.where)
        return bool(observed == wanted)
    if isinstance(observed, str) and isinstance(wanted, str):
        return observed.casefold() == wanted.casefold()
    if type(observed) is not type(wanted):
        raise CannotTell("it is not of the wanted type", found.where)
    return bool(observed == wanted)


def _shown(found: Any) -> str:
    if found is None:
        return "not set"
    if isinstance(found, tuple | list):
        return ", ".join(map(_shown, found)) or "empty"
    if isinstance(found, dict):
        return "an object"
    return str(found).lower() if isinstance(found, bool) else str(found)


CHECKS = {"resource_setting": azure_check(ResourceSetting, judge_resource_setting)}
