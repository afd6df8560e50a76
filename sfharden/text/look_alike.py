"""Names that a reader takes for another, or doesn't see at all: without ink, in mixed alphabets, alike but for a letter.

Only ever a mark beside a name: it decides nothing, and an honest name may bear one. The letters are those of Unicode's
confusables.txt (UTS #39) that look like ASCII ones and are in use: a choice, not all.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from sfharden.text.redact import safe_text

NO_NAME: Final = "(no name)"
_NOTHING: Final = "nothing to see"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_MARKS: Final = frozenset({"Mn", "Me", "Mc"})
# Letters and signs by their category, and nothing to see (Unicode, Default_Ignorable_Code_Point; the blank of braille).
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for span in (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)) for code in span
}
_LIKE_LATIN: Final = str.maketrans(
    # Cyrillic
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0501\u04bb\u051b\u051d\u04cf\u0475"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408\u04c0\u04ae\u050c"
    # Greek
    "\u03b1\u03bd\u03b9\u03ba\u03bf\u03c1\u03c5\u03c7\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    # Armenian, and letters of Latin itself
    "\u0585\u057d\u0570\u0578\u0581\u0566\u0131\u0251\u0261\u01c0",
    "aeopcyxsijdhqwlv"
    "ABEKMHOPCTYXSIJIYG"
    "avikopuxABEZHIKMNOPTYX"
    "ouhngqiagl",
)  # fmt: skip
_ALIKE: Final = str.maketrans("I|10", "lllo")
_WORDS: Final = re.compile(r"[^\W\d_]+")
# Alphabets that have letters that look like Latin ones; others are written beside Latin in one word, as in Japan.
_CONFUSED: Final = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET"})


def oddity(name: str) -> str:
    """What is odd about a name, in a few words; empty for nothing."""
    if name.isascii() and name.isprintable():
        return "" if name.strip() else _NOTHING
    seen = [one for one in name if _has_ink(one)]
    if not any(unicodedata.category(one) not in _MARKS for one in seen):
        return _NOTHING
    if any(not _has_ink(one) and one != " " for one in name):
        return "characters that can't be seen"
    words = _WORDS.findall(name)
    if any(_is_mixed(word) for word in words):
        return "letters of several alphabets"
    return "letters that look like Latin ones" if any(_poses_as_latin(word) for word in words) else ""


def shown_name(name: str, limit: int = 60) -> str:
    """A name made safe to show; one that shows nothing is `(no name)`, everywhere."""
    return NO_NAME if oddity(name) == _NOTHING else safe_text(name, limit=limit).strip()


def look_alikes(names: Iterable[str]) -> Mapping[str, str]:
    """Of names that a reader takes for one another, each with such another one."""
    by_look: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        by_look.setdefault(skeleton(name), []).append(name)
    return {
        one: next(other for other in alike if other != one)
        for look, alike in by_look.items()
        if look and len(alike) > 1
        for one in alike
    }


def skeleton(name: str) -> str:
    """What a name looks like: two names of one skeleton are taken for each other."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", name) if _has_ink(one) or one == " ")
    latin = plain.translate(_LIKE_LATIN).translate(_ALIKE).casefold()
    return " ".join(latin.replace("rn", "m").replace("vv", "w").split())


def _has_ink(character: str) -> bool:
    return character not in _BLANK and unicodedata.category(character) not in _UNSEEN


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "?").partition(" ")[0]


def _is_mixed(word: str) -> bool:
    """Latin and an alphabet with letters that look like it, or two of those, in one word."""
    found = {_alphabet(one) for one in word}
    return len(found & (_CONFUSED | {"LATIN"})) > 1


def _poses_as_latin(word: str) -> bool:
    """True for a word that isn't ASCII and reads as ASCII, every letter of it; one letter alone says nothing."""
    latin = unicodedata.normalize("NFKC", word).translate(_LIKE_LATIN)
    return len(word) > 1 and not word.isascii() and latin.isascii()
