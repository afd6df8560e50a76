"""From the first call on: the exit code and the words are right, whatever goes wrong on the way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sfharden.errors import AuthError, NoVerdictError, PartialError, UnreachableError
from sfharden.model.snapshot import Gap
from sfharden.ports import Ending, RevokeOutcome
from sfharden.revocation.journal import Disk, Journal, resume_journal
from sfharden.revocation.pages import NoneLeftPage, OutcomePage
from sfharden.revocation.records import State
from sfharden.revocation.run import revoke

from .kit import NOW, FakeOrg, FakePerson, OpenOrg, Reading, handle, outside, request

JOURNAL = Path("j.jsonl")


@pytest.fixture(name="org")
def _org(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenOrg:
    monkeypatch.chdir(tmp_path)
    return OpenOrg(FakeOrg({1, 2, 3}))


def run(org: OpenOrg, person: FakePerson, **asked: object) -> int:
    return revoke(outside(org, person), request(journal=JOURNAL, **asked))


def states() -> list[State]:
    journal, history = resume_journal(JOURNAL, Disk(lambda: NOW))
    journal.close()
    return sorted(history.state(one) for one in history.plan.handles)


def answers(number: int, phase: str, outcome: RevokeOutcome) -> Callable[[int, str], RevokeOutcome | None]:
    return lambda at, when: outcome if (at, when) == (number, phase) else None


def test_all_gone_and_seen_to_be_gone_is_zero(org: OpenOrg) -> None:
    person = FakePerson()
    assert run(org, person) == 0
    assert (org.readings, org.fake.alive) == (2, set())
    end = person.pages[-1]
    assert isinstance(end, NoneLeftPage)
    assert end.source == "--org x"


def test_a_second_look_that_may_not_be_whole_is_four(org: OpenOrg) -> None:
    org.later = lambda: org.inventory(Gap(what="OAuth tokens", reason="own rows only", kind="OauthToken"))
    person = FakePerson()
    assert run(org, person) == 4
    assert "own rows only" in person.said[-1]
    assert not any(isinstance(page, NoneLeftPage) for page in person.pages)


def test_a_second_look_that_fails_is_four(org: OpenOrg) -> None:
    def fails() -> Reading:
        raise UnreachableError("no answer")

    org.later, person = fails, FakePerson()
    assert run(org, person) == 4
    assert "could not be counted again" in person.said[-1]
    assert not any(isinstance(page, NoneLeftPage) for page in person.pages)


def test_a_survivor_is_partial_and_named(org: OpenOrg) -> None:
    org.fake.trouble = answers(1, "before", RevokeOutcome(Ending.REVOKED))
    person = FakePerson()
    with pytest.raises(PartialError) as raised:
        run(org, person)
    assert "--resume j.jsonl" in raised.value.hint
    outcome = person.pages[-1]
    assert isinstance(outcome, OutcomePage)
    (survivor,) = org.fake.alive
    event = outcome.history.events[handle(survivor)]
    assert (event.state, event.code) == (State.FAILED, "STILL_THERE")


def test_refused_tokens_are_partial(org: OpenOrg) -> None:
    org.fake.trouble = answers(2, "before", RevokeOutcome(Ending.REFUSED, "INSUFFICIENT_ACCESS"))
    with pytest.raises(PartialError, match="1 token of the plan may still be good"):
        run(org, FakePerson())


def test_an_unknown_that_is_seen_to_be_gone_is_zero(org: OpenOrg) -> None:
    lost = RevokeOutcome(Ending.UNKNOWN, "NO_ANSWER")
    org.fake.trouble = lambda _number, phase: lost if phase == "after" else None
    assert run(org, FakePerson()) == 0


def test_a_disk_that_fills_up_is_partial_and_says_how_to_go_on(
    org: OpenOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise NoVerdictError("The journal can't be written any more, so nothing more was sent")

    monkeypatch.setattr(Journal, "ended", full)
    person = FakePerson()
    with pytest.raises(PartialError) as raised:
        run(org, person, receipt=Path("r.md"))
    assert "--resume" in raised.value.hint
    assert len(person.receipts) == 1


def test_a_session_that_ends_before_the_first_is_no_verdict_and_later_partial(org: OpenOrg) -> None:
    """3 says that nothing was done."""

    def ended(_number: int, phase: str) -> RevokeOutcome | None:
        if phase == "before" and len(org.fake.asked) >= at:
            raise AuthError("The session has ended")
        return None

    org.fake.trouble, at = ended, 1
    person = FakePerson()
    with pytest.raises(AuthError):
        run(org, person)
    assert org.fake.alive == {1, 2, 3}
    assert "It ended early. The session has ended." in person.said
    JOURNAL.unlink()
    org.fake.asked.clear()
    org.readings, at = 0, 2
    with pytest.raises(PartialError):
        run(org, FakePerson())
    assert len(org.fake.alive) == 2


def test_pages_that_nobody_takes_leave_the_deed_and_its_code_as_they_are(org: OpenOrg) -> None:
    """The plan was shown; the outcome goes to nobody."""
    org.fake.trouble = answers(1, "before", RevokeOutcome(Ending.REVOKED))
    person = FakePerson(takes=1)
    with pytest.raises(PartialError):
        run(org, person, receipt=Path("r.md"))
    assert len(org.fake.alive) == 1
    assert len(person.receipts) == 1


@pytest.mark.parametrize(
    ("person", "lost"),
    [
        (FakePerson(takes=1), "the outcome could not be printed"),
        (FakePerson(keeps=False), "the receipt could not be written"),
    ],
)
def test_success_that_could_not_be_told_is_no_success(org: OpenOrg, person: FakePerson, lost: str) -> None:
    with pytest.raises(NoVerdictError, match=f"None of the plan's tokens is left, but {lost}"):
        run(org, person, receipt=Path("r.md"))
    assert org.fake.alive == set()


def test_an_interruption_says_how_to_go_on_and_lets_go_of_the_journal(org: OpenOrg) -> None:
    class Interrupted(FakePerson):
        def progress(self, done: int, total: int) -> None:  # noqa: ARG002 - what the port has
            raise KeyboardInterrupt

    person = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        run(org, person)
    assert "Stopped. Finish it with: sfharden revoke --org x --resume j.jsonl" in person.said[-1]
    assert set(states()) <= {State.PLANNED, State.REVOKED, State.ALREADY_GONE}


def test_the_receipt_has_the_warnings_that_were_given(org: OpenOrg) -> None:
    person = FakePerson()
    assert run(org, person, receipt=Path("r.md")) == 0
    (receipt,) = person.receipts
    assert list(receipt.warnings) == person.warned
    assert receipt.warnings
    assert "Wrote the receipt r.md" in person.said
