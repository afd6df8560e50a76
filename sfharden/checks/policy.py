"""Policy files: YAML to typed controls, the shipped ones and the user's own."""

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints, model_validator

from sfharden.errors import InputError
from sfharden.facts.one_by_one import IDLE_DAYS
from sfharden.files.yaml_file import load_model
from sfharden.model.base import Model
from sfharden.model.results import Severity
from sfharden.text.names import suggestion
from sfharden.text.redact import safe_text

DEFAULT_POLICIES: Final = ("logic-apps-salesforce", "salesforce-oauth-2026")

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


class Policy(Model):
    """A named list of controls."""

    name: Id
    title: Words
    source: Words
    controls: tuple[Control, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_differ(self) -> "Policy":
        ids = [control.id for control in self.controls]
        if len(set(ids)) != len(ids):
            raise ValueError("two controls have the same id")
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
    if name_or_file in shipped_names():
        return load_model(policies_folder() / f"{name_or_file}.yaml", Policy, "policy")
    path = Path(name_or_file)
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise InputError(
            f"There is no policy named {safe_text(name_or_file)}.{suggestion(name_or_file, shipped_names())}",
            f"Shipped: {', '.join(shipped_names())}. Or give a file that ends in .yaml.",
        )
    return load_model(path, Policy, "policy")
