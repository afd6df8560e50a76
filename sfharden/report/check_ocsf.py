"""A report as Compliance Findings of OCSF 1.8 (class 2003), for a SIEM: a JSON array, one event a result.

What isn't known is no Warning and no Fail: its `status_id` is 99 (Other) and its `status` says unknown.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sfharden.model.results import Report, Result, ResultState, Severity, Status
from sfharden.report.form_registry import Showing
from sfharden.report.json_text import json_text
from sfharden.report.status_words import FINDING_STATUS, LEVELS, WORDS, reason_of
from sfharden.text.redact import safe_text, without_tokens

VERSION: Final = "1.8.0"
_CLASS: Final = 2003
_CREATE, _UPDATE = (1, "Create"), (2, "Update")
_CAPTIONS: Final = {
    Severity.LOW: "Low",
    Severity.MEDIUM: "Medium",
    Severity.HIGH: "High",
    Severity.CRITICAL: "Critical",
}


def show_ocsf(report: Report, _: Showing) -> str:
    """The events, one a line, as the report orders them."""
    moment = int(datetime.fromisoformat(report.generated_at).timestamp() * 1000)
    events = ",\n".join(
        json_text(_event(report, one, moment), indent=None).rstrip() for one in report.results
    )
    return f"[\n{events}\n]\n" if events else "[]\n"


def _event(report: Report, one: Result, moment: int) -> dict[str, Any]:
    words = WORDS[one.state]
    activity, name = _UPDATE if one.state is ResultState.KNOWN else _CREATE
    bad = one.status is not Status.PASS and one.status is not Status.NOT_APPLICABLE
    return {
        "activity_id": activity,
        "activity_name": name,
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + activity,
        "type_name": f"Compliance Finding: {name}",
        "time": moment,
        "severity_id": LEVELS[one.severity][2] if bad else 1,
        "severity": _CAPTIONS[one.severity] if bad else "Informational",
        "status_id": words.finding_id,
        "status": FINDING_STATUS.get(words.finding_id, words.word),
        "status_detail": _text(reason_of(one), limit=2000),
        "message": _text(one.message, limit=2000),
        "metadata": _metadata(report),
        "finding_info": {
            "uid": one.fingerprint,
            "title": _text(one.title),
            "desc": _text(one.message, limit=2000),
            "types": ["Salesforce integration hardening"],
        },
        "compliance": _compliance(report, one),
        "resources": [{"name": _text(one.subject.name) or "?", "type": one.subject.kind}],
        **_remediation(one),
        "unmapped": {
            "state": one.state.value,
            "integration": _text(one.integration or ""),
            "evidence": [
                {key: _text(text) for key, text in part.model_dump(mode="json").items()}
                for part in one.evidence
            ],
        },
    }


def _metadata(report: Report) -> dict[str, Any]:
    org = report.source.org_id
    return {
        "version": VERSION,
        "product": {
            "name": "sfharden",
            "vendor_name": "sfharden",
            "version": _text(report.tool.version, limit=80),
        },
        **({"tenant_uid": _text(org, limit=40)} if org else {}),
    }


def _compliance(report: Report, one: Result) -> dict[str, Any]:
    words = WORDS[one.state]
    return {
        "control": one.control,
        "desc": _text(one.title),
        "standards": [_text(name) for name in report.policies],
        "requirements": [_text(text) for text in one.references],
        "status_id": words.ocsf_id,
        "status": words.ocsf,
        "status_detail": _text(reason_of(one), limit=2000),
    }


def _remediation(one: Result) -> dict[str, Any]:
    return {"remediation": dict(_mending(one))} if one.remediation else {}


def _mending(one: Result) -> Iterator[tuple[str, Any]]:
    yield "desc", _text(one.remediation, limit=4000)
    links = [_text(text) for text in one.references if text.startswith("https://")]
    if links:
        yield "references", links


def _text(text: str, limit: int = 400) -> str:
    """Foreign text as rows tell it: no token, wherever one strayed."""
    return safe_text(without_tokens(text), limit=limit)
