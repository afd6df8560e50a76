"""Ids of resources that may stand in a command: those that Azure itself could have given."""

import re
from typing import Final

# Letters, digits and `._()-` are all that names of groups, workflows, connections, sites and workspaces have (Azure, naming
# rules and restrictions); `$` and `:` stand in names of children. Anything else would be taken for a query, a way up or a shell's.
_SEGMENT: Final = re.compile(r"[\w.()$:-]{1,260}")
_SUBSCRIPTION: Final = re.compile(r"/subscriptions/[0-9a-f-]{36}(?:/.*)?", re.I)


def is_plain_id(path: str) -> bool:
    """Whether a path is a resource's id below a subscription, and nothing in it means anything to a shell or an address."""
    if not _SUBSCRIPTION.fullmatch(path):
        return False
    segments = path.split("/")[1:]
    return all(_SEGMENT.fullmatch(one) and one.strip(".") for one in segments)
