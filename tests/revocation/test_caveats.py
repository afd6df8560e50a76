"""What is told before consent: each token that stays, and why; what is spared; what was not seen."""

from sfharden.revocation.caveats import caveats, deceiving
from sfharden.revocation.inventory import OwnLogin
from sfharden.revocation.select import Selected, UnknownToken

from .kit import NOBODY, plan_of, snapshot, token


def told(selected: Selected, own: OwnLogin = NOBODY, gap: str = "") -> list[str]:
    plan = plan_of([]).model_copy(update={"gap": gap})
    return list(caveats(plan, selected, own, snapshot()))


def test_what_could_not_be_told_is_counted_by_reason() -> None:
    unknown = tuple(UnknownToken(token(n), "its app was not told") for n in range(30))
    other = UnknownToken(token(40), "its user was not read\x1b[2J")
    first, second = told(Selected((), (*unknown, other), ()))
    assert "30 tokens can't be told to be meant, and stay: its app was not told" in first
    assert "and 10 more" in first
    assert "1 token" in second
    assert "\x1b" not in second


def test_its_own_tokens_are_told_as_sure_as_they_are() -> None:
    mine = (token(1), token(2))
    (line,) = told(Selected((), (), mine), OwnLogin("u1", ("Salesforce CLI",), True))
    assert line.startswith("2 tokens of this run's own login: spared")
    (line,) = told(Selected((), (), mine), OwnLogin("u1", (), False))
    assert "one of which may be this run's own" in line


def test_what_was_not_seen_comes_last_and_a_whole_list_needs_no_word() -> None:
    assert told(Selected((), (), ()), gap="OauthToken was not read") == [
        "INCOMPLETE: OauthToken was not read"
    ]
    assert told(Selected((), (), ())) == []


def test_an_app_that_is_taken_for_another_is_told_whether_that_one_is_planned_or_not() -> None:
    fake = plan_of([1]).tokens[0].model_copy(update={"app": "Sy\u0578c"})
    plan = plan_of([]).model_copy(update={"tokens": (fake,)})
    (line,) = deceiving(plan, snapshot())
    assert line == "The app 'Sy\u0578c' looks like 'Sync', and is another one"
    assert list(deceiving(plan_of([1]), snapshot([token(1)]))) == []
