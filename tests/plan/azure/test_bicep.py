"""Fragments of Bicep: every value as a literal, and no name of a tenant as anything else."""

import re

import pytest

from sfharden.plan.azure.access_control import READERS, plan_access
from sfharden.plan.azure.bicep import addition, bicep_file, literal, text_literal
from tests.orgs import azure_side as az
from tests.plan.azure.kit import one_change, wish


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (None, "null"),
        (5, "5"),
        ("a", "'a'"),
        ([], "[]"),
        ({}, "{}"),
        ({"a": [1]}, "{\n  a: [\n    1\n  ]\n}"),
        ({"a-b": "x"}, "{\n  'a-b': 'x'\n}"),
    ],
)
def test_json_as_bicep_writes_it(value: object, written: str) -> None:
    assert literal(value) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("it's", r"'it\'s'"),
        ("a\\b", r"'a\\b'"),
        ("${secret}", r"'\${secret}'"),
        ("\\${x}", r"'\\\${x}'"),
        ("a\nb", r"'a\u{a}b'"),
        ("@{x}", "'@{x}'"),
    ],
)
def test_a_text_ends_where_it_ends_and_nothing_in_it_is_evaluated(text: str, written: str) -> None:
    assert text_literal(text) == written


def test_a_fragment_says_where_it_belongs_and_has_the_changes_number() -> None:
    change = one_change(plan_access(wish(az.workflow(accessControl=None), READERS)))
    text = bicep_file([change.model_copy(update={"bicep": ""}), change])
    assert "Not a template to deploy alone" in text
    assert "// to be merged into `properties` of crm-rg/crm-sync" in text
    assert "\nvar addition2 = {\n  accessControl: {" in text
    assert "ADDITION" not in text


def test_a_name_cant_leave_its_comment() -> None:
    flow = az.workflow().model_copy(
        update={"name": "w\nresource evil 'x' = {}\r//", "id": "x\nvar ADDITION = 1"}
    )
    change = one_change(plan_access(wish(az.workflow(accessControl=None), READERS)))
    text = bicep_file([change.model_copy(update={"what": "a\nvar b = 1", "bicep": addition(flow, "p", {})})])
    lines = [line for line in re.split(r"[\r\n\u2028\u0085]", text) if line and not line.startswith("//")]
    assert lines == ["var addition1 = {}"]
