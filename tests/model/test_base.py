"""What every noun has in common: it can't be changed, and it knows its own fields only."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from sfharden.model.base import EARLIEST, LATEST, Model, Moment, is_moment


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


@pytest.mark.parametrize(
    ("at", "good"),
    [
        (EARLIEST, True),
        (EARLIEST - timedelta(seconds=1), False),
        (LATEST - timedelta(seconds=1), True),
        (LATEST, False),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=14))), False),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), False),
    ],
)
def test_a_file_and_an_answer_may_hold_the_same_moments(at: datetime, good: bool) -> None:
    assert is_moment(at) == good
    kind = TypeAdapter[datetime](Moment)
    if not good:
        with pytest.raises(ValidationError):
            kind.validate_json(f'"{at.isoformat()}"')
        return
    assert kind.validate_json(f'"{at.isoformat()}"') == at
    assert at.astimezone(UTC) - timedelta(days=366 * 10) < at
