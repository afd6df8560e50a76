"""Parameters files of templates: which belongs to which, by their names and by the parameters that a template declares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from sfharden.azure.objects import get, has, mapping, text
from sfharden.azure.template import is_template
from sfharden.sources.azure.files import JsonFile
from sfharden.text.redact import safe_text

_ENDS: Final = (".json", ".jsonc", ".template", ".bicep")
_AFTER_A_NAME: Final = (".", "-", "_")


@dataclass(slots=True)
class Parameters:
    """The parameters files, the templates that they may be of, and what is to be told.

    `unread` are names of files that may be templates: a file that is named after one of them is that one's.
    """

    files: list[JsonFile] = field(default_factory=list)
    templates: list[JsonFile] = field(default_factory=list)
    unread: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)

    def for_template(self, template: JsonFile) -> Mapping[str, Any]:
        """The values of the one file that fits and is nobody else's; of several none, since nobody knows which is deployed."""
        if not is_template(template.content):
            return {}
        fitting = [one for one in self.files if _fits(one, template)]
        own = [one for one in fitting if self._is_of(one, template)]
        chosen = [one for one in own if _is_called_after(one.name, template.name)] or own
        if len(chosen) == 1:
            return _values(chosen[0])
        if fitting:
            self.warnings.append(_not_taken(template, chosen or fitting, is_own=bool(chosen)))
        return {}

    def _is_of(self, file: JsonFile, template: JsonFile) -> bool:
        """Whether a file can be of no other template: by its name; else, by where it lies and what it gives."""
        if after := self._named_after(file.name):
            return after == {_stem(template.name)}
        beside = [one for one in self.templates if _folder(one.name) == _folder(file.name)]
        possible = [one.name for one in beside or self.templates if _fits(file, one)]
        return possible == [template.name]

    def _named_after(self, name: str) -> set[str]:
        """The templates with the longest name that a file's begins with: of its folder, else of any."""
        stems = {_stem(one) for one in (*(each.name for each in self.templates), *self.unread)}
        found = [one for one in stems if _begins_with(name, one)]
        among = [one for one in found if _folder(one) == _folder(name).casefold()] or found
        longest = max((len(_base(one)) for one in among), default=0)
        return {one for one in among if len(_base(one)) == longest}


def parameters_of(files: Iterable[JsonFile], unread: Iterable[str] = ()) -> tuple[Parameters, list[JsonFile]]:
    """The parameters files, and the others. Without any template they are left, to be called by their name."""
    every = list(files)
    templates = [one for one in every if is_template(one.content)]
    if not templates:
        return Parameters(), every
    found = [one for one in every if _is_parameters(one.content)]
    rest = [one for one in every if not _is_parameters(one.content)]
    return Parameters(found, templates, tuple(unread)), rest


def _not_taken(template: JsonFile, files: list[JsonFile], *, is_own: bool) -> str:
    names = ", ".join(safe_text(one.name) for one in files[:3])
    if is_own:
        return f"{safe_text(template.name)}: {names} all fit, so none of them is taken; give the one that is deployed alone"
    return (
        f"{safe_text(template.name)}: {names} would fit and may be another template's, so it is not taken; "
        "give it with this template alone, or call it after it"
    )


def _is_parameters(content: Any) -> bool:
    return "deploymentparameters.json" in text(get(content, "$schema")).casefold()


def one_of(file: JsonFile) -> dict[str, Any]:
    """The entries of a parameters file."""
    return mapping(get(file.content, "parameters"))


def _fits(file: JsonFile, template: JsonFile) -> bool:
    """Whether it gives something, and nothing that the template doesn't declare, which a deployment would refuse."""
    declared = {name.casefold() for name in mapping(get(template.content, "parameters"))}
    entries = {name.casefold() for name in one_of(file)}
    return bool(entries) and entries <= declared


def _values(file: JsonFile) -> dict[str, Any]:
    """What is given as a value; a reference to a Key Vault stays unknown."""
    return {name: get(entry, "value") for name, entry in one_of(file).items() if has(entry, "value")}


def _folder(name: str) -> str:
    return str(PurePosixPath(name).parent)


def _base(name: str) -> str:
    return PurePosixPath(name).name.casefold()


def _stem(template: str) -> str:
    """Its path without what tells its kind, without case: two spellings of one template are the same."""
    stem = template.casefold()
    for end in (*_ENDS, ".template"):
        stem = stem.removesuffix(end)
    return stem


def _begins_with(name: str, stem: str) -> bool:
    return _base(name).startswith(tuple(f"{_base(stem)}{one}" for one in _AFTER_A_NAME))


def _is_called_after(name: str, template: str) -> bool:
    """`azuredeploy.parameters.json` beside `azuredeploy.json`, or in a folder of parameters."""
    ends = (".parameters.json", "-parameters.json", ".params.json")
    return _base(name) in {f"{_base(_stem(template))}{end}" for end in ends}
