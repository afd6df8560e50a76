"""The tables of checks and permissions say what the checks themselves know, and the schema knows each parameter."""

from typing import Any

import jsonschema
import pytest
import yaml

from sfharden.checks.needs import NEEDS
from sfharden.checks.policy import policies_folder, shipped_names
from sfharden.checks.registry import CHECKS
from tools.check_tables import checks_page, permissions_page, policy_schema

VALIDATOR = jsonschema.Draft202012Validator(policy_schema())


def shipped(name: str) -> Any:
    return yaml.safe_load((policies_folder() / f"{name}.yaml").read_text("utf-8"))


def own(check: str, **parameters: object) -> dict[str, object]:
    words = dict.fromkeys(("title", "rationale", "remediation"), "Words")
    control = {"id": "of-mine", "severity": "low", **words, "check": check, "with": parameters}
    return {"name": "mine", "title": "Mine", "source": "me", "controls": [control]}


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_policy_is_one_by_the_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(policy_schema())
    assert list(VALIDATOR.iter_errors(shipped(name))) == []


def test_an_editor_is_told_of_a_check_and_a_parameter_that_there_isnt() -> None:
    assert VALIDATOR.is_valid(own("tokens_fresh", most_idle_days=30))
    assert not VALIDATOR.is_valid(own("tokens_fersh", most_idle_days=30))
    assert not VALIDATOR.is_valid(own("tokens_fresh", most_idel_days=30))
    assert not VALIDATOR.is_valid(own("tokens_fresh", most_idle_days="30"))
    assert not VALIDATOR.is_valid(own("app_switches"))


def test_every_check_and_every_parameter_stands_on_the_page() -> None:
    page = checks_page()
    for name, check in CHECKS.items():
        _, _, section = page.partition(f"## {name}\n")
        section = section.partition("\n## ")[0]
        assert section
        assert all(f"| `{one}` |" in section for one in check.parameters.model_fields)


def test_every_permission_and_every_control_stands_on_the_page() -> None:
    page = permissions_page()
    assert all(f"| {need.label} | `{need.names[0]}`" in page for need in NEEDS)
    ids = {control["id"] for name in shipped_names() for control in shipped(name)["controls"]}
    assert all(f"| `{one}` |" in page for one in ids)
    (row,) = (line for line in page.splitlines() if line.startswith("| `tokens-fresh` |"))
    assert "Customize Application" in row
    assert "View All Profiles" not in row
