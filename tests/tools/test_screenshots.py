"""The pictures of the README: a terminal's text becomes a page, a palette becomes a picture, and there are two, both small."""

import re
import struct
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.browser import chromium, needs_chromium
from tools.screenshots import (
    MOST_BYTES,
    PICTURES,
    REPORT_END,
    ROOT,
    matrix_and_guard,
    picture,
    png,
    terminal_page,
)


class Reader(HTMLParser):
    """What a person reads of a page."""

    text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


def text_of(page: str) -> str:
    reader = Reader()
    reader.feed(page.partition("<pre>")[2])
    return reader.text


def test_a_colour_begins_and_ends_where_the_terminal_says() -> None:
    page = terminal_page("a \x1b[31m\x1b[1mLET IN\x1b[0m b \x1b[92m<ok>\x1b[39m c")
    body = page.partition("<pre>")[2]
    assert body == (
        'a <span style="color:#ff7b72;font-weight:bold">LET IN</span> b '
        '<span style="color:#56d364;">&lt;ok&gt;</span> c</pre>'
    )


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
)
def test_every_character_of_a_terminal_is_on_the_page(before: str, coloured: str) -> None:
    assert text_of(terminal_page(f"{before}\x1b[33m{coloured}\x1b[0m\n")) == f"{before}{coloured}\n"


def test_what_is_left_out_of_a_simulation_is_marked() -> None:
    text = "Source\n\nWho gets in: x\nrow\nIn capitals: bad.\n\nWHY\n\nLOCK-OUT GUARD: y\n- z\n\nNext:\n"
    assert matrix_and_guard(text).splitlines() == [
        "Who gets in: x", "row", "In capitals: bad.", "…", "LOCK-OUT GUARD: y", "- z",
    ]  # fmt: skip


def test_a_palette_s_picture_holds_each_dot() -> None:
    data = png(2, 2, [0xFF0000, 0x00FF00], bytes([0, 1, 1, 0]))
    (packed,) = re.findall(rb"IDAT(.+)....\0\0\0\0IEND", data, re.DOTALL)
    assert data.startswith(b"\x89PNG")
    assert zlib.decompressobj().decompress(packed) == b"\0\0\1\0\1\0"
    assert b"PLTE\xff\0\0\0\xff\0" in data


@needs_chromium
def test_a_page_is_taken_twice_as_sharp_and_read_back_by_a_browser(tmp_path: Path) -> None:
    page = tmp_path / "p.html"
    page.write_text("<body style='margin:0;background:#123456'>", "utf-8")
    with chromium() as browser:
        data = picture(browser, page, 500, "return [30, 20]")
    assert struct.unpack(">II", data[16:24]) == (60, 40)
    assert b"\x12\x34\x56" in data.partition(b"PLTE")[2][:8]


def test_there_are_two_pictures_both_small_and_both_shown_first() -> None:
    kept = sorted(PICTURES.iterdir())
    assert [one.name for one in kept] == ["report.png", "terminal.png"]
    assert all(one.stat().st_size < MOST_BYTES for one in kept)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert all(f"(docs/pictures/{one.name})" in readme for one in kept)


@needs_chromium
def test_the_picture_of_a_report_ends_between_two_parts(tmp_path: Path) -> None:
    """Below all of the Salesforce side, above the heading that follows; without that heading no picture is taken."""
    page = tmp_path / "p.html"
    heading = "<h3 style='margin:40px 0 9px'>crm-sync, Azure side</h3>"
    page.write_text(f"<body style='margin:0'><div style='height:700px'></div>{heading}<p>more", "utf-8")
    with chromium() as browser:
        assert picture_height(picture(browser, page, 500, REPORT_END)) == 2 * 700
        page.write_text("<h3>crm-sync, Salesforce side</h3>", "utf-8")
        with pytest.raises(AssertionError, match="no heading of the Azure side"):
            picture(browser, page, 500, REPORT_END)


def picture_height(data: bytes) -> int:
    _, height = struct.unpack(">II", data[16:24])
    return int(height)
