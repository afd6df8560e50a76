"""What is wrong with the integration file itself, before anything that rests on it."""

from sfharden.report.mend_first import mend_first
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width


def test_nothing_is_said_where_nothing_is_wrong() -> None:
    assert mend_first((), Terminal()) == ""


def test_each_thing_is_a_line_of_its_own_and_harmless() -> None:
    hostile = "x, app: no app named '\x1b[2J\u202e名前' was read. " + "Did you mean 'y'? " * 20
    text = mend_first(
        ("crm-sync, users: EDIT@example.invalid still stands there as init wrote it", hostile), Terminal()
    )
    assert text.splitlines()[0] == "MEND THE INTEGRATION FILE FIRST (what rests on this can't be right)"
    assert text.count("\n- ") == 2
    assert not any(character in text for character in "\x1b\u202e")
    assert max(map(display_width, text.splitlines())) <= 80
