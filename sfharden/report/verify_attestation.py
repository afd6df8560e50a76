"""What `verify-attestation` found: whether the signature holds, what is said, and which files are those that were judged."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from sfharden.checks.attested import Compared
from sfharden.model.attestation import Statement, Summary
from sfharden.report.json_text import json_text
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wording import count
from sfharden.text.wrapping import wrap


@dataclass(frozen=True, slots=True)
class Verified:
    """`broken` says why the signature doesn't hold; then there is no statement, since nothing of it is believed."""

    keyid: str
    broken: str = ""
    statement: Statement | None = None
    parts: tuple[Compared, ...] = ()

    @property
    def holds(self) -> bool:
        """True if the signature does, and all that was given matches."""
        return not self.broken and not any(one.match == "differs" for one in self.parts)


def render_verified(found: Verified, terminal: Terminal) -> str:
    """For people."""
    return "".join(wrap(line, terminal.width, "  ", whole=True) + "\n" for line in _lines(found))


def render_verified_json(found: Verified) -> str:
    """For programs."""
    statement = found.statement
    document = {
        "schema": "sfharden.attestation-check/1",
        "holds": found.holds,
        "signature": found.broken or "holds",
        "keyid": found.keyid,
        "parts": [asdict(one) for one in found.parts],
        "statement": statement.model_dump(mode="json", by_alias=True) if statement else None,
    }
    return json_text(document)


def _lines(found: Verified) -> Iterator[str]:
    if found.broken or found.statement is None:
        yield f"THE SIGNATURE DOESN'T HOLD: {found.broken}."
        yield "Nothing that stands in it is believed, and so nothing was compared."
        return
    yield f"The signature holds, of the key with SHA-256 {found.keyid}."
    yield from _said(found.statement.predicate)
    yield ""
    yield from (_part(one) for one in found.parts)
    yield ""
    yield _end(found.parts)


def _said(summary: Summary) -> Iterator[str]:
    version = summary.verifier.version.get(summary.verifier.id, "")
    day = f", judged by {summary.as_of}" if summary.as_of else ""
    yield f"Made {summary.time_verified} by {_safe(summary.verifier.id)} {_safe(version)}{day}."
    source = summary.source
    yield f"Of: {source.kind}, {_safe(source.name)}{f' (org {_safe(source.org_id)})' if source.org_id else ''}."
    yield f"It says: {summary.verification_result}. {_safe(summary.verdict, 600)}"
    numbers = ", ".join(f"{number:,} {_safe(state)}" for state, number in summary.counts.items() if number)
    yield f"Results: {numbers or 'none'}; {count(len(summary.gaps), 'gap')}. The run ended in {summary.exit_code}, by --fail-on {summary.fail_on.value}."
    if summary.baseline_of:
        yield f"Held against an earlier report, of {_safe(summary.baseline_of)}."


def _part(one: Compared) -> str:
    why = f": {one.why}" if one.why else ""
    return f"{one.match:<12}  {one.part:<11}  {_safe(one.name)}{why}"


def _end(parts: Iterable[Compared]) -> str:
    told = [one.match for one in parts]
    differ, same = told.count("differs"), told.count("matches")
    rest = len(told) - differ - same
    left = f" {count(rest, 'part')} {'was' if rest == 1 else 'were'} not compared." if rest else ""
    if differ:
        return (
            f"NOT WHAT WAS ATTESTED: {count(differ, 'part')} {'differs' if differ == 1 else 'differ'}.{left}"
        )
    if not same:
        return f"No file was given to be compared: this tells that the statement is the key's, and no more.{left}"
    return f"All that was given is what was attested: {count(same, 'part')}.{left}"


def _safe(text: str, limit: int = 200) -> str:
    return safe_text(text, limit=limit)
