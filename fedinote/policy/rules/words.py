"""Words and phrases, in any spelling that only disguises them."""

from collections.abc import Sequence

import re2

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.policy.rules import across
from fedinote.policy.rules.kinds import Judged, Saying, Terms, options
from fedinote.text.cjk import has_cjk
from fedinote.text.folding import fold

MAX_WORDS = 1_000
MAX_WORD = 200
_EDGE = r"[^\pL\pN\pM]"


class Words:
    """Terms: `words`, a list. A word in an alphabet must stand alone, one in Chinese or Japanese may stand anywhere.

    Further terms say which other languages count, see `across.Across`.
    """

    def __init__(self, terms: Terms) -> None:
        words = [str(one) for one in terms.get("words", ())]
        folded = {fold(word): word for word in words if fold(word)}
        if not folded:
            raise Invalid("Validation failed: A rule about words needs at least one")
        if len(words) > MAX_WORDS or any(len(word) > MAX_WORD for word in words):
            raise Invalid(f"Validation failed: At most {MAX_WORDS} words, of {MAX_WORD} characters")
        self._words, self._across = folded, across.of_terms(terms)
        longest_first = sorted(folded, key=len, reverse=True)
        try:
            self._pattern = re2.compile(_any_of(longest_first), options())
        except re2.error:
            raise Invalid("Validation failed: These words are too many and too long for one rule") from None

    async def match(self, app: App, judged: Judged) -> str | None:
        """Find the first of the words in the folded text, then in other languages."""
        return across.search(judged, self._across, self._found)

    def _found(self, saying: Saying) -> str | None:
        found = self._pattern.search(saying.folded)
        if found is None:
            return None
        word = next((group for group in found.groups() if group), "")
        meant = self._words.get(word, word)
        plain = meant.casefold() in saying.raw.casefold()
        return f"the word “{meant}”" if plain else f"the word “{meant}”, written “{word}” in disguise"


def _any_of(words: Sequence[str]) -> str:
    """Return the expression for all words. The edges of words are large classes, so they are in it once."""
    alone = "|".join(re2.escape(word) for word in words if not has_cjk(word))
    anywhere = "|".join(re2.escape(word) for word in words if has_cjk(word))
    found = [f"(?:^|{_EDGE})({alone})(?:$|{_EDGE})"] if alone else []
    return "|".join([*found, f"({anywhere})"] if anywhere else found)
