"""The manual page: every command and option, and nothing of a text that roff would take for an order."""

import re
import shutil
import subprocess

import click
import pytest

from sfharden.cli import COMMANDS, group
from tools.man_page import _roff, man_page


def test_it_names_every_command_and_option() -> None:
    page = man_page().replace("\\-", "-")
    context = click.Context(group, info_name="sfharden")
    for name in COMMANDS:
        assert f".SS sfharden {name} " in page
        command = group.get_command(context, name)
        assert command
        shown = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
        assert all(f"{one.opts[-1]}" in page for one in shown)
    assert ".SH EXIT STATUS" in page


def test_every_line_that_is_an_order_is_one_of_ours() -> None:
    orders = {line.split(" ")[0] for line in man_page().splitlines() if line.startswith((".", "'"))}
    assert orders <= {'.\\"', ".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".I", ".nf", ".fi"}
    assert re.search(r"[^\x20-\x7e\n]", man_page()) is None


@pytest.mark.parametrize(
    ("text", "shown"), [(".so x", "\\&.so x"), ("'x", "\\&'x"), ("a\\b", "a\\eb"), ("--x", "\\-\\-x")]
)
def test_text_stays_text(text: str, shown: str) -> None:
    assert _roff(text) == shown


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not here")
def test_groff_has_nothing_to_complain_of() -> None:
    words = [str(shutil.which("groff")), "-man", "-Tascii", "-ww", "-P-c"]
    done = subprocess.run(words, input=man_page(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "sfharden revoke" in done.stdout
