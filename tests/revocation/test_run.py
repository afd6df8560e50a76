"""The order of the deed: nothing is sent before it was read, shown, warned of, consented to and noted."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sfharden.errors import DeclinedError, InputError, NoVerdictError, PartialError, UsageError
from sfharden.model.org import ONLY_OWN_ROWS
from sfharden.model.snapshot import Gap
from sfharden.ports import Ending, RevokeOutcome
from sfharden.revocation.history import History
from sfharden.revocation.journal import Disk, resume_journal
from sfharden.revocation.pages import DryRunPage, JournalPage, NoneLeftPage, NotePage, OutcomePage, PlanPage
from sfharden.revocation.records import State, head_of
from sfharden.revocation.run import own_login, revoke, take_up
from sfharden.revocation.select import Selection

from .kit import (
    NOW,
    FakeOrg,
    FakePerson,
    OpenOrg,
    handle,
    header_of,
    outside,
    plan_of,
    request,
    snapshot,
    typed_from,
)

OWN_ONLY = Gap(what="OAuth tokens", reason=ONLY_OWN_ROWS, kind="OauthToken")
NOT_ALL = Gap(what="OAuth tokens", reason="the org answered no", kind="OauthToken")


@pytest.fixture(name="org")
def _org(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenOrg:
    monkeypatch.chdir(tmp_path)
    return OpenOrg(FakeOrg({1, 2, 3}))


def untouched(org: OpenOrg) -> bool:
    """Nothing was sent, and no journal was begun."""
    return not org.fake.asked and not list(Path.cwd().iterdir())


def test_a_dry_run_shows_every_token_asks_nobody_and_touches_nothing(org: OpenOrg) -> None:
    person = FakePerson()
    assert revoke(outside(org, person), request(dry_run=True, expect=None)) == 0
    plan, note = person.pages
    assert isinstance(plan, PlanPage)
    assert plan.whole
    assert set(plan.plan.handles) == {handle(1), handle(2), handle(3)}
    assert isinstance(note, DryRunPage)
    assert (person.asked, org.readings) == ([], 1)
    assert untouched(org)


def test_what_is_asked_for_is_what_was_shown(org: OpenOrg) -> None:
    person = FakePerson(types=typed_from)
    assert revoke(outside(org, person), request(expect=None)) == 0
    plan, outcome, end = person.pages
    assert isinstance(plan, PlanPage)
    assert plan.plan.fingerprint in person.asked[0]
    assert isinstance(outcome, OutcomePage)
    assert isinstance(end, NoneLeftPage)
    assert org.fake.alive == set()
    assert person.told[-1] == (3, 3)


@pytest.mark.parametrize("typed", [None, "", "\n", "y\n", "ABCDEFGH\n"])
def test_without_consent_nothing_is_touched(org: OpenOrg, typed: str | None) -> None:
    with pytest.raises(DeclinedError, match="nothing was revoked"):
        revoke(outside(org, FakePerson(types=lambda _: typed)), request(expect=None))
    assert untouched(org)


def test_who_expects_another_number_is_declined_and_not_asked(org: OpenOrg) -> None:
    person = FakePerson(types=typed_from)
    with pytest.raises(DeclinedError, match="2 tokens were expected and 3 are selected"):
        revoke(outside(org, person), request(expect=2))
    assert not person.asked
    assert untouched(org)


def test_a_plan_that_nobody_sees_is_not_carried_out(org: OpenOrg) -> None:
    with pytest.raises(BrokenPipeError):
        revoke(outside(org, FakePerson(takes=0)), request())
    assert untouched(org)


@pytest.mark.parametrize("accepted", [True, False])
def test_who_is_not_told_who_is_signed_in_revokes_nothing(org: OpenOrg, accepted: bool) -> None:
    """This run's own token could be among them."""
    org.how = "access token"
    org.first = lambda: org.inventory(caller="")
    with pytest.raises(NoVerdictError, match="own token"):
        revoke(outside(org, FakePerson()), request(accept_incomplete=accepted))
    assert untouched(org)


def test_a_list_that_may_lack_some_is_declined_unless_accepted_and_then_incomplete(org: OpenOrg) -> None:
    org.first = lambda: org.inventory(NOT_ALL)
    person = FakePerson()
    with pytest.raises(DeclinedError, match="the org answered no"):
        revoke(outside(org, person), request())
    assert "INCOMPLETE" in person.warned[-1]
    assert untouched(org)
    org.readings = 0
    assert revoke(outside(org, FakePerson()), request(accept_incomplete=True)) == 4


def test_nothing_selected_is_said_and_nothing_is_asked(org: OpenOrg) -> None:
    org.fake.alive.clear()
    person = FakePerson()
    assert revoke(outside(org, person), request(expect=None)) == 0
    assert person.pages[-1] == NotePage("There is nothing to revoke.")
    assert not person.asked
    assert untouched(org)


def test_if_only_its_own_tokens_are_selected_it_does_not_say_that_none_is_left(org: OpenOrg) -> None:
    org.how = "access token"
    org.first = lambda: org.inventory(caller="u1")
    with pytest.raises(DeclinedError, match="they are spared"):
        revoke(outside(org, FakePerson()), request(expect=None))
    assert untouched(org)


def test_a_receipt_in_place_of_the_journal_is_refused_before_anything_is_begun(org: OpenOrg) -> None:
    person = FakePerson()
    revoke(outside(org, person), request(dry_run=True, expect=None))
    (plan, _) = person.pages
    assert isinstance(plan, PlanPage)
    receipt = Path(f"revocation-{plan.plan.fingerprint}.jsonl")
    with pytest.raises(UsageError, match="can't be one file"):
        revoke(outside(org, FakePerson()), request(receipt=receipt))
    assert untouched(org)


def test_the_journal_tells_who_did_what_by_which_consent(org: OpenOrg) -> None:
    assert revoke(outside(org, FakePerson()), request(journal=Path("j.jsonl"))) == 0
    journal, history = resume_journal(Path("j.jsonl"), Disk(lambda: NOW))
    journal.close()
    header = history.header
    assert (header.who.username, header.who.account) == ("u9@acme.example", "op")
    assert (header.who.how, header.approved) == ("JWT bearer", "number expected, --yes")
    assert header.tool.version == "test"


# Taking up what another run left ----------------------------------------------------------------


def left_over(org: OpenOrg) -> Path:
    """A journal of three tokens, of which the second was refused."""
    refused = RevokeOutcome(Ending.REFUSED, "INSUFFICIENT_ACCESS")
    org.fake.trouble = lambda number, phase: refused if (number, phase) == (2, "before") else None
    with pytest.raises(Exception, match="may still be good"):
        revoke(outside(org, FakePerson()), request(journal=Path("j.jsonl")))
    org.fake.trouble = lambda _number, _phase: None
    org.readings = 0
    return Path("j.jsonl")


def resume(org: OpenOrg, person: FakePerson, path: Path, **asked: object) -> int:
    bare = {"selection": Selection(), "expect": 1}
    return take_up(outside(org, person), path, request(**{**bare, **asked}))


def test_what_is_left_is_shown_as_the_org_tells_it_and_asked_for_again(org: OpenOrg) -> None:
    path, person = left_over(org), FakePerson(types=typed_from)
    (alive,) = org.fake.alive
    assert resume(org, person, path, expect=None) == 0
    assert org.fake.alive == set()
    page = person.pages[0]
    assert isinstance(page, JournalPage)
    assert page.left.handles == (handle(alive),)
    assert page.left.fingerprint in person.asked[0]
    (again,) = told(path).resumed
    assert (again.approved, again.fingerprint) == ("fingerprint typed", page.left.fingerprint)


@pytest.mark.parametrize("typed", [None, "", "y\n", "ABCDEFGH\n"])
def test_without_consent_to_what_is_left_nothing_is_done(org: OpenOrg, typed: str | None) -> None:
    path = left_over(org)
    before, content = len(org.fake.asked), path.read_bytes()
    with pytest.raises(DeclinedError, match="nothing was revoked"):
        resume(org, FakePerson(types=lambda _: typed), path, expect=None)
    with pytest.raises(DeclinedError, match="2 tokens were expected and 1 is left"):
        resume(org, FakePerson(), path, expect=2)
    assert (len(org.fake.asked), path.read_bytes()) == (before, content)


def test_where_nothing_is_left_nobody_is_asked(org: OpenOrg) -> None:
    path, person = left_over(org), FakePerson()
    org.fake.alive.clear()
    assert resume(org, person, path, expect=None) == 0
    assert (person.asked, told(path).counts()[State.ALREADY_GONE]) == ([], 1)


def told(path: Path) -> History:
    journal, history = resume_journal(path, Disk(lambda: NOW))
    journal.close()
    return history


@pytest.mark.parametrize("seed", range(5))
def test_a_journal_with_any_byte_changed_is_refused_or_does_the_same(org: OpenOrg, seed: int) -> None:
    """500 bytes in all: head, plan and events. Not one leads to a token that nobody consented to."""
    path, chance = left_over(org), random.Random(seed)  # noqa: S311 - made-up damage
    content, alive = path.read_bytes(), set(org.fake.alive)
    org.fake.alive |= {7, 8}
    refused = 0
    for _ in range(100):
        at = chance.randrange(len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ chance.randrange(1, 256)]) + content[at + 1 :])
        org.fake.alive |= alive
        org.fake.asked.clear()
        try:
            assert resume(org, FakePerson(), path) == 0
        except (InputError, DeclinedError, PartialError):
            refused += 1
        assert set(org.fake.asked) <= {handle(one) for one in alive}
        assert org.fake.alive >= {7, 8}
    assert refused > 50


def test_a_plan_that_was_widened_and_sealed_again_is_not_carried_out(org: OpenOrg) -> None:
    """A seal has no key: what guards then are the org's own list, and whoever is asked."""
    path = left_over(org)
    org.fake.alive |= {7, 8}
    history = told(path)
    for lie, expected in (({}, DeclinedError), ({"app": "Another"}, InputError)):
        more = plan_of([7]).tokens[0].model_copy(update=lie)
        wider = history.plan.model_copy(update={"tokens": (*history.plan.tokens, more)})
        head = header_of(wider).model_copy(update={"approved": history.header.approved})
        path.write_bytes(head_of(head))
        org.fake.asked.clear()
        with pytest.raises(expected):
            resume(org, FakePerson(), path)
        assert org.fake.asked == []


def cut_off(org: OpenOrg) -> None:
    org.first = lambda: org.inventory(NOT_ALL)


def unseen(org: OpenOrg) -> None:
    org.how = "access token"
    org.first = lambda: org.inventory(caller="")


@pytest.mark.parametrize("trouble", [cut_off, unseen])
def test_a_journal_that_was_not_taken_up_can_be_taken_up_again(
    org: OpenOrg, trouble: Callable[[OpenOrg], None]
) -> None:
    path = left_over(org)
    before, content = len(org.fake.asked), path.read_bytes()
    trouble(org)
    with pytest.raises((DeclinedError, NoVerdictError)):
        resume(org, FakePerson(), path)
    assert (len(org.fake.asked), path.read_bytes()) == (before, content)
    org.first, org.how = None, "JWT bearer"
    assert resume(org, FakePerson(), path) == 0


def test_a_journal_page_that_nobody_sees_ends_it(org: OpenOrg) -> None:
    path = left_over(org)
    before = len(org.fake.asked)
    with pytest.raises(BrokenPipeError):
        resume(org, FakePerson(takes=0), path)
    assert len(org.fake.asked) == before


def test_tokens_that_may_be_its_own_are_spared_and_told(org: OpenOrg) -> None:
    path, person = left_over(org), FakePerson()
    org.how = "access token"
    org.first = org.later = lambda: org.inventory(caller="u1")
    with pytest.raises(Exception, match="1 token of the plan may still be good"):
        resume(org, person, path)
    assert "1 token of the plan may be this run's own login: spared" in person.warned
    assert len(org.fake.alive) == 1


def test_a_login_that_was_shown_others_before_sees_its_own_alone_once_all_others_are_gone(
    org: OpenOrg,
) -> None:
    path = left_over(org)
    org.first = org.later = lambda: org.inventory(OWN_ONLY)
    assert resume(org, FakePerson(), path) == 0


def test_another_login_that_sees_its_own_alone_has_not_seen_all(org: OpenOrg) -> None:
    path = left_over(org)
    org.first = lambda: org.inventory(OWN_ONLY, caller="u8")
    with pytest.raises(DeclinedError, match="Not every token could be seen"):
        resume(org, FakePerson(), path)


@pytest.mark.parametrize(
    ("how", "apps", "sure"),
    [
        ("JWT bearer", (), True),
        ("client credentials", (), True),
        ("Salesforce CLI", ("Salesforce CLI",), False),
        ("access token", (), False),
        ("a way that comes later", (), False),
    ],
)
def test_only_a_login_without_a_token_is_sure_of_it(how: str, apps: tuple[str, ...], sure: bool) -> None:
    own = own_login(snapshot(), how)
    assert (own.user_id, own.apps, own.sure) == ("u9", apps, sure)
