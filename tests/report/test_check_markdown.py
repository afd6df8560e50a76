"""Markdown: what fails with its fix, what isn't known and why; names are text, and no table breaks."""

from markdown_it import MarkdownIt

from sfharden.report.check_markdown import short_markdown

from .forms_kit import HOSTILE, every_state, hostile_report, shown


def test_it_holds_what_a_reader_needs() -> None:
    page = shown(every_state(), "markdown")
    for title in (
        "Failed",
        "Unknown (not read is not passed)",
        "Waived",
        "Not read",
        "Known (the baseline has them)",
    ):
        assert f"\n## {title}\n" in page
    assert "| a-control | profile 'Mended' | pass |" in page
    assert "**NOT HARDENED: new: 1 high, 1 low; 1 known since the baseline; 1 unknown." in page


def test_names_are_text_for_a_reader_of_markdown() -> None:
    """By another's parser: no HTML but our own comments, no link, no image, every table whole."""
    tokens = MarkdownIt("commonmark").enable("table").parse(shown(hostile_report(), "markdown"))
    inside = [one for token in tokens for one in token.children or ()]
    assert {one.type for one in inside} <= {
        "text",
        "code_inline",
        "html_inline",
        "strong_open",
        "strong_close",
        "text_special",
        "softbreak",
    }
    assert {one.content for one in inside if one.type == "html_inline"} <= {"<!-- -->"}
    assert "html_block" not in {one.type for one in tokens}
    rows = sum(one.type == "tr_open" for one in tokens)
    # Heads and counts, and a row for each failed, unknown, manual and waived one.
    assert rows == 1 + 7 + 4 * (1 + len(HOSTILE))


def test_a_short_page_counts_what_it_leaves_out() -> None:
    page = short_markdown(hostile_report(), 2)
    assert page.count(f"And {len(HOSTILE) - 2} more.") == 4
