"""What the page says first: hardened is never said of what nobody looked at, and causes come before consequences."""

from datetime import date
from typing import Any

from sfharden.checks.page_facts import PageFacts
from sfharden.model.results import Evidence, Report, Result, Severity, Status, Subject, Waived
from sfharden.report.check_sections import evidence_of, sections_of

from .test_check_table import report, result

MINE: dict[str, Any] = {"integration": "crm-sync"}
WAIVED = Waived(reason="agreed", owner="ada", expires=date(2027, 1, 31))
NONE = PageFacts()


def judged(*results: Result, **changes: Any) -> Report:
    return report(*results, **{"integrations": ("crm-sync",), **changes})


def test_what_is_wrong_with_the_integration_file_keeps_it_from_being_called_hardened() -> None:
    given = judged(result(Status.PASS, **MINE), to_mend=("crm-sync, users: nobody is named so",))
    assert sections_of(given, NONE).headline.word == "Not known"
    assert sections_of(given, NONE).todos[0].text == "crm-sync, users: nobody is named so"


def test_the_first_things_to_do_are_causes_and_never_more_than_three() -> None:
    names = ("app-limited-to-integration-profile", "app-admin-approved", "c-one", "c-two", "c-three")
    todos = sections_of(
        judged(*(result(control=name, remediation=name, **MINE) for name in names)), NONE
    ).todos
    assert [one.text for one in todos] == ["app-admin-approved", "c-one", "c-three"]


def test_the_severest_thing_to_do_stands_first_and_of_two_the_one_on_which_more_rests() -> None:
    given = [
        result(control="a-alone", remediation="a-alone", **MINE),
        result(control="login-ranges-bounded", remediation="cause", **MINE),
        result(control="app-ip-enforced", remediation="follows", **MINE),
        result(control="z-worst", remediation="z-worst", severity=Severity.CRITICAL),
    ]
    assert [one.text for one in sections_of(judged(*given), NONE).todos] == ["z-worst", "cause", "a-alone"]


def test_what_makes_the_unknown_known_stands_with_it() -> None:
    facts = PageFacts(remedies={"A message.": "Grant it."}, rationales={"a-control": "Because."})
    (one,) = sections_of(judged(result(Status.UNKNOWN, **MINE)), facts).unknown
    assert (one.remedy, one.why) == ("Grant it.", "Because.")
    (other,) = sections_of(judged(result(**MINE)), facts).failed
    assert other.remedy == ""


def test_the_waiver_that_ends_first_stands_first() -> None:
    soon = WAIVED.model_copy(update={"expires": date(2026, 12, 1)})
    given = judged(result(control="a", waived=WAIVED), result(control="b", waived=soon))
    assert [(one.result.control, one.soon) for one in sections_of(given, NONE).waived] == [
        ("b", True),
        ("a", False),
    ]


def test_a_day_that_is_none_makes_no_waiver_end_soon() -> None:
    (one,) = sections_of(judged(result(waived=WAIVED), as_of="some day"), NONE).waived
    assert one.soon is False


def test_names_that_give_the_same_letters_get_two_anchors() -> None:
    found = sections_of(judged(result(control="a b"), result(control="a-b")), NONE).failed
    assert len({one.anchor for one in found}) == 2


def test_evidence_is_told_once_and_not_where_it_only_repeats_the_message() -> None:
    told, again = Evidence(what="reason", observed="A message."), Evidence(what="w", observed="o", source="s")
    assert evidence_of(result(evidence=(told, again, again))) == (again,)
    placed = told.model_copy(update={"source": "A.profile"})
    assert evidence_of(result(evidence=(placed,))) == (placed,)


def test_what_the_baseline_has_is_not_called_hardened() -> None:
    known = result(known=True, **MINE)
    given = judged(result(Status.PASS, control="b", **MINE), known)
    assert sections_of(given, NONE).headline.word == "Nothing new"
    assert [one.block.control for one in sections_of(given, NONE).known] == ["a-control"]


def test_a_thing_to_do_says_whose_it_is() -> None:
    def about(*results: Result) -> str:
        return sections_of(judged(*results), NONE).todos[0].about

    one, other = (Subject(kind="profile", name=name) for name in ("Admin", "Sales"))
    assert about(result(**MINE)) == "crm-sync"
    assert about(result(subject=one)) == "profile Admin"
    assert about(result(subject=one), result(subject=other)) == "profile Admin and 1 more"
    assert about(result(subject=Subject(kind="org", name="Acme"))) == "the org as a whole"
