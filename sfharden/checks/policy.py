"""Policy files: YAML to typed controls, the shipped ones and the user's own."""

from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints, ValidationError, model_validator

from sfharden.errors import InputError
from sfharden.facts.one_by_one import IDLE_DAYS
from sfharden.files.yaml_file import load_model
from sfharden.model.base import Model
from sfharden.model.results import Severity
from sfharden.text.names import suggestion
from sfharden.text.redact import safe_text

DEFAULT_POLICIES: Final = ("logic-apps-salesforce", "salesforce-oauth-2026")
AZURE_POLICY: Final = "azure-logic-apps"  # judged too where Azure is read
REQUESTS_POLICY: Final = "salesforce-requests"  # judged too where event logs are asked for

_NAMING: Final = ("permission", "forbidden")

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=4000)]


class Control(Model):
    """One line of a policy: what must hold, why, how to mend it, and which check judges it."""

    id: Id
    title: Words
    severity: Severity
    rationale: Words
    remediation: Words
    references: tuple[Words, ...] = ()
    check: Words
    with_: dict[str, Any] = Field(default={}, alias="with")


class Include(Model):
    """Controls of a shipped policy, by id, as they stand there."""

    policy: Id
    controls: tuple[Id, ...] = Field(min_length=1)


class Policy(Model):
    """A named list of controls: its own, and those it includes of shipped policies."""

    name: Id
    title: Words
    source: Words
    include: tuple[Include, ...] = ()
    controls: tuple[Control, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> "Policy":
        ids = [control.id for control in self.controls]
        if len(set(ids)) != len(ids):
            raise ValueError("two controls have the same id")
        if not self.controls and not self.include:
            raise ValueError("give controls, or include some of a shipped policy")
        return self


def wanted_permissions(policies: Iterable[Policy]) -> frozenset[str]:
    """API names of the permissions that the policies' checks ask for, to be read from an org.

    Checks name them in two parameters: `permission` and `forbidden`.
    """
    given = (
        control.with_.get(name) for policy in policies for control in policy.controls for name in _NAMING
    )
    listed = (value if isinstance(value, list | tuple) else [value] for value in given)
    return frozenset(name for names in listed for name in names if isinstance(name, str))


def idle_days(policies: Iterable[Policy]) -> tuple[int, ...]:
    """After how many idle days the policies' checks call a token stale."""
    given = (
        control.with_.get("most_idle_days", IDLE_DAYS)
        for policy in policies
        for control in policy.controls
        if control.check == "tokens_fresh"
    )
    return tuple(sorted({days for days in given if type(days) is int and 0 < days < 100_000}))


def policies_folder() -> Path:
    """Where the shipped policies are: inside a wheel, or at the top of a checkout for an editable install."""
    package = Path(str(resources.files("sfharden")))
    inside = package / "shipped_policies"
    return inside if inside.is_dir() else package.parent / "policies"


def shipped_names() -> tuple[str, ...]:
    """The names of the shipped policies."""
    return tuple(sorted(path.stem for path in policies_folder().glob("*.yaml")))


def load_policy(name_or_file: str) -> Policy:
    """A shipped policy by name, or a file. Raises InputError."""
    return _with_included(_load(name_or_file))


def _load(name_or_file: str) -> Policy:
    if name_or_file in shipped_names():
        return _shipped(name_or_file)
    path = Path(name_or_file)
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise InputError(
            f"There is no policy named {safe_text(name_or_file)}.{suggestion(name_or_file, shipped_names())}",
            f"Shipped: {', '.join(shipped_names())}. Or give a file that ends in .yaml.",
        )
    return load_model(path, Policy, "policy")


def _shipped(name: str) -> Policy:
    return load_model(_shipped_file(name), Policy, "policy")


def _shipped_file(name: str) -> Path:
    return policies_folder() / f"{name}.yaml"


def policy_file(name_or_file: str) -> tuple[str, Path]:
    """The file of a policy and what it's called: a shipped one by its name, another by that of its file."""
    if name_or_file in shipped_names():
        return name_or_file, _shipped_file(name_or_file)
    return Path(name_or_file).name, Path(name_or_file)


def policy_files(names: Sequence[str]) -> tuple[tuple[str, Path], ...]:
    """The files that policies are made of, by what they're called: their own, and those of shipped ones they include. Raises InputError."""
    own = [policy_file(name) for name in names]
    included = (one.policy for name in names for one in _load(name).include)
    return tuple(dict.fromkeys((*own, *(policy_file(name) for name in included))))


def _with_included(policy: Policy) -> Policy:
    """The policy with what it includes, before its own controls. Raises InputError."""
    if not policy.include:
        return policy
    found = tuple(control for include in policy.include for control in _included(policy, include))
    whole = policy.model_dump(by_alias=True) | {"include": (), "controls": (*found, *policy.controls)}
    try:
        return Policy.model_validate(whole)
    except ValidationError:
        raise InputError(f"Policy {policy.name}: a control is included twice, or defined again.") from None


def _included(policy: Policy, include: Include) -> Iterator[Control]:
    if include.policy not in shipped_names() or include.policy == policy.name:
        raise InputError(
            f"Policy {policy.name} includes {include.policy}, which is no other shipped policy."
            f"{suggestion(include.policy, shipped_names())}"
        )
    there = {control.id: control for control in _shipped(include.policy).controls}
    for name in include.controls:
        if name not in there:
            raise InputError(
                f"Policy {policy.name} includes {name}, which policy {include.policy} doesn't define itself."
                f"{suggestion(name, there)}"
            )
        yield there[name]
