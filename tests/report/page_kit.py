"""What the tests of every page share: a name that does harm, a page taken apart, and what a page must be in a browser."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

from .browser import Browser, axe_source

HTML: Final = '"><img src=x onerror=alert(1)></details><script>alert(1)</script><!-- \u202eevil\x1b[2J'
_VOID: Final = {"meta", "link", "input", "br", "img"}
_FORBIDDEN: Final = ("img", "iframe", "object", "base", "link")


class Elements(HTMLParser):
    """The elements with their attributes, how they nest, and the text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text, self.data, self._open = "", "", [""]
        self.feed(text)
        assert self._open == [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1] == "script" and self.found[-1][1].get("id") == "report":
            self.data += data
        elif self._open[-1] not in ("script", "style"):
            self.text += data

    @property
    def tags(self) -> list[str]:
        """The name of each element."""
        return [tag for tag, _ in self.found]

    @property
    def policy(self) -> str:
        """What its head lets in."""
        return next(given["content"] for _, given in self.found if given.get("http-equiv"))


def words(text: str) -> str:
    """Text without its line breaks."""
    return " ".join(text.split())


def assert_harmless(page: Elements, scripts: int = 0) -> None:
    """What `HTML` names stays text, nothing is asked for, and every link leads to a place on the page."""
    assert not set(_FORBIDDEN) & set(page.tags)
    assert page.tags.count("script") == scripts
    assert not [name for _, given in page.found for name in given if name.startswith("on") or name == "style"]
    assert "<img src=x onerror=alert(1)>" in page.text
    assert not {"\x1b", "\u202e"} & set(page.text)
    assert page.policy.startswith("default-src 'none'; ")
    assert ("script" in page.policy) == bool(scripts)
    assert not [given for _, given in page.found if "src" in given]
    ids = [given["id"] for _, given in page.found if "id" in given]
    assert len(set(ids)) == len(ids)
    assert {given["href"] for _, given in page.found if "href" in given} <= {f"#{one}" for one in ids}


def assert_opens(browser: Browser, page: Path, width: int) -> None:
    """In a window of that width: no complaint, no request, no picture, and no scroll bar across, whatever is unfolded."""
    browser.open(page, width)
    assert browser.complaints() == []
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    assert browser.run("return document.images.length") == 0
    unfold(browser)
    assert browser.run("return document.documentElement.scrollWidth") <= width


def unfold(browser: Browser) -> None:
    """Open all that can be opened."""
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")


def assert_axe_finds_nothing(browser: Browser) -> None:
    """Of the page that is shown."""
    if not (axe := axe_source()):
        pytest.skip("there is no axe-core here (npm install -g axe-core)")
    browser.run(axe + "; window.axe = axe")
    found = browser.later("axe.run().then(arguments[0])")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
