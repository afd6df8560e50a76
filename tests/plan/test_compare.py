"""A folder is the plan that would be written now, to the last byte, or it's refused by name."""

import random

import pytest

from sfharden.errors import NoVerdictError
from sfharden.plan.compare import refuse_difference, refuse_other_options
from sfharden.plan.package import all_files
from sfharden.plan.steps import Commands

from .kit import everything_bad, planned

MADE = planned(everything_bad())
FRESH = dict(all_files(MADE, Commands("plan")))


def test_the_same_bytes_pass() -> None:
    refuse_difference(dict(FRESH), FRESH)


@pytest.mark.parametrize("seed", range(5))
def test_any_byte_that_was_changed_is_refused(seed: int) -> None:
    """500 in all, of package, rollback, README and plan.json."""
    chance = random.Random(seed)  # noqa: S311 - made-up damage
    for _ in range(100):
        name = chance.choice(sorted(FRESH))
        data = bytearray(FRESH[name])
        data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
        with pytest.raises(NoVerdictError, match="The plan was changed") as refused:
            refuse_difference({**FRESH, name: bytes(data)}, FRESH)
        assert name in refused.value.message


@pytest.mark.parametrize("name", sorted(FRESH))
def test_a_file_cut_off_or_gone_or_with_more_in_it_is_refused(name: str) -> None:
    for other in (FRESH[name][:-1], FRESH[name] + b"\n", b""):
        with pytest.raises(NoVerdictError, match="not as it's drawn up now"):
            refuse_difference({**FRESH, name: other}, FRESH)
    with pytest.raises(NoVerdictError, match=f"{name} is gone"):
        refuse_difference({path: data for path, data in FRESH.items() if path != name}, FRESH)


def test_one_more_file_is_refused_whatever_it_is_called() -> None:
    for name in ("package/destructiveChanges.xml", "x", "package/\x1b[2J"):
        with pytest.raises(NoVerdictError, match="is not of it") as refused:
            refuse_difference({**FRESH, name: b""}, FRESH)
        assert "\x1b" not in refused.value.message


def test_the_line_is_told_and_of_a_readme_that_the_words_count() -> None:
    lines = FRESH["README.md"].split(b"\n")
    lines[4] = b"x"
    with pytest.raises(NoVerdictError, match=r"README.md, line 5,") as refused:
        refuse_difference({**FRESH, "README.md": b"\n".join(lines)}, FRESH)
    assert "as they were typed then" in refused.value.hint


@pytest.mark.parametrize(("old", "now"), [(9, None), (None, 9), (9, 8)])
def test_a_fit_is_not_taken_from_the_folder(old: int | None, now: int | None) -> None:
    plan = MADE.plan.model_copy(update={"fit": old})
    refuse_other_options(plan, old)
    with pytest.raises(NoVerdictError, match=f"with --fit {old}" if old else "without --fit"):
        refuse_other_options(plan, now)
