"""LibreTranslate over its HTTP API (/translate, /languages), version 1.3 and later.

Only the texts, the two languages and the key are sent: no member, cookie or address. An answer is believed only
when it has the right shape and size. The text is always sent as plain text, since the server's HTML mode un-escapes
entities and leaves paragraphs out.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from fedinote.infra.errors import Invalid, Unavailable
from fedinote.infra.translation_settings import NAMES
from fedinote.text import language
from fedinote.translation.engine import Kind, Location, ServiceCaller, Term, Translated
from fedinote.translation.engines.listing import Listing
from fedinote.translation.engines.service import Service

SURE = 20.0

# Names of its own, used up to 1.5; later versions say zh-Hans, zh-Hant and pt-BR.
_OLD_CODES = {"zh": "zh-Hans", "zt": "zh-Hant", "pb": "pt-BR"}
# The same sign in both widths. LibreTranslate wants the last sign of the translation equal to that of the source:
# it puts a full-width stop into English, adds "!" after a full-width one, and drops "!" when the source has that.
_ENDINGS = (".。", "!！", "?？", ";；", ",，")
_SIGNS = "".join(_ENDINGS)
_FULL_WIDTH_TARGETS = ("zh", "ja", "yue")


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

    `now` is a monotonic clock in seconds; `timeout` is for one request. Unless told otherwise the server counts as
    somebody else's.
    """

    kind = Kind.MACHINE

    def __init__(
        self,
        call: ServiceCaller,
        url: str,
        *,
        now: Callable[[], float] = time.monotonic,
        name: str = NAMES["libretranslate"],
        location: Location = Location.THIRD_PARTY,
        api_key: str = "",
        timeout: float = 5.0,
    ) -> None:
        self.name = name
        self.location = location
        self._service = Service(call, url, name=name, timeout=timeout)
        self._api_key = api_key
        self._known = Listing(self._listed, now)

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        """Translate plain texts in order; the glossary is not known to these servers.

        Raises `Invalid` for a pair that the server does not have and `Unavailable` for every kind of failure.
        """
        from_code, to_code = await self._pair(source, target)
        body: dict[str, object] = {"q": list(texts), "source": from_code or "auto", "target": to_code, "format": "text"}
        if self._api_key:
            body["api_key"] = self._api_key
        answer = await self._service.ask("POST", "/translate", _Translation, json=body)
        if len(answer.translated_text) != len(texts):
            raise Unavailable(reason=f"{self.name}: {len(answer.translated_text)} answers for {len(texts)} texts")
        answers = (
            with_ending(text, translated, target=target)
            for text, translated in zip(texts, answer.translated_text, strict=True)
        )
        detected = None if source else _surest(answer.detected_language)
        return Translated(tuple(answers), _tag(detected) if detected else None)

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """Tell what the server translates, asked again after five minutes.

        While it does not answer, the last known list stands.
        """
        return {tag: targets for tag, (_, targets) in (await self._known.get()).items()}

    async def _listed(self) -> dict[str, tuple[str, frozenset[str]]]:
        """By tag the server's own code, and what the language can become."""
        listed = await self._service.ask("GET", "/languages", list[_Language])
        known = {tag: each for each in listed if (tag := _tag(each.code))}
        return {tag: (each.code, _targets(each) & known.keys() - {tag}) for tag, each in known.items()}

    async def _pair(self, source: str | None, target: str) -> tuple[str | None, str]:
        """The server's own codes for two languages; a source of None stays None, to be recognised."""
        known = await self._known.get()
        if source is None:
            return None, known[_matched(target, frozenset().union(*(targets for _, targets in known.values())))][0]
        from_tag = _matched(source, known.keys())
        to_tag = _matched(target, known[from_tag][1] | {from_tag})
        if to_tag == from_tag:
            raise Invalid("The text is in this language already")
        return known[from_tag][0], known[to_tag][0]


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
