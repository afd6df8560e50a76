"""Expressions: only what is certain in every run is taken; all else is unknown, and never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.expressions import UNKNOWN, Start, certain_start, is_template_expression, resource_path

KNOWN = {"host": "acme.my.salesforce.com"}


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("https://example.org/x", Start("https://example.org/x", True)),
        ("", Start("", True)),
        ("@@home", Start("@home", True)),
        ("@parameters('host')", Start("acme.my.salesforce.com", True)),
        ("@{parameters('host')}/x", Start("acme.my.salesforce.com/x", True)),
        ("@parameters('gone')", Start("", False)),
        ("https://@{parameters('gone')}/x", Start("https://", False)),
        ("https://@{variables('x')}@{parameters('host')}", Start("https://", False)),
        ("@concat('https://', parameters('host'), '/x')", Start("https://acme.my.salesforce.com/x", True)),
        ("@concat('https://', body('x'), '/y')", Start("https://", False)),
        ("@concat('a', 'b'", Start("ab", False)),
        ("@concat('a') and more", Start("a", False)),
        ("@{unclosed", Start("", False)),
        ("@'text'", Start("text", True)),
        ("@if(true, 'a', 'b')", Start("", False)),
        ("[concat('https://', 'x')]", Start("https://x", True)),
        ("[[literal]", Start("[[literal]", True)),
    ],
)
def test_what_a_text_begins_with_in_every_run(text: str, start: Start) -> None:
    assert certain_start(text, KNOWN) == start


def test_a_template_is_evaluated_before_parameters_of_the_workflow_are_there() -> None:
    assert certain_start("[parameters('host')]", KNOWN) == Start("", False)


def test_of_a_text_beyond_any_address_only_the_beginning_is_looked_at() -> None:
    start = certain_start("https://acme.example/" + "x" * 10_000, {})
    assert not start.whole
    assert start.text.startswith("https://acme.example/xxx")
    assert resource_path("/managedApis/salesforce" + "x" * 10_000) == UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[parameters('x')]", True),
        ("[variables('x')]  ", True),
        ("[[literal]", False),
        ("[open", False),
        ("plain", False),
    ],
)
def test_what_resource_manager_evaluates(text: str, expected: bool) -> None:
    assert is_template_expression(text) is expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/locations/westeurope/managedApis/sql", "/locations/westeurope/managedApis/sql"),
        ("/locations/@{appsetting('L')}/managedApis/sql", f"/locations/{UNKNOWN}/managedApis/sql"),
        ("[concat('/locations/', parameters('l'), '/managedApis/sql')]", f"/locations/{UNKNOWN}/managedApis/sql"),
        ("[format('/locations/{0}/managedApis/{1}', 'northeurope', 'sql')]", "/locations/northeurope/managedApis/sql"),
        ("[format('/locations/{7}', 'x')]", f"/locations/{UNKNOWN}"),
        (
            "[subscriptionResourceId('Microsoft.Web/locations/managedApis', 'westus2', 'sql')]",
            "/locations/westus2/managedApis/sql",
        ),
        ("[resourceId('Microsoft.Web/locations/managedApis', 'westus2')]", f"/locations/westus2/managedApis/{UNKNOWN}"),
        ("[resourceId('nothing')]", UNKNOWN),
        ("[concat('a', if(true(), 'b', 'c'))]", UNKNOWN),
        ("[toLower('/managedApis/SQL')]", UNKNOWN),
    ],
)  # fmt: skip
def test_a_resource_s_path_holds_unknown_where_only_a_run_can_tell(text: str, path: str) -> None:
    assert resource_path(text) == path


@given(st.text(alphabet="@{}[]()'concatprmetsfo/.:hx\\ ,0", max_size=40))
def test_the_certain_start_of_an_expression_is_none_of_its_code(text: str) -> None:
    start = certain_start(text, {})
    assert not (start.text.startswith(("@{", "[concat")) and start.whole and "@{" not in text[1:])
    assert isinstance(resource_path(text), str)
