"""Why a sign-in was refused: known reasons with the hint that fits, other programs' words without anything secret."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.salesforce.sign_in_reasons import hint_for, known_reason, shown

CLI = "Error authenticating with the refresh token due to: {}"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("ip restricted", "login ranges"),
        ("IP Restricted", "login ranges"),
        ("ip restricted by app developer", "Refresh Token IP Allowlist"),
        ("expired access/refresh token", "Sign in again"),
        ("inactive user", "another one"),
        ("authentication failure", "Sign in again"),
    ],
)
def test_a_known_reason_has_the_hint_that_fits(said: str, words: str) -> None:
    for text in (said, CLI.format(said), f"Unable to refresh session due to: {CLI.format(said)}"):
        assert words in hint_for(known_reason(text))


@pytest.mark.parametrize("said", ["", "grant type not supported", "ip", "restricted"])
def test_other_words_have_none(said: str) -> None:
    assert known_reason(said) == hint_for(known_reason(said)) == ""


@given(secret=st.text(string.ascii_letters + string.digits + "!._-", min_size=32, max_size=120))
def test_whatever_may_be_a_secret_is_not_shown(secret: str) -> None:
    for text in (f"failed for {secret}", f"failed:{secret}", f"x ({secret})", f"Bearer {secret}"):
        assert secret not in shown(text)


@pytest.mark.parametrize("secret", ["00Dxx0000000001!AQ.short", "5Aep861zMx.short.but.a.refresh.token"])
def test_what_has_the_shape_of_a_token_is_not_shown(secret: str) -> None:
    assert secret not in shown(f"no {secret} there")


def test_words_are_kept_and_fit_one_line() -> None:
    assert shown(CLI.format("ip restricted")) == CLI.format("ip restricted")
    assert shown("two\nlines\x1b[2J") == "two lines�[2J"
    assert len(shown("word " * 200)) <= 200
