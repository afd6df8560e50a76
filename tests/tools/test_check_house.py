"""The rules of the house: each breach is told once, with its place, and what is allowed is let pass."""

import pytest

from sfharden.cli import COMMANDS
from tools.check_house import MOST_LISTED, ROOT, House, complaints, is_forbidden, own_test, read_house

TEST = "def test_it() -> None: ...\n"
CODE = "def work() -> None: ...\n"
TIDY = {
    "sfharden/__init__.py": '"""The program."""\n',
    "sfharden/addresses.py": CODE,
    "sfharden/plan/draft.py": "class Draft:\n    pass\n",
    "sfharden/emulator/soql/run.py": "class Draft:\n    pass\n",
    "sfharden/report/plan_table.py": CODE,
    "tests/test_addresses.py": TEST,
    "tests/plan/test_draft.py": TEST,
    "tests/emulator/soql/test_run.py": TEST,
    "tests/report/test_plan_table.py": TEST,
}


def told(changes: dict[str, str | None] | None = None, **listed: dict[str, str]) -> list[str]:
    """What is said of the tidy house with some files changed, or taken away (None)."""
    files = {**TIDY, **(changes or {})}
    kept = {path: text for path, text in files.items() if text is not None}
    return list(complaints(House(kept, {"plan", "check"}, **listed)))


def test_this_house_is_as_the_rules_say() -> None:
    assert list(complaints(read_house(ROOT, COMMANDS))) == []


def test_a_tidy_house_gives_no_complaint() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("module", "test"),
    [
        ("sfharden/addresses.py", "tests/test_addresses.py"),
        ("sfharden/plan/draft.py", "tests/plan/test_draft.py"),
        ("sfharden/sources/org/read.py", "tests/sources/org/test_read.py"),
    ],
)
def test_where_the_test_of_a_module_stands(module: str, test: str) -> None:
    assert own_test(module) == test


def test_a_module_without_a_test_is_told_unless_it_is_listed() -> None:
    gone: dict[str, str | None] = {"tests/plan/test_draft.py": None}
    assert told(gone) == ["sfharden/plan/draft.py: has no test at tests/plan/test_draft.py"]
    assert told(gone, untested={"sfharden/plan/draft.py": "types only"}) == []


def test_a_file_without_a_test_in_it_is_no_test() -> None:
    (line,) = told({"tests/plan/test_draft.py": '"""Tests of drafts: test_later."""\n'})
    assert line == "tests/plan/test_draft.py: holds no test, and sfharden/plan/draft.py needs one"


def test_an_init_counts_once_it_defines_anything() -> None:
    (line,) = told({"sfharden/plan/__init__.py": CODE})
    assert line.startswith("sfharden/plan/__init__.py: has no test")
    assert told({"sfharden/plan/__init__.py": "from sfharden.plan.draft import Draft\n"}) == []


@pytest.mark.parametrize(
    ("module", "reason", "said"),
    [
        ("sfharden/plan/draft.py", "types only", "sfharden/plan/draft.py is listed, and has a test"),
        (
            "sfharden/plan/gone.py",
            "types only",
            "sfharden/plan/gone.py is listed, and there is no such module",
        ),
    ],
)
def test_what_is_listed_for_nothing_is_told(module: str, reason: str, said: str) -> None:
    (line,) = told(untested={module: reason})
    assert line.endswith(said)


def test_a_reason_is_needed() -> None:
    (line,) = told({"tests/plan/test_draft.py": None}, untested={"sfharden/plan/draft.py": " "})
    assert line.endswith("is listed without a reason")


def test_the_list_stays_short() -> None:
    many: dict[str, str | None] = {f"sfharden/plan/m{number}.py": CODE for number in range(MOST_LISTED + 1)}
    (line,) = told(many, untested=dict.fromkeys(many, "why not"))
    assert "26 modules without a test are more than 25" in line


def test_two_classes_of_one_name_are_told_but_not_those_of_the_emulator() -> None:
    again = "class Draft(Base):\n    class Inner: ...\n"
    (line,) = told({"sfharden/addresses.py": again})
    assert line == "sfharden/plan/draft.py: the class Draft is in sfharden/addresses.py too"


def test_private_classes_may_share_a_name() -> None:
    private = "class _Found: ...\n"
    assert told({"sfharden/addresses.py": CODE + private, "sfharden/plan/draft.py": private}) == []


@pytest.mark.parametrize(
    "name", ["hole", "a_hole", "HOLES", "NoHole", "isUndecided", "doubtful", "lacking_one"]
)
def test_forbidden_words_are_found_in_any_spelling(name: str) -> None:
    assert is_forbidden(name)


@pytest.mark.parametrize(
    "name", ["whole", "wholes", "keyhole", "require_whole", "redoubt", "slacking", "gap"]
)
def test_other_words_that_hold_them_are_not(name: str) -> None:
    assert not is_forbidden(name)


def test_a_forbidden_word_is_told_with_its_line_and_texts_are_let_be() -> None:
    text = '"""A hole in a text."""\n# no doubt\n\n\ndef fill_hole() -> None: ...\n'
    (line,) = told({"tests/plan/test_draft.py": TEST + text})
    assert line == "tests/plan/test_draft.py:6: 'fill_hole' has a word that the house does not use"


def test_a_file_s_name_counts_too() -> None:
    (line,) = told({"tests/plan/test_holes.py": TEST})
    assert line.startswith("tests/plan/test_holes.py: its name")


@pytest.mark.parametrize("stem", ["table", "draft_table", "plan", "plan_", "plan_2"])
def test_reports_are_named_after_a_command_and_a_form(stem: str) -> None:
    files: dict[str, str | None] = {f"sfharden/report/{stem}.py": CODE, f"tests/report/test_{stem}.py": TEST}
    assert told(files) == [f"sfharden/report/{stem}.py: is not named <command>_<form>"]
    assert told(files, shared_reports={stem: "many print with it"}) == []


def test_a_shared_report_that_is_gone_is_told() -> None:
    (line,) = told(shared_reports={"json_text": "many print with it"})
    assert line.endswith("report/json_text.py is listed, and there is no such module")
