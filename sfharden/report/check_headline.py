"""May it be called hardened: the one word on top of a report's page, and what it doesn't speak of."""

from dataclasses import dataclass

from sfharden.model.results import Report, ResultState, Severity
from sfharden.report.check_checklist import NOT_JUDGED, azure_unread, checklists_of
from sfharden.report.check_verdict import bare, passing
from sfharden.text.wording import count


@dataclass(frozen=True, slots=True)
class Headline:
    """May it be called hardened: the word, what it stands on, and which of four colours it has."""

    word: str
    text: str
    tone: str


def headline_of(report: Report) -> Headline:
    """Hardened is only said where an integration was judged, something passed, and nothing is failed or unknown.

    What the baseline has is not passed either: then there is nothing new, and no more is said.
    """
    states, what = (
        report.states,
        f"{', '.join(report.integrations)} and the org" if report.integrations else "The org",
    )
    failed, open_, known = (states[one] for one in (ResultState.FAIL, ResultState.UNKNOWN, ResultState.KNOWN))
    more = f"; {known:,} known since the baseline" if known else ""
    more += f"; {open_:,} unknown" if open_ else ""
    if failed:
        word = "Not hardened" if report.integrations else "Findings"
        new = "new: " if report.baseline else ""
        return Headline(word, f"{what}: {new}{_by_severity(report)}{more}. {_held(report)}", "bad")
    if known:
        return Headline("Nothing new", f"{what}: {more[2:]}. {_held(report)}", "open")
    if open_ or report.to_mend:
        why = f"{open_:,} unknown" if open_ else "the integration file must be mended first"
        text = f"{what}: {why}, and what is not read is not passed. {_held(report)}"
        return Headline("Not known", text, "open")
    if unjudged := bare(report):
        text = f"Nothing passed for {unjudged}, and what is not judged is not passed."
        return Headline("Not known", text, "open")
    word = "Hardened" if report.integrations else "Nothing found"
    return Headline(word, f"{what}: {_held(report)}{_accepted(report)}{_aside(report)}", "good")


def _aside(report: Report) -> str:
    """What a good word doesn't speak of: steps that no policy asked for, and the other side."""
    lists = checklists_of(report, {})
    steps = [step for one in lists for step in (*one.steps, *one.azure) if step.word == NOT_JUDGED]
    said = f" Not judged: {count(len(steps), 'step')} of the checklist." if steps else ""
    unread = azure_unread(report)
    of = "" if unread == report.integrations else f" for {', '.join(unread)}"
    return f"{said} Azure was not read{of}." if unread else said


def _by_severity(report: Report) -> str:
    failed = [one for one in report.results if one.state is ResultState.FAIL]
    numbers = ((one, sum(each.severity is one for each in failed)) for one in reversed(Severity))
    return ", ".join(f"{number:,} {one.value}" for one, number in numbers if number)


def _held(report: Report) -> str:
    good, every = passing(report)
    return f"{good:,} of {count(every, 'control')} that apply {'passes' if good == 1 else 'pass'}."


def _accepted(report: Report) -> str:
    waived, manual = report.states[ResultState.WAIVED], report.states[ResultState.MANUAL]
    said = f" {count(waived, 'result')} accepted by waivers." if waived else ""
    return said + (f" {count(manual, 'thing')} that no call tells: look yourself." if manual else "")
