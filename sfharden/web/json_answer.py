"""From a successful answer's bytes to JSON; a web page, too many values or half an answer is an AnswerError."""

import json
from typing import Any, Final

from sfharden.errors import AnswerError
from sfharden.web.large_answers import values_in
from sfharden.web.session import Answer

# A page of 2,000 rows of 50 fields, and more than as much again for commas in texts. A value takes up to 250 bytes, and
# calls that go on side by side each hold what became of their last page.
MOST_VALUES: Final = 250_000


def json_in(answer: Answer, what: str, whom: str = "the org") -> Any:
    """The JSON of an answer whose status says that it's one. `whom` was asked."""
    if "html" in answer.content_type.lower():
        # A login page, a maintenance page or a proxy's page, with status 200.
        raise AnswerError(
            f"{what}: {whom} answered with a web page", f"Check {whom}'s address and the proxy."
        )
    if values_in(answer.body) > MOST_VALUES:
        raise AnswerError(f"{what}: {whom}'s answer holds more than {MOST_VALUES:,} values")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise AnswerError(f"{what}: {whom}'s answer is not JSON, or was cut off") from None
