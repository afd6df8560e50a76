"""Regions of Azure: one spelling for `westeurope`, `West Europe` and `(Europe) West Europe`."""

import re
from typing import Final

_PLAIN: Final = re.compile(r"[a-z][a-z0-9]{2,39}")


def region_of(location: str) -> str:
    """The location's programmatic name, or nothing for an expression or what is no region.

    Display names differ from it by spaces and case, regional display names by a leading `(Europe)` too
    (Resource Manager REST API, Subscriptions - List Locations).
    """
    plain = re.sub(r"^\([^)]*\)", "", location.strip()).replace(" ", "").lower()
    return plain if _PLAIN.fullmatch(plain) and plain != "global" else ""
