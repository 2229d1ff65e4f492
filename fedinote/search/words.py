"""Texts as the index has them: the same folding and parting for what is indexed and for what is looked for.

Scripts that put no space between words (Chinese, Japanese, Korean with its particles, Thai …) become characters and
pairs, so that a query of one or two characters hits. Other scripts go by whole words.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fedinote.text.cjk import MAX_TOKEN, fold

FACET = "\ue000"
"""Begins the words that no text can have: what a post is (its language, what is attached), not what it says."""

# Thai and Lao, Tibetan, Burmese, Khmer; kana, han, hangul.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0f40-\u0fbc\u1000-\u103f\u1050-\u109d\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
# Signs that belong to the letter before them, in Hebrew, Arabic and the scripts of India; `\w` has none of them.
_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0963\u0980-\u0dff"
)
_PIECE = re.compile(f"([{_UNSPACED}]+)|((?:[^\\W_{_UNSPACED}]|[{_MARKS}])+)")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
_URL = re.compile(r"https?://(?:www\.)?([^\s?#]+)\S*", re.IGNORECASE)
_KANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}


class Piece(NamedTuple):
    """A word, or (`run`) characters in a row of a script that parts no words."""

    text: str
    run: bool


def pieces(text: str) -> list[Piece]:
    """Part a text into folded pieces. Addresses lose their scheme, query and fragment; katakana become hiragana."""
    folded = fold(_UNSEEN.sub("", _URL.sub(r" \1 ", text) if "://" in text else text))
    if not folded.isascii():
        folded = folded.translate(_KANA)
    return [Piece(run, True) if run else Piece(word[:MAX_TOKEN], False) for run, word in _PIECE.findall(folded)]


def tokens(found: Iterable[Piece]) -> list[str]:
    """Return what the index has of these pieces, each once: words, and characters and pairs of runs."""
    kept: dict[str, None] = {}
    for text, run in found:
        if run:
            kept.update(dict.fromkeys(text))
            kept.update(dict.fromkeys(pairs(text)))
        else:
            kept[text] = None
    return list(kept)


def pairs(run: str) -> list[str]:
    """Return every two neighbours of a run."""
    return [run[at : at + 2] for at in range(len(run) - 1)]


def joined(found: Iterable[Piece]) -> str:
    """Return pieces as the text in which `pattern` is looked for: parted, begun and ended by one space."""
    return f" {' '.join(piece.text for piece in found)} "


def pattern(found: Sequence[Piece]) -> str:
    """Return what a `joined` text contains exactly where these pieces follow each other: no word within a word."""
    text = " ".join(piece.text for piece in found)
    return f"{'' if found[0].run else ' '}{text}{'' if found[-1].run else ' '}"
