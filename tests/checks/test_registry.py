"""The registry: every check by one name, each with what it needs to be called and told of."""

import importlib
from pathlib import Path

import pytest

from sfharden import checks
from sfharden.checks.common import Check
from sfharden.checks.registry import CHECKS
from sfharden.model.base import Model

FOLDER = Path(str(checks.__file__)).parent


def test_every_module_s_checks_are_there_and_no_name_hides_another() -> None:
    modules = [
        importlib.import_module(
            ".".join(("sfharden.checks", *path.relative_to(FOLDER).with_suffix("").parts))
        )
        for path in sorted(FOLDER.rglob("*.py"))
    ]
    registered = [
        name for module in modules for name in getattr(module, "CHECKS", ()) if module.CHECKS is not CHECKS
    ]
    assert sorted(registered) == sorted(CHECKS)


@pytest.mark.parametrize(
    ("name", "check"), sorted(CHECKS.items()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_check_says_what_it_judges_and_takes(name: str, check: Check) -> None:
    assert name.replace("_", "").isalnum()
    assert check.scope in ("org", "integration", "azure")
    assert issubclass(check.parameters, Model)
    assert (check.judge.__doc__ or "").strip().endswith((".", ")"))
