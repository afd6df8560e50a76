"""Which steps must keep their inputs or outputs out of a workflow's run history, and which do (reference §1.8, ALA §2.3).

Whoever may read runs reads what a step was given and gave, and evaluated expressions, unless the step secures them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.azure.calls import Certainty, calls_of
from sfharden.azure.code_texts import is_unclear, names_in
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
_OF_STEP: Final = frozenset(["body", "outputs", "actions", "actionbody", "actionoutputs", "result"])


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
    steps = {step.path: step for step in code.steps}
    for call in calls_of(code.workflow):
        if call.certainty is Certainty.YES:
            yield _of(steps[call.step], {INPUTS, OUTPUTS}, "it calls Salesforce")
        elif call.certainty is Certainty.MAYBE:
            why = f"it may call Salesforce ({call.why})"
            yield _of(steps[call.step], {INPUTS, OUTPUTS}, why, is_sure=False)
    sources = [step for step in steps.values() if reads_secret(step)]
    for step in sources:
        yield _of(step, {OUTPUTS}, "it reads a secret from Key Vault")
    yield from _given_secrets(code, sources)


def _of(step: Step, sides: Iterable[str], why: str, *, is_sure: bool = True) -> Needed:
    what = kind(step.body)
    able = {one for one in sides if what not in (_NO_INPUTS if one == INPUTS else _NO_OUTPUTS)}
    return Needed(step, frozenset(able), why, is_sure)


def reads_secret(step: Step) -> bool:
    """Whether a step gets a secret from Key Vault: by the connector, by HTTP or built in."""
    inputs = get(step.body, "inputs")
    what = kind(step.body)
    if what == "apiconnection":
        return bool(_VAULT_PATH.search(text(get(inputs, "path"))))
    if what == "http":
        return bool(_VAULT_ADDRESS.search(text(get(inputs, "uri"))))
    service = get(inputs, "serviceProviderConfiguration")
    provider = text(get(service, "serviceProviderId")).casefold()
    return (
        what == "serviceprovider"
        and "keyvault" in provider
        and "secret" in text(get(service, "operationId")).casefold()
    )


def _given_secrets(code: FlowCode, sources: list[Step]) -> Iterator[Needed]:
    """Steps whose inputs come from a secret, also by way of others, of variables and of loops."""
    if not sources:
        return
    held = _holders(code, sources)
    for step in code.steps:
        if step in sources:
            continue
        if _uses(code, step, held):
            yield _of(step, {INPUTS}, "it is given a secret from Key Vault")
        elif any(is_unclear(one, in_template=code.in_template) for one in own_texts(step)):
            why = "it may be given a secret (an expression of it can't be read)"
            yield _of(step, {INPUTS}, why, is_sure=False)


@dataclass(slots=True)
class _Held:
    """What holds a secret, by name without case: steps, variables, and loops by path."""

    steps: set[str]
    variables: set[str]
    loops: set[str]

    @property
    def size(self) -> int:
        return len(self.steps) + len(self.variables) + len(self.loops)


def _holders(code: FlowCode, sources: list[Step]) -> _Held:
    held = _Held({name for step in sources for name in _names(step)}, set(), set())
    before = -1
    while before != held.size:  # each round finds what was given to others in the round before
        before = held.size
        for step in code.steps:
            if _uses(code, step, held):
                _note(step, held)
    return held


def _names(step: Step) -> list[str]:
    """Its own, and those of the scopes around it, whose result holds it."""
    return [one.casefold() for one in step.path.split(" / ")]


def _note(step: Step, held: _Held) -> None:
    what = kind(step.body)
    if what in _PASS_ON:
        held.steps.update(_names(step))
    elif what == "foreach":
        held.loops.add(step.path.casefold())
    elif what in _NO_INPUTS:
        inputs = get(step.body, "inputs")
        listed = get(inputs, "variables")
        for one in (inputs, *(listed if isinstance(listed, list) else ())):
            if name := text(get(mapping(one), "name")):
                held.variables.add(name.casefold())


def _uses(code: FlowCode, step: Step, held: _Held) -> bool:
    inside = [loop for loop in held.loops if step.path.casefold().startswith(f"{loop} / ")]
    named = {loop.rpartition(" / ")[2] for loop in held.loops}
    for written in own_texts(step):
        if inside and "item()" in written.replace(" ", ""):
            return True
        for function, name in names_in(written, in_template=code.in_template):
            if function in _OF_STEP and name in held.steps:
                return True
            if (function == "variables" and name in held.variables) or (
                function == "items" and name in named
            ):
                return True
    return False
