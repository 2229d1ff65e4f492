"""Regular expressions, in time that grows with the text and not faster (RE2)."""

import re2

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.policy.rules import across
from fedinote.policy.rules.kinds import Judged, Saying, Terms, options

MAX_PATTERN = 1_000
MAX_SHOWN = 80


class Pattern:
    """Terms: `pattern`, in RE2's syntax (no backreferences, no look-around); letter case does not matter.

    It is looked for in the text as it was written, then in the text without its disguises, then in the other languages
    that count (`across.Across`).
    """

    def __init__(self, terms: Terms) -> None:
        pattern = str(terms.get("pattern", ""))
        if not pattern or len(pattern) > MAX_PATTERN:
            raise Invalid(f"Validation failed: A pattern has between 1 and {MAX_PATTERN} characters")
        try:
            self._pattern = re2.compile(pattern, options(case_sensitive=False))
        except re2.error as error:
            raise Invalid(f"Validation failed: The pattern cannot be read: {_said(error)[:200]}") from None
        if self._pattern.search(""):
            raise Invalid("Validation failed: The pattern matches a text without a word")
        self._across = across.of_terms(terms)

    async def match(self, app: App, judged: Judged) -> str | None:
        """Look for the pattern in both forms of each text."""
        return across.search(judged, self._across, self._found)

    def _found(self, saying: Saying) -> str | None:
        for form, text in (("", saying.raw), (" without its disguises", saying.folded)):
            found = self._pattern.search(text)
            if found is not None:
                return f"the pattern matches “{_short(found[0])}”{form}"
        return None


def _said(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    return first.decode(errors="replace") if isinstance(first, bytes) else str(first)


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
