"""Names stay names and comments stay comments, whatever they hold."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from sfharden.report.init_lines import comments, guess, quoted

ANY = st.text(max_size=60)


@given(ANY)
def test_a_quoted_name_is_read_as_it_was(name: str) -> None:
    assert yaml.safe_load(f"- {quoted(name)}") == [name]


@given(st.lists(ANY, max_size=5), ANY)
def test_a_comment_is_one_line_that_says_nothing_to_yaml(lines: list[str], why: str) -> None:
    told = [*comments(lines), guess(why, "  ")]
    assert all(len(one.splitlines()) == 1 and one.lstrip().startswith("#") for one in told)
    assert yaml.safe_load("\n".join(told)) is None


def test_many_are_cut_and_counted() -> None:
    assert list(comments(str(one) for one in range(45)))[-1] == "    #   and 5 more"
    assert (list(comments([])), list(comments([], none=""))) == (["    #   none"], [])
