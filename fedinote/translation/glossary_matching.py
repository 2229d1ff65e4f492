"""Finding the terms of a glossary in a text: one regular expression, linear in the text however many terms there are.

The terms form a tree of their letters, so that a place in the text is left at the first letter that no term has there.
A term of letters that are written with spaces between words matches whole words only ("cap" is not in "capital").
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

_WORD = "0-9a-z_\u00b5-\u024f\u0370-\u052f\u0590-\u06ff"  # after folding there are no capitals
_IN_WORD = re.compile(f"[{_WORD}]")
_END = ""


def key_of(term: str) -> str:
    """Return a term in the form in which it is compared: NFKC, folded, single spaces."""
    return " ".join(fold(unicodedata.normalize("NFKC", term)).split())


def fold(text: str) -> str:
    """Return a text in which `pattern` can find terms. It may have another length than the text."""
    return text.casefold()


def pattern(keys: Iterable[str]) -> re.Pattern[str] | None:
    """Return the expression that finds the keys (of `key_of`) in folded text, the longest at each place; None for none.

    What it matches is a key.
    """
    tree: dict[str, Any] = {}
    for key in filter(None, keys):
        node = tree
        for char in key:
            node = node.setdefault(char, {})
        node[_END] = {}
    if not tree:
        return None
    return re.compile("|".join(_first(char, node) for char, node in sorted(tree.items())))


def _first(char: str, node: dict[str, Any]) -> str:
    """Begin with the letter itself and look back over it: the search then skips to such letters at once."""
    before = f"(?<![{_WORD}]{re.escape(char)})" if _IN_WORD.match(char) else ""
    return re.escape(char) + before + _rest(char, node)


def _rest(last: str, node: dict[str, Any]) -> str:
    ways = [re.escape(char) + _rest(char, below) for char, below in sorted(node.items()) if char != _END]
    if _END in node:  # after the longer ones
        ways.append(f"(?![{_WORD}])" if _IN_WORD.match(last) else "")
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
