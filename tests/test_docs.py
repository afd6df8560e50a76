"""The pages for people: every link leads somewhere, and what they tell one to type exists."""

import json
import os
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import click
import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from sfharden.checks.policy import Control, load_policy, shipped_names
from sfharden.checks.registry import CHECKS
from sfharden.checks.settings import OPERATORS
from sfharden.cli import COMMANDS, group
from sfharden.errors import Exit
from sfharden.model.azure import AzureEntry
from sfharden.model.integration import Waiver
from sfharden.model.results import Severity, Status
from sfharden.report.simulate_table import WORDS
from sfharden.simulation.azure_rows import AZURE_ROWS
from sfharden.simulation.scenarios import SCENARIOS
from tests.conftest import Run

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"
PAGES: Final = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md")))
# What was decided or changed once may name what is gone.
NOW: Final = [name for name in PAGES if name not in ("CHANGELOG.md", "docs/decisions/README.md")]
PARSER: Final = MarkdownIt("commonmark").enable("table")
# Options of other programs that pages name by themselves.
OTHERS: Final = {"--again", "--sample", "--seed", "--no-deps", "--require-hashes"}


@cache
def tokens(name: str) -> tuple[Token, ...]:
    """All of a page, inline parts included."""
    found = PARSER.parse((ROOT / name).read_text("utf-8"))
    return tuple(part for one in found for part in (one, *(one.children or ())))


# Links -----------------------------------------------------------------------------------------


@cache
def anchors(path: Path) -> frozenset[str]:
    """The headings that can be linked to both on a forge and on the site, whose rules for names differ."""
    found = PARSER.parse(path.read_text("utf-8"))
    heads = [found[at + 1] for at, one in enumerate(found) if one.type == "heading_open"]
    texts = ["".join(part.content for part in one.children or ()).strip().lower() for one in heads]
    forge = (re.sub(r"[^\w\- ]", "", text).replace(" ", "-") for text in texts)
    site = (re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip()) for text in texts)
    return frozenset(numbered(forge, "-")) & frozenset(numbered(site, "_"))


def numbered(names: Iterable[str], mark: str) -> Iterator[str]:
    """Names as they are given out: the second of one name gets a number."""
    seen: Counter[str] = Counter()
    for name in names:
        yield f"{name}{mark}{seen[name]}" if seen[name] else name
        seen[name] += 1


def links(name: str) -> list[str]:
    """Where a page leads to in this repository."""
    found = [str(one.attrs.get("href") or one.attrs.get("src") or "") for one in tokens(name)]
    return [one for one in found if one and not re.match(r"[a-z]+:", one)]


@pytest.mark.parametrize("name", PAGES)
def test_each_link_and_each_anchor_leads_somewhere(name: str) -> None:
    for link in links(name):
        place, _, anchor = link.partition("#")
        target = (ROOT / name).parent / place if place else ROOT / name
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("name", [one for one in PAGES if one.startswith("docs/")])
def test_pages_of_the_site_lead_to_the_site_only(name: str) -> None:
    """What stands outside docs/ isn't on it."""
    for link in links(name):
        target = Path(os.path.normpath((ROOT / name).parent / link.partition("#")[0]))
        assert target.is_relative_to(DOCS), link


def nav(entries: list[object]) -> Iterator[str]:
    for entry in entries:
        for value in entry.values() if isinstance(entry, dict) else (entry,):
            if isinstance(value, list):
                yield from nav(value)
            else:
                yield str(value)


def test_the_site_shows_every_page_once_and_so_does_its_first_one() -> None:
    pages = [name.removeprefix("docs/") for name in PAGES if name.startswith("docs/")]
    shown = list(nav(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]))
    assert sorted(shown) == sorted(pages)
    first = {link.partition("#")[0] for link in links("docs/index.md")}
    assert set(pages) - {"index.md"} <= first


# What is to be typed ---------------------------------------------------------------------------


def typed(name: str) -> Iterator[list[str]]:
    """The words after each `sfharden` of a page, and of code spans such as `check -f waivers`."""
    for one in tokens(name):
        if one.type == "fence":
            for line in one.content.replace("\\\n", " ").splitlines():
                found = re.search(r"(?:^|[\s/$\"'])sfharden ((?:-|[a-z]+\b(?!:)).*)", line)
                # In the middle of a line it may be prose.
                if found and (not line[: found.start()].strip(" $-") or found[1].split()[0] in COMMANDS):
                    yield from words(found[1])
        elif one.type == "code_inline":
            code = one.content.removeprefix("sfharden ")
            first, _, rest = code.partition(" ")
            if code != one.content or (first in COMMANDS and "-" in rest):
                yield from words(code)


def words(line: str) -> Iterator[list[str]]:
    """The words up to where a shell, or the language around them, goes on."""
    command = re.split(r"\s(?:[|>]|&&|#|;)|[\"'`]?\)|;$", line)[0]
    try:
        yield shlex.split(command, comments=True)
    except ValueError:  # a quote of the language around
        yield command.replace('"', " ").replace("'", " ").split()


def complaint(given: list[str]) -> str:
    """What of a command line doesn't exist; nothing is run."""
    top = {option for one in group.get_params(click.Context(group)) for option in one.opts}
    while given and given[0] in top:
        given = given[1:]
    if not given:
        return ""
    name, *rest = given
    if name not in COMMANDS:
        # prose such as `sfharden COMMAND`, and the names of images and files
        return "" if not name.isalpha() or name.isupper() else f"no command {name}"
    command = group.get_command(click.Context(group), name)
    assert command
    context = click.Context(command)
    known = {
        option: one for one in command.get_params(context) for option in (*one.opts, *one.secondary_opts)
    }
    for at, word in enumerate(rest):
        option, _, value = word.partition("=")
        if re.match(r"-+[a-z]", option):
            if option not in known:
                return f"{name} has no option {option}"
            if said := bad_value(known[option], value or next(iter(rest[at + 1 :]), "")):
                return said
    if name == "controls" and rest and not rest[0].startswith("-") and not rest[0].isupper():
        return "" if rest[0] in controls() else f"no control {rest[0]}"
    return ""


def bad_value(parameter: click.Parameter, value: str) -> str:
    """A form or a policy that isn't there; a word in capitals stands for any."""
    if re.fullmatch(r"[A-Z|…]*", value):
        return ""
    if isinstance(parameter.type, click.Choice) and not (
        isinstance(parameter, click.Option) and parameter.is_flag
    ):
        return "" if value in parameter.type.choices else f"{parameter.opts[0]} has no choice {value}"
    if "--policy" in parameter.opts and not value.endswith(".yaml"):
        return "" if value in shipped_names() else f"no policy {value}"
    return ""


@cache
def controls() -> frozenset[str]:
    return frozenset(one.id for name in shipped_names() for one in load_policy(name).controls)


@pytest.mark.parametrize("name", NOW)
def test_what_a_page_tells_one_to_type_exists(name: str) -> None:
    assert [said for given in typed(name) if (said := complaint(given))] == []


def test_enough_is_looked_at_to_mean_something() -> None:
    found = [given for name in NOW for given in typed(name)]
    assert len(found) > 60
    assert {given[0] for given in found if given} >= set(COMMANDS)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("chekc --demo", "no command chekc"),
        ("check --demmo", "check has no option --demmo"),
        ("check --demo -f pdf", "-f has no choice pdf"),
        ("check --demo --policy logic-apps", "no policy logic-apps"),
        ("controls login-ranges", "no control login-ranges"),
        ("-v check --org ALIAS -f csv --policy mine.yaml", ""),
        ("check --org production --explain-api=counted", ""),
    ],
)
def test_what_does_not_exist_would_be_told(line: str, said: str) -> None:
    assert complaint(line.split()) == said


@pytest.mark.parametrize("name", NOW)
def test_an_option_named_by_itself_exists(name: str) -> None:
    commands = [group, *(group.get_command(click.Context(group), one) for one in COMMANDS)]
    known = {
        option
        for command in commands
        if command
        for one in command.get_params(click.Context(command))
        for option in (*one.opts, *one.secondary_opts)
    }
    spans = [one.content for one in tokens(name) if one.type == "code_inline"]
    named = {re.split(r"[ =\[]", one)[0] for one in spans if re.match(r"--[a-z]", one)}
    assert named <= known | OTHERS


@pytest.mark.parametrize("name", NOW)
def test_what_looks_like_a_control_is_one(name: str) -> None:
    """Spans that begin as controls do, such as `app-…` and `login-ranges-…`."""
    begins = {one.split("-")[0] for one in controls()} - {"connected", "external"}
    spans = [one.content for one in tokens(name) if one.type == "code_inline"]
    named = {
        one for one in spans if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", one) and one.split("-")[0] in begins
    }
    assert named <= controls() | set(shipped_names()) | set(CHECKS) | set(COMMANDS) | set(AZURE_ROWS)


# What pages promise ----------------------------------------------------------------------------


def example(name: str, language: str = "yaml") -> str:
    """The first example of a page in a language."""
    return next(one.content for one in tokens(name) if one.type == "fence" and one.info == language)


def test_the_policy_shown_is_one_and_judges(run: Run, tmp_path: Path) -> None:
    policy = tmp_path / "mine.yaml"
    policy.write_text(example("docs/policies.md"), "utf-8")
    code, out, _ = run("check", "--demo", "--policy", policy, "-f", "json")
    assert code == Exit.FINDINGS
    judged = {one["control"]: one["status"] for one in json.loads(out)["results"]}
    assert judged.keys() >= {one.id for one in load_policy(str(policy)).controls}
    assert judged["session-times-out-in-an-hour"] == "fail"
    line, _, _ = example("docs/policies.md").partition("\n")
    assert Path(line.rpartition("=")[2]).name in {one.name for one in (DOCS / "schemas").iterdir()}


def test_the_policies_and_operators_of_the_page_are_those_that_there_are() -> None:
    spans = {one.content for one in tokens("docs/policies.md") if one.type == "code_inline"}
    assert spans >= set(shipped_names())
    assert spans >= set(OPERATORS)
    assert spans >= {one.alias or name for name, one in Control.model_fields.items()}


def test_the_waiver_shown_is_one() -> None:
    (stanza,) = yaml.safe_load(example("docs/unknown.md"))["waivers"]
    waiver = Waiver.model_validate(stanza)
    assert waiver.status == "unknown"
    assert waiver.control in controls()


def test_the_azure_side_shown_is_one_with_everything_that_there_is() -> None:
    fences = (one.content for one in tokens("docs/integration-file.md") if one.type == "fence")
    shown = next(yaml.safe_load(one) for one in fences if "azure:" in one and "integrations:" not in one)
    entry = AzureEntry.model_validate(shown["azure"])
    assert entry.model_fields_set == AzureEntry.model_fields.keys() - {"subscription"}
    assert {one.control for one in entry.attestations} <= controls()


def test_the_reasons_of_the_page_are_ones_that_are_given() -> None:
    """In single pieces, since names stand between them."""
    source = "".join(path.read_text("utf-8") for path in (ROOT / "sfharden").rglob("*.py"))
    joined = re.sub(r"\{[^{}]*\}", "{}", re.sub(r'"\s*\n\s*f?"', "", source))
    rows = re.findall(r"^\| (`.*) \| ", (DOCS / "unknown.md").read_text("utf-8"), re.MULTILINE)
    reasons = [span for row in rows for span in re.findall(r"`([^`]+)`", row)]
    assert len(reasons) > 20
    pieces = [
        piece.strip() for one in reasons for piece in re.split(r"…|\bN\b|it needs |60\.0|Security", one)
    ]
    assert [piece for piece in pieces if len(piece) > 3 and piece not in joined] == []


def test_every_row_and_every_word_of_a_simulation_is_explained() -> None:
    page = (DOCS / "simulate.md").read_text("utf-8")
    assert all(f"`{one.id}`" in page for one in SCENARIOS)
    assert all(f"| {word} |" in page for word in WORDS.values())


def test_the_glossary_has_every_status_and_is_in_order() -> None:
    text = (DOCS / "glossary.md").read_text("utf-8")
    heads = [one.casefold() for one in re.findall(r"^\*\*(.+?)\.\*\*", text, re.MULTILINE)]
    assert heads == sorted(heads)
    assert all(f"`{one.value}`" in text for one in (*Status, *Severity))
