"""What clients are told can be translated into what: the lists of all engines as one table, under every alias."""

from collections.abc import Mapping

from fedinote.infra.app import App
from fedinote.infra.errors import Unavailable
from fedinote.text import language
from fedinote.translation.engine import Engine, Kind
from fedinote.translation.routing import Router

_CACHE = "translation.offers"

Pairs = Mapping[str, frozenset[str]]
Table = dict[str, list[str]]


async def languages(app: App, reader: str | None = None) -> Table:
    """Tell which source can become which targets, under every tag by which a client may look them up.

    Empty when translation is off or no engine answers. `reader` is the language of who asks: readers of one Chinese
    script are offered the other, see `text.language.clients_table`.
    """
    router: Router | None = app.translator
    if router is None:
        return {}
    machines, conversions = await _pairs(router, Kind.MACHINE), await _pairs(router, Kind.CONVERSION)
    script = language.script_of(reader) if reader and language.base_of(reader) in ("zh", "cmn") else None
    wanted = f"zh-{script}" if script else None
    # A table takes a tenth of a second to make where an engine knows forty languages.
    kept: dict[str | None, tuple[Pairs, Pairs, Table]] = app.caches.setdefault(_CACHE, {})
    if wanted not in kept or kept[wanted][:2] != (machines, conversions):
        kept[wanted] = (machines, conversions, language.clients_table(machines, conversions, reader=wanted))
    return kept[wanted][2]


async def _pairs(router: Router, kind: Kind) -> Pairs:
    def among(engine: Engine) -> bool:
        return engine.kind is kind

    try:
        return dict(await router.languages(among))
    except Unavailable:
        return {}
