"""Parameters files of templates: which belongs to which, by the parameters that a template declares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sfharden.azure.objects import get, has, mapping, text
from sfharden.azure.template import is_template
from sfharden.sources.azure.files import JsonFile
from sfharden.text.redact import safe_text


@dataclass(slots=True)
class Parameters:
    """The parameters files, and which templates they were taken for."""

    files: list[JsonFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def for_template(self, template: JsonFile) -> Mapping[str, Any]:
        """The values of the one file that fits; of several none, since nobody knows which is deployed."""
        if not is_template(template.content):
            return {}
        declared = {name.casefold() for name in mapping(get(template.content, "parameters"))}
        fitting = [
            one for one in self.files if one_of(one) and {name.casefold() for name in one_of(one)} <= declared
        ]
        chosen = [one for one in fitting if _is_called_after(one.name, template.name)] or fitting
        if len(chosen) > 1:
            names = ", ".join(safe_text(one.name) for one in chosen[:3])
            self.warnings.append(
                f"{safe_text(template.name)}: {names} all fit, so none of them is taken; give the one that is deployed alone"
            )
            return {}
        return _values(chosen[0]) if chosen else {}


def parameters_of(files: Iterable[JsonFile]) -> tuple[Parameters, list[JsonFile]]:
    """The parameters files, and the others. Without any template they are left, to be called by their name."""
    every = list(files)
    if not any(is_template(one.content) for one in every):
        return Parameters(), every
    found = [one for one in every if _is_parameters(one.content)]
    return Parameters(found), [one for one in every if not _is_parameters(one.content)]


def _is_parameters(content: Any) -> bool:
    return "deploymentparameters.json" in text(get(content, "$schema")).casefold()


def one_of(file: JsonFile) -> dict[str, Any]:
    """The entries of a parameters file."""
    return mapping(get(file.content, "parameters"))


def _values(file: JsonFile) -> dict[str, Any]:
    """What is given as a value; a reference to a Key Vault stays unknown."""
    return {name: get(entry, "value") for name, entry in one_of(file).items() if has(entry, "value")}


def _is_called_after(name: str, template: str) -> bool:
    """`azuredeploy.parameters.json` beside `azuredeploy.json`."""
    stem = template.casefold().removesuffix(".json").removesuffix(".template")
    return name.casefold() in (f"{stem}.parameters.json", f"{stem}-parameters.json", f"{stem}.params.json")
