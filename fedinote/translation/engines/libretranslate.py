"""LibreTranslate over its HTTP API (/translate, /languages, /detect), version 1.3 and later.

Only the texts, the two languages and the key are sent: no member, cookie or address. An answer is believed only
when it has the right shape and size. The text is always sent as plain text, since the server's HTML mode un-escapes
entities and leaves paragraphs out.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from fedinote.infra.errors import FediNoteError, Invalid, Unavailable
from fedinote.text import language
from fedinote.translation.breaker import Breaker
from fedinote.translation.engine import Location, Reply, ServiceCaller, Translated

ANSWER_LIMIT = 1_000_000
LANGUAGES_FOR = 300.0
LANGUAGES_RETRY = 30.0
BATCH_TEXTS = 40
BATCH_CHARS = 4_000
SURE = 20.0

_BAD_REQUEST = 400
_OK = 200
# Names of its own, used up to 1.5; later versions say zh-Hans, zh-Hant and pt-BR.
_OLD_CODES = {"zh": "zh-Hans", "zt": "zh-Hant", "pb": "pt-BR"}
# The same sign in both widths. LibreTranslate wants the last sign of the translation equal to that of the source:
# it puts a full-width stop into English, adds "!" after a full-width one, and drops "!" when the source has that.
_ENDINGS = (".。", "!！", "?？", ";；", ",，")
_SIGNS = "".join(_ENDINGS)
_FULL_WIDTH_TARGETS = ("zh", "ja", "yue")

T = TypeVar("T")


class _Detection(msgspec.Struct):
    language: str
    confidence: float = 0.0


class _Translation(msgspec.Struct, rename="camel"):
    translated_text: list[str]
    detected_language: list[_Detection] | _Detection | None = None


class _Language(msgspec.Struct):
    code: str
    targets: list[str] = []


class LibreTranslate:
    """The engine behind the address of a LibreTranslate server, such as "http://127.0.0.1:5000".

    `now` is a monotonic clock in seconds; `timeout` is for one request. Five failures in a row stop the asking for
    a minute. Unless told otherwise the server counts as somebody else's.
    """

    name = "LibreTranslate"

    def __init__(
        self,
        call: ServiceCaller,
        url: str,
        *,
        now: Callable[[], float],
        location: Location = Location.THIRD_PARTY,
        api_key: str = "",
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
        self._pairs_until = float("-inf")

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
        return Translated(tuple(answers), _tag(detected) if detected else None)

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """Tell what the server translates, asked again after five minutes.

        While it does not answer, the last known list stands.
        """
        if self._now() < self._pairs_until:
            return self._pairs
        try:
            listed = await self._ask("GET", "/languages", None, list[_Language])
        except Unavailable:
            if not self._pairs:
                raise
            self._pairs_until = self._now() + LANGUAGES_RETRY
            return self._pairs
        known = {tag: each for each in listed if (tag := _tag(each.code))}
        self._codes = {tag: each.code for tag, each in known.items()}
        self._pairs = {tag: _targets(each) & known.keys() - {tag} for tag, each in known.items()}
        self._pairs_until = self._now() + LANGUAGES_FOR
        return self._pairs

    async def detect(self, text: str) -> str | None:
        """Recognise the language by the server; None when it is not sure."""
        if not text.strip():
            return None
        found = await self._ask("POST", "/detect", {"q": text[:2000]}, list[_Detection])
        return _tag(found[0].language) if found and found[0].confidence >= SURE else None

    async def _pair(self, source: str | None, target: str) -> tuple[str | None, str]:
        """The server's own codes for two languages; a source of None stays None, to be recognised."""
        pairs = await self.languages()
        if source is None:
            return None, self._codes[_matched(target, frozenset().union(*pairs.values()))]
        from_tag = _matched(source, pairs.keys())
        to_tag = _matched(target, pairs[from_tag] | {from_tag})
        if to_tag == from_tag:
            raise Invalid("The text is in this language already")
        return self._codes[from_tag], self._codes[to_tag]

    async def _batch(self, texts: list[str], source: str | None, target: str) -> tuple[list[str], str | None]:
        """Translate one request's worth; the second value is the server's code of what it recognised."""
        body: dict[str, object] = {"q": texts, "source": source or "auto", "target": target, "format": "text"}
        with self._breaker.guard():
            answer = await self._asked("POST", "/translate", body, _Translation)
            _check(texts, answer.translated_text)
        return answer.translated_text, None if source else _surest(answer.detected_language)

    async def _ask(self, method: str, path: str, body: dict[str, object] | None, shape: type[T]) -> T:
        with self._breaker.guard():
            return await self._asked(method, path, body, shape)

    async def _asked(self, method: str, path: str, body: dict[str, object] | None, shape: type[T]) -> T:
        """One request without the breaker; every failure is `Unavailable`, a refused question `Invalid`."""
        if body is not None and self._api_key:
            body = body | {"api_key": self._api_key}
        try:
            async with asyncio.timeout(self._timeout):
                reply = await self._call(method, self._url + path, json=body, limit=ANSWER_LIMIT, timeout=self._timeout)
        except TimeoutError as error:
            raise Unavailable(reason="LibreTranslate did not answer in time") from error
        except FediNoteError as error:
            raise Unavailable(reason=f"LibreTranslate: {error.reason}") from error
        return _decoded(reply, shape)


def with_ending(source: str, translated: str, *, target: str) -> str:
    """Give a translation the closing sign of its source, in the width that the target language writes.

    Only a single sign is looked at: dots in a row and "?!" stay as the server left them.
    """
    pair = next((pair for pair in _ENDINGS if source.endswith(tuple(pair))), None)
    if pair is None or source[-2:-1] in _SIGNS or not translated:
        return translated
    sign = pair[1] if target.partition("-")[0].lower() in _FULL_WIDTH_TARGETS else pair[0]
    bare = translated.rstrip(pair)
    return translated if bare[-1:] in _SIGNS else bare + sign


def _decoded(reply: Reply, shape: type[T]) -> T:
    if reply.status == _BAD_REQUEST:
        raise Invalid("This text cannot be translated", reason=f"LibreTranslate refuses: {reply.body[:200]!r}")
    if reply.status != _OK:
        raise Unavailable(reason=f"LibreTranslate answers with status {reply.status}")
    if len(reply.body) > ANSWER_LIMIT:
        raise Unavailable(reason="LibreTranslate answers with too much")
    try:
        return msgspec.json.decode(reply.body, type=shape)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Unavailable(reason="LibreTranslate answers with something else than its API promises") from error


def _check(texts: Sequence[str], answers: Sequence[str]) -> None:
    """As many answers as texts, and none out of proportion (models that lose the thread repeat a word for ever)."""
    if len(texts) != len(answers):
        raise Unavailable(reason=f"LibreTranslate gives {len(answers)} answers for {len(texts)} texts")
    if any(len(answer) > 10 * len(text) + 200 for text, answer in zip(texts, answers, strict=True)):
        raise Unavailable(reason="LibreTranslate gives an answer far longer than the text")


def _batches(texts: Sequence[str], wanted: Sequence[int]) -> Iterator[list[int]]:
    """The places of the texts, grouped so that one request stays within what a server does in time."""
    batch: list[int] = []
    chars = 0
    for at in wanted:
        if batch and (len(batch) == BATCH_TEXTS or chars + len(texts[at]) > BATCH_CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(at)
        chars += len(texts[at])
    if batch:
        yield batch


def _matched(wanted: str, available: Collection[str]) -> str:
    found = language.match(wanted, available)
    if found is None:
        raise Invalid("This language cannot be translated")
    return found


def _tag(code: str) -> str | None:
    """The canonical tag for a code of the server; None for what is no language code."""
    return _OLD_CODES.get(code) or language.canonical(code)


def _targets(each: _Language) -> frozenset[str]:
    return frozenset(tag for code in each.targets if (tag := _tag(code)))


def _surest(found: list[_Detection] | _Detection | None) -> str | None:
    best = found[0] if isinstance(found, list) and found else found
    return best.language if isinstance(best, _Detection) and best.confidence >= SURE else None
