"""A report as JUnit XML, for the test page of a pipeline: a suite an integration, a case a control and subject.

A case is known from run to run by `classname.name`, which ends in the result's fingerprint. What isn't known is skipped
with its reason; the exit code tells it, too.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from typing import Final

from sfharden.model.results import Report, Result
from sfharden.report.check_places import file_of
from sfharden.report.form_registry import Showing
from sfharden.report.status_words import WORDS, counts_of, reason_of
from sfharden.text.redact import safe_text

_ORG: Final = "org"


def show_junit(report: Report, _: Showing) -> str:
    """One document with one `testsuites`."""
    suites: dict[str, list[Result]] = {}
    for one in report.results:
        suites.setdefault(one.integration or "", []).append(one)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for at, (name, found) in enumerate(sorted(suites.items())):
        lines += _suite(report, name or _ORG, at, found)
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suite(report: Report, name: str, at: int, found: Sequence[Result]) -> Iterator[str]:
    outcomes = [WORDS[one.state].junit for one in found]
    made = datetime.fromisoformat(report.generated_at)
    yield (
        f"<testsuite {_attribute('name', name)} package={_quoted('sfharden')} id={_quoted(str(at))} "
        f"timestamp={_quoted(f'{made:%Y-%m-%dT%H:%M:%S}')} hostname={_quoted('localhost')} tests={_quoted(str(len(found)))} "
        f"failures={_quoted(str(outcomes.count('failure')))} errors={_quoted('0')} "
        f"skipped={_quoted(str(outcomes.count('skipped')))} time={_quoted('0')}>"
    )
    yield "<properties>"
    told = {"source": report.source.name, "policies": ", ".join(report.policies), "counts": counts_of(report)}
    yield from (
        f"<property {_attribute('name', key)} {_attribute('value', text)}/>" for key, text in told.items()
    )
    yield "</properties>"
    for one in found:
        yield from _case(report, name, one)
    yield "<system-out></system-out>"
    yield "<system-err></system-err>"
    yield "</testsuite>"


def _case(report: Report, suite: str, one: Result) -> Iterator[str]:
    name = f"{one.subject.kind} {safe_text(one.subject.name)} [{one.fingerprint}]"
    head = f"<testcase {_attribute('classname', f'{suite}.{one.control}')} {_attribute('name', name)} time={_quoted('0')}"
    words = WORDS[one.state]
    if words.junit == "passed":
        yield f"{head}/>"
    elif words.junit == "failure":
        said = f"{_attribute('type', one.severity.value)} {_attribute('message', one.message)}"
        yield f"{head}><failure {said}>{_text(_details(report, one))}</failure></testcase>"
    else:
        yield f"{head}><skipped {_attribute('message', f'{words.word}: {reason_of(one)}')}></skipped></testcase>"


def _details(report: Report, one: Result) -> str:
    """What a person needs who opens the case."""
    found = file_of(report, one)
    where = "" if not found else f" At: {found[0]}{f':{found[1]}' if found[1] else ''}."
    return f"{one.title}.{where} Fix: {one.remediation}"


def _attribute(name: str, text: str) -> str:
    return f"{name}={_quoted(text)}"


def _quoted(text: str) -> str:
    return f'"{_text(text)}"'


def _text(text: str) -> str:
    """Foreign text in XML: no character that XML doesn't know, no markup."""
    return escape(safe_text(text, limit=2000), quote=True)
