"""Every id of a published baseline has an answer, and lists and policies say the same of each other."""

import re

import pytest
from pydantic import ValidationError

from sfharden.checks.baselines import Baseline, BaselineEntry, baselines
from sfharden.checks.policy import load_policy, shipped_names

CONTROLS = {one.id: one for name in shipped_names() for one in load_policy(name).controls}
ANSWERED = {entry.id: entry for baseline in baselines() for entry in baseline.entries}
_IDS = re.compile(r"(SBS-[A-Z]+-\d{3}|shr_\w+)")


def test_every_control_that_is_named_is_there() -> None:
    named = {name for entry in ANSWERED.values() for name in entry.by}
    assert named <= set(CONTROLS)


def test_what_a_control_refers_to_names_that_control() -> None:
    """A reference that the list doesn't know, or that it says another control judges, would be a false claim."""
    for control in CONTROLS.values():
        for reference in control.references:
            for found in _IDS.findall(reference):
                entry = ANSWERED.get(found) or next(one for name, one in ANSWERED.items() if found in name)
                assert control.id in entry.by, (control.id, found)


def test_the_benchmark_is_whole() -> None:
    (sbs,) = (one for one in baselines() if one.name == "sbs-0.4.1")
    assert len(sbs.entries) == 49


@pytest.mark.parametrize(
    "said",
    [
        {"judged": "full"}, {"judged": "no", "by": ["app-pkce-required"], "why": "x"}, {"judged": "no"},
        {"judged": "partly", "by": ["app-pkce-required"]},
    ],
)  # fmt: skip
def test_an_id_without_an_answer_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        BaselineEntry.model_validate({"id": "x", "about": "y", **said})


def test_an_id_stands_there_once() -> None:
    entry = {"id": "x", "about": "y", "judged": "no", "why": "z"}
    with pytest.raises(ValidationError, match="twice"):
        Baseline.model_validate({"name": "n", "title": "t", "source": "s", "entries": [entry, entry]})
