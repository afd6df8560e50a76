"""What a path asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator.azure.paths import covers, group_of, key, resource_kind, subscription_of, target_of

GROUP = "/subscriptions/S/resourceGroups/G"
FLOW = f"{GROUP}/providers/Microsoft.Logic/workflows/W"


@pytest.mark.parametrize(
    ("path", "scope", "kind", "names", "single"),
    [
        ("/subscriptions", "/", "subscriptions", (), False),
        ("/subscriptions/S", "/", "subscriptions", ("S",), True),
        ("/subscriptions/S/resourceGroups", "/subscriptions/S", "resourcegroups", (), False),
        (GROUP, "/subscriptions/S", "resourcegroups", ("G",), True),
        (GROUP + "/resources", GROUP, "resources", (), False),
        (FLOW, GROUP, "microsoft.logic/workflows", ("W",), True),
        (FLOW.rpartition("/")[0], GROUP, "microsoft.logic/workflows", (), False),
        (
            f"{GROUP}/providers/Microsoft.Web/sites/A/config/web",
            GROUP,
            "microsoft.web/sites/config",
            ("A", "web"),
            True,
        ),
        (
            f"{FLOW}/providers/Microsoft.Insights/diagnosticSettings",
            FLOW,
            "microsoft.insights/diagnosticsettings",
            (),
            False,
        ),
        (
            "/providers/Microsoft.Authorization/roleDefinitions/R",
            "/",
            "microsoft.authorization/roledefinitions",
            ("R",),
            True,
        ),
    ],
)
def test_a_path_asks_for_one_thing_or_a_list(
    path: str, scope: str, kind: str, names: tuple[str, ...], single: bool
) -> None:
    found = target_of(path.strip("/").split("/"))
    assert found is not None
    assert (found.scope, found.kind, found.names, found.single) == (scope, kind, names, single)


@pytest.mark.parametrize(
    "path", ["/", "/tenants", "/subscriptions/S/other", "/x/providers/A.B/c", "/providers/A"]
)
def test_what_no_call_looks_like_is_none(path: str) -> None:
    assert target_of(path.strip("/").split("/")) is None


@given(st.sampled_from([FLOW, GROUP, "/subscriptions/S"]), st.randoms())
def test_ids_are_compared_in_any_case(path: str, chance: object) -> None:
    mixed = "".join(
        one.upper() if hash((chance, place)) % 2 else one.lower() for place, one in enumerate(path)
    )
    assert key(mixed) == key(path) == key(path.strip("/"))
    assert (subscription_of(mixed), group_of(mixed)) == (subscription_of(path), group_of(path))


def test_a_scope_covers_what_is_below_it_not_what_is_named_alike() -> None:
    assert covers("/", FLOW)
    assert covers(GROUP.upper(), FLOW)
    assert not covers(GROUP, GROUP + "2/providers/Microsoft.Logic/workflows/W")
    assert not covers(FLOW, GROUP)


def test_only_a_resource_has_a_kind() -> None:
    assert resource_kind(FLOW) == "microsoft.logic/workflows"
    assert resource_kind(GROUP) == resource_kind(FLOW.rpartition("/")[0]) == ""
