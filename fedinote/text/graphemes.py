"""What people call a character: clusters of code points, as in Unicode Standard Annex 29 (extended grapheme clusters).

Mastodon and its clients count a text by them. The rules are those that writing needs, by the categories of Python's
Unicode data: marks, joined emoji, flags, conjoining Hangul. Prepended signs and Indic conjuncts count by their letters.
"""

import re
import unicodedata

MOST = 16
"""The code points that one character may have without counting more: a family with skin tones has eleven."""

_ALONE = re.compile(
    "[\x00-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205f\u2070-\u20cf\u3001-\u3029\u3030-\u3098"
    "\u309b-\ua66e\uac00-\ud7a3\uf900-\ufaff\uff00-\uff9d\U00020000-\U000323af]*"
)
_EXTEND = re.compile(
    "[\u0e33\u0eb3\u1160-\u11ff\u200c\u200d\ud7b0-\ud7ff\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
_MARKS = frozenset({"Mn", "Mc", "Me"})
_JOINER = "\u200d"


def count(text: str) -> int:
    """Return how many characters a reader sees; one with more than `MOST` code points counts for more than one.

    The text should be in NFC. A line break is one code point ("\\n").
    """
    if _ALONE.fullmatch(text):
        return len(text)
    found, flags, before = 0, 0, ""
    for character in text:
        flags = flags + 1 if "\U0001f1e6" <= character <= "\U0001f1ff" else 0
        if not before or not _continues(before, character, flags):
            found += 1
        before = character
    return max(found, -(-len(text) // MOST))


def _continues(before: str, character: str, flags: int) -> bool:
    """Tell whether a character belongs to the one before; `flags` counts the regional indicators in a row."""
    if before == "\n":
        return False
    if flags:
        return flags % 2 == 0
    if unicodedata.category(character) in _MARKS or _EXTEND.match(character):
        return True
    return before == _JOINER and unicodedata.category(character) == "So"
