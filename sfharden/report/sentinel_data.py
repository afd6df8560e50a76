"""The queries and texts of Sentinel that stand beside this module as files, and the ids made of their names."""

from importlib import resources
from typing import Final
from uuid import UUID, uuid5

WATCHLIST: Final = "SfhardenRanges"
_NAMESPACE: Final = UUID("7d9a1c52-2f0e-5a4b-8a34-5e6a8f1d3c77")


def sentinel_file(name: str, watchlist: str = WATCHLIST) -> str:
    """A file of `sentinel`, with the watchlist called as it is to be."""
    text = resources.files("sfharden.report").joinpath("sentinel", name).read_text("utf-8")
    return text.replace(WATCHLIST, watchlist)


def lasting_id(name: str) -> str:
    """A GUID that stays the same from run to run, so that deploying again changes what is there."""
    return str(uuid5(_NAMESPACE, name))
