"""Texts as rules compare them: what is only a disguise falls off, so that one spelling of a word finds all others.

Both the text and what is looked for are folded, so a folding that is unjust to a language does no harm to the search.
"""

import re
from functools import cache

from opencc import OpenCC

from fedinote.text import cjk

# Letters of other scripts that look like a Latin one, lower case: first the look-alike, then the letter.
_LOOK_ALIKES = "аaеeоoрpсcуyхxіiѕsјjһhԁdԛqԝwкkмmтtвbнhґrпnӏlαaοoρpνvτtυuκkιiϲcεeηnχxɡgɑaıiƅbʀrѵvցgհhոnսuօoƽsⅼl"
_TO_LATIN = str.maketrans(dict(zip(_LOOK_ALIKES[::2], _LOOK_ALIKES[1::2], strict=True)))
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\uffa0]"
)
# Three letters or more, each apart from the next by one space or sign: s p a m, s.p.a.m, 加 微 信.
_SPACED = re.compile(r"(?<!\w)\w(?:[ .,*_~|·•/\\-]\w){2,}(?!\w)")
_GAPS = re.compile(r"[ .,*_~|·•/\\-]")


def fold(text: str) -> str:
    """Return a text without its disguises: width, style and case of letters, accents, unseen characters, look-alikes
    of Latin letters, traditional Chinese characters, letters written apart; each gap is one space.

    Costs time in proportion to the text.
    """
    text = cjk.fold(_UNSEEN.sub("", text)).translate(_TO_LATIN)
    if cjk.has_cjk(text):
        text = _simplifier().convert(text)
    return _SPACED.sub(lambda found: _GAPS.sub("", found[0]), " ".join(text.split()))


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")  # loads its dictionaries, hence not before somebody writes Chinese
