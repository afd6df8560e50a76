"""The page of `controls --coverage`: a baseline, id by id, with the controls that judge it or why none can."""

from collections import Counter
from functools import cache

from sfharden.checks.baselines import Baseline, BaselineEntry
from sfharden.checks.policy import DEFAULT_POLICIES, load_policy, shipped_names
from sfharden.text.wrapping import wrap

_WORDS = {"full": "judged", "partly": "partly", "no": "not judged"}


def render_coverage(baseline: Baseline, width: int) -> str:
    """All ids of one baseline, and how many of them are judged."""
    counts = Counter[str](one.judged for one in baseline.entries)
    told = ", ".join(f"{counts[word]} {name}" for word, name in _WORDS.items() if counts[word])
    head = [
        wrap(f"{baseline.name}: {baseline.title}", width),
        *wrap(baseline.source.strip(), width).splitlines(),
        f"{told}.",
        "",
    ]
    return "\n".join([*head, *(_entry(one, width) for one in baseline.entries), ""])


def _entry(one: BaselineEntry, width: int) -> str:
    lines = [f"{_WORDS[one.judged]:<11} {one.id}", f"            {one.about}"]
    if one.by:
        lines.append(f"            by {', '.join(map(_named, one.by))}")
    if one.why:
        lines.append(f"            {one.why}")
    # An id is never broken: it is there to be searched for.
    return "\n".join([lines[0], *(wrap(line, width, " " * 12) for line in lines[1:])])


def _named(control: str) -> str:
    """A control, and the policy that has to be asked for where a run without --policy doesn't judge it."""
    homes = _homes().get(control, ())
    return control if not homes or set(homes) & set(DEFAULT_POLICIES) else f"{control} (--policy {homes[0]})"


@cache
def _homes() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in shipped_names():
        for one in load_policy(name).controls:
            found[one.id] = (*found.get(one.id, ()), name)
    return found
