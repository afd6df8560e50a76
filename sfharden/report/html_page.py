"""What every HTML page shares: escaping, harmless names, and a policy that lets nothing in.

Jinja2 escapes whatever stands in the page, and what a name could do to a reader is made harmless before (`plain`). The
policy in its head lets nothing in but its own style and script, each by its hash.
"""

import base64
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from importlib import resources
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from sfharden.text.markdown import CODE
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

_HEADLINE: Final = 220
_LONGEST_PLAIN: Final = 4000


@dataclass(frozen=True, slots=True)
class Opening:
    """What every page begins with: its title, what it is in one word, the colour of its head, and who made it."""

    title: str
    what: str
    tone: str
    version: str


def render_page(name: str, longest: int, opening: Opening, script: str = "", **shown: object) -> str:
    """A page of `check_page` in the frame that all have; what it shows besides comes by name."""
    style = page_file("page.css")
    return page_template(name, longest).render(
        title=safe_text(opening.title),
        what=opening.what,
        tone=opening.tone,
        version=opening.version,
        style=style,
        script=script,
        policy=content_policy(style, script),
        **shown,
    )


def page_template(name: str, longest: int) -> Template:
    """A template of `check_page`; no line of foreign text in it is longer than `longest` characters."""
    return _environment(longest).get_template(name)


def content_policy(style: str, script: str = "") -> str:
    """Nothing is loaded, sent or framed; the page's own style, and its script if it has one, are known by their hashes."""
    scripts = f"script-src '{_hash(script)}'; " if script else ""
    return f"default-src 'none'; {scripts}style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"


def _plain(text: object, limit: int) -> str:
    """Foreign text without what speaks to a terminal or turns the reading around."""
    return safe_text(str(text), limit=limit)


def _by_code(text: object) -> list[str]:
    """Foreign text and what stands between two backticks in it, by turns; each is escaped where it's put into the page."""
    return CODE.split(str(text))


def _headline(text: object) -> str:
    """As much of a text as stands on top of a block, never cut within a word."""
    shown = _plain(text, _LONGEST_PLAIN)
    if len(shown) <= _HEADLINE:
        return shown
    kept = shown[:_HEADLINE].rpartition(" ")[0] or shown[:_HEADLINE]
    return f"{kept}…"


def _harmless(value: object, longest: int) -> object:
    """Everything that is put into a page goes through here, whatever a template forgot; lines stay lines."""
    if hasattr(value, "__html__"):  # escaped already, or our own
        return value
    return "\n".join(_plain(line, longest) for line in str(value).split("\n"))


@cache
def _environment(longest: int) -> Environment:
    environment = Environment(
        loader=FunctionLoader(page_file),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=partial(_harmless, longest=longest),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"by_code": _by_code, "headline": _headline}
    environment.globals |= {"count": count}
    return environment


@cache
def page_file(name: str) -> str:
    """A file of `check_page`."""
    return resources.files("sfharden.report").joinpath("check_page", name).read_text("utf-8")
