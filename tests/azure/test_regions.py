"""Regions: three spellings, one name; and what is no region is none."""

import pytest

from sfharden.azure.regions import region_of


@pytest.mark.parametrize(
    "written", ["westeurope", "West Europe", "WESTEUROPE", " West Europe ", "(Europe) West Europe"]
)
def test_one_name_for_every_spelling(written: str) -> None:
    assert region_of(written) == "westeurope"


@pytest.mark.parametrize(
    "written",
    ["", " ", "[parameters('location')]", "@{variables('l')}", "global", "Global", "x", "west-europe", "west/europe",
     "1west", "a" * 41, "westeurope\n\x00", "wésteurope"],
)  # fmt: skip
def test_what_is_no_region_is_none(written: str) -> None:
    assert region_of(written) == ""
