"""What was asked of a revocation: a receipt that could not be written is refused before the deed."""

from pathlib import Path

import pytest

from sfharden.errors import UsageError
from sfharden.revocation.request import refuse_receipt


def test_a_receipt_has_a_folder_and_a_name_of_its_own(tmp_path: Path) -> None:
    refuse_receipt(None, tmp_path / "journal")
    refuse_receipt(tmp_path / "receipt.md", None)
    refuse_receipt(tmp_path / "receipt.md", tmp_path / "journal")


@pytest.mark.parametrize("place", ["gone/receipt.md", "."])
def test_without_a_place_it_is_refused_now_and_not_after_the_deed(tmp_path: Path, place: str) -> None:
    with pytest.raises(UsageError, match="no folder"):
        refuse_receipt(tmp_path / place, None)


def test_a_place_that_can_not_be_looked_at_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be written there"):
        refuse_receipt(tmp_path / ("x" * 300), None)


@pytest.mark.parametrize("spelling", ["journal", "sub/../journal", "link"])
def test_it_never_takes_the_journal_s_place_however_that_is_spelt(tmp_path: Path, spelling: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "journal").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "journal")
    with pytest.raises(UsageError, match="one file"):
        refuse_receipt(tmp_path / spelling, tmp_path / "journal")
