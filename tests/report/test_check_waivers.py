"""Waiver stanzas: one for each open result, readable as YAML, refused until a person has spoken."""

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from sfharden.checks.evaluate import names
from sfharden.model.integration import Waiver
from sfharden.model.results import Report, Result, Severity, Status, Subject
from sfharden.model.snapshot import Source, Tool
from sfharden.report.check_waivers import render_waivers


def result(name: str = "Admin", status: Status = Status.FAIL, **changes: Any) -> Result:
    values = {
        "control": "login-ranges-everywhere",
        "subject": Subject(kind="profile", name=name),
        "status": status,
        "severity": Severity.HIGH,
        "title": "t",
        "message": "m",
    }
    return Result(**{**values, **changes})


def report(*results: Result) -> Report:
    return Report(
        tool=Tool(version="0"),
        generated_at="2026-11-24T12:00:00Z",
        source=Source(kind="files", name="f"),
        policies=(),
        integrations=(),
        summary={},
        results=results,
        gaps=(),
    )


def stanzas(*results: Result) -> list[dict[str, Any]]:
    read = yaml.safe_load(render_waivers(report(*results)))
    found: list[dict[str, Any]] = read["waivers"]
    return found


def test_each_failure_and_unknown_has_a_stanza_and_nothing_else_has() -> None:
    kept = [result("a"), result("b", Status.UNKNOWN)]
    other = [result("c", Status.PASS), result("d", Status.MANUAL), result("e", Status.NOT_APPLICABLE)]
    found = stanzas(*kept, *other)
    assert [(one["subject"], one.get("status", "fail")) for one in found] == [("a", "fail"), ("b", "unknown")]
    assert stanzas(*other) == []


def test_a_stanza_is_refused_until_it_says_who_and_why() -> None:
    (one,) = stanzas(result())
    with pytest.raises(ValidationError):
        Waiver.model_validate(one)
    filled = Waiver.model_validate(one | {"reason": "a migration", "owner": "ops"})
    assert (filled.control, filled.subject, filled.status) == ("login-ranges-everywhere", "Admin", "fail")
    assert filled.expires.isoformat() == "2027-02-22"


@pytest.mark.parametrize(
    "name",
    [
        "a: b",
        "- x",
        "x\n  - control: y",
        "'",
        '"',
        "#",
        "*",
        "no",
        "2026-01-01",
        "\x1b[31m",
        "\u202e",
        "😀",
        "{}",
        " a ",
        "##vso[task.complete]",
        "###[x] 😀 \\##",
        "y z " * 10_000,
    ],
)
def test_a_hostile_name_is_text_and_adds_no_stanza(name: str) -> None:
    (one,) = stanzas(result(name))
    assert one["subject"] == name.replace("*", r"\*")
    text = render_waivers(report(result(name)))
    assert text.isascii()
    assert "##" not in text
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("name", ["*", "a*b", r"a\*b", r"\\*", "**", "\\"])
def test_a_stanza_accepts_the_one_subject_whatever_its_name(name: str) -> None:
    (stanza,) = stanzas(result(name))
    filled = Waiver.model_validate({**stanza, "reason": "agreed", "owner": "ada"})
    assert names(filled, result(name))
    assert not names(filled, result("anything else"))
    assert not names(filled, result(f"{name}x"))
