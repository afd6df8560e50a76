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


def test_what_stands_between_backticks_is_code_and_as_harmless_as_all_else() -> None:
    page = page_template("parts.html", 10_000).module
    shown = page.bdi("run `az x --y` or `<b>\u202e`, not `it")  # type: ignore[attr-defined]
    assert shown == "<bdi>run <code>az x --y</code> or <code>&lt;b&gt;\ufffd</code>, not `it</bdi>"


def test_a_headline_is_cut_between_words() -> None:
    cut = page_template("parts.html", 10_000).environment.filters["headline"]
    assert cut("word " * 60).endswith("word…")
    assert cut("short") == "short"
    assert len(cut("x" * 999)) <= 221
