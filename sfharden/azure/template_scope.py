"""What parameters and variables a part of a template sees: values that are certain, and names for what is not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sfharden.azure.arm_ids import id_below
from sfharden.azure.expressions import is_template_expression
from sfharden.azure.objects import get, has, mapping
from sfharden.azure.template_code import Look, NotCertain, evaluated

_MOST_PARTS: Final = (
    200_000  # of all that is put in for expressions; variables of variables grow without bound
)
_LONGEST_NAME: Final = 200


@dataclass(slots=True)
class Budget:
    """How much may still be put in for the expressions of a document."""

    left: int = _MOST_PARTS

    def spend(self, value: Any) -> None:
        """Count the parts of a value. Raises NotCertain when it's too much, and then for whatever comes."""
        waiting = [value]
        while waiting:
            one = waiting.pop()
            self.left -= 1
            if self.left < 0:
                raise NotCertain
            waiting.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())


@dataclass(slots=True)
class TemplateScope:
    """The parameters that are given for certain, the defaults (for names alone), and the variables.

    A default may be another at the deployment, so it decides nothing; but both ends of a reference change with it.
    """

    given: Mapping[str, Any] = field(default_factory=dict)
    declared: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    base: str = ""
    budget: Budget = field(default_factory=Budget)
    _open: list[str] = field(default_factory=list)

    def resolved(self, value: Any) -> Any:
        """A copy with every expression that is certain by its value; the others stay as they are."""
        if isinstance(value, dict):
            return {key: self.resolved(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.resolved(one) for one in value]
        if not isinstance(value, str) or not is_template_expression(value):
            return value
        try:
            self.budget.spend(None)
            found = evaluated(
                value.strip()[1:-1], {"parameters": self._parameter, "variables": self._variable}
            )
            self.budget.spend(found)
        except NotCertain:
            return value
        return found

    def _parameter(self, name: str) -> Any:
        if not has(self.given, name):
            raise NotCertain
        return get(self.given, name)

    def _variable(self, name: str) -> Any:
        if not has(self.variables, name) or name in self._open:
            raise NotCertain
        self._open.append(name)
        try:
            found = self.resolved(get(self.variables, name))
        finally:
            self._open.pop()
        if isinstance(found, str) and is_template_expression(found):
            raise NotCertain
        return found

    def named(self, value: Any) -> str:
        """A name or a path of names; what only a deployment can tell is called by its parameter or its code."""
        if not isinstance(value, str):
            return ""
        if not is_template_expression(value):
            return value
        found = self._guess(value)
        return found if found is not None else re.sub(r"[/\s]+", " ", value)[:_LONGEST_NAME]

    def reference(self, value: Any) -> str:
        """The id that an expression refers to, if it's of the same deployment; else empty."""
        found = self._guess(value) if isinstance(value, str) and is_template_expression(value) else None
        return found if found and "/providers/" in found else ""

    def _guess(self, value: str) -> str | None:
        look: dict[str, Look] = {
            "parameters": self._likely,
            "variables": self._likely_variable,
            "resourceid": self._id,
            "subscriptionresourceid": self._id,
            "extensionresourceid": lambda base, kind, *names: id_below(base, kind, "/".join(names)),
        }
        try:
            self.budget.spend(None)
            found = evaluated(value.strip()[1:-1], look, lambda name: f"<{name}>")
        except NotCertain:
            return None
        return found if isinstance(found, str) else None

    def _likely(self, name: str) -> Any:
        if has(self.given, name):
            return get(self.given, name)
        default = get(get(self.declared, name), "defaultValue")
        plain = isinstance(default, str) and default and not is_template_expression(default)
        return default if plain else f"<{name}>"

    def _likely_variable(self, name: str) -> Any:
        if name in self._open or not has(self.variables, name):
            raise NotCertain
        self._open.append(name)
        try:
            value = get(self.variables, name)
            guess = self._guess(value) if isinstance(value, str) and is_template_expression(value) else value
        finally:
            self._open.pop()
        if guess is None:
            raise NotCertain
        return guess

    def _id(self, *arguments: str) -> str:
        """Of the same group; with a subscription or a group in front it's another's."""
        if "/" not in arguments[0]:
            raise NotCertain
        return id_below(self.base, arguments[0], "/".join(arguments[1:]))

    def inner(self, deployment: Any) -> "TemplateScope":
        """What a nested template with inner scope sees: what it's given, else its own defaults."""
        properties = get(deployment, "properties")
        template = get(properties, "template")
        passed = mapping(get(properties, "parameters"))
        declared = mapping(get(template, "parameters"))
        likely = {
            name: {"defaultValue": self.named(get(entry, "value"))}
            for name, entry in passed.items()
            if isinstance(get(entry, "value"), str)
        }
        return TemplateScope(
            self._passed(passed, declared) if _tells_what_is_passed(properties) else {},
            {**_without(declared, passed), **likely},
            mapping(get(template, "variables")),
            self.base,
            self.budget,
        )

    def _passed(self, passed: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of a nested template that are certain; names of parameters don't differ by case."""
        given = {
            name: get(one, "defaultValue")
            for name, one in _without(declared, passed).items()
            if has(one, "defaultValue")
        }
        given |= {name: self.resolved(get(one, "value")) for name, one in passed.items() if has(one, "value")}
        return {name: one for name, one in given.items() if not _is_open(one)}


def _without(declared: Mapping[str, Any], passed: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters for which nothing is passed."""
    folded = {name.casefold() for name in passed}
    return {name: one for name, one in declared.items() if name.casefold() not in folded}


def _tells_what_is_passed(properties: Any) -> bool:
    """Whether the file has all that a nested template is given: no link, loop or expression makes it."""
    passed = get(properties, "parameters")
    return (passed is None or isinstance(passed, dict)) and not any(
        has(properties, one) for one in ("parametersLink", "copy")
    )


def _is_open(value: Any) -> bool:
    return isinstance(value, str) and is_template_expression(value)
