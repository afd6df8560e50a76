"""A report as JSON: ASCII, the same bytes twice, and read again as it was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sfharden.model.base import Model
from sfharden.model.results import Report
from sfharden.report.json_text import json_text, render_json
from tests.orgs import judging
from tests.orgs.files import HEALTHY


class Note(Model):
    """Something to print."""

    text: str


def test_a_report_is_read_again_as_it_was() -> None:
    report = judging.report(HEALTHY)
    text = render_json(report)
    assert Report.model_validate_json(text) == report
    assert json.loads(text)["schema"] == "sfharden.report/1"


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render_json(judging.report(HEALTHY)) == render_json(judging.report(HEALTHY))


def test_whatever_a_name_holds_the_text_is_ascii_and_speaks_to_no_terminal() -> None:
    text = render_json(Note(text="営業\x1b[2J\u202e\u2028"))
    assert text.isascii()
    assert "\x1b" not in text
    assert text.endswith("}\n")
    assert json.loads(text)["text"] == "営業\x1b[2J\u202e\u2028"


@given(st.text(alphabet="#[v]so\\ü", max_size=12))
def test_no_line_gives_a_command_to_a_builds_log_and_no_value_is_changed(text: str) -> None:
    shown = json_text({text: [text]})
    assert "##" not in shown
    assert json.loads(shown) == {text: [text]}
