"""JUnit: valid by its schema; a suite an integration, a case a control and subject; what isn't known is skipped, and why."""

from xml.etree import ElementTree

import pytest

from sfharden.model.results import Evidence, Report, Status
from tests.published import against_junit

from .forms_kit import every_state, hostile_report, named, report, shown


def root_of(given: Report) -> ElementTree.Element:
    text = shown(given, "junit")
    assert against_junit(text) == []
    return ElementTree.fromstring(text)  # noqa: S314 - our own text


@pytest.mark.parametrize(
    "given", [every_state(), hostile_report(), report()], ids=["states", "hostile", "none"]
)
def test_it_is_valid(given: Report) -> None:
    root_of(given)


def test_unknown_is_skipped_with_its_reason_and_a_failure_has_its_fix() -> None:
    place = (Evidence(what="w", observed="o", source="a.profile:3"),)
    given = report(
        named(Status.UNKNOWN, "U", message="Can't tell: <why>."),
        named(Status.FAIL, "F", remediation="Do so.", evidence=place),
    )
    root = root_of(given.model_copy(update={"folder": ""}))
    (skipped,) = root.iter("skipped")
    (failure,) = root.iter("failure")
    assert skipped.get("message") == "unknown: Can't tell: <why>."
    assert failure.text == "T. At: a.profile:3. Fix: Do so."


def test_a_case_has_a_name_of_its_own_even_where_two_names_look_alike() -> None:
    given = report(
        named(Status.FAIL, "A\u200b"), named(Status.FAIL, "A\u200c"), named(Status.FAIL, "A", integration="i")
    )
    root = root_of(given)
    names = [(one.get("classname"), one.get("name")) for one in root.iter("testcase")]
    assert len(set(names)) == 3
    assert {one.get("name") for one in root.iter("testsuite")} == {"org", "i"}
    assert all(f"[{one.fingerprint}]" in str(names) for one in given.results)
