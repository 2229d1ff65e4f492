"""Translations that arrive live: a `status.update` for the reader alone for whom the post was translated."""

import json
from typing import Any

import pytest

from fedinote.api import streams
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.worker import settle
from tests.api.conftest import Person, Town
from tests.api.test_streaming import Listener, listening, subscribed, until, written
from tests.api.test_streaming import host as _host
from tests.translation.fluent import READ, SAID, fluent, said
from tests.translation.recorders import Recorder

host = _host


@pytest.fixture
def engine(app: App) -> Recorder:
    return fluent(app)


@pytest.fixture
async def carol(town: Town) -> Person:
    return await town.person("carol")


async def reads(person: Person, mode: str = "replace", target: str = "en") -> None:
    answer = await person.put("/api/fedinote/v1/translation/preferences", {"mode": mode, "target": target})
    assert answer.status == 200


async def frame(listener: Listener) -> tuple[str, dict[str, Any]]:
    found = await listener.frame()
    return found["event"], json.loads(found["payload"])


async def silent(listener: Listener) -> bool:
    """Tell whether nothing but what is asked for comes: an error that was provoked is the next frame."""
    await listener.send(type="subscribe", stream="nothing")
    return (await listener.frame()).get("status") == 400


async def test_the_translation_follows_the_post_for_its_reader_and_nobody_else(
    app: App, engine: Recorder, host: str, town: Town, alice: Person, bob: Person, carol: Person
) -> None:
    await reads(bob)
    for one in (bob, carol):
        await one.post(f"/api/v1/accounts/{alice.id}/follow")
    async with listening(host, bob, "user") as first, listening(host, carol, "user") as second:
        for one in (bob, carol):
            await subscribed(town, f"user:{one.id}")
        post = await written(alice, SAID, language="zh")
        for listener in (first, second):
            event, value = await frame(listener)
            assert (event, value["content"]) == ("update", f"<p>{SAID}</p>")
        await settle(app)
        event, value = await frame(first)
        assert (event, value["id"]) == ("status.update", post)
        assert value["content"].startswith(f"<p>{READ}</p>")
        assert value["language"] == "en"
        assert await silent(second)


async def test_who_watches_the_public_posts_gets_it_too_if_reading_that_way(
    app: App, engine: Recorder, host: str, town: Town, alice: Person, bob: Person, carol: Person
) -> None:
    await reads(bob)
    await reads(carol, target="es")
    async with listening(host, bob, "public") as first, listening(host, carol, "public") as second:
        await until(lambda: len(town.app.bus._channels.get("public", ())) == 2)
        post = await written(alice, SAID, language="zh")
        for listener in (first, second):
            assert (await frame(listener))[0] == "update"  # rendering it is a look, and queues the translation
        await settle(app)
        for listener, tag in ((first, "en"), (second, "es")):
            event, value = await frame(listener)
            assert (event, value["id"], value["language"]) == ("status.update", post, tag)
            assert value["content"].startswith(f"<p>{said(SAID, tag)}</p>")
            assert await silent(listener)


async def test_a_reader_who_only_looked_at_a_post_is_told(
    app: App, engine: Recorder, host: str, town: Town, alice: Person, bob: Person
) -> None:
    await reads(bob)
    post = await written(alice, SAID, language="zh")
    async with listening(host, bob, "user") as listener:
        await subscribed(town, f"user:{bob.id}")
        await bob.get(f"/api/v1/statuses/{post}")
        await settle(app)
        event, value = await frame(listener)
        assert (event, value["id"]) == ("status.update", post)
        assert "translation" in value


async def test_a_reader_who_muted_the_author_meanwhile_is_not_told(
    app: App, engine: Recorder, host: str, town: Town, alice: Person, bob: Person
) -> None:
    await reads(bob)
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    await written(alice, SAID, language="zh")
    await bob.post(f"/api/v1/accounts/{alice.id}/mute")
    async with listening(host, bob, "user") as listener:
        await subscribed(town, f"user:{bob.id}")
        await settle(app)
        assert await silent(listener)


async def test_preferences_count_on_streams_that_are_open_already(
    app: App, engine: Recorder, host: str, town: Town, alice: Person, bob: Person
) -> None:
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    async with listening(host, bob, "user") as listener:
        await subscribed(town, f"user:{bob.id}")
        await reads(bob)
        await written(alice, SAID, language="zh")
        assert (await frame(listener))[0] == "update"
        await settle(app)
        assert (await frame(listener))[0] == "status.update"


async def test_a_notification_of_a_translated_post_carries_the_translation(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(bob)
    await written(alice, f"@bob {SAID}", language="zh")
    await settle(app)
    notice = await app.db.value("SELECT id AS value FROM notifications WHERE account_id = ?", bob.account_id)
    viewer = Viewer(bob.account_id, bob.user_id, "member", frozenset({"read"}), 1, 1)
    stream = await streams.find(app, viewer, "user")
    value = json.loads(await streams.render(app, viewer, stream, "notification", notice) or "")
    assert READ in value["status"]["content"]
