"""Who gets in: one decision from plain facts, with the chain of reasons.

A refusal or a permission rests on published rules only; what is inferred or not documented leads to
'cannot tell'.
"""

from sfharden.access.decide import decide, decide_at, place_of, ranges_that_count
from sfharden.access.facts import (
    AppFacts,
    Decision,
    Facts,
    Flow,
    OrgFacts,
    Outcome,
    Own,
    Part,
    Place,
    Reason,
    SessionPolicy,
    Who,
)

__all__ = [
    "AppFacts", "Decision", "Facts", "Flow", "OrgFacts", "Outcome", "Own", "Part", "Place", "Reason",
    "SessionPolicy", "Who", "decide", "decide_at", "place_of", "ranges_that_count",
]  # fmt: skip
