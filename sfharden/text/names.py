"""Names of profiles and apps: API names, labels, and the files they stand in."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final
from urllib.parse import unquote_to_bytes

# Metadata API names of standard profiles and their English labels. Not in the official guides; public
# tools that retrieve profiles carry the same pairs. Only used to find a profile, never to judge one.
STANDARD_PROFILE_LABELS: Final = {
    "Admin": "System Administrator",
    "Standard": "Standard User",
    "ReadOnly": "Read Only",
    "SolutionManager": "Solution Manager",
    "MarketingProfile": "Marketing User",
    "ContractManager": "Contract Manager",
    "StandardAul": "Standard Platform User",
    "PlatformPortal": "Authenticated Website",
    "HighVolumePortal": "High Volume Customer Portal",
    "CustomerManager": "Customer Portal Manager",
}


def normalise(name: str) -> str:
    """A name for comparison: composed Unicode, no case, single spaces.

    Salesforce compares profile names without case; two names that differ in nothing else can't both exist.
    """
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


_ASCII_CASE: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def literal(name: str) -> str:
    """A name for comparison where a look-alike must not count: only the case of A to Z and spaces are evened out.

    `normalise` takes more for equal, such as a no-break space for a space, or a long s for an s.
    """
    return " ".join(part for part in name.translate(_ASCII_CASE).split(" ") if part)


def profile_aliases(api_name: str) -> tuple[str, ...]:
    """The API name and, for a standard profile, its label."""
    label = STANDARD_PROFILE_LABELS.get(api_name)
    return (api_name, label) if label else (api_name,)


_CANONICAL: Final = {
    normalise(name): normalise(api_name)
    for api_name, label in STANDARD_PROFILE_LABELS.items()
    for name in (api_name, label)
}


def canonical_profile(name: str) -> str:
    """One comparable name for a profile, whether given by API name or by label."""
    wanted = normalise(name)
    return _CANONICAL.get(wanted, wanted)


def torn_names(pieces: Sequence[str], names: Iterable[str]) -> tuple[str, ...]:
    """Those names with a comma that a comma-separated list may mean: their parts stand in it side by side."""
    listed = [normalise(piece) for piece in pieces]
    return tuple(sorted({name for name in names if _stands_in(comma_parts(name), listed)}))


def comma_parts(name: str) -> list[str]:
    """What a comma-separated list makes of a name, for comparison; nothing for a name without a comma."""
    return [normalise(part) for part in name.split(",") if part.strip()] if "," in name else []


def _stands_in(parts: Sequence[str], listed: Sequence[str]) -> bool:
    places = range(len(listed) - len(parts) + 1)
    return bool(parts) and any(listed[at : at + len(parts)] == parts for at in places)


def decode_file_name(stem: str) -> str:
    """The API name in a metadata file's name, where special characters are percent-encoded."""
    try:
        return unquote_to_bytes(stem).decode("utf-8")
    except UnicodeError:
        return stem


def suggestion(name: str, known: Iterable[str], first: Iterable[str] = ()) -> str:
    """` Did you mean 'x'?` for the name nearest to this one, or nothing: one of `first` before any other known name."""
    meant = nearest(name, first) or nearest(name, known)
    return f" Did you mean '{meant}'?" if meant else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like this one, or nothing if none is near. Case and odd spaces don't count.

    Of a short name one letter in three may be wrong, of a longer one about one in four.
    """
    wanted = normalise(name)
    enough = 0.6 if len(wanted) < _SHORT else 0.7
    best, found = enough, ""
    for one in sorted(set(known)):
        if (likeness := _likeness(wanted, normalise(one), best)) > best or (not found and likeness == best):
            best, found = likeness, one
    return found


_SHORT: Final = 5


def _likeness(wanted: str, other: str, least: float) -> float:
    """From 0 to 1. Of two usernames the half that differs more counts: colleagues share what follows the `@`."""
    mine, theirs = wanted.partition("@"), other.partition("@")
    ends = ((mine[2], theirs[2]),) if mine[1] and theirs[1] else ()
    pairs = ((mine[0], theirs[0]), *ends) if theirs[1] else ((wanted, other),)
    return min(_ratio(one, another, least) for one, another in pairs)


def _ratio(one: str, other: str, least: float) -> float:
    """How much of both texts is the same; 0 where a quick look shows that it's less than `least`."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    return matcher.ratio()


def one_edit_apart(one: str, other: str) -> bool:
    """True if one character was changed, lost or added, or only the case differs: damage, not another name."""
    if one == other:
        return False
    if one.casefold() == other.casefold():
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    head = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    rest = head + (len(shorter) == len(longer))
    return shorter[rest:] == longer[head + 1 :]


_ANY: Final = re.compile(r"(?<!\\)\*")  # a star, unless a backslash stands before it


def is_meant(pattern: str, name: str) -> bool:
    """Whether the name is the one that a pattern gives, in which `*` stands for any characters and `\\*` for itself."""
    first, *others = (part.replace("\\*", "*") for part in _ANY.split(pattern))
    if not others:
        return name == first
    # Each part where it stands first leaves the most to the others: nothing is tried twice, however many stars.
    end = len(first) if name.startswith(first) else -1
    for part in others[:-1]:
        found = name.find(part, end) if end >= 0 else -1
        end = found + len(part) if found >= 0 else -1
    return end >= 0 and name[end:].endswith(others[-1])
