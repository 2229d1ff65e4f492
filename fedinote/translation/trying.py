"""Trying an engine before it is used: one sentence that the operator typed, sent with settings that need not be kept.

It goes by none of the ways of what members write: nothing is cached, charged or written down, no other engine takes
over, and why an engine fails is said as it is, since who runs the server has to mend it.
"""

import time
from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Invalid
from fedinote.infra.settings import SettingsError
from fedinote.infra.translation_settings import TranslationSettings, problem
from fedinote.translation import routing
from fedinote.translation.engine import Kind
from fedinote.translation.routing import Router

MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Trial:
    """How an engine did. `text` is "" when it failed: `problem` then says why, in English.

    `languages`: how many languages it translates from, 0 when it did not tell.
    """

    engine: str
    milliseconds: int
    text: str = ""
    problem: str = ""
    languages: int = 0


async def run(app: App, settings: TranslationSettings, text: str, *, source: str, target: str) -> Trial:
    """Have the first engine of these settings translate a text. Raises Invalid (no engine, or a text too long).

    Not to be awaited in a transaction.
    """
    if wrong := problem(settings):
        raise Invalid(str(SettingsError(wrong)))
    if not settings.configured:
        raise Invalid("Choose an engine first")
    if not text.strip() or len(text) > MAX_TEXT:
        raise Invalid(f"Type a sentence of at most {MAX_TEXT} characters")
    router = routing.build(settings, app.outbound.call_service)
    try:
        return await ask(router, settings.configured[0].title, text, source=source, target=target)
    finally:
        await router.close()


async def ask(router: Router, name: str, text: str, *, source: str, target: str) -> Trial:
    """Have the engine of this name translate a text of the operator's or of ours; raises nothing of the engine's."""
    started = time.monotonic()
    try:
        routed = await router.translate([text], source=source, target=target, among=lambda one: one.name == name)
        took = _since(started)
        known = await router.languages(lambda one: one.name == name and one.kind is Kind.MACHINE)
        return Trial(name, took, routed.texts[0], languages=len(known))
    except Invalid as error:
        return Trial(name, _since(started), problem=error.message)
    except FediNoteError as error:
        return Trial(name, _since(started), problem=error.reason)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
