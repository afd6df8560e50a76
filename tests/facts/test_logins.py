"""What a status means: known words only, and a text that isn't known may be anything."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.logins import (
    NEAR,
    Meaning,
    declared,
    got_in,
    latest,
    meaning,
    sources_of,
    times_of,
    wholly_declared,
)
from sfharden.model.integration import Attempt
from tests.orgs.running import ELSEWHERE, HARDENED, login

AT = HARDENED + timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Success", Meaning.SUCCESS),
        ("Restricted IP", Meaning.BY_ADDRESS),
        ("Invalid Password", Meaning.OTHERWISE),
        ("Invalid password", Meaning.OTHERWISE),
        ("Password Lockout", Meaning.OTHERWISE),
        ("User is Inactive", Meaning.OTHERWISE),
        ("User Is Frozen", Meaning.OTHERWISE),
        ("Failed: Not approved for access", Meaning.OTHERWISE),
        ("Failed: API security token required", Meaning.OTHERWISE),
        ("Failed: Computer activation required", Meaning.OTHERWISE),
        ("Failed: Computer activation pending", Meaning.OTHERWISE),
        ("Failed: Mobile License Required", Meaning.OTHERWISE),
        ("Failed: IP Address Not Allowed", Meaning.OTHERWISE),  # the app's own list
        ("Failed: Signature Invalid/Configured Certificate Mismatch", Meaning.OTHERWISE),
        ("Restricted time", Meaning.OTHERWISE),
        ("Restricted country", Meaning.OTHERWISE),
        ("Organization locked", Meaning.OTHERWISE),
        ("Failed: Something New", Meaning.FAILED),
        ("Failed", Meaning.FAILED),
        ("success", Meaning.UNKNOWN),
        ("Success ", Meaning.UNKNOWN),
        ("restricted ip", Meaning.UNKNOWN),
        ("Restricted IP ", Meaning.UNKNOWN),
        ("Login invalid", Meaning.UNKNOWN),
        ("成功", Meaning.UNKNOWN),
        ("Échec de la connexion", Meaning.UNKNOWN),
        ("Fehlgeschlagen", Meaning.UNKNOWN),
        ("", Meaning.UNKNOWN),
        ("\u200bSuccess", Meaning.UNKNOWN),
    ],
)
def test_what_a_status_means(status: str, expected: Meaning) -> None:
    assert meaning(status) is expected


@given(st.text())
def test_no_other_text_is_a_success_or_a_refusal_by_address(status: str) -> None:
    assert (meaning(status) is Meaning.SUCCESS) is (status == "Success") is got_in(login(status=status))
    assert (meaning(status) is Meaning.BY_ADDRESS) is (status == "Restricted IP")


@pytest.mark.parametrize(
    ("at", "source", "expected"),
    [
        (AT, ELSEWHERE, True),
        (AT + NEAR, ELSEWHERE, True),
        (AT - NEAR, f"::ffff:{ELSEWHERE}", True),
        (AT + NEAR + timedelta(seconds=1), ELSEWHERE, False),
        (AT - NEAR - timedelta(seconds=1), ELSEWHERE, False),
        (AT, "100.64.3.3", False),
        (AT - timedelta(hours=9), ELSEWHERE, True),  # the first of ten
        (AT - timedelta(hours=5), ELSEWHERE, False),  # one between, of which nothing is known
    ],
)
def test_an_attempt_is_told_by_address_and_time(at: object, source: str, expected: bool) -> None:
    ten = login(source=ELSEWHERE, status="?", times=10)
    one = Attempt.model_validate({"at": at, "from": source})
    assert declared(ten, [one], HARDENED) is expected
    assert not declared(ten, [], HARDENED)
    assert not declared(ten._replace(source_ip="Salesforce.com IP"), [one], HARDENED)


def test_an_attempt_before_the_hardening_counts_for_nothing() -> None:
    over = login(source=ELSEWHERE, status="?", days=0.1, times=10)  # the first of them was before
    early = Attempt.model_validate({"at": over.first, "from": ELSEWHERE})
    assert over.first < HARDENED < over.last
    assert not declared(over, [early], HARDENED)
    assert declared(over, [early], over.first)


def test_what_others_did_from_that_address_is_not_declared_by_it() -> None:
    """A phone's address may be many people's: of ten logins within nine hours, one was the operator's."""
    one = Attempt.model_validate({"at": AT, "from": ELSEWHERE})
    assert wholly_declared(login(source=ELSEWHERE, status="?"), [one])
    assert not wholly_declared(login(source=ELSEWHERE, status="?", times=10), [one])
    again = login(source=ELSEWHERE, status="?", times=3)._replace(first=AT - NEAR)
    assert wholly_declared(again, [one])
    assert not wholly_declared(again._replace(source_ip="Salesforce.com IP"), [one])
    assert wholly_declared(again._replace(times=5), [one])  # with the retries that a workflow makes
    assert not wholly_declared(again._replace(times=6), [one])


def test_logins_in_words() -> None:
    found = [login(times=3), login(source="192.0.2.4"), login(source="words", days=2)]
    assert times_of(found, HARDENED) == "5 logins"
    assert times_of([login(days=0.1, times=30)], HARDENED) == "up to 30 logins"
    assert sources_of(found) == "192.0.2.3-192.0.2.4"
    assert latest(found) == found[2]
    assert latest([]) is None
