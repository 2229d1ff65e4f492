"""The section `translation` of the settings: which engines translate, in which order, and how much they are sent."""

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

Kind = Literal["libretranslate", "deepl", "openai", "argos", "phrasebook"]
Place = Literal["local", "network", "third-party"]

NAMES: Mapping[str, str] = {
    "libretranslate": "LibreTranslate",
    "deepl": "DeepL",
    "openai": "Language model",
    "argos": "Argos Translate",
    "phrasebook": "FediNote phrase book (demonstration)",
}
"""What readers see below a translation where the operator chose no other name."""

CONVERSION = "OpenCC"
"""The name of what converts between the two Chinese scripts. It needs no settings; no engine can be called so."""

MAX_CONCURRENCY = 16
"""Requests at once to one engine: of the 64 that may be under way to services together."""

_SECONDS: Mapping[str, float] = {"openai": 30.0, "argos": 30.0}
_USUAL_SECONDS = 5.0
_NEEDS_URL = frozenset({"libretranslate", "openai"})
_MAX_NAME = 60
_LANGUAGE = r"(?:\*|[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)"
_PAIR = re.compile(rf"\*|{_LANGUAGE}>{_LANGUAGE}")


class EngineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One engine. `timeout` is in seconds for a request (0: what suits the kind), `concurrency` in requests at once.

    `daily_characters`: what it is sent at most in a day (0: no limit). `languages`: what an `openai` engine is asked
    for (empty: the usual ones); other kinds tell by themselves.
    """

    kind: Kind
    name: str = ""
    url: str = ""
    api_key: str = ""
    location: Place = "third-party"
    model: str = ""
    timeout: float = 0.0
    concurrency: int = 4
    daily_characters: int = 0
    languages: list[str] = []

    @property
    def seconds(self) -> float:
        """How long one request may take."""
        return self.timeout or _SECONDS.get(self.kind, _USUAL_SECONDS)

    @property
    def title(self) -> str:
        """The name that readers see: the operator's choice, the model of an `openai` engine, or that of the kind."""
        return self.name or (self.model if self.kind == "openai" else "") or NAMES[self.kind]


class TranslationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which engines translate, and where they run: one (`engine` and what belongs to it), or the list `engines`.

    `chains`: by pair of languages ("zh>en", "*>ja", "*") the names of the engines to try, in order; without an entry
    all, in the order of the list. `daily_characters`: what all engines together are sent at most in a day,
    `daily_characters_per_person`: for one reader (0: no limit). `keep_days`: for how many days a translation is kept
    that nobody asks for (0: for ever). `queries`: which engines may translate what people search for, so that posts in
    other languages are found: those on this machine, any, or none.
    """

    engine: Literal["", "libretranslate", "deepl", "openai", "argos", "phrasebook"] = ""
    url: str = ""
    api_key: str = ""
    location: Place = "third-party"
    model: str = ""
    timeout: float = 0.0
    daily_characters: int = 0
    daily_characters_per_person: int = 0
    keep_days: int = 365
    queries: Literal["local", "anywhere", "off"] = "local"
    engines: list[EngineSettings] = []
    chains: dict[str, list[str]] = {}

    @property
    def configured(self) -> tuple[EngineSettings, ...]:
        """All engines that are to be built, in order; their `title` is unique. Empty when nothing translates."""
        if self.engine == "":
            return tuple(self.engines)
        return (
            EngineSettings(
                self.engine,
                url=self.url,
                api_key=self.api_key,
                location=self.location,
                model=self.model,
                timeout=self.timeout,
            ),
        )


def problem(settings: TranslationSettings) -> str | None:
    """Say which key is wrong and why ("translation.url: …"); None when all is well."""
    if settings.engine and settings.engines:
        return "translation.engine: either one engine here, or a list in [[translation.engines]]"
    titles: list[str] = [CONVERSION]
    for place, engine in enumerate(settings.configured):
        where = "translation" if settings.engine else f"translation.engines[{place}]"
        if found := _wrong(engine, titles):
            return f"{where}.{found}"
        titles.append(engine.title)
    return _wrong_chain(settings, titles)


def _wrong(engine: EngineSettings, titles: list[str]) -> str | None:
    if engine.kind in _NEEDS_URL and not engine.url.startswith(("http://", "https://")):
        return f"url: the engine {engine.kind} needs its http(s) address"
    if engine.kind == "openai" and not engine.model:
        return "model: the engine openai needs the name of the model to ask for"
    if engine.kind == "deepl" and not engine.api_key:
        return "api_key: DeepL answers only those who have a key"
    if engine.title in titles:
        return f"name: {engine.title!r} is the name of another engine; each needs one of its own"
    if len(engine.title) > _MAX_NAME or not engine.title.isprintable():
        return f"name: at most {_MAX_NAME} characters, without line breaks"
    if not 0 <= engine.timeout <= 600:
        return "timeout: must be from 0 to 600 seconds"
    return None if 1 <= engine.concurrency <= MAX_CONCURRENCY else f"concurrency: must be from 1 to {MAX_CONCURRENCY}"


def _wrong_chain(settings: TranslationSettings, titles: list[str]) -> str | None:
    for pair, names in settings.chains.items():
        if not _PAIR.fullmatch(pair):
            return f'translation.chains: {pair!r} is no pair such as "zh>en", "*>ja" or "*"'
        if unknown := [name for name in names if name not in titles]:
            return f"translation.chains: no engine is called {unknown[0]!r}. There are: {', '.join(titles[1:])}"
    return None
