"""Ids: types and names go in and come out again, whatever the case, the slashes and the extensions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.arm_ids import id_below, is_list_path, list_of, name_of, type_of

GROUP = "/subscriptions/s/resourceGroups/g"
FLOW = f"{GROUP}/providers/Microsoft.Logic/workflows/w"
WORD = st.text(alphabet="abcXYZ019-_()", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        (FLOW, "microsoft.logic/workflows"),
        (FLOW.upper(), "microsoft.logic/workflows"),
        ("subscriptions/s/providers/microsoft.insights/diagnosticSettings/x", "microsoft.insights/diagnosticsettings"),
        (f"{FLOW}/providers/Microsoft.Insights/diagnosticSettings/x", "microsoft.insights/diagnosticsettings"),
        (f"{GROUP}/providers/Microsoft.Web/sites/a/config/web", "microsoft.web/sites/config"),
        (f"{GROUP}/providers/Microsoft.Web/sites", "microsoft.web/sites"),
        (GROUP, "microsoft.resources/resourcegroups"),
        ("/subscriptions/s", "microsoft.resources/subscriptions"),
        ("/providers/Microsoft.Authorization/roleAssignments/r", "microsoft.authorization/roleassignments"),
        ("", ""),
        ("x", ""),
        ("/providers", ""),
    ],
)  # fmt: skip
def test_the_type_of_an_id(path: str, type_: str) -> None:
    assert type_of(path) == type_


@given(st.lists(st.tuples(WORD, WORD), min_size=1, max_size=3))
def test_what_goes_in_comes_out(pairs: list[tuple[str, str]]) -> None:
    kind = "/".join(["Microsoft.X", *(one for one, _ in pairs)])
    path = id_below(GROUP, kind, "/".join(name for _, name in pairs))
    assert type_of(path) == kind.casefold()
    assert name_of(path) == pairs[-1][1]


def test_an_extension_by_its_old_type_stands_below_what_it_extends() -> None:
    path = id_below("", "Microsoft.Logic/workflows/providers/diagnosticSettings", "w/Microsoft.Insights/x")
    assert path == "/providers/Microsoft.Logic/workflows/w/providers/Microsoft.Insights/diagnosticSettings/x"


def test_only_rows_of_one_parent_tell_which_list_they_answer() -> None:
    settings = f"{FLOW}/providers/microsoft.insights/diagnosticSettings"
    assert list_of(f"{settings}/x") == settings
    assert list_of(FLOW) == ""  # of a group, or of a subscription
    assert (
        list_of(f"{FLOW}/providers/Microsoft.Authorization/roleAssignments/r") == ""
    )  # at which scope isn't told
    assert is_list_path(settings)
    assert not is_list_path(FLOW)
