"""A report as SARIF 2.1.0 (OASIS), for code scanning: one rule a control, one result for each thing to look at.

What passes or doesn't apply is not listed, since GitHub shows every result as an alert, and neither is what the baseline
has: a change is judged by what it brings. Only an unknown is listed again, since it counts again. The run's properties
count them all.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sfharden.model.results import Report, Result, ResultState, Status
from sfharden.report.check_places import file_of, logical_name, uri_of
from sfharden.report.form_registry import Showing
from sfharden.report.json_text import json_text
from sfharden.report.status_words import LEVELS, WORDS, reason_of
from sfharden.text.markdown import escaped
from sfharden.text.redact import safe_text

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
_KINDS: Final = {Status.FAIL: "fail", Status.UNKNOWN: "open", Status.MANUAL: "review"}
_URL: Final = re.compile(r"https://[\x21-\x7e]+")
# A text's own marks: a link in brackets (3.11.6), a placeholder in braces (3.11.5).
_MARKS: Final = re.compile(r"([\\\[\]])|([{}])")


def show_sarif(report: Report, _: Showing) -> str:
    """One log with one run."""
    listed = [one for one in report.results if _is_listed(one)]
    rules = {name: _rule(name, found) for name, found in _by_control(report.results).items()}
    places = {name: at for at, name in enumerate(rules)}
    run = {
        "tool": {"driver": _driver(report, tuple(rules.values()))},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report)],
        "results": [_result(report, one, places[one.control]) for one in listed],
        "properties": _properties(report),
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _is_listed(one: Result) -> bool:
    return bool(WORDS[one.state].sarif) and (not one.known or one.state is ResultState.UNKNOWN)


def plain(text: str) -> str:
    """Foreign text in which nothing is a link or a placeholder of a SARIF message."""
    return _MARKS.sub(lambda mark: f"\\{mark[1]}" if mark[1] else mark[2] * 2, safe_text(text, limit=2000))


def _unlinked(text: str) -> str:
    """Text of a rule: it has no placeholders, and is shown as it stands; a link would need its two brackets together."""
    return safe_text(text, limit=2000).replace("](", "] (")


def _by_control(results: Iterable[Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for one in results:
        found.setdefault(one.control, []).append(one)
    return dict(sorted(found.items()))


def _driver(report: Report, rules: Sequence[dict[str, Any]]) -> dict[str, Any]:
    version = safe_text(report.tool.version, limit=80)
    return {"name": "sfharden", "version": version, "rules": list(rules)}


def _rule(control: str, found: Sequence[Result]) -> dict[str, Any]:
    first = max(found, key=lambda one: one.severity.rank)
    level, score, _ = LEVELS[first.severity]
    about = "; ".join(first.references)
    link = next((one for one in first.references if _URL.fullmatch(one)), "")
    fix = f"How to mend it: {first.remediation}" if first.remediation else first.title
    return {
        "id": control,
        "shortDescription": {"text": _unlinked(first.title)},
        "fullDescription": {"text": _unlinked(first.title)},
        "help": {
            "text": _unlinked(f"{fix} References: {about}" if about else fix),
            "markdown": "\n\n".join(
                filter(None, (escaped(fix), f"References: {escaped(about)}" if about else ""))
            ),
        },
        **({"helpUri": link} if link else {}),
        "defaultConfiguration": {"level": level},
        "properties": {"security-severity": score, "tags": ["security", first.severity.value]},
    }


def _invocation(report: Report) -> dict[str, Any]:
    """That it ran to its end, and what it could not read."""
    notes = [
        {"level": "warning", "message": {"text": plain(f"Not read: {gap.what}: {gap.reason}")}}
        for gap in report.gaps
    ]
    notes += [{"level": "warning", "message": {"text": plain(one)}} for one in report.warnings]
    return {
        "executionSuccessful": True,
        "endTimeUtc": report.generated_at,
        "toolExecutionNotifications": notes,
    }


def _result(report: Report, one: Result, rule: int) -> dict[str, Any]:
    kind = _KINDS[one.status]
    waived = {
        "suppressions": [{"kind": "external", "status": "accepted", "justification": plain(reason_of(one))}]
    }
    return {
        "ruleId": one.control,
        "ruleIndex": rule,
        "kind": kind,
        "level": LEVELS[one.severity][0] if kind == "fail" else "none",  # 3.27.10: none for other kinds
        "message": {"text": plain(_about(one))},
        "locations": [_location(report, one)],
        # By what was judged, never by where it stands; without the second one, GitHub would hash the line.
        "partialFingerprints": {
            "sfharden/v1": one.fingerprint,
            "primaryLocationLineHash": f"{one.fingerprint}:1",
        },
        **({"baselineState": "unchanged" if one.known else "new"} if report.baseline else {}),
        **(waived if one.state is ResultState.WAIVED else {}),
        "properties": {
            "state": one.state.value,
            "severity": one.severity.value,
            "integration": safe_text(one.integration or ""),
        },
    }


def _about(one: Result) -> str:
    if one.subject.kind == "org":
        return one.message
    return f"{one.subject.kind} '{one.subject.name}': {one.message}"


def _location(report: Report, one: Result) -> dict[str, Any]:
    name = safe_text(one.subject.name)
    logical = {"name": name, "kind": "resource", "fullyQualifiedName": safe_text(logical_name(report, one))}
    found = file_of(report, one)
    if not found:
        return {"logicalLocations": [logical]}
    path, line = found
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri_of(path), "uriBaseId": _ROOT}}
    if line:
        physical["region"] = {"startLine": line}
    return {"physicalLocation": physical, "logicalLocations": [logical]}


def _properties(report: Report) -> dict[str, Any]:
    settled = report.baseline.settled if report.baseline else ()
    return {
        "counts": {state.value: number for state, number in report.states.items()},
        "policies": [safe_text(one) for one in report.policies],
        "integrations": [safe_text(one) for one in report.integrations],
        "source": safe_text(report.source.name),
        **({"fixed": [one.fingerprint for one in settled if one.is_fixed]} if report.baseline else {}),
    }
