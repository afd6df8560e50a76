"""Every error ends in one of the exit codes, with one line and a hint; no code stands for two things."""

import pytest

from sfharden import errors
from sfharden.errors import DeniedError, Exit, NoVerdictError, OrgError, SfhardenError

CODES = {
    "UsageError": 2, "InputError": 2,
    "NoVerdictError": 3, "OrgError": 3, "AuthError": 3, "DeniedError": 3, "LimitError": 3, "BudgetError": 3,
    "AnswerError": 3, "UnreachableError": 3,
    "DeclinedError": 5, "PartialError": 6,
}  # fmt: skip


def every(kind: type[SfhardenError]) -> set[type[SfhardenError]]:
    return {kind}.union(*(every(one) for one in kind.__subclasses__()))


def ours() -> dict[str, type[SfhardenError]]:
    return {one.__name__: one for one in every(SfhardenError) if one.__module__ == errors.__name__}


def test_each_error_has_its_exit_code() -> None:
    assert {name: int(kind.exit_code) for name, kind in ours().items()} == {"SfhardenError": 3, **CODES}


@pytest.mark.parametrize("name", CODES)
def test_an_error_keeps_its_line_and_its_hint_apart(name: str) -> None:
    error = ours()[name]("one line", "do this")
    assert (error.message, error.hint, str(error)) == ("one line", "do this", "one line")
    assert ours()[name]("one line").hint == ""


def test_whatever_the_org_does_is_no_verdict_and_never_a_finding() -> None:
    assert all(one.exit_code is Exit.NO_VERDICT for one in every(OrgError))
    assert issubclass(OrgError, NoVerdictError)


def test_a_refusal_keeps_the_org_s_code() -> None:
    assert DeniedError("no", code="INSUFFICIENT_ACCESS").code == "INSUFFICIENT_ACCESS"
    assert DeniedError("no").code == ""


def test_no_exit_code_stands_for_two_things() -> None:
    assert len({int(one) for one in Exit}) == len(Exit)
    assert {int(one) for one in Exit} == {0, 1, 2, 3, 4, 5, 6, 70, 130}
