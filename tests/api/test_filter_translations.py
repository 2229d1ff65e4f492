"""Filters that match what posts say in other languages: translations that are there, and authors' own versions."""

from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.timelines import filter_texts
from fedinote.translation import translations
from fedinote.translation.ledger import Purpose
from fedinote.worker import settle
from tests.api.conftest import Person
from tests.api.test_streaming import host as _host
from tests.api.test_streaming import listening, subscribed
from tests.api.test_streaming_translations import frame
from tests.translation.fluent import READ, SAID, fluent
from tests.translation.recorders import Recorder

host = _host
EVERYWHERE = ["home", "notifications", "public", "thread", "account"]


@pytest.fixture
def engine(app: App) -> Recorder:
    return fluent(app)


async def keeps_away(person: Person, *words: str, action: str = "warn", **more: Any) -> None:
    keywords = [{"keyword": word, "whole_word": True} for word in words]
    terms = {"title": words[0], "context": EVERYWHERE, "filter_action": action, "keywords_attributes": keywords}
    answer = await person.post("/api/v2/filters", terms | more)
    assert answer.status == 200, answer.body


async def says(person: Person, text: str = SAID, **more: Any) -> int:
    answer = await person.post("/api/v1/statuses", {"status": text, "language": "zh", **more})
    assert answer.status == 200, answer.body
    return int(answer.json["id"])


async def made(app: App, post_id: int, target: str = "en") -> None:
    """Somebody had it translated."""
    await translations.finish(app, post_id, target, purpose=Purpose.MODERATION)


async def found(person: Person, post_id: int) -> list[str]:
    shown = (await person.get(f"/api/v1/statuses/{post_id}")).json
    return [word for one in shown["filtered"] for word in one["keyword_matches"]]


async def test_a_filter_finds_a_translation_that_is_there_though_its_owner_reads_the_original(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await keeps_away(bob, "weather", "snow")
    post_id = await says(alice)
    assert await found(bob, post_id) == []
    assert engine.calls == 0  # no filter asks an engine
    await made(app, post_id)
    assert await found(bob, post_id) == ["weather"]
    assert READ not in (await bob.get(f"/api/v1/statuses/{post_id}")).json["content"]


async def test_a_translation_into_a_language_that_one_does_not_read_is_no_matter(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await keeps_away(bob, "tiempo")
    post_id = await says(alice)
    await made(app, post_id, "es")
    assert await found(bob, post_id) == []
    preferences = {"mode": "button", "target": "en", "understood": ["es"]}
    assert (await bob.put("/api/fedinote/v1/translation/preferences", preferences)).status == 200
    assert await found(bob, post_id) == ["tiempo"]


async def test_a_word_must_stand_alone_in_a_translation_as_well(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await keeps_away(bob, "weath")
    post_id = await says(alice)
    await made(app, post_id)
    assert await found(bob, post_id) == []


async def test_a_translation_in_the_other_chinese_script_is_found(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await keeps_away(bob, "天氣")
    post_id = await says(alice)
    assert await found(bob, post_id) == ["天氣"]


async def test_versions_that_came_with_a_post_are_found_with_their_polls_and_warnings(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await keeps_away(bob, "garden", "dragon", "oolong")
    version = {"status": "Tea in the garden", "spoiler_text": "A dragon", "poll_options": ["oolong", "green"]}
    poll = {"options": ["乌龙", "绿茶"], "expires_in": 3600}
    post_id = await says(alice, "五点在花园喝茶", spoiler_text="龙", poll=poll, translations={"en": version})
    assert await found(bob, post_id) == ["garden", "dragon", "oolong"]
    await made(app, post_id)
    assert await found(bob, post_id) == ["garden", "dragon", "oolong"]


async def test_a_translation_of_a_former_version_does_not_count(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await keeps_away(bob, "weather")
    post_id = await says(alice)
    await made(app, post_id)
    await app.db.execute("UPDATE posts SET edited_at = created_at + 60000 WHERE id = ?", post_id)
    assert await found(bob, post_id) == []


@pytest.mark.parametrize(("action", "there"), [("hide", False), ("warn", True), ("blur", True)])
async def test_each_action_counts_for_what_a_translation_says(
    app: App, engine: Recorder, alice: Person, bob: Person, action: str, there: bool
) -> None:
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    await keeps_away(bob, "weather", action=action)
    post_id = await says(alice, f"@bob {SAID}")
    await made(app, post_id)
    for path in ("timelines/home", "timelines/public", f"accounts/{alice.id}/statuses"):
        shown = (await bob.get(f"/api/v1/{path}")).json
        assert [int(one["id"]) for one in shown] == [post_id] * there, path
        assert [one["filtered"][0]["filter"]["filter_action"] for one in shown] == [action] * there
    notices = (await bob.get("/api/v1/notifications")).json
    told = [one["status"]["filtered"][0] for one in notices if one["type"] == "mention"]
    assert [(one["filter"]["filter_action"], one["keyword_matches"]) for one in told] == [(action, ["weather"])]
    first = (await bob.get("/api/v1/filters")).json
    assert [one["irreversible"] for one in first] == [action == "hide"]


async def test_a_filter_of_version_1_finds_translations_too(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await bob.post("/api/v1/filters", {"phrase": "weather", "context": ["public"], "irreversible": True})
    post_id = await says(alice)
    await made(app, post_id)
    assert (await bob.get("/api/v1/timelines/public")).json == []


async def test_a_filter_counts_for_a_translation_from_the_moment_when_it_comes(
    app: App, engine: Recorder, host: str, town: Any, alice: Person, bob: Person
) -> None:
    await bob.put("/api/fedinote/v1/translation/preferences", {"mode": "replace", "target": "en"})
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    await keeps_away(bob, "weather")
    async with listening(host, bob, "user") as listener:
        await subscribed(town, f"user:{bob.id}")
        await says(alice)
        event, value = await frame(listener)
        assert (event, value["filtered"]) == ("update", [])
        await settle(app)
        event, value = await frame(listener)
        assert event == "status.update"
        assert value["filtered"][0]["keyword_matches"] == ["weather"]


async def test_a_post_goes_when_a_filter_hides_what_its_translation_says(
    app: App, engine: Recorder, host: str, town: Any, alice: Person, bob: Person
) -> None:
    await bob.put("/api/fedinote/v1/translation/preferences", {"mode": "replace", "target": "en"})
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    await keeps_away(bob, "weather", action="hide")
    async with listening(host, bob, "user") as listener:
        await subscribed(town, f"user:{bob.id}")
        post_id = await says(alice)
        assert (await frame(listener))[0] == "update"
        await settle(app)
        event, about = await frame(listener)
        assert (event, str(about)) == ("delete", str(post_id))


async def test_a_long_post_pushes_its_translation_out_of_no_filters_sight(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await keeps_away(bob, "weather")
    post_id = await says(alice)
    await made(app, post_id)
    await app.db.execute("UPDATE posts SET content = ? WHERE id = ?", f"<p>{'茶' * 30_000}</p>", post_id)
    assert await found(bob, post_id) == ["weather"]


async def test_of_people_without_filtered_words_nothing_is_asked(
    app: App, engine: Recorder, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = await says(alice)
    await made(app, post_id)
    asked: list[int] = []

    async def of(_: App, viewer_id: int, post_ids: list[int]) -> dict[int, list[str]]:
        asked.append(viewer_id)
        return {}

    monkeypatch.setattr(filter_texts, "of", of)
    await bob.get("/api/v1/timelines/public")
    await bob.post("/api/v2/filters", {"title": "later", "context": ["public"]})
    await bob.get("/api/v1/timelines/public")
    assert asked == []
    await keeps_away(bob, "snow")
    await bob.get("/api/v1/timelines/public")
    assert len(asked) == 1
