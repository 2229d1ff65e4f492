"""Words for a full-text index that cannot part Chinese, Japanese and Korean into words.

Runs of these scripts become single characters and pairs, so that a query of one or two characters hits, and the same
on SQLite FTS5 and PostgreSQL `tsvector`. Index and query must both go through here.
"""

import re
import unicodedata

from fedinote.text import chinese

MAX_TOKEN = 64
"""Longer words are cut, in the index as in queries (PostgreSQL refuses lexemes over 2 kB)."""

_CJK = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
_TOKEN = re.compile(f"([{_CJK}]+)|([^\\W_{_CJK}]+)")
_ACCENT = re.compile("(?<=[a-z\u03b1-\u03c9])[\u0300-\u036f]+")


def fold(text: str) -> str:
    """Return the text as it is compared: case, width, Latin and Greek accents and traditional Chinese folded away."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).casefold()
    return chinese.simplified(unicodedata.normalize("NFC", _ACCENT.sub("", text)))


def has_cjk(text: str) -> bool:
    """Tell whether a text has a character of a script that is written without spaces between words."""
    return any(run for run, _ in _TOKEN.findall(text))


def search_tokens(text: str) -> str:
    """Return the text for the index: folded words parted by spaces, CJK runs as characters and pairs.

    "東京都 Café" becomes "东 京 都 东京 京都 cafe".
    """
    tokens: list[str] = []
    for run, word in _TOKEN.findall(fold(text)):
        if word:
            tokens.append(word[:MAX_TOKEN])
        else:
            tokens.extend(run)
            tokens.extend(_pairs(run))
    return " ".join(tokens)


def query_tokens(query: str) -> list[str]:
    """Return the tokens that a hit must all have, each once: words, CJK pairs, CJK characters standing alone."""
    tokens: list[str] = []
    for run, word in _TOKEN.findall(fold(query)):
        if word:
            tokens.append(word[:MAX_TOKEN])
        else:
            tokens.extend(_pairs(run) if len(run) > 1 else run)
    return list(dict.fromkeys(tokens))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
