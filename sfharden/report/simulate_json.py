"""A simulation as JSON, schema `sfharden.simulation/1`."""

from typing import Any

from sfharden.access.facts import Decision, Reason
from sfharden.model.results import Result
from sfharden.report.json_text import json_text
from sfharden.simulation.declared import Broken
from sfharden.simulation.replay import LoginGroup, Replay
from sfharden.simulation.request_replay import RequestReplay
from sfharden.simulation.rows import Change, Row
from sfharden.simulation.simulate import IntegrationOutcome, Simulation

MOST_RANGES = 1000  # ranges of one part that are written out


def render_simulation_json(simulation: Simulation, version: str) -> str:
    """One JSON document in ASCII; the same simulation gives the same bytes."""
    data = {
        "schema": "sfharden.simulation/1",
        "tool": {"name": "sfharden", "version": version},
        "generated_at": simulation.generated_at,
        "as_of": simulation.as_of,
        "source": simulation.source.model_dump(mode="json"),
        "proposal": {
            "name": simulation.proposal.name,
            "components": [{"kind": kind, "name": name} for kind, name in simulation.touched],
        },
        "locked_out": simulation.locked_out,
        "breaks": simulation.breaks,
        "unknown": simulation.unknown,
        "safe": simulation.safe,
        "not_in_logins": list(simulation.not_in_logins),
        "expected_unmatched": list(simulation.unmatched),
        "integrations": [_integration(one) for one in simulation.integrations],
        "controls": [
            {
                "control": one.control,
                "subject": one.subject,
                "before": _status(one.before),
                "after": _status(one.after),
                "by_hand": _status(one.by_hand),
            }
            for one in simulation.controls
        ],
        "gaps": [gap.model_dump(mode="json") for gap in simulation.gaps],
    }
    return json_text(data)


def _integration(one: IntegrationOutcome) -> dict[str, Any]:
    return {
        "name": one.name,
        "to_mend": list(one.to_mend),
        "broken": [_broken(address) for address in one.broken],
        "by_hand": {
            "steps": list(one.steps.texts),
            "rights": one.steps.rights.model_dump(mode="json") if one.steps.rights else None,
            "given_back": one.steps.given_back,
            "missing": list(one.steps.missing),
            "gained": list(one.steps.gained),
        },
        "matrix": [_change(change) for change in one.matrix],
        "open": [
            {"row": each.row.id, "newly": each.newly, "closes": each.closes}
            for each in (*one.opened, *one.still_open)
        ],
        "guard": {
            "safe": one.guard.safe,
            "shut_out": list(one.guard.shut_out),
            "unknown": list(one.guard.unknown),
        },
        "replay": _replay(one.replay) if one.replay else None,
        "replay_by_hand": _replay(one.replay_by_hand) if one.replay_by_hand else None,
        "replay_gap": one.replay_gap,
        "requests": _requests(one.requests) if one.requests else None,
        "unseen_list": one.unseen_list,
    }


def _broken(one: Broken) -> dict[str, Any]:
    return {
        "source_ip": one.source_ip,
        "users": list(one.users),
        "times": one.times,
        "last": one.last.isoformat(),
        "reason": one.reason,
        "mend": one.mend,
    }


def _change(change: Change) -> dict[str, Any]:
    row = change.after
    return {
        "id": row.id,
        "title": row.title,
        "wish": row.wish.value,
        "given": row.given,
        "before": _row(change.before),
        "after": _row(change.after),
        "by_hand": _row(change.by_hand) if change.by_hand else None,
    }


def _row(row: Row) -> dict[str, Any]:
    cases = [
        {"who": case.who, "from": case.source, "flow": case.flow.value, **_decision(case.decision)}
        for case in row.cases
    ]
    return {
        "outcome": row.outcome.value,
        "standing": row.standing.value,
        "summary": row.summary,
        "cases": cases,
    }


def _decision(decision: Decision) -> dict[str, Any]:
    parts = [
        {
            "outcome": part.outcome.value,
            "addresses": str(part.addresses.size),  # may be beyond what JSON readers take as a number
            "ranges": part.addresses.ranges()[:MOST_RANGES],
        }
        for part in decision.parts
    ]
    return {
        "outcome": decision.outcome.value,
        "reasons": [_reason(one) for one in decision.reasons],
        "parts": parts,
    }


def _reason(reason: Reason) -> dict[str, str]:
    return {"text": reason.text, "rule": reason.rule, "leads_to": reason.outcome.value}


def _replay(played: Replay) -> dict[str, Any]:
    return {
        "since": played.since.isoformat() if played.since else None,
        "successes": played.successes,
        "failures": played.failures,
        "allowed": played.allowed,
        "own": {
            "successes": played.own.successes,
            "let_in": played.own.let_in,
            "expected": [_group(one) for one in played.own.expected],
        },
        "refused": [_group(one) for one in played.refused],
        "unknown": [_group(one) for one in played.unknown],
        "unpredicted": [_group(one) for one in played.unpredicted],
        "left_out": played.left_out,
        "gap": played.gap,
    }


def _requests(found: RequestReplay) -> dict[str, Any]:
    return {
        "replay": _replay(found.played) if found.played else None,
        "gap": found.gap,
        "from_inside": found.internal,
        "without_session": found.refused,
        "without_app": found.without_app,
    }


def _group(group: LoginGroup) -> dict[str, Any]:
    return {
        "user": group.user,
        "profile": group.profile,
        "source_ip": group.source_ip,
        "app": group.app,
        "times": group.times,
        "first": group.first.isoformat(),
        "last": group.last.isoformat(),
        "reason": group.reason,
        "already": group.already,
    }


def _status(result: Result | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {"status": result.status.value, "waived": result.waived is not None, "message": result.message}
