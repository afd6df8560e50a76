"""The report at a terminal: findings first, what was not read beside them, nothing cut without being counted."""

from datetime import date
from typing import Any

import pytest

from sfharden.model.results import Report, Result, Severity, Status, Subject, Waived
from sfharden.model.snapshot import Gap
from sfharden.report.check_blocks import View
from sfharden.report.check_table import render_table
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width
from tests.orgs import judging
from tests.orgs.files import HEALTHY

HOSTILE = "x\x1b[2J\u202e\u55b6" * 40


def result(status: Status = Status.FAIL, **changes: Any) -> Result:
    given = {
        "control": "a-control", "subject": Subject(kind="app", name="App"), "status": status,
        "severity": Severity.HIGH, "title": "T", "message": "A message.", **changes,
    }  # fmt: skip
    return Result(**given)


def report(*results: Result, gaps: tuple[Gap, ...] = (), **changes: Any) -> Report:
    """A report of these results, with everything else as a run gives it."""
    counts = {status.value: sum(one.status is status for one in results) for status in Status}
    update = {"results": results, "gaps": gaps, "summary": {"waived": 0, **counts}, "warnings": (), **changes}
    return judging.report(HEALTHY).model_copy(update=update)


def shown(given: Report, terminal: Terminal | None = None) -> str:
    return render_table(given, terminal or Terminal(), ())


def test_findings_stand_before_what_is_unknown_and_that_before_passes() -> None:
    text = shown(report(result(Status.PASS), result(Status.UNKNOWN), result(Status.FAIL)))
    places = [text.index(word) for word in ("FAILED", "UNKNOWN", "PASSED", "1 failed, 1 unknown, 1 passed.")]
    assert places == sorted(places)


def test_without_findings_there_is_no_heading_for_them() -> None:
    text = shown(report(result(Status.PASS)))
    assert "FAILED" not in text
    assert "NOT READ" not in text


@pytest.mark.parametrize("width", [60, 80, 110])
def test_no_line_is_wider_and_no_name_speaks_to_the_terminal(width: int) -> None:
    hostile = result(message=HOSTILE, subject=Subject(kind="app", name=HOSTILE))
    gap = Gap(what=HOSTILE, reason=HOSTILE)
    text = shown(
        report(hostile, hostile.model_copy(update={"status": Status.UNKNOWN}), gaps=(gap,)), Terminal(width)
    )
    assert max(display_width(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_unknowns_of_one_reason_are_told_once_with_all_their_controls() -> None:
    same = [result(Status.UNKNOWN, control=name) for name in ("one", "two")]
    other = result(Status.UNKNOWN, control="three", subject=Subject(kind="app", name="Other"))
    text = " ".join(shown(report(*same, other)).split())
    assert "- A message. Controls: one, two, three (2 subjects)" in text


def test_a_reason_with_its_way_out_is_never_cut_off_by_a_long_list() -> None:
    many = [
        result(Status.UNKNOWN, control=f"a-long-name-{number}", message="Not read (give it).")
        for number in range(60)
    ]
    for text in (shown(report(*many)), in_view(report(*many), full=True)):
        assert "Not read (give it)." in " ".join(text.split())
    assert "a-long-name-59" in in_view(report(*many), full=True)


def test_what_is_cut_is_counted() -> None:
    passes = [result(Status.PASS, control=f"c{number}") for number in range(20)]
    unknown = [result(Status.UNKNOWN, message=f"Reason {number}.") for number in range(20)]
    gaps = tuple(Gap(what=f"f{number}", reason="gone") for number in range(20))
    text = shown(report(*passes, *unknown, gaps=gaps))
    assert "PASSED 20 controls (--full lists them)" in text
    assert "and 12 more reasons (--only unknown)" in text
    assert "and 12 more (--full)" in text
    assert "20 not read." in text


def test_no_finding_is_ever_cut() -> None:
    failed = [result(control=f"control-{number}") for number in range(40)]
    text = shown(report(*failed))
    assert all(f"control-{number}" in text for number in range(40))


def test_a_waived_failure_is_no_finding_and_is_said() -> None:
    waived = result(waived=Waived(reason="agreed", owner="ada", expires=date(2027, 1, 31)))
    text = shown(report(waived))
    assert "FAILED" not in text
    assert "agreed (ada, until 2027-01-31)" in " ".join(text.split())


def test_colour_is_for_terminals_that_have_it() -> None:
    assert "\x1b[31m" in shown(report(result()), Terminal(colour=True))
    assert "\x1b" not in shown(report(result()))


def test_what_to_do_next_ends_the_page() -> None:
    assert render_table(report(), Terminal(), ["do this"]).endswith("Next:\n  do this\n")


def test_what_is_wrong_with_the_integration_file_stands_before_any_finding() -> None:
    text = shown(report(result(Status.FAIL), to_mend=("crm-sync, app: no app named 'X' was read.", HOSTILE)))
    assert (
        text.index("MEND THE INTEGRATION FILE FIRST") < text.index("no app named 'X'") < text.index("FAILED")
    )
    assert "\x1b" not in text
    assert "MEND" not in shown(report(result(Status.FAIL)))


def in_view(given: Report, **view: Any) -> str:
    return render_table(given, Terminal(), (), View(**view))


def test_the_verdict_is_one_sentence_with_the_counts() -> None:
    mine: dict[str, Any] = {"integration": "crm-sync"}
    bad = report(
        result(**mine), result(Status.UNKNOWN, control="b", **mine), result(Status.PASS, control="c", **mine)
    )
    assert "NOT HARDENED: 1 high; 1 unknown. 1 of 3 controls that apply passes." in shown(bad)
    assert "NOT KNOWN: 1 unknown" in shown(report(result(Status.UNKNOWN)))
    assert "HARDENED. 1 of 1 control that apply passes" in shown(report(result(Status.PASS, **mine)))
    org_only = shown(report(result(Status.PASS), integrations=()))
    assert "HARDENED" not in org_only


def test_integrations_stand_before_the_org_each_under_its_name() -> None:
    text = shown(report(result(), result(integration="b"), result(integration="a")))
    places = [text.index(word) for word in ("FAILED, a", "FAILED, b", "FAILED, the org as a whole")]
    assert places == sorted(places)


def test_one_control_of_many_subjects_is_one_block_with_its_fix_beside_it() -> None:
    many = [
        result(subject=Subject(kind="profile", name=f"P{number:03}"), remediation="Do this.")
        for number in range(297)
    ]
    text = shown(report(*many))
    assert text.count("a-control") == 2  # the block, and how to see the rest
    assert "and 294 more (--only a-control)" in text
    assert text.count("Fix: Do this.") == 1
    assert "P296" in in_view(report(*many), full=True)
    assert "P296" in in_view(report(*many), only=("a-control",))


def test_a_consequence_stands_after_its_cause() -> None:
    limited, approved = (
        result(control=f"app-{one}") for one in ("limited-to-integration-profile", "admin-approved")
    )
    text = shown(report(limited, approved))
    assert text.index("app-admin-approved") < text.index("app-limited-to-integration-profile")
    assert "(follows from app-admin-approved)" in text


def test_what_plan_writes_is_marked_for_an_integration() -> None:
    assert "(plan writes it)" in shown(
        report(result(control="app-ip-enforced", integration="a", remediation="R."))
    )


def test_a_long_report_is_told_in_short_blocks_that_keep_the_fix() -> None:
    failed = [
        result(control=f"control-{number}", message="Wrong. " * 30, remediation="Mend it. " * 30)
        for number in range(20)
    ]
    text = shown(report(*failed))
    assert text.count("Fix: Mend it.") == 20
    assert len(text.splitlines()) <= 80
    assert len(in_view(report(*failed), full=True).splitlines()) > 80


def test_no_fix_is_cut_within_a_command_and_that_it_is_cut_is_said_once() -> None:
    command = "`az thing create " + "--option value " * 8 + "--last 'x y'`"
    fixes = [
        command,
        f"{command}, then {command}",
        f"For each: {command} and more",
        f"First this. Then {command}, so " + "on " * 40,
    ]
    failed = [
        result(control=f"c-{n}-{m}", message="Wrong. " * 30, remediation=fix)
        for n in range(10)
        for m, fix in enumerate(fixes)
    ]
    text = shown(report(*failed))
    told = " ".join(text.split())
    assert told.count("--full shows all") == 1
    assert told.count("Fix: First this. Then …") >= 5
    assert told.count("--option") % 8 == 0
    assert told.count("`") % 2 == 0
    assert max(map(len, text.splitlines())) <= 80
    whole = in_view(
        report(*failed, result(message="Very wrong. " * 200, remediation="Mend. " * 300)), full=True
    )
    assert "--full shows all" not in whole
    assert "…" not in whole


@pytest.mark.parametrize(
    ("view", "there", "gone"),
    [
        ({"only": ("unknown",)}, "UNKNOWN", "FAILED"),
        ({"only": ("failed",)}, "FAILED", "UNKNOWN"),
        ({"only": ("passed",)}, "c-control", "FAILED"),
        ({"only": ("b-control",)}, "b-control", "a-control"),
        ({"least": Severity.HIGH}, "a-control", "b-control"),
        ({"summary": True}, "NOT HARDENED", "a-control"),
        ({"quiet": True}, "1 failed, 1 unknown, 1 passed.", "Source"),
    ],
)
def test_only_some_of_it_is_shown_and_the_counts_stay(view: dict[str, Any], there: str, gone: str) -> None:
    given = report(
        result(control="a-control"),
        result(Status.UNKNOWN, control="b-control", severity=Severity.LOW),
        result(Status.PASS, control="c-control"),
    )
    text = in_view(given, **view)
    assert there in text
    assert gone not in text
    assert "1 failed, 1 unknown, 1 passed." in text


def test_a_summary_counts_the_waivers_that_are_none_any_more() -> None:
    stale = (
        "Waiver of a for 'b' expired on 2026-01-01 (owner: x).",
        "Waiver of a for 'c' is not used: nothing.",
    )
    told = in_view(report(warnings=(*stale, stale[1], "Egress of crm is old.")), summary=True)
    (line,) = (one for one in told.splitlines() if one.startswith("WAIVERS"))
    assert line == "WAIVERS 1 expired, 2 not used (check without --summary names them)"
    assert "WAIVERS" not in in_view(report(), summary=True)


def test_what_a_person_must_look_at_is_told() -> None:
    assert "LOOK YOURSELF" in shown(report(result(Status.MANUAL)))
