"""The word on top of the page: hardened is never said of what nobody looked at, on neither side."""

from datetime import date

import pytest

from sfharden.model.results import Result, Status, Waived
from sfharden.report.check_headline import headline_of

from .test_check_checklist import azure
from .test_check_sections import MINE, judged
from .test_check_table import result

WAIVED = Waived(reason="agreed", owner="ada", expires=date(2027, 1, 31))


@pytest.mark.parametrize(
    ("results", "word"),
    [
        ((result(Status.PASS, **MINE),), "Hardened"),
        ((result(Status.PASS, **MINE), result(control="b", waived=WAIVED, **MINE)), "Hardened"),
        ((result(Status.PASS, **MINE), result(control="b", **MINE)), "Not hardened"),
        ((result(Status.PASS, **MINE), result(control="b")), "Not hardened"),
        ((result(Status.PASS, **MINE), result(Status.UNKNOWN, control="b", **MINE)), "Not known"),
        ((), "Not known"),
        ((result(Status.PASS),), "Not known"),
        ((result(Status.NOT_APPLICABLE, **MINE), result(Status.MANUAL, control="b", **MINE)), "Not known"),
        ((result(waived=WAIVED, **MINE),), "Not known"),
    ],
)
def test_hardened_needs_a_pass_and_nothing_against_it(results: tuple[Result, ...], word: str) -> None:
    assert headline_of(judged(*results)).word == word


def test_one_integration_of_which_nothing_is_known_is_named() -> None:
    found = headline_of(judged(result(Status.PASS, **MINE), integrations=("crm-sync", "other")))
    assert (found.word, "for other" in found.text) == ("Not known", True)


def test_a_good_word_says_what_it_does_not_speak_of() -> None:
    text = headline_of(judged(result(Status.PASS, **MINE))).text
    assert "steps of the checklist. Azure was not read." in text


def test_an_org_alone_is_never_called_hardened() -> None:
    assert headline_of(judged(result(Status.PASS), integrations=())).word == "Nothing found"


def test_what_was_accepted_is_said_beside_the_verdict() -> None:
    found = headline_of(judged(result(Status.PASS, **MINE), result(control="b", waived=WAIVED, **MINE)))
    assert "1 result accepted by waivers." in found.text


def test_what_only_the_baseline_has_is_nothing_new_and_not_hardened() -> None:
    known = result(known=True, **MINE)
    assert headline_of(judged(result(Status.PASS, control="b", **MINE), known)).word == "Nothing new"
    assert headline_of(judged(known, result(control="c", **MINE))).word == "Not hardened"


def test_azure_was_read_only_for_the_integrations_that_have_a_result_there() -> None:
    mine, org = result(Status.PASS, **MINE), result(Status.PASS, control="b", integration="other")
    both = {"integrations": ("crm-sync", "other")}
    assert "Azure was not read." in headline_of(judged(mine, org, **both)).text
    one = azure("logic-app-keys-rotated", integration="crm-sync")
    assert "Azure was not read for other." in headline_of(judged(mine, org, one, **both)).text
    text = headline_of(judged(mine, one)).text
    assert "Azure" not in text
    assert "Not judged: 21 steps" in text
