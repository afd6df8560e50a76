"""What to do next fits the screen, and a shell takes it as it stands."""

import shlex

import pytest

from sfharden.report.next_lines import next_block
from sfharden.text.wrapping import display_width

COMMAND = (
    "sfharden plan --instance-url https://acme.my.salesforce.com -i 'my integration.yaml' --fit 20 -o change"
)
TOLD = "  what would mend it, as a diff and a package that the Salesforce CLI deploys; nothing is changed by this"


@pytest.mark.parametrize("width", [60, 80, 110])
def test_commands_and_what_they_are_for_fit_and_stay_whole(width: int) -> None:
    text = next_block([COMMAND, TOLD, "Is it the right folder? " * 6], width)
    assert max(map(display_width, text.splitlines())) <= width
    command = text.partition("Next:\n")[2].partition("what would")[0].replace("\\\n", "")
    assert shlex.split(command) == shlex.split(COMMAND)


def test_nothing_to_do_is_no_block() -> None:
    assert next_block([], 80) == ""
