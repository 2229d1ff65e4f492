"""Entries of the glossary as DeepL wants them: stored there under an id before a translation can name them.

Glossaries there cannot be changed, and an account has at most 1,000. So each set of terms for a pair of languages has
a name that says what is in it: any process finds it again, and only the newest of ours are kept.
"""

import hashlib
import logging
from collections.abc import Sequence

import msgspec

from fedinote.infra.errors import Invalid, Unavailable
from fedinote.translation.engine import Term
from fedinote.translation.engines.service import Service

KEPT = 200
_PREFIX = "fedinote-"
_MAX_BYTES = 1024
_log = logging.getLogger(__name__)


class _Glossary(msgspec.Struct):
    glossary_id: str
    name: str = ""
    ready: bool = True
    creation_time: str = ""


class _Glossaries(msgspec.Struct):
    glossaries: list[_Glossary]


class Glossaries:
    """The glossaries of one DeepL account that are ours."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._ids: dict[str, str] | None = None

    async def find(self, source: str, target: str, terms: Sequence[Term]) -> str | None:
        """Return the id of a glossary with these terms, made when there is none; codes are DeepL's.

        None without terms, and when DeepL takes none for this pair: a translation without is better than no
        translation. `Resting` and `Unavailable` as `Service.ask` raises them.
        """
        entries = _entries(terms)
        if not entries:
            return None
        # A glossary for EN or PT serves all their variants; Chinese has one as well.
        pair = (source.partition("-")[0], target.partition("-")[0])
        name = _PREFIX + hashlib.sha256(msgspec.json.encode((pair, entries))).hexdigest()[:32]
        try:
            known = await self._known()
            if name not in known:
                known[name] = await self._make(name, pair, entries)
        except Invalid as error:
            _log.info("DeepL takes no glossary", extra={"pair": ">".join(pair), "why": error.reason})
            return None
        return known[name]

    async def _known(self) -> dict[str, str]:
        if self._ids is None:
            listed = (await self._service.ask("GET", "/v2/glossaries", _Glossaries)).glossaries
            ours = sorted((one for one in listed if one.name.startswith(_PREFIX)), key=lambda one: one.creation_time)
            self._ids = {one.name: one.glossary_id for one in ours if one.ready}
        return self._ids

    async def _make(self, name: str, pair: tuple[str, str], entries: str) -> str:
        known = await self._known()
        while len(known) >= KEPT:
            oldest = next(iter(known))
            try:
                await self._service.ask("DELETE", f"/v2/glossaries/{known.pop(oldest)}", type(None))
            except Unavailable as error:
                _log.info("a glossary stays at DeepL", extra={"why": error.reason})
        body = {"name": name, "source_lang": pair[0], "target_lang": pair[1], "entries": entries}
        made = await self._service.ask("POST", "/v2/glossaries", _Glossary, json=body | {"entries_format": "tsv"})
        return made.glossary_id


def _entries(terms: Sequence[Term]) -> str:
    """The terms as tab-separated lines, each once, in an order of their own; what DeepL does not take is left out."""
    pairs = {term.term: term.term if term.keep else term.translation for term in terms}
    usable = {
        source: target
        for source, target in pairs.items()
        if all(text.strip() and text.isprintable() and len(text.encode()) <= _MAX_BYTES for text in (source, target))
    }
    return "\n".join(f"{source.strip()}\t{target.strip()}" for source, target in sorted(usable.items()))
