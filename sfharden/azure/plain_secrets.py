"""Secrets that a workflow keeps in plain sight: literals, and references that lead to one (reference §1.8, ALA §2.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.code_texts import names_in, pieces_of
from sfharden.azure.flow_code import FlowCode
from sfharden.azure.objects import get, kind, mapping, text, under
from sfharden.azure.secret_shapes import names_a_secret
from sfharden.facts.values import CannotTell
from sfharden.model.azure import MASK, AzureResource

KEY_VAULT: Final = "@Microsoft.KeyVault("
_SIGN_IN: Final = frozenset(["value", "parameter", "secret", "password", "pfx"])
# Here an expression of a template gives a name, an address' path or an id; none of them is a secret.
_HARMLESS_KEYS: Final = frozenset(
    ["host", "method", "$schema", "contentversion", "type", "kind", "runafter", "recurrence"]
)
_TELLING: Final = ("parameters", "variables", "reference", "getsecret")


@dataclass(frozen=True, slots=True)
class PlainSecret:
    """Where one stands, as JSON pointer from the resource, and what it is; not `is_sure` where it may be none."""

    pointer: str
    kind: str
    is_sure: bool = True


def plain_secrets(code: FlowCode) -> Iterator[PlainSecret]:
    """Literals of the whole resource, and references of the definition to parameters that aren't secure."""
    yield from secrets_of(code.resource)
    for pointer, name, value in secret_places(code):
        for named in _parameters_in(value):
            if _declared(code, named) == "plain" and not _settings_behind(code, named):
                yield PlainSecret(pointer, f"{name} from a parameter that isn't secure")
        if code.in_template and value.startswith("[") and pieces_of(value, in_template=True)[0].is_code:
            # Inferred (ALA §2.5): what the deployment puts there stands in the code then.
            yield PlainSecret(pointer, f"{name} that the deployment writes into the code", is_sure=False)


def require_declared(code: FlowCode) -> None:
    """Raise CannotTell if a secret comes from a parameter of which it isn't told whether it is secure."""
    for pointer, _, value in secret_places(code):
        for named in _parameters_in(value):
            if not _declared(code, named):
                said = f"whether the parameter '{named}' is secure isn't told"
                raise CannotTell(said, code.resource.where(pointer))


def _parameters_in(value: str) -> Iterator[str]:
    """Names, without case; those that are called in a template's expression are the template's."""
    return (name for function, name in names_in(value, in_template=False) if function == "parameters")


def secrets_of(resource: AzureResource) -> Iterator[PlainSecret]:
    """The literals that were found when the resource was read."""
    return (PlainSecret(one.pointer, one.kind, one.is_sure) for one in resource.secrets)


def _declared(code: FlowCode, name: str) -> str:
    """`secure` or `plain`, by the type that a parameter is declared with; empty where it isn't declared."""
    sorts = [kind(one) for one in _entries(code, name)]
    if not sorts or not all(sorts):
        return ""
    return "secure" if all(one.startswith("secure") for one in sorts) else "plain"


def _entries(code: FlowCode, name: str) -> list[Any]:
    """A parameter's declarations, more than one where names differ by case alone; of a Standard app they're in a file of its own."""
    places = (get(code.files, "parameters.json"), get(code.definition, "parameters"))
    listed = ([one for key, one in mapping(place).items() if key.casefold() == name] for place in places)
    return next((found for found in listed if found), [])


def _settings_behind(code: FlowCode, name: str) -> list[str]:
    """The app settings that a parameter of a Standard app takes its value from."""
    values = (text(get(one, "value")) for one in _entries(code, name))
    found = (named for value in values for named in names_in(value, in_template=False))
    return [named for function, named in found if function == "appsetting"]


def secret_places(code: FlowCode) -> Iterator[tuple[str, str, str]]:
    """Where a secret is put in: its pointer from the resource, what it's called, and the text that stands there."""
    for step in code.steps:
        inputs = get(step.body, "inputs")
        yield from _places(inputs, f"{code.pointer}{step.pointer}/inputs", "", of_sign_in=False)
    for key in ("managedApiConnections", "functionConnections", "serviceProviderConnections"):
        listed = get(code.files, "connections.json", key)
        at = f"/properties/files/connections.json/{key}"
        yield from _places(listed, at, "", of_sign_in=False)


def _places(value: Any, at: str, name: str, *, of_sign_in: bool) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, str):
        if names_a_secret(name) or (of_sign_in and name.casefold() in _SIGN_IN):
            yield at, name.casefold(), value
    elif isinstance(value, dict):
        inside = of_sign_in or name.casefold() == "authentication"
        for key, one in value.items():
            yield from _places(one, under(at, key), key, of_sign_in=inside)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _places(one, f"{at}/{index}", name, of_sign_in=of_sign_in)


def told_at_deployment(code: FlowCode) -> Iterator[str]:
    """Where values of the code are known only once a template is deployed, as pointers from the resource."""
    if not code.in_template:
        return
    for key in ("parameters", "triggers", "actions", "outputs", "staticResults"):
        yield from _told_later(get(code.definition, key), f"{code.pointer}/{key}")
    given = mapping(get(code.resource.document, "properties", "parameters"))
    for name, one in given.items():
        if name != "$connections":
            yield from _told_later(get(one, "value"), f"{under('/properties/parameters', name)}/value")


def _told_later(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith("[") and (piece := pieces_of(value, in_template=True)[0]).frame == "[%s]":
            code = piece.text.casefold()
            if not piece.is_known or any(f"{call}(" in code for call in _TELLING) or "list" in code:
                yield at
    elif isinstance(value, dict):
        for key, one in value.items():
            if key.casefold() not in _HARMLESS_KEYS:
                yield from _told_later(one, under(at, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _told_later(one, f"{at}/{index}")


def app_settings_named(code: FlowCode) -> Iterator[tuple[str, str]]:
    """The app settings that stand where a secret is put in, without case, with the place; also by way of a parameter."""
    for pointer, _, value in secret_places(code):
        for function, named in names_in(value, in_template=False):
            if function == "appsetting":
                yield named, pointer
        for named in _parameters_in(value):
            yield from ((one, pointer) for one in _settings_behind(code, named))


def setting_kind(value: Any) -> str:
    """What an app setting is for all that its masked value tells: `vault`, `literal`, or nothing."""
    written = text(value)
    if written.startswith(KEY_VAULT):
        return "vault"
    return "literal" if MASK in written and not written.startswith("[") else ""
