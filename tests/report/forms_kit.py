"""Reports of every state and of hostile names, in every form, and what a reader of each form counts."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Final
from xml.etree import ElementTree

from sfharden.checks.since_baseline import since
from sfharden.model.results import (
    Evidence,
    Report,
    Result,
    ResultState,
    Severity,
    Status,
    Subject,
    Waived,
    fingerprint,
)
from sfharden.model.snapshot import Gap
from sfharden.report.form_registry import BY_NAME, Showing
from sfharden.report.status_words import WORDS
from tests.report.test_check_table import report as report
from tests.report.test_check_table import result

# Each would do harm somewhere: HTML, a terminal, a spreadsheet, a reader's eyes, a build's log, Markdown, SARIF, XML.
HOSTILE: Final = (
    "<script>alert(1)</script>", "\x1b[2J\x9b31m", "=cmd|'/c calc'!A1", "evil\u202egpj.exe", "##vso[task.setvariable variable=A]b",
    "::error::x", "a | b\n# Head", "[click](https://evil.example) ![x](//evil.example)", "@acme/everyone", "{0} ]]> &amp; \"'",
    "﻿\u200b\ufffe x", "a,b;c\td\r\n::warning::e", "100%0A::error::f", "`x` ~~y~~ **z**",
)  # fmt: skip
WAIVED: Final = Waived(reason="why", owner="who", expires=date(2027, 1, 1))


def named(status: Status, name: str, **changes: object) -> Result:
    """A result of a subject of that name, with its true fingerprint."""
    subject = Subject(kind="profile", name=name)
    given = {"subject": subject, "fingerprint": fingerprint("a-control", subject, None), **changes}
    return result(status, **given)


def every_state() -> Report:
    """One of each state at least, two findings, a gap."""
    old = report(named(Status.FAIL, "Old"), named(Status.FAIL, "Mended"))
    now = report(
        named(Status.FAIL, "New"), named(Status.FAIL, "New, too", severity=Severity.LOW), named(Status.FAIL, "Old"),
        named(Status.PASS, "Mended"), named(Status.UNKNOWN, "U"), named(Status.MANUAL, "M"),
        named(Status.NOT_APPLICABLE, "N"), named(Status.FAIL, "W", waived=WAIVED),
        named(Status.UNKNOWN, "V", waived=WAIVED), gaps=(Gap(what="g", reason="r"),),
    )  # fmt: skip
    return since(now, old)


def hostile_report() -> Report:
    """Every text of a report that foreign hands can write, each with each hostile name."""
    results = [
        named(
            status, name, message=name, title=name, remediation=name, references=(name,), integration=name,
            fingerprint=fingerprint("a-control", Subject(kind="profile", name=name), name),
            evidence=(Evidence(what=name, observed=name, expected=name, source=f"profiles/{name}.profile:3"),),
            waived=Waived(reason=name, owner=name, expires=date(2027, 1, 1)) if waived else None,
        )
        for name in HOSTILE
        for status, waived in (
            (Status.FAIL, False), (Status.UNKNOWN, False), (Status.MANUAL, False), (Status.PASS, False), (Status.FAIL, True)
        )
    ]  # fmt: skip
    text = " ".join(HOSTILE)
    made = report(
        *results, gaps=(Gap(what=text, reason=text),), warnings=(text,), org_name=text, to_mend=(text,)
    )
    return made.model_copy(
        update={"summary": made.counted, "folder": "force-app", "integrations": HOSTILE, "policies": HOSTILE}
    )


def shown(given: Report, form: str) -> str:
    """The report in a form."""
    return BY_NAME[form].render(given, Showing())


Counts = dict[ResultState, int]


def _of_json(text: str) -> Counts:
    summary = json.loads(text)["summary"]
    return {state: summary.get(state.value, 0) for state in ResultState}


def _of_csv(text: str) -> Counts:
    found = Counter(row["state"] for row in csv.DictReader(io.StringIO(text)))
    return {state: found[state.value] for state in ResultState}


def _of_markdown(text: str) -> Counts:
    numbers = dict(re.findall(r"^\| ([a-z ]+) \| ([\d,]+) \|$", text, re.MULTILINE))
    return {state: int(numbers[words.word].replace(",", "")) for state, words in WORDS.items()}


def _of_sarif(text: str) -> Counts:
    """By the run's own count; what is listed is that many, or with a baseline those of them that are new."""
    (run,) = json.loads(text)["runs"]
    kinds = {"fail": ResultState.FAIL, "open": ResultState.UNKNOWN, "review": ResultState.MANUAL}
    listed = Counter(
        ResultState.WAIVED if one.get("suppressions") else kinds[one["kind"]] for one in run["results"]
    )
    counts = {state: run["properties"]["counts"][state.value] for state in ResultState}
    repeated = {ResultState.MANUAL, ResultState.WAIVED} if "fixed" in run["properties"] else set()
    for state, words in WORDS.items():
        assert listed[state] == (counts[state] if words.sarif else 0) or (
            state in repeated and listed[state] < counts[state]
        )
    return counts


def _of_junit(text: str) -> Counts:
    found: Counter[ResultState] = Counter()
    root = ElementTree.fromstring(text)  # noqa: S314 - our own text
    for suite in root.iter("testsuite"):
        cases = list(suite.iter("testcase"))
        assert int(suite.get("tests", "")) == len(cases)
        assert int(suite.get("failures", "")) == len(list(suite.iter("failure")))
        assert int(suite.get("skipped", "")) == len(list(suite.iter("skipped")))
    for case in root.iter("testcase"):
        skipped = case.find("skipped")
        word = "failed" if case.find("failure") is not None else "passed"
        if skipped is not None:
            word = skipped.get("message", "").partition(":")[0]
        found[next(state for state, words in WORDS.items() if words.word == word)] += 1
    return {state: found[state] for state in ResultState}


def _of_ocsf(text: str) -> Counts:
    """By the numbers that a SIEM looks at, and by the words where those say Other."""
    by_numbers = {(words.ocsf_id, words.ocsf, words.finding_id): state for state, words in WORDS.items()}
    found = Counter(
        by_numbers[one["compliance"]["status_id"], one["compliance"]["status"], one["status_id"]]
        for one in json.loads(text)
    )
    return {state: found[state] for state in ResultState}


def _of_github(text: str) -> Counts:
    *lines, last = text.splitlines()
    told = {
        word: int(number.replace(",", ""))
        for number, word in re.findall(r"(\d[\d,]*) ([a-z ]+)(?=[,.])", last)
    }
    counts = {state: told[words.word] for state, words in WORDS.items()}
    levels = Counter(line.partition(" ")[0] for line in lines)
    assert levels["::error"] == counts[ResultState.FAIL]
    assert levels["::warning"] == counts[ResultState.UNKNOWN]
    assert levels["::notice"] == counts[ResultState.MANUAL]
    return counts


def _of_table(text: str) -> Counts:
    line = " ".join(text.split())
    names = {ResultState.FAIL: "failed", ResultState.UNKNOWN: "unknown", ResultState.PASS: "passed"}
    found = {state: re.findall(rf"(\d+) {names.get(state, state.value)}[,.]", line) for state in ResultState}
    return {state: int(numbers[-1]) if numbers else 0 for state, numbers in found.items()}


def _of_html(text: str) -> Counts:
    """As it's said in the head of the page, which must be what stands in its blocks."""
    told = {
        name: int(n.replace(",", ""))
        for name, n in re.findall(r'<li class="([a-z-]+)"><b>([\d,]+)</b>', text)
    }
    for state, letter in ((ResultState.FAIL, "f"), (ResultState.KNOWN, "k"), (ResultState.UNKNOWN, "u")):
        blocks = re.findall(
            rf'<details class="block [a-z]+" id="{letter}\d.*?<ul class="results">(.*?)</ul>', text, re.DOTALL
        )
        assert sum(block.count("<li") for block in blocks) == told.get(state.value, 0)
    return {state: told.get(state.value, 0) for state in ResultState}


COUNTED: Final[dict[str, Callable[[str], Counts]]] = {
    "table": _of_table, "json": _of_json, "markdown": _of_markdown, "csv": _of_csv, "sarif": _of_sarif,
    "junit": _of_junit, "ocsf": _of_ocsf, "github": _of_github, "html": _of_html,
}  # fmt: skip


def counted(text: str, form: str) -> Counts:
    """What a reader of the form counts in a text."""
    return COUNTED[form](text)
