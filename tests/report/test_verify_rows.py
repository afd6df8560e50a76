"""A verification as CSV and Markdown: the same findings, with what to do; names are text."""

import csv
import io

from sfharden.checks.observed import verify
from sfharden.report.verify_rows import Told, render_csv, render_markdown
from tests.orgs.running import FILES, HARDENED_INTEGRATION, TAKEN, running


def test_a_row_for_each_finding_in_both() -> None:
    by = HARDENED_INTEGRATION.model_copy(update={"name": "=1|\u202e"})
    snapshot = running(FILES)
    found = [(by, verify(snapshot, by, TAKEN))]
    told = Told(found, snapshot.source, "--org x", "0", "2026-11-24T12:00:00Z", "2026-11-20")
    rows = list(csv.DictReader(io.StringIO(render_csv(told))))
    assert [row["id"] for row in rows] == [one.id for one in found[0][1].findings]
    assert {row["integration"] for row in rows} == {"'=1|\ufffd"}
    page = render_markdown(told)
    assert page.count("\n| =1\\|\ufffd | ") == len(rows)
    assert "Judged by: 2026-11-20" in page
