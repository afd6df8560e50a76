"""The part of `doctor` on Azure: narrow, safe, and with the commands that fit what is lacking."""

from pathlib import Path

import pytest

from sfharden.checks.azure_foreseen import MissingRight
from sfharden.checks.remedies import Foreseen
from sfharden.model.azure import AzureGap, AzureSnapshot
from sfharden.report.doctor_azure import ExaminedAzure, render_doctor_azure
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width

BAD = "名前\x1b[2J\u202e" * 30
RIGHT = MissingRight(
    "Microsoft.Logic/workflows/read", (f"subscription {BAD}",), (f"the workflows in {BAD}",), ()
)
UNKNOWN = Foreseen(("azure-rights-least",), (f"azure-workflow '{BAD}'",), "Can't tell: x.", "Let it be read.")


def page(
    rights: tuple[MissingRight, ...] = (),
    foreseen: tuple[Foreseen, ...] = (),
    described: Path | None = None,
    object_id: str = "o-1",
    to_mend: tuple[str, ...] = (),
) -> str:
    gap = AzureGap(path="/x", what=BAD, reason="Azure answered TooManyRequests")
    read = AzureSnapshot(source="live", gaps=(gap,) if rights else ())
    found = ExaminedAzure(
        read,
        "access token",
        "AzureCloud",
        "management.azure.com",
        object_id,
        "t-1",
        rights,
        foreseen,
        to_mend,
    )
    return render_doctor_azure(found, Terminal(), "--azure", described)


def test_whose_token_it_is_and_where_it_went() -> None:
    assert "Azure        management.azure.com (AzureCloud)" in page()
    assert "object id o-1 of tenant t-1 (by access token)" in page()
    assert "not told by the token" in page(object_id="")


def test_with_all_rights_it_says_so_and_goes_on() -> None:
    told = page(described=Path("i.yaml"))
    assert "Azure named no right that this login lacks." in told
    assert "check would leave nothing of Azure unknown." in told
    assert "sfharden check --azure -i i.yaml" in told
    assert "--azure-role" not in told


def test_a_right_is_told_with_its_cost_and_the_role_that_mends_it() -> None:
    told = page((RIGHT,), (UNKNOWN,))
    assert "RIGHTS THAT THIS LOGIN LACKS, as Azure said" in told
    assert "no control is unknown for it" in told
    assert "sfharden doctor --azure-role > role.json" in told
    assert "az role definition create --role-definition role.json" in told
    assert "az role assignment create --assignee WHO --role 'sfharden reader'" in told
    guid = "d2a4c44e-24bf-58ae-8947-aa1d480caf0b"
    assert f"--assignee {guid}" in page((RIGHT,), object_id=guid)
    assert "sfharden init --azure -o integration.yaml" in told
    assert "azure-rights-least" in told


def test_what_is_wrong_with_the_file_comes_before_the_rights() -> None:
    told = page((RIGHT,), to_mend=("crm, azure, workflows: EDIT",))
    assert told.index("MEND THE INTEGRATION FILE FIRST") < told.index("RIGHTS THAT")


@pytest.mark.parametrize("width", [60, 80])
def test_it_fits_whatever_the_names(width: int) -> None:
    gap = AzureGap(path="/x", what=BAD, reason=BAD)
    read = AzureSnapshot(source="live", gaps=(gap,))
    found = ExaminedAzure(read, "x", BAD, BAD, BAD, BAD, (RIGHT,) * 40, (UNKNOWN,), (BAD,))
    told = render_doctor_azure(found, Terminal(width=width), "--azure", None)
    assert max(map(display_width, told.splitlines())) <= width
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "and 10 more" in told
