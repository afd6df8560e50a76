"""Expressions: only what is certain in every run is taken; all else is unknown, and never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.expressions import (
    UNKNOWN,
    Start,
    certain_start,
    is_expression,
    is_template_expression,
    resource_path,
)

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
        ("[1.*, 2.0.0)", False),
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
        ("[concat('a', if(true(), 'b', 'c'))]", f"a{UNKNOWN}"),
        ("[concat(concat('/a/', parameters('x')), toLower('B'), '/c')]", f"/a/{UNKNOWN}{UNKNOWN}/c"),
        ("[concat('a,)(', 'it''s')]", "a,)(it's"),
        ("[concat('a')) and (concat('b')]", UNKNOWN),
        ("[concat('a'", "[concat('a'"),
        ("/s/@parameters('S')/locations/x", f"/s/{UNKNOWN}/locations/x"),
        ("/s/@appsetting('S')/locations/x", f"/s/{UNKNOWN}/locations/x"),
        ("/s/@parameters('a')['b']?.c/x", f"/s/{UNKNOWN}/x"),
        ("/s/@concat('a', parameters('b'))/x", f"/s/{UNKNOWN}"),
        ("@concat('/s/', parameters('S'), '/locations/x')", f"/s/{UNKNOWN}/locations/x"),
        ("/s/@x(" + "''" * 1000, f"/s/{UNKNOWN}"),
        ("[toLower('/managedApis/SQL')]", UNKNOWN),
    ],
)  # fmt: skip
def test_a_resource_s_path_holds_unknown_where_only_a_run_can_tell(text: str, path: str) -> None:
    assert resource_path(text) == path


@pytest.mark.parametrize(
    ("text", "expected"),
    [("[parameters('x')]", True), ("@parameters('x')", True), ("a@{x}", True), ("@@x", False), ("[[x]", False),
     ("[1.*, 2.0.0)", False), ("a@b", False), ("", False)],
)  # fmt: skip
def test_what_either_language_evaluates(text: str, expected: bool) -> None:
    assert is_expression(text) is expected


SEGMENT = st.sampled_from(
    ["'germanywestcentral'", "parameters('p')", "if(a, 'b', c(','))", "variables('v').x[0]"]
)


@given(st.lists(SEGMENT, max_size=5), st.lists(SEGMENT, max_size=5))
def test_a_literal_survives_whatever_stands_around_it(before: list[str], after: list[str]) -> None:
    pieces = [*before, "'/locations/westeurope/'", *after]
    assert "/locations/westeurope/" in resource_path(f"[concat({', '.join(pieces)})]")
    around = ["/@parameters('p')", "/@{appsetting('p')}", "/x"]
    text = "".join(around[len(one) % 3] for one in before) + "/locations/westeurope/" + "@parameters('q')"
    assert "/locations/westeurope/" in resource_path(text)


@given(st.text(alphabet="@{}[]()'concatprmetsfo/.:hx\\ ,0", max_size=40))
def test_the_certain_start_of_an_expression_is_none_of_its_code(text: str) -> None:
    start = certain_start(text, {})
    assert not (start.text.startswith(("@{", "[concat")) and start.whole and "@{" not in text[1:])
    assert isinstance(resource_path(text), str)
