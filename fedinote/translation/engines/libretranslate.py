"""LibreTranslate over its HTTP API (/translate, /languages, /detect), version 1.3 and later.

Only the texts, the two languages and the key are sent: no member, cookie or address. An answer is believed only
when it has the right shape and size. The text is always sent as plain text, since the server's HTML mode un-escapes
entities and leaves out whole paragraphs.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from fedinote.infra.errors import FediNoteError, Invalid, Unavailable
from fedinote.text import language
from fedinote.translation.breaker import Breaker
from fedinote.translation.engine import Location, Reply, ServiceCaller, Translated
from fedinote.translation.engines.endings import with_ending

ANSWER_LIMIT = 1_000_000
LANGUAGES_FOR = 300.0
BATCH_TEXTS = 40
BATCH_CHARS = 4_000
SURE = 20.0

# Its own names for languages, used up to 1.5; later versions say zh-Hans, zh-Hant and pt-BR.
_OLD_CODES = {"zh": "zh-Hans", "zt": "zh-Hant", "pb": "pt-BR"}


class _Detection(msgspec.Struct):
    language: str
    confidence: float = 0.0


class _Translation(msgspec.Struct):
    translatedText: list[str]  # noqa: N815 (the name in the answer)
    detectedLanguage: list[_Detection] | _Detection | None = None  # noqa: N815


class _Language(msgspec.Struct):
    code: str
    targets: list[str] = []


class LibreTranslate:
    """An engine behind the address of a LibreTranslate server, such as "http://127.0.0.1:5000".

    `now` is a monotonic clock in seconds; `timeout` is for one request. Five failures in a row stop the asking for
    a minute.
    """

    name = "LibreTranslate"

    def __init__(
        self,
        call: ServiceCaller,
        url: str,
        *,
        now: Callable[[], float],
        location: Location = Location.NETWORK,
        api_key: str | None = None,
        timeout: float = 5.0,
    ) -> None:
        self.location = location
        self._call = call
        self._url = url.rstrip("/")
        self._now = now
        self._api_key = api_key
        self._timeout = timeout
        self._breaker = Breaker(now)
        self._codes: dict[str, str] = {}
        self._pairs: dict[str, frozenset[str]] = {}
        self._pairs_until: float | None = None

    async def translate(self, texts: Sequence[str], *, source: str | None, target: str) -> Translated:
        """Translate plain texts in order; blank ones come back as they are.

        Raises `Invalid` for a pair that the server does not have and `Unavailable` for every kind of failure.
        """
        wanted = [at for at, text in enumerate(texts) if text.strip()]
        if not wanted:
            return Translated(tuple(texts))
        from_code, to_code = await self._pair(source, target)
        answers = list(texts)
        detected: str | None = None
        for batch in _batches(texts, wanted):
            part, found = await self._batch([texts[at] for at in batch], from_code or detected, to_code)
            detected = detected or found
            for at, text in zip(batch, part, strict=True):
                answers[at] = with_ending(texts[at], text, target=target)
        return Translated(tuple(answers), self._tag(detected) if detected else None)

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """Tell what the server translates, asked again after five minutes."""
        if self._pairs_until is None or self._now() >= self._pairs_until:
            listed = await self._ask("GET", "/languages", None, list[_Language])
            if len(listed) > 1000:
                raise Unavailable(reason="LibreTranslate lists too many languages")
            self._codes = {_tag_of(each.code): each.code for each in listed}
            self._pairs = {_tag_of(each.code): frozenset(map(_tag_of, each.targets)) - {_tag_of(each.code)} for each in listed}
            self._pairs_until = self._now() + LANGUAGES_FOR
        return self._pairs

    async def detect(self, text: str) -> str | None:
        """Recognise the language by the server; None when it is not sure."""
        if not text.strip():
            return None
        found = await self._ask("POST", "/detect", {"q": text[:2000]}, list[_Detection])
        return self._tag(found[0].language) if found and found[0].confidence >= SURE else None

    async def _pair(self, source: str | None, target: str) -> tuple[str | None, str]:
        """The server's own codes for two languages; None stays None (to be recognised)."""
        pairs = await self.languages()
        if source is None:
            targets = frozenset().union(*pairs.values())
            return None, self._codes[_matched(target, targets)]
        known = _matched(source, pairs.keys())
        return self._codes[known], self._codes[_matched(target, pairs[known])]

    async def _batch(self, texts: list[str], source: str | None, target: str) -> tuple[list[str], str | None]:
        body: dict[str, object] = {"q": texts, "source": source or "auto", "target": target, "format": "text"}
        with self._breaker.guard():
            answer = await self._asked("POST", "/translate", body, _Translation)
            _check(texts, answer.translatedText)
        return answer.translatedText, None if source else _surest(answer.detectedLanguage)

    async def _ask[T]...
