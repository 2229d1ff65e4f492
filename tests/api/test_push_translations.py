"""Push messages to somebody who has posts translated unasked: what was translated says so, and by whom."""

from collections.abc import Sequence
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.translation.engine import Location, Term, Translated
from fedinote.translation.routing import Router
from fedinote.worker import settle
from tests.api.conftest import Person
from tests.api.test_push import messages, subscribed
from tests.api.test_push import service as _service
from tests.support.fakefedi import FakeHost
from tests.translation.fluent import READ, SAID, fluent
from tests.translation.recorders import Recorder

service = _service


class Wordy(Recorder):
    """Says a lot, in English."""

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        return Translated(tuple("The weather is very good today. " * 20 for _ in texts), "zh")


@pytest.fixture
def engine(app: App) -> Recorder:
    return fluent(app)


async def pushed(app: App, alice: Person, bob: Person, service: FakeHost, mode: str, **post: Any) -> str:
    await bob.put("/api/fedinote/v1/translation/preferences", {"mode": mode, "target": "en"})
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    browser = await subscribed(bob, service)
    await alice.post("/api/v1/statuses", {"status": f"@bob {SAID}", "language": "zh", **post})
    await settle(app)
    del service.requests[:-1]  # what an earlier subscription got
    body: str = messages(service, browser)[0]["body"]
    return body


async def test_a_message_has_the_translation_and_the_engine(
    app: App, engine: Recorder, alice: Person, bob: Person, service: FakeHost
) -> None:
    assert await pushed(app, alice, bob, service, "replace") == f"@bob {READ} (Translated by {engine.name})"


async def test_with_append_a_message_has_both(
    app: App, engine: Recorder, alice: Person, bob: Person, service: FakeHost
) -> None:
    body = await pushed(app, alice, bob, service, "append")
    assert body == f"@bob {SAID}\n@bob {READ} (Translated by {engine.name})"


async def test_a_long_translation_is_cut_and_still_says_what_it_is(
    app: App, alice: Person, bob: Person, service: FakeHost
) -> None:
    engine = Wordy(Location.LOCAL)
    app.translator = Router([engine])
    body = await pushed(app, alice, bob, service, "append", status=f"@bob {SAID * 50}")
    assert "The weather is very good today." in body
    assert len(body) <= 140
    assert body.endswith(f"… (Translated by {engine.name})")


async def test_without_an_automatic_mode_or_an_engine_a_message_has_the_authors_words(
    app: App, engine: Recorder, alice: Person, bob: Person, service: FakeHost
) -> None:
    assert await pushed(app, alice, bob, service, "button") == f"@bob {SAID}"
    engine.down = True
    assert await pushed(app, alice, bob, service, "replace", status="@bob 明天下雨") == "@bob 明天下雨"


async def test_a_private_message_is_not_translated_elsewhere(
    app: App, alice: Person, bob: Person, service: FakeHost
) -> None:
    engine = fluent(app, Location.THIRD_PARTY)
    body = await pushed(app, alice, bob, service, "replace", visibility="direct")
    assert body == f"@bob {SAID}"
    assert engine.sent == []
