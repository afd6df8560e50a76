"""What every page shares: its policy, and text that stays harmless whatever a template forgot."""

from sfharden.report.html_page import content_policy, page_file, page_template


def test_a_page_without_a_script_lets_none_in() -> None:
    assert "script-src" not in content_policy("a{}")
    assert content_policy("a{}").startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src 'sha256-" in content_policy("a{}", "run()")
    assert content_policy("a{}") != content_policy("b{}")


def test_foreign_text_is_escaped_harmless_and_cut_only_where_that_is_asked_for() -> None:
    short, long = (page_template("parts.html", longest).module for longest in (10, 10_000))
    assert short.bdi("<b>\u202e") == "<bdi>&lt;b&gt;\ufffd</bdi>"  # type: ignore[attr-defined]
    assert short.bdi("x" * 99) == f"<bdi>{'x' * 9}…</bdi>"  # type: ignore[attr-defined]
    assert long.bdi("x" * 99) == f"<bdi>{'x' * 99}</bdi>"  # type: ignore[attr-defined]
    assert long.bdi("a\nb") == "<bdi>a\nb</bdi>"  # type: ignore[attr-defined]


def test_the_style_asks_nobody_for_anything() -> None:
    style = page_file("page.css")
    assert "@import" not in style
    assert "url(" not in style.replace("url(#", "")
