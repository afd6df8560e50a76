"""Why a plan is not made: one line, whatever the names in it hold."""

from sfharden.errors import NoVerdictError
from sfharden.text.redact import safe_text


def refused(message: str, hint: str = "") -> NoVerdictError:
    """The error of a plan that would shut somebody out, or that can't be made."""
    return NoVerdictError(safe_text(message, limit=800), hint)
