"""Why a plan is not made, in one line."""

from sfharden.errors import Exit
from sfharden.plan.refusal import refused


def test_a_refusal_is_one_harmless_line_and_no_verdict() -> None:
    error = refused("The profile 'x\x1b[2J\n\u202ey' can't be planned." + "z" * 2000, "Do this.")
    assert error.message.isprintable()
    assert len(error.message) <= 800
    assert (error.hint, error.exit_code) == ("Do this.", Exit.NO_VERDICT)
