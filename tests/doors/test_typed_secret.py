"""Secrets from the environment, or typed where somebody is there to type."""

import pytest

from sfharden.doors import typed_secret
from sfharden.errors import UsageError


def test_the_environment_goes_first_and_nobody_at_a_terminal_is_asked_nothing() -> None:
    assert typed_secret.secret_of({"NAME": "hush"}, "NAME", "word").reveal() == "hush"
    with pytest.raises(UsageError, match="There is no word") as refused:
        typed_secret.secret_of({}, "NAME", "word")
    assert "NAME" in refused.value.hint


def test_a_person_types_it_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def prompt(_: str, **how: object) -> str:
        asked.append(how)
        return "typed"

    monkeypatch.setattr(typed_secret, "is_terminal", lambda _: True)
    monkeypatch.setattr("click.prompt", prompt)
    assert typed_secret.secret_of({"NAME": ""}, "NAME", "word").reveal() == "typed"
    assert asked == [{"hide_input": True, "err": True}]
