"""The sentence on top: hardened only where nothing fails, nothing is unknown and nothing is merely known."""

import pytest

from sfharden.checks.since_baseline import since
from sfharden.model.results import Report, Status
from sfharden.report.check_verdict import colour_of, verdict_of

from .forms_kit import WAIVED, named, report

FAIL, UNKNOWN, PASS = named(Status.FAIL, "A"), named(Status.UNKNOWN, "B"), named(Status.PASS, "C")
MINE = named(Status.PASS, "C", integration="crm-sync")
KNOWN = since(report(FAIL), report(FAIL))


@pytest.mark.parametrize(
    ("given", "begins", "colour"),
    [
        (report(FAIL, UNKNOWN), "NOT HARDENED: 1 high; 1 unknown. 0 of 1 control that apply pass.", "red"),
        (report(UNKNOWN, PASS), "NOT KNOWN: 1 unknown", "yellow"),
        (report(MINE), "HARDENED. 1 of 1 control that apply passes.", "green"),
        (report(PASS, integrations=()), "NOTHING FOUND.", "green"),
        (report(named(Status.FAIL, "A", waived=WAIVED), MINE), "HARDENED.", "green"),
        # Neither is called hardened: nothing of it was judged, or the file names what isn't there.
        (report(PASS), "NOT KNOWN: nothing passed for crm-sync", "yellow"),
        (
            report(MINE, to_mend=("crm-sync, app: none",)),
            "NOT KNOWN: the integration file must be mended",
            "yellow",
        ),
        (
            KNOWN,
            "NOTHING NEW, and 1 finding known since the baseline. 0 of 1 control that apply pass.",
            "yellow",
        ),
    ],
)
def test_the_verdict_in_a_sentence(given: Report, begins: str, colour: str) -> None:
    assert verdict_of(given).startswith(begins)
    assert colour_of(given) == colour
