"""A site that would ask another host for anything is told of, page by page."""

from pathlib import Path

import pytest

from tools.build_site import complaints, outside_of_page, outside_of_style


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link href="//fonts.example/css" rel="stylesheet">',
        '<link rel="preload" href="HTTPS://cdn.example/x">',
        '<img alt="" src=" http://tracker.example/1.png">',
        '<img srcset="https://cdn.example/2x.png 2x">',
        "<p style=\"background: url('https://cdn.example/b.png')\">",
        '<style>@import "https://fonts.example/css";</style>',
    ],
)
def test_what_a_browser_would_load_from_elsewhere_is_found(tag: str) -> None:
    (found,) = outside_of_page(f"<html><body>{tag}</body></html>")
    assert "example" in found


def test_what_stands_on_the_site_and_what_a_person_follows_is_no_request() -> None:
    text = (
        '<link rel="canonical" href="https://docs.example/"><link href="css/theme.css" rel="stylesheet">'
        '<a href="https://www.mkdocs.org/">MkDocs</a><script src="js/theme.js"></script><img src="data:image/png;base64,AA==">'
    )
    assert outside_of_page(text) == []
    assert outside_of_style("src: url(../fonts/lato.woff2)") == []


def test_a_complaint_names_the_page_and_what_it_loads(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text("@import url(//fonts.example/a);", "utf-8")
    (tmp_path / "index.html").write_text("<img src='https://x.example/i.png'>", "utf-8")
    assert list(complaints(tmp_path)) == [
        "index.html loads https://x.example/i.png",
        "css/a.css loads //fonts.example/a",
    ]
