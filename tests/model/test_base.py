"""What every noun has in common: it can't be changed, and it knows its own fields only."""

import pytest
from pydantic import Field, ValidationError

from sfharden.model.base import Model


class Noun(Model):
    """One of them."""

    name: str
    list_: tuple[str, ...] = Field(default=(), alias="list")


def test_a_noun_can_not_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Noun(name="a").name = "b"  # type: ignore[misc]


def test_an_unknown_field_is_an_error_and_not_let_pass() -> None:
    with pytest.raises(ValidationError, match="nmae"):
        Noun.model_validate({"name": "a", "nmae": "b"})


def test_a_field_goes_by_its_name_in_code_and_by_its_alias_in_files() -> None:
    assert Noun(name="a", list_=("x",)) == Noun.model_validate({"name": "a", "list": ["x"]})
