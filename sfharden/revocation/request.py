"""What was asked of `sfharden revoke`."""

from dataclasses import dataclass
from pathlib import Path

from sfharden.errors import UsageError
from sfharden.revocation.select import Selection


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line, besides the org and the selection.

    `source` is the org to type again, `again` the whole command, without --dry-run.
    """

    selection: Selection
    dry_run: bool
    expect: int | None
    accept_incomplete: bool
    journal: Path | None
    receipt: Path | None
    workers: int
    source: str
    again: str = ""


def refuse_receipt(receipt: Path | None, journal: Path | None) -> None:
    """Raise UsageError for a receipt that could not be written in the end, or that would replace the journal."""
    if receipt is None:
        return
    try:
        if receipt.is_dir() or not receipt.absolute().parent.is_dir():
            raise UsageError("There is no folder for the receipt.")  # better now than after the deed
        if journal and receipt.resolve() == journal.resolve():
            raise UsageError("The receipt and the journal can't be one file.")
    except OSError:  # too long a name, a folder that may not be searched
        raise UsageError("The receipt can't be written there.") from None
