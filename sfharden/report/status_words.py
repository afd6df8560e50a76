"""How a result's state is said in each form: the one table, which `make docs` prints as docs/formats.md's."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.model.results import Report, Result, ResultState, Severity


@dataclass(frozen=True, slots=True)
class StateWords:
    """One state in words, and in the vocabulary of each form for machines. `sarif` is empty where nothing is listed."""

    word: str
    sarif: str
    junit: str
    ocsf: str
    github: str
    ocsf_id: int  # of `compliance`, whose captions are Unknown 0, Pass 1, Warning 2, Fail 3, Other 99
    finding_id: int = 99  # of the event: New 1, In Progress 2, Suppressed 3, Resolved 4, Other 99


# SARIF 2.1.0, 3.27.9 (kind); JUnit's four outcomes; OCSF 1.8.0, compliance.status_id and status_id. GitHub's code scanning
# shows every result as an alert whatever its kind, so what is no problem is not listed in SARIF.
WORDS: Final = {
    ResultState.FAIL: StateWords("failed", "fail", "failure", "Fail", "error", 3, 1),
    ResultState.KNOWN: StateWords("known", "", "skipped", "Fail", "", 3, 2),
    ResultState.UNKNOWN: StateWords("unknown", "open", "skipped", "unknown", "warning", 99),
    ResultState.PASS: StateWords("passed", "", "passed", "Pass", "", 1, 4),
    ResultState.NOT_APPLICABLE: StateWords("not applicable", "", "skipped", "not applicable", "", 99),
    ResultState.MANUAL: StateWords("look yourself", "review", "skipped", "look yourself", "notice", 99),
    ResultState.WAIVED: StateWords("waived", "fail or open, suppressed", "skipped", "waived", "", 99, 3),
}
FINDING_STATUS: Final = {1: "New", 2: "In Progress", 3: "Suppressed", 4: "Resolved"}
# SARIF level, GitHub's security-severity (over 9 critical, from 7 high, from 4 medium), OCSF severity_id.
LEVELS: Final = {
    Severity.LOW: ("note", "2.0", 2),
    Severity.MEDIUM: ("warning", "5.5", 3),
    Severity.HIGH: ("error", "8.0", 4),
    Severity.CRITICAL: ("error", "9.5", 5),
}


def counts_of(report: Report) -> str:
    """`2 failed, 3 known, …`: the numbers that every form tells."""
    return ", ".join(f"{number:,} {WORDS[state].word}" for state, number in report.states.items())


def reason_of(result: Result) -> str:
    """What is said of a result: its message; of a waived one who accepted it, too."""
    if waived := result.waived:
        return f"{result.message} Waived: {waived.reason} ({waived.owner}, until {waived.expires})."
    return result.message


def words_table() -> Iterator[str]:
    """The table in Markdown."""
    yield "| state | in words | SARIF `kind` | JUnit | OCSF `compliance.status_id` | OCSF `status_id` | GitHub |"
    yield f"|{' --- |' * 7}"
    for state, one in WORDS.items():
        event = f"{one.finding_id} {FINDING_STATUS.get(one.finding_id, one.word)}"
        cells = (
            state.value, one.word, one.sarif or "not listed", one.junit, f"{one.ocsf_id} {one.ocsf}", event,
            one.github or "counted",
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"
