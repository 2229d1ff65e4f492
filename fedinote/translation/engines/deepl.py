"""DeepL over its API, version 2 (/v2/translate, /v2/languages); a company, so always a machine of others.

By its documentation the key goes into the header Authorization, a body is at most 128 KiB with at most 50 texts,
`context` is read but neither translated nor charged, and status 456 says that what was paid for is used up.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from fedinote.infra.errors import Invalid, Unavailable
from fedinote.infra.translation_settings import NAMES
from fedinote.text import language
from fedinote.translation.engine import Kind, Location, ServiceCaller, Term, Translated
from fedinote.translation.engines.deepl_glossaries import Glossaries
from fedinote.translation.engines.listing import Listing
from fedinote.translation.engines.service import Service

PAID = "https://api.deepl.com"
FREE = "https://api-free.deepl.com"
MAX_TEXTS = 50
MAX_CONTEXT = 2_000


class _Translation(msgspec.Struct):
    text: str
    detected_source_language: str = ""


class _Answer(msgspec.Struct):
    translations: list[_Translation]


class _Language(msgspec.Struct):
    language: str


class _Codes(msgspec.Struct, frozen=True):
    """DeepL's own codes by tag."""

    sources: dict[str, str]
    targets: dict[str, str]


class DeepL:
    """The engine of a DeepL account. Keys of the free plan end in ":fx" and belong to a host of their own."""

    kind = Kind.MACHINE
    location = Location.THIRD_PARTY

    def __init__(
        self,
        call: ServiceCaller,
        api_key: str,
        *,
        url: str = "",
        name: str = NAMES["deepl"],
        timeout: float = 5.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._service = Service(
            call,
            url or (FREE if api_key.endswith(":fx") else PAID),
            name=name,
            timeout=timeout,
            headers={"Authorization": f"DeepL-Auth-Key {api_key}"},
        )
        self._codes = Listing(self._listed, now)
        self._glossaries = Glossaries(self._service)

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        """Translate plain texts in order, with all of them as context for each.

        Raises `Invalid` for a pair that DeepL does not have, `Resting` and `Unavailable` as `Service.ask` does.
        """
        codes = await self._codes.get()
        from_code = codes.sources[_matched(source, codes.sources)] if source else None
        to_code = codes.targets[_matched(target, codes.targets)]
        body: dict[str, object] = {"text": list(texts), "target_lang": to_code, "preserve_formatting": True}
        if from_code is not None:
            if from_code.partition("-")[0] == to_code.partition("-")[0]:
                raise Invalid("The text is in this language already")
            body["source_lang"] = from_code
            if glossary := await self._glossaries.find(from_code, to_code, terms):
                body["glossary_id"] = glossary
        if len(texts) > 1:
            body["context"] = "\n".join(texts)[:MAX_CONTEXT]
        answer = await self._service.ask("POST", "/v2/translate", _Answer, json=body)
        if len(answer.translations) != len(texts):
            raise Unavailable(reason=f"{self.name}: {len(answer.translations)} answers for {len(texts)} texts")
        detected = None if source else language.canonical(answer.translations[0].detected_source_language)
        return Translated(tuple(each.text for each in answer.translations), detected)

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """Tell what DeepL translates: each source to all targets of other languages."""
        codes = await self._codes.get()
        return {
            source: frozenset(tag for tag in codes.targets if language.base_of(tag) != language.base_of(source))
            for source in codes.sources
        }

    async def _listed(self) -> _Codes:
        return _Codes(await self._list("source"), await self._list("target"))

    async def _list(self, side: str) -> dict[str, str]:
        listed = await self._service.ask("GET", f"/v2/languages?type={side}", list[_Language])
        return {tag: each.language for each in listed if (tag := language.canonical(each.language))}


def _matched(wanted: str, available: Collection[str]) -> str:
    found = language.match(wanted, available)
    if found is None:
        raise Invalid("This language cannot be translated")
    return found
