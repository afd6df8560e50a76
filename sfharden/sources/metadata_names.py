"""Element names that decide what becomes of their text: secret ones, and damaged spellings of decisive ones."""

from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import sha256
from typing import Final

from sfharden.sources.metadata_types import HASHED_ELEMENTS, SECRET_ELEMENTS
from sfharden.text.redact import names_secret, without_credentials

# How alike an unknown name must be to a decisive one to count as a damaged spelling of it.
_NEARLY: Final = 0.83  # one wrong letter in six is nearly alike


def kept_text(name: str, text: str) -> str:
    """The text of an element as a snapshot may hold it: secrets as the fact that they were there."""
    if not text or text in ("true", "false"):
        return text
    if name in SECRET_ELEMENTS or damaged_forms(name, SECRET_ELEMENTS) or names_secret(name):
        return "(present, not kept)"
    if name in HASHED_ELEMENTS or damaged_forms(name, HASHED_ELEMENTS):
        return f"sha256:{sha256(text.encode()).hexdigest()[:12]}"
    return without_credentials(name, text)


def kept_below(path: str, text: str) -> str:
    """As `kept_text`, for an element at a dotted path: what stands below a secret is one."""
    above, _, name = path.rpartition(".")
    if above and text and any(map(names_secret, above.split("."))):
        return kept_text("secret", text)
    return kept_text(name, text)


@lru_cache(maxsize=4096)
def damaged_forms(name: str, decisive: frozenset[str]) -> tuple[str, ...]:
    """The names that `name` is nearly but not quite: more likely a damaged spelling than another element."""
    return tuple(known for known in sorted(decisive) if _alike(name, known))


def _alike(name: str, known: str) -> bool:
    if name == known or abs(len(name) - len(known)) > 3:
        return False
    if name.casefold() == known.casefold():
        return True
    matcher = SequenceMatcher(None, name, known)
    return matcher.quick_ratio() >= _NEARLY and matcher.ratio() >= _NEARLY
