"""Changes to a source: what is found, how it's called, and that each is really made."""

import ast

import pytest

from tools.mutations import Mutant, mutants


def changes(source: str) -> list[str]:
    return [one.change for one in mutants(ast.parse(source))]


def made(source: str, change: str) -> str:
    """The source with that change."""
    tree = ast.parse(source)
    (one,) = [one for one in mutants(tree) if one.change == change]
    one.apply()
    return ast.unparse(ast.fix_missing_locations(tree))


@pytest.mark.parametrize(
    ("source", "change", "after"),
    [
        ("reached = low < highest", "low < highest  ->  low <= highest", "reached = low <= highest"),
        ("kept = here or elsewhere", "here or elsewhere  ->  here and elsewhere", "kept = here and elsewhere"),
        ("kept = here or elsewhere", "here or elsewhere  ->  elsewhere", "kept = elsewhere"),
        ("shut = not admitted", "not admitted  ->  admitted", "shut = admitted"),
        ("most: Final = 14", "most: Final = 14  ->  most: Final = 15", "most: Final = 15"),
        ("say(here='it is shut')", "'it is shut'  ->  ''", "say(here='')"),
        ("say(f'{name} is shut')", "f'{name} is shut'  ->  ''", "say('')"),
        ("kept = [one for one in all_of if one]", "for one in all_of if one  ->  for one in all_of", "kept = [one for one in all_of]"),
        ("flows = ('login', 'refresh')", "('login', 'refresh')  ->  ('login',)", "flows = ('login',)"),
        ("kept = any(they_are)", "any(they_are)  ->  all(they_are)", "kept = all(they_are)"),
        ("one.stopped = True", "one.stopped = True  ->  pass", "pass"),
        ("if broken:\n    stop()", "if broken:  ->  if False:", "if False:\n    stop()"),
        ("for one in them:\n    judge(one)", "for one in them:  ->  break at the end", "for one in them:\n    judge(one)\n    break"),
        ("def f(x=True):\n    say(x)", "x=True  ->  x=False", "def f(x=False):\n    say(x)"),
    ],
)  # fmt: skip
def test_a_change_is_told_as_it_is_made(source: str, change: str, after: str) -> None:
    assert made(source, change) == after


def test_a_function_that_answers_yes_or_no_may_answer_anything() -> None:
    source = "def is_inside(one: int) -> bool | None:\n    return one in ranges"
    assert {f"return one in ranges  ->  return {other}" for other in (None, True, False)} <= set(
        changes(source)
    )
    assert "return one in ranges  ->  return True" not in changes(source.replace("bool | None", "object"))


@pytest.mark.parametrize(
    "source",
    [
        '"""What it is for."""',
        "from __future__ import annotations",
        "def f(one: 'Text') -> 'Text':\n    pass",
        "@cache(maxsize=5)\nclass C(Base):\n    pass",
    ],
)
def test_what_decides_nothing_is_left_alone(source: str) -> None:
    assert changes(source) == []


def test_finding_changes_makes_none() -> None:
    source = "def f(x):\n    return x + 1 if x > 3 and x < 9 else min(x, 7)"
    tree = ast.parse(source)
    assert len(mutants(tree)) > 8
    assert ast.unparse(tree) == source


def names(source: str) -> list[tuple[str, str]]:
    return [one.key for one in mutants(ast.parse(source))]


def test_names_outlast_moved_lines_and_are_never_the_same_twice() -> None:
    body = "def f(x):\n    if x > 3:\n        return 1\n    if x > 3:\n        return 2\n"
    moved = f"import re\n\n# why\n\n{body}"
    assert names(body) == names(moved)
    assert len(set(names(body))) == len(names(body))
    assert ("f", "if x > 3:  ->  if True: #2") in names(body)


def test_a_name_says_in_which_class_and_function() -> None:
    tree = ast.parse("class Run:\n    def go(self):\n        self.ended = False")
    assert {one.where for one in mutants(tree)} == {"Run.go"}


VARIED = """
class A:
    x: int = 3
    y = {"this", "that"}
    def f(self, y=0, *, z='a') -> bool:
        while y < 3 or z:
            y += 1
            continue
        for one in ["this", "that"]:
            self.x[one] = f"{one}" if one in ("this", "that") else -y
            break
        if any(one for one in self.y if one):
            raise ValueError
        return bool([y, *self.y, not z])
"""


def test_each_change_differs_from_what_was_there_and_is_python() -> None:
    for number in range(len(mutants(ast.parse(VARIED)))):
        tree = ast.parse(VARIED)
        one: Mutant = mutants(tree)[number]
        one.apply()
        compile(ast.fix_missing_locations(tree), "varied.py", "exec")
        assert ast.unparse(tree) != ast.unparse(ast.parse(VARIED)), one
