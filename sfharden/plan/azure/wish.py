"""What a planner of the Azure side is asked, and what it answers: a change, or why there is none."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.addresses import AddressError, AddressSet
from sfharden.azure.side import AzureSide
from sfharden.facts.profiles import keeps_nobody_out
from sfharden.model.azure import CONNECTIONS, MASK, SITES, WORKFLOWS, AzureForm, AzureResource
from sfharden.model.azure_plan import AzureChange, AzureEdit, AzureStanding
from sfharden.plan.azure.arm_id import is_plain_id
from sfharden.text.redact import safe_text

# What was read of something that runs; the others tell what a deployment would set, so there the template is changed.
_LIVE: Final = frozenset({AzureForm.REST, AzureForm.GRAPH, AzureForm.POWERSHELL})
_ID: Final = re.compile(r"(?:(?<=--ids )|(?<=--resource )|(?<=\"))ID(?![\w-])")  # elsewhere it's another's
_PIECE: Final = re.compile("`[^`]*`|[^`]+")  # a command, or what stands between two
# What takes resources of one type only: Azure CLI, `az webapp` and `az functionapp`; ARM, Workflows - Regenerate Access Key.
_OF_ONE_TYPE: Final = (
    (re.compile(r"`az (?:webapp|functionapp|logicapp) "), SITES),
    (re.compile(r"ID/basicPublishingCredentialsPolicies|ID/config/"), SITES),
    (re.compile(r"ID/regenerateAccessKey|2019-05-01 --set"), WORKFLOWS),
)
_PART: Final = re.compile(
    r"(?:^|(?<=[.;,] ))(Consumption|Standard): "
)  # the convention of a policy: up to the next, or the end
_PLANS: Final = {WORKFLOWS: "Consumption", SITES: "Standard"}
_EVERYBODY: Final = "these ranges keep nobody out, so nothing is made of them"


@dataclass(frozen=True, slots=True)
class AzureWish:
    """The controls that fail for one resource, of those that one planner mends. `operator` is where its people come from.

    `others` is how the same checks came out for the other integrations that have a resource of this name.
    """

    side: AzureSide
    resource: AzureResource
    standings: tuple[AzureStanding, ...]
    operator: AddressSet
    others: tuple[AzureStanding, ...] = ()

    @property
    def control(self) -> str:
        """The ids of the controls, to be shown."""
        return ", ".join(dict.fromkeys(one.standing.control for one in self.standings))

    @property
    def name(self) -> str:
        """What its results call the resource."""
        return self.standings[0].standing.subject

    @property
    def integration(self) -> str:
        """The integration that it's of; empty without one."""
        return self.standings[0].standing.integration

    def fails(self, *checks: str) -> bool:
        """Whether any of these checks fails."""
        return any(one.check in checks for one in self.standings)

    def least_days(self, default: int) -> int:
        """The most days that any of the controls asks for."""
        asked = (one.parameters.get("least_days", default) for one in self.standings)
        return max(one for one in asked if isinstance(one, int))


@dataclass(frozen=True, slots=True)
class AzureNeed:
    """Why a failing control has no change here: what is missing, or why it's refused.

    `is_first`: it's to be looked at before anything else, since a change would have shut somebody out.
    """

    control: str
    subject: str
    text: str
    is_first: bool = False

    @property
    def sentence(self) -> str:
        """In one sentence."""
        return f"{self.control} of '{self.subject}': {self.text}"


Planned = Iterator[AzureChange | AzureNeed]


def need(wish: AzureWish, text: str, *, is_first: bool = False) -> AzureNeed:
    """A need of the wish's resource."""
    return AzureNeed(wish.control, wish.name, text, is_first)


def how_to_mend(one: AzureStanding, resource: AzureResource | None) -> str:
    """The words of the policy on how a control is mended: what is of the resource's type, with its id for `ID`."""
    if not one.remediation:
        return ""
    text = one.remediation if resource is None else _of_plan(one.remediation, resource.type)
    if resource is not None and is_plain_id(resource.id):
        text = _PIECE.sub(lambda found: _with_id(found[0], resource), text)
        if resource.type == CONNECTIONS:
            text = text.replace("CONNECTION-ID", resource.id)
    return f" To mend it: {text}"


def _of_plan(text: str, type_: str) -> str:
    """Without the half that is for workflows of the other hosting plan; whole where that would leave nothing."""
    before, *parts = _PART.split(text)
    halves = dict(zip(parts[::2], parts[1::2], strict=True))
    plan = _PLANS.get(type_)
    if plan is None or not halves:
        return text
    return f"{before}{halves.get(plan, '')}".strip() or text


def _with_id(command: str, resource: AzureResource) -> str:
    """The command with the resource's id; as it was where it's for resources of another type."""
    types = [type_ for pattern, type_ in _OF_ONE_TYPE if pattern.search(command)]
    return _ID.sub(resource.id, command) if all(one == resource.type for one in types) else command


def declared(texts: Iterable[str]) -> AddressSet | str:
    """The ranges of an integration file, or what is wrong with them."""
    try:
        found = AddressSet.of(texts)
    except AddressError as error:
        return safe_text(str(error))
    return _EVERYBODY if found and keeps_nobody_out(found) else found


def why_no_command(resource: AzureResource) -> str:
    """Why nothing can be typed to change this resource; empty where it can."""
    if resource.form not in _LIVE:
        return (
            f"It was read from {safe_text(resource.file) or 'a file'} ({resource.form.value}): change it there, "
            "and deploy that. main.bicep has what to add."
        )
    if not is_plain_id(resource.id):
        return "Its id is not one that Azure gives, so no command is made of it. main.bicep has what to add."
    return ""


def is_masked(*values: object) -> bool:
    """Whether a secret stands in it: then what was read is not what is there, and must never be written back."""
    return any(MASK in json.dumps(one) for one in values)


def all_masked(edits: Iterable[AzureEdit]) -> bool:
    """Whether any edit holds, or is compared with, what isn't there."""
    return any(is_masked(one.before, one.after) for one in edits)
