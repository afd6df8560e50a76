"""Builds the pages of docs/ as a site, strictly, and refuses one that would ask another host for anything: `make site`.

MkDocs stands in an environment of its own, whose Python runs this.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
# What a browser loads by itself; a link that a person follows isn't among it.
_LOADS: Final = {
    *(("script", "src"), ("img", "src"), ("img", "srcset"), ("source", "src"), ("source", "srcset")),
    *(("iframe", "src"), ("embed", "src"), ("object", "data"), ("video", "src"), ("video", "poster")),
    *(("audio", "src"), ("track", "src"), ("input", "src"), ("body", "background"), ("link", "href")),
}
_NOT_LOADED: Final = frozenset({"canonical", "prev", "next", "alternate", "author", "license"})
_OUTSIDE: Final = re.compile(r"(?i)\s*(?:[a-z][a-z0-9+.-]*:)?//")
_IN_STYLE: Final = re.compile(r"""(?i)(?:url\(|@import(?!\s+url))\s*["']?([^"')\s;]+)""")


class _Loads(HTMLParser):
    """What one page makes a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and set(given.get("rel", "").lower().split()) & _NOT_LOADED:
            return
        self.found += [value for name, value in given.items() if (tag, name) in _LOADS]
        self.found += _IN_STYLE.findall(given.get("style", ""))


def outside_of_page(text: str) -> list[str]:
    """What a page asks other hosts for."""
    page = _Loads()
    page.feed(text)
    styles = re.findall(r"(?is)<style[^>]*>(.*?)</style>", text)
    return [
        one
        for one in (*page.found, *(one for style in styles for one in outside_of_style(style)))
        if _OUTSIDE.match(one)
    ]


def outside_of_style(text: str) -> list[str]:
    """What a style sheet asks other hosts for."""
    return [one for one in _IN_STYLE.findall(text) if _OUTSIDE.match(one)]


def complaints(site: Path) -> Iterator[str]:
    """One line for each thing that a page or a style of the site would load from elsewhere."""
    for ending, look in ((".html", outside_of_page), (".css", outside_of_style)):
        for path in sorted(site.rglob(f"*{ending}")):
            for one in look(path.read_text("utf-8")):
                yield f"{path.relative_to(site).as_posix()} loads {one}"


def main() -> int:
    """Build into site/; 1 if MkDocs warns of anything, or anything would be loaded from elsewhere."""
    site = ROOT / "site"
    shutil.rmtree(site, ignore_errors=True)
    # Not --quiet: with it, --strict doesn't count the warnings that it doesn't show.
    words = (sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site))
    done = subprocess.run(words, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        sys.stderr.write(f"{done.stderr}No site was built, see above.\n")
        return 1
    found = list(complaints(site))
    for line in found:
        sys.stderr.write(f"{line}\n")
    if not found:
        sys.stdout.write("Built. Open site/index.html.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
