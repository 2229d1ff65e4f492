"""The one place from which a translation engine is given anybody's words.

Who may be asked (`clearance`, from `consent`), what may be spent (`budgets`), what is kept (`cache`) and what is
written down (`ledger`) is decided here, so that no caller can forget it; a test holds that nothing else asks.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, NotFound, Unavailable
from fedinote.translation import budgets, cache, consent, glossary, ledger
from fedinote.translation.budgets import OverBudget
from fedinote.translation.consent import Clearance
from fedinote.translation.engine import Engine, Kind, Location, Term
from fedinote.translation.ledger import Handing, Purpose
from fedinote.translation.routing import Router

MAX_CHARACTERS = 20_000
_LOCKS = "translation.asking"
_BARRED = "Only public posts are translated: the engine is not on this machine"
_BARRED_BY_AUTHOR = "The author does not want this to be translated by machines of others"


@dataclass(frozen=True, slots=True)
class Question:
    """Texts for an engine. `source` None: it has to recognise the language. `target` is a canonical BCP 47 tag.

    `payer` is the account whose daily budget is charged; None for what the server does of its own accord.
    """

    texts: Sequence[str]
    source: str | None
    target: str
    clearance: Clearance
    payer: int | None = None
    purpose: Purpose = Purpose.READER

    @property
    def public(self) -> bool:
        """Whether the words are everybody's to read."""
        return self.purpose is not Purpose.SEARCH and not consent.private(self.clearance)

    @property
    def visibility(self) -> str:
        """What the ledger says of the words: "public", "restricted" to the machine, or a "query"."""
        if self.purpose is Purpose.SEARCH:
            return "query"
        return "public" if self.public else "restricted"


@dataclass(frozen=True, slots=True)
class Answer:
    """As many texts as were asked for, in their order, and whose they are.

    `detected` is the language that the engine recognised, None when the source was given or it was not sure.
    """

    texts: tuple[str, ...]
    detected: str | None
    engine_name: str
    location: Location
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question on its way: the engines that may answer, in order, and the glossary's part."""

    question: Question
    engines: tuple[Engine, ...]
    terms: Sequence[Term]
    glossary: int

    def key(self, engine: Engine) -> str:
        question = self.question
        return cache.key_of(engine.name, question.texts, (question.source, question.target), self.glossary)

    def keys(self) -> dict[str, Engine]:
        return {self.key(engine): engine for engine in self.engines}


async def ask(app: App, question: Question) -> Answer:
    """Have texts translated by an engine that may see them, or from the cache. Not to be awaited in a transaction.

    Raises NotFound (translation is off), Forbidden (no engine may see these texts), Invalid (nothing to translate, too
    long, or no engine knows the languages), OverBudget (today's characters are used up) and Unavailable (no engine
    answers).
    """
    if app.db.in_transaction:
        raise RuntimeError("an engine is asked inside a transaction")
    asking = await _prepared(app, question)
    kept = await cache.find(app, asking.keys())
    if kept is not None:
        return _answer(kept)
    # Others who wait for the same words get them from the cache.
    locks: WeakValueDictionary[str, asyncio.Lock] = app.caches.setdefault(_LOCKS, WeakValueDictionary())
    lock = locks.setdefault(asking.key(asking.engines[0]), asyncio.Lock())
    async with lock:
        if question.public and (kept := await cache.find(app, asking.keys())) is not None:
            return _answer(kept)
        return await _asked(app, asking)


def among(clearance: Clearance) -> Callable[[Engine], bool]:
    """Return the test whether an engine may be given texts with this clearance."""
    return lambda engine: engine.location in clearance


def possible(app: App, clearance: Clearance) -> bool:
    """Tell whether there is any engine here that may be given texts with this clearance."""
    router: Router | None = app.translator
    return router is not None and any(map(among(clearance), router.engines))


async def _prepared(app: App, question: Question) -> _Asking:
    router: Router | None = app.translator
    if router is None:
        raise NotFound("Translation is not enabled on this server")
    if not question.clearance:
        raise Forbidden("The author does not want this to be translated by machines")
    if not question.texts:
        raise Invalid("Validation failed: There is nothing to translate")
    if sum(map(len, question.texts)) > MAX_CHARACTERS:
        raise Invalid("Validation failed: The post is too long to be translated")
    engines = await _engines(router, question)
    version, terms = await glossary.terms(app, question.source, question.target, question.texts)
    return _Asking(question, engines, terms, version)


async def _engines(router: Router, question: Question) -> tuple[Engine, ...]:
    """Return who may be asked and knows both languages, in the order of the chain for them; at least one."""
    able = await router.chain(question.source, question.target)
    allowed = tuple(filter(among(question.clearance), able))
    if allowed:
        return allowed
    if able:
        raise Forbidden(_BARRED_BY_AUTHOR if question.public else _BARRED)
    raise Invalid("Validation failed: This language cannot be translated into the other")


async def _asked(app: App, asking: _Asking) -> Answer:
    """Ask one engine after the other until one answers."""
    router: Router = app.translator
    problems: list[FediNoteError] = []
    for engine in asking.engines:
        try:
            router.check(engine)
            return await _ask_one(app, asking, engine)
        except OverBudget as error:
            if error.personal:
                raise
            problems.append(error)
        except (Unavailable, Invalid) as error:
            problems.append(error)
    raise next((problem for problem in problems if isinstance(problem, Unavailable)), problems[0])


async def _ask_one(app: App, asking: _Asking, engine: Engine) -> Answer:
    """Reserve, write down, ask, keep. The row of the ledger is committed before a word goes out."""
    router: Router = app.translator
    question = asking.question
    charge = await _charged(app, question, engine)
    try:
        routed = await router.translate(
            question.texts,
            source=question.source,
            target=question.target,
            among=lambda other: other is engine,
            terms=asking.terms,
        )
    except (Unavailable, Invalid):
        if charge is not None:
            await budgets.give_back(app, charge)
        await ledger.failed(app, engine)
        raise
    kept = cache.Kept(engine, tuple(routed.texts), routed.detected or question.source or "")
    # What a profile says is kept with the account, with which it goes, and nowhere else.
    if question.public and engine.kind is not Kind.CONVERSION and question.purpose is not Purpose.PROFILE:
        await cache.keep(app, asking.key(engine), kept, question.target, question.texts)
    return Answer(kept.texts, routed.detected, engine.name, engine.location, engine.kind)


async def _charged(app: App, question: Question, engine: Engine) -> budgets.Charge | None:
    """Reserve what the question costs (a conversion of scripts costs nothing) and write it into the ledger."""
    texts = question.texts
    handing = Handing(engine, texts, question.source, question.target, question.purpose, question.visibility)
    async with app.db.transaction():
        charge = None
        if engine.kind is not Kind.CONVERSION:
            charge = await budgets.reserve(app, engine, question.payer, handing.characters)
        await ledger.write(app, handing)
    return charge


def _answer(kept: cache.Kept) -> Answer:
    engine = kept.engine
    return Answer(kept.texts, kept.source or None, engine.name, engine.location, engine.kind)
