"""Which steps must keep their inputs or outputs out of a workflow's run history, and which do (reference §1.8, ALA §2.3).

Whoever may read runs reads what a step was given and gave, and evaluated expressions, unless the step secures them.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sfharden.azure.calls import Certainty, calls_of, text_parameters
from sfharden.azure.code_texts import is_unclear, names_in
from sfharden.azure.expressions import certain_start
from sfharden.azure.flow_code import FlowCode, own_texts
from sfharden.azure.objects import get, kind, mapping, text
from sfharden.azure.steps import Step
from sfharden.facts.values import CannotTell

INPUTS: Final = "inputs"
OUTPUTS: Final = "outputs"

# Azure Logic Apps documentation, Secure access and data: which steps can't secure what.
_NO_INPUTS: Final = frozenset(
    [
        "appendtoarrayvariable", "appendtostringvariable", "decrementvariable", "incrementvariable", "initializevariable",
        "setvariable", "foreach", "if", "scope", "switch", "terminate", "until", "recurrence", "slidingwindow",
    ]
)  # fmt: skip
_NO_OUTPUTS: Final = _NO_INPUTS | {"compose", "parsejson", "response", "wait"}
# What these give is what they were given, or made of it.
_PASS_ON: Final = frozenset(["compose", "parsejson", "join", "select", "query", "table"])
# At the beginning, or in an expression of a template or a workflow.
_VAULT_PATH: Final = re.compile(r"(?i)(?:^|')/secrets/.*/value(?:$|')")
_VAULT_ADDRESS: Final = re.compile(
    r"(?i)https?://[^/]*\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)(?::\d+)?/secrets/"
)
# By the function that an expression takes it with.
_HELD_BY: Final = {
    **dict.fromkeys(("body", "outputs", "actions", "actionbody", "actionoutputs", "result"), "step"),
    "variables": "variable",
    "items": "loop",
}


@dataclass(frozen=True, slots=True)
class Needed:
    """What a step must secure, and why. Not `is_sure` where it's only possible that it must."""

    step: Step
    sides: frozenset[str]
    why: str
    is_sure: bool = True

    @property
    def missing(self) -> tuple[str, ...]:
        """What it doesn't secure. Raises CannotTell where the code doesn't tell."""
        return tuple(sorted(self.sides - secured(self.step)))


def secured(step: Step) -> frozenset[str]:
    """What a step secures. Raises CannotTell where that is no list of words."""
    listed = get(step.body, "runtimeConfiguration", "secureData", "properties")
    if listed is None:
        return frozenset()
    if not isinstance(listed, list) or not all(isinstance(one, str) and one[:1].isalpha() for one in listed):
        raise CannotTell(f"what step '{step.path}' secures is not written out")
    return frozenset(one.casefold() for one in listed)


def is_harmless(step: Step, names: Iterable[str]) -> bool:
    """Whether a step is among those of the integration file, by its name or by all of its path."""
    path, listed = _plain(step.path), {_plain(one) for one in names}
    return path in listed or path.rpartition("_/_")[2] in listed


def _plain(name: str) -> str:
    """A step's name as the code has it: the designer shows a space for each underscore."""
    return name.strip().replace(" ", "_").casefold()


def needed(code: FlowCode) -> Iterator[Needed]:
    """Every step that must secure something: those that call Salesforce, read a secret, or are given one."""
    steps = code.steps
    by_path: dict[str, list[Step]] = {}
    for step in steps:
        by_path.setdefault(step.path, []).append(step)
    for call in calls_of(code.workflow):
        alike = by_path[call.step]  # paths of what nests deep are cut, and may be the same
        if call.certainty is Certainty.YES:
            sure = len(alike) == 1
            yield from (_of(one, {INPUTS, OUTPUTS}, "it calls Salesforce", is_sure=sure) for one in alike)
        elif call.certainty is Certainty.MAYBE:
            why = f"it may call Salesforce ({call.why})"
            yield from (_of(one, {INPUTS, OUTPUTS}, why, is_sure=False) for one in alike)
    values = text_parameters(code.workflow)
    sources = [step for step in steps if reads_secret(step, values)]
    for step in sources:
        yield _of(step, {OUTPUTS}, "it reads a secret from Key Vault")
    if sources:
        yield from _given_secrets(steps, sources, in_template=code.in_template)


def _of(step: Step, sides: Iterable[str], why: str, *, is_sure: bool = True) -> Needed:
    what = kind(step.body)
    able = {one for one in sides if what not in (_NO_INPUTS if one == INPUTS else _NO_OUTPUTS)}
    return Needed(step, frozenset(able), why, is_sure)


def reads_secret(step: Step, values: Mapping[str, str] = {}) -> bool:
    """Whether a step gets a secret from Key Vault: by the connector, by HTTP or built in; `values` are known parameters."""
    inputs = get(step.body, "inputs")
    what = kind(step.body)
    if what == "apiconnection":
        return bool(_VAULT_PATH.search(text(get(inputs, "path"))))
    if what == "http":
        uri = text(get(inputs, "uri"))
        return any(map(_VAULT_ADDRESS.search, (uri, certain_start(uri, values).text)))
    service = get(inputs, "serviceProviderConfiguration")
    provider = text(get(service, "serviceProviderId")).casefold()
    return (
        what == "serviceprovider"
        and "keyvault" in provider
        and "secret" in text(get(service, "operationId")).casefold()
    )


def _given_secrets(steps: Iterable[Step], sources: Iterable[Step], *, in_template: bool) -> Iterator[Needed]:
    """Steps whose inputs come from a secret, also by way of others, of variables and of loops."""
    own = {step.pointer for step in sources}
    read = [_Read.of(step, in_template=in_template) for step in steps]
    held = _holders(read, own)
    for one in read:
        if one.step.pointer in own:
            continue
        if one.uses & held:
            yield _of(one.step, {INPUTS}, "it is given a secret from Key Vault")
        elif one.is_unclear:
            why = "it may be given a secret (an expression of it can't be read)"
            yield _of(one.step, {INPUTS}, why, is_sure=False)


# What may hold a secret: a step, a variable or a loop by its name without case, or what is within a loop by its pointer.
_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Read:
    """A step, what its expressions take from, and what holds what it's given."""

    step: Step
    uses: frozenset[_Place]
    gives: frozenset[_Place]
    is_unclear: bool

    @classmethod
    def of(cls, step: Step, *, in_template: bool) -> "_Read":
        """Reads each text of the step once."""
        texts = list(own_texts(step))
        named = (one for written in texts for one in names_in(written, in_template=in_template))
        uses = {(_HELD_BY[function], name) for function, name in named if function in _HELD_BY}
        if any("item()" in written.casefold().replace(" ", "") for written in texts):
            uses.update(("inside", above) for above in _above(step))
        unclear = any(is_unclear(one, in_template=in_template) for one in texts)
        return cls(step, frozenset(uses), frozenset(_given_on(step)), unclear)


def _holders(read: Iterable[_Read], sources: Container[str]) -> set[_Place]:
    """All places that hold a secret: each step is looked at once when the first place that it takes from is found."""
    users: dict[_Place, list[_Read]] = {}
    waiting: list[_Place] = []
    for one in read:
        if one.step.pointer in sources:
            waiting.extend(("step", name) for name in _names(one.step))
        for place in one.uses:
            users.setdefault(place, []).append(one)
    held: set[_Place] = set()
    while waiting:
        place = waiting.pop()
        if place not in held:
            held.add(place)
            for one in users.pop(place, ()):
                waiting.extend(one.gives - held)
    return held


def _above(step: Step) -> Iterator[str]:
    """The pointers of whatever it's nested in."""
    pointer = step.pointer
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def _names(step: Step) -> list[str]:
    """Its own, and those of the scopes around it, whose result holds it."""
    parts = iter(step.pointer.casefold().split("/")[1:])
    names = (next(parts, "") for part in parts if part not in ("else", "default"))
    return [one.replace("~1", "/").replace("~0", "~") for one in names]


def _given_on(step: Step) -> Iterator[_Place]:
    what = kind(step.body)
    if what in _PASS_ON:
        yield from (("step", name) for name in _names(step))
    elif what == "foreach":
        yield "loop", _names(step)[-1]
        yield "inside", step.pointer
    elif what in _NO_INPUTS:
        inputs = get(step.body, "inputs")
        listed = get(inputs, "variables")
        for one in (inputs, *(listed if isinstance(listed, list) else ())):
            if name := text(get(mapping(one), "name")):
                yield "variable", name.casefold()
