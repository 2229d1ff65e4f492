"""Which engine translates what: a chain for each pair of languages, tried in order until one answers."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, Unavailable
from fedinote.infra.settings import Settings
from fedinote.infra.translation_settings import EngineSettings, TranslationSettings
from fedinote.text import language
from fedinote.translation.engine import Engine, Kind, Location, ServiceCaller, Term
from fedinote.translation.engines.argos import Argos
from fedinote.translation.engines.conversion import Conversion
from fedinote.translation.engines.deepl import DeepL
from fedinote.translation.engines.libretranslate import LibreTranslate
from fedinote.translation.engines.openai import OpenAI
from fedinote.translation.engines.phrasebook import Phrasebook
from fedinote.translation.lanes import BATCH_CHARACTERS, BATCH_TEXTS, SAME, Lane, Pace

Among = Callable[[Engine], bool]
# Texts and characters of one request: what DeepL takes, and what models translate in time and without mixing it up.
_BATCHES = {"deepl": (50, 20_000), "openai": (20, 2_000), "argos": (20, 2_000)}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Routed:
    """A translation: as many texts as were sent, in order, and the engine that made all of them.

    `detected` is the language that the engine recognised, None when the source was given or it was not sure.
    """

    texts: tuple[str, ...]
    detected: str | None
    engine: Engine


def anywhere(_: Engine) -> bool:
    """Let any engine be asked."""
    return True


class Router:
    """All engines of an instance behind one question.

    `chains` names engines by pair ("zh>en", "zh>*", "*>ja", "*"): the pair that fits closest counts, "zh" fits
    "zh-Hant" too, and who is not in its chain is not asked. Pairs without a chain try all, in the order of `engines`.
    What converts between the Chinese scripts always comes first: no engine does better. `paces` are by engine name.
    """

    def __init__(
        self,
        engines: Sequence[Engine],
        chains: Mapping[str, Sequence[str]] | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        paces: Mapping[str, Pace] | None = None,
    ) -> None:
        self._lanes = {engine.name: Lane(engine, (paces or {}).get(engine.name, Pace()), now) for engine in engines}
        if len(self._lanes) < len(engines):
            raise ValueError("two engines of one name")
        self._joined: dict[tuple[str, ...], tuple[list[Mapping[str, frozenset[str]]], dict[str, frozenset[str]]]] = {}
        self._chains = {_pair(key): tuple(names) for key, names in (chains or {}).items()}

    @property
    def engines(self) -> tuple[Engine, ...]:
        """All engines, in the order of the settings."""
        return tuple(lane.engine for lane in self._lanes.values())

    def resting(self) -> dict[str, float]:
        """Return the seconds for which each engine that rests after failures will not be asked, by its name."""
        return {name: lane.breaker.seconds for name, lane in self._lanes.items() if lane.breaker.is_open}

    async def languages(self, among: Among = anywhere) -> Mapping[str, frozenset[str]]:
        """Tell what the allowed engines translate together: source tag to target tags.

        Engines that do not answer are left out; raises `Unavailable` when none of those that were asked does.
        """
        known: list[Mapping[str, frozenset[str]]] = []
        failed = None
        for lane in self._lanes.values():
            if among(lane.engine):
                try:
                    known.append(await lane.languages())
                except Unavailable as error:
                    failed = error
        if failed is not None and not any(known):
            raise failed
        names = tuple(lane.engine.name for lane in self._lanes.values() if among(lane.engine))
        before, joined = self._joined.get(names, ([], {}))
        if before != known:  # everybody asks, and it seldom changes
            joined = _union(known)
            self._joined[names] = (known, joined)
        return joined

    async def translate(
        self,
        texts: Sequence[str],
        *,
        source: str | None,
        target: str,
        among: Among = anywhere,
        terms: Sequence[Term] = (),
    ) -> Routed:
        """Translate plain texts by the first engine of the chain that can; one engine makes all of a call.

        Raises `Invalid` when none knows the pair, `Unavailable` when one does and did not answer well, and `Forbidden`
        when only those know it that may not be asked.
        """
        able = await self.chain(source, target)
        allowed = tuple(filter(among, able))
        if able and not allowed:
            raise Forbidden("Only public posts are translated: the engine is not on this machine")
        refusal: FediNoteError = _unknown_pair(source, target)
        for lane in (self._lanes[engine.name] for engine in allowed):
            try:
                given, tag = await self._readable(lane, texts, source)
                answer = await lane.translate(given, source=tag, target=target, terms=terms)
            except (Invalid, Unavailable) as error:
                refusal = refusal if isinstance(refusal, Unavailable) and isinstance(error, Invalid) else error
                if isinstance(error, Unavailable):
                    _log.info("an engine did not translate", extra={"engine": lane.engine.name, "why": error.reason})
            else:
                return Routed(await self._in_script(answer.texts, target), answer.detected, lane.engine)
        raise refusal

    async def _in_script(self, texts: tuple[str, ...], target: str) -> tuple[str, ...]:
        """Write Chinese in the script that was asked for, where the engine knows only the other, or does not care."""
        found = language.detect(" ".join(texts)) if language.base_of(target) == "zh" else None
        return texts if found is None else tuple(await self._converted(texts, found, target))

    async def _readable(self, lane: Lane, texts: Sequence[str], source: str | None) -> tuple[Sequence[str], str | None]:
        """Chinese for an engine that says it knows only the other script, in that; everything else as it is."""
        if source is None or lane.engine.kind is Kind.CONVERSION or language.base_of(source) != "zh":
            return texts, source
        try:
            known = language.match(source, await lane.languages())
        except Unavailable:
            return texts, source
        if known is None or "-" not in known or language.script_of(known) == language.script_of(source):
            return texts, source  # "zh" alone may be both
        return await self._converted(texts, source, known), known

    async def _converted(self, texts: Sequence[str], source: str, target: str) -> Sequence[str]:
        for lane in self._lanes.values():
            if lane.engine.kind is Kind.CONVERSION and await lane.can(source, target):
                return (await lane.translate(texts, source=source, target=target)).texts
        return texts

    async def chain(self, source: str | None, target: str) -> tuple[Engine, ...]:
        """Return the engines that can translate a pair, in the order in which they are to be tried.

        One that does not say what it can is among them. `source` None: those that may recognise the language.
        """
        fitting = [pair for pair in self._chains if _fits(pair[0], source) and _fits(pair[1], target)]
        closest = max(fitting, key=lambda pair: sum(len(part) for part in pair if part != "*"), default=None)
        names = self._lanes if closest is None else self._chains[closest]
        converting = [name for name, lane in self._lanes.items() if lane.engine.kind is Kind.CONVERSION]
        lanes = [self._lanes[name] for name in dict.fromkeys((*converting, *names))]
        return tuple([lane.engine for lane in lanes if await lane.can(source, target)])

    async def close(self) -> None:
        """End what engines keep running."""
        for engine in self.engines:
            if isinstance(engine, Argos):
                await engine.close()

    def check(self, engine: Engine) -> None:
        """Raise `Unavailable` when an engine rests, so that it is of no use to prepare anything for it."""
        if self._lanes[engine.name].breaker.is_open:
            raise Unavailable("The translation service is not available at the moment", reason="breaker is open")


def _unknown_pair(source: str | None, target: str) -> Invalid:
    same = source is not None and language.match(target, {source})
    return Invalid(SAME if same else "This language cannot be translated into the other")


def _pair(key: str) -> tuple[str, str]:
    source, _, target = key.partition(">")
    return source, target or "*"


def _fits(pattern: str, tag: str | None) -> bool:
    if pattern == "*" or tag is None:
        return pattern == "*"
    return f"{tag}-".lower().startswith(f"{pattern}-".lower())


def _union(known: Sequence[Mapping[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    """Join what engines know, each under the tags of the others too ("zh-Hans" of one is "zh" of another)."""
    sources = {tag for pairs in known for tag in pairs}
    return {
        tag: frozenset().union(*(pairs[code] for pairs in known if (code := language.match(tag, pairs)))) - {tag}
        for tag in sorted(sources)
    }


def translates(app: App) -> bool:
    """Tell whether there is more here than the conversion between the two Chinese scripts."""
    router: Router | None = app.translator
    return router is not None and any(engine.kind is Kind.MACHINE for engine in router.engines)


def router_of(app: App) -> Router:
    """Build all engines that the settings name, and the conversion between the Chinese scripts."""
    return build(app.settings.translation, app.outbound.call_service)


async def on_settings_renewed(app: App, before: Settings) -> None:
    """Build the engines anew where their settings were changed; who is being asked at the moment still answers."""
    if app.settings.translation != before.translation:
        old: Router | None = app.translator
        app.translator = router_of(app)
        if old is not None:
            await old.close()


def build(settings: TranslationSettings, call: ServiceCaller, *, now: Callable[[], float] = time.monotonic) -> Router:
    """Build a router without an App; `call` is how engines reach their services, `now` a clock in seconds."""
    engines: list[Engine] = [Conversion(), *(_engine(each, call) for each in settings.configured)]
    return Router(engines, settings.chains, now=now, paces={each.title: _pace(each) for each in settings.configured})


def _pace(settings: EngineSettings) -> Pace:
    texts, characters = _BATCHES.get(settings.kind, (BATCH_TEXTS, BATCH_CHARACTERS))
    concurrency = 1 if settings.kind == "argos" else settings.concurrency  # it has one process
    return Pace(settings.seconds, concurrency, texts, characters)


def _engine(settings: EngineSettings, call: ServiceCaller) -> Engine:
    name, seconds = settings.title, settings.seconds
    match settings.kind:
        case "libretranslate" | "openai":
            location = Location(settings.location)
            key = settings.api_key
            if settings.kind == "libretranslate":
                return LibreTranslate(call, settings.url, name=name, location=location, api_key=key, timeout=seconds)
            return OpenAI(
                call,
                settings.url,
                settings.model,
                name=name,
                location=location,
                api_key=key,
                timeout=seconds,
                languages=settings.languages,
            )
        case "deepl":
            return DeepL(call, settings.api_key, url=settings.url, name=name, timeout=seconds)
        case "argos":
            return Argos(name=name)
        case "phrasebook":
            return Phrasebook(name)
