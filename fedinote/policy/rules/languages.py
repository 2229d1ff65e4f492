"""Posts in certain languages."""

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.policy.rules.kinds import Judged, Terms
from fedinote.text import language


class Languages:
    """Terms: `languages`, BCP 47 tags; "zh" covers "zh-TW" too. `only` turns it round: all other languages.

    What counts is what the text shows, and what the author stated where it shows nothing.
    """

    def __init__(self, terms: Terms) -> None:
        tags = [language.canonical(str(tag)) for tag in terms.get("languages", ())]
        if not tags or None in tags:
            raise Invalid("Validation failed: A rule about languages needs valid BCP 47 tags")
        self._tags = tuple(filter(None, tags))
        self._only = bool(terms.get("only"))

    async def match(self, app: App, judged: Judged) -> str | None:
        """Judge by the language; a post whose language nobody can tell is not caught."""
        tag = language.detect(judged.raw) or judged.subject.language
        if tag is None:
            return None
        named = any(f"{tag}-".startswith(f"{one}-") for one in self._tags)
        return f"the language {tag}" if named != self._only else None
