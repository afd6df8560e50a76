"""String literals: the escapes that SOQL has, and a refusal for those that it hasn't."""

import pytest

from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql.ast import Aggregate, Field, Query, Text, malformed


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("plain", "plain"),
        ("O\\'Neil", "O'Neil"),
        ("a\\\\b", "a\\b"),
        ("x\\ny", "x\ny"),
        ("100\\%", "100\\%"),
        ("a\\_b", "a\\_b"),
    ],
)
def test_escapes_are_resolved_but_those_of_like_stay(raw: str, value: str) -> None:
    assert Text(raw).value == value


@pytest.mark.parametrize("raw", ["\\x", "\\0", "a\\ "])
def test_an_escape_that_soql_does_not_have_is_refused(raw: str) -> None:
    with pytest.raises(RefusalError, match="Illegal string escape"):
        _ = Text(raw).value


def test_only_count_without_a_field_counts_only() -> None:
    for select, expected in (
        ((Aggregate("COUNT", ""),), True),
        ((Aggregate("COUNT", "Id"),), False),
        ((Field("Id"),), False),
    ):
        assert Query(select, "User", None, (), (), None, 0).counts_only is expected


def test_a_query_that_can_not_be_read_is_malformed() -> None:
    with pytest.raises(RefusalError) as refused:
        malformed("why")
    assert refused.value.code == "MALFORMED_QUERY"
