"""Posts as somebody reads them who has them translated unasked: wherever posts are shown, and nowhere else."""

from collections.abc import Mapping
from typing import Any

import pytest

from fedinote.api.entities.statuses import statuses
from fedinote.infra.app import App
from fedinote.text import html
from fedinote.translation import ahead
from fedinote.translation.engine import Location
from fedinote.worker import settle
from tests.api.client import File
from tests.api.conftest import Person, Town, picture
from tests.translation.fluent import READ, SAID, fluent
from tests.translation.recorders import Recorder

PREFERENCES = "/api/fedinote/v1/translation/preferences"


@pytest.fixture
def engine(app: App) -> Recorder:
    return fluent(app)


async def reads(person: Person, mode: str, **more: Any) -> None:
    answer = await person.put(PREFERENCES, {"mode": mode, "target": "en", **more})
    assert answer.status == 200, answer.body


async def said(person: Person, text: str = SAID, **more: Any) -> dict[str, Any]:
    answer = await person.post("/api/v1/statuses", {"status": text, "language": "zh", **more})
    assert answer.status == 200, answer.body
    return answer.json


async def seen(person: Person, post: Mapping[str, Any]) -> dict[str, Any]:
    return (await person.get(f"/api/v1/statuses/{post['id']}")).json


async def test_replace_shows_the_translation_and_who_made_it_and_where_the_original_is(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(bob, "replace")
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    post = await said(alice)
    await settle(app)
    shown = (await bob.get("/api/v1/timelines/home")).json[0]
    assert shown["content"].startswith(f"<p>{READ}</p>")
    assert html.to_text(shown["content"]).endswith(f"Translated from 简体中文 by {engine.name} · original")
    assert f'href="{post["url"]}?original"' in shown["content"]
    assert shown["language"] == "en"
    assert shown["translation"]["original"]["content"] == post["content"] == f"<p>{SAID}</p>"
    assert shown["translation"]["original"]["language"] == "zh"
    about = {key: shown["translation"][key] for key in ("mode", "provider", "location", "kind", "language")}
    assert about == {
        "mode": "replace", "provider": engine.name, "location": "local", "kind": "machine", "language": "en",
    }  # fmt: skip
    assert shown["translation"]["detected_source_language"] == "zh-Hans"
    assert html.sanitise(shown["content"]) == shown["content"]


async def test_append_shows_both(app: App, engine: Recorder, alice: Person, bob: Person) -> None:
    await reads(bob, "append")
    post = await said(alice, spoiler_text="天气")
    assert (await seen(bob, post))["content"] == post["content"]  # the first look has the original
    await settle(app)
    shown = await seen(bob, post)
    assert shown["content"].startswith(f"<p>{SAID}</p><p>{READ}</p><p>Translated from")
    assert shown["spoiler_text"] == "天气 / Weather"
    assert shown["language"] == "en"
    assert html.sanitise(shown["content"]) == shown["content"]


async def test_the_button_changes_nothing_for_those_who_chose_nothing_else(
    app: App, engine: Recorder, alice: Person, bob: Person, town: Town
) -> None:
    carol = await town.person("carol")
    await reads(carol, "replace")
    await reads(bob, "button")
    post = await said(alice)
    await seen(carol, post)
    await settle(app)
    assert (await seen(carol, post))["content"].startswith(f"<p>{READ}</p>")
    for reader in (alice, bob, town.stranger):
        shown = await seen(reader, post)  # type: ignore[arg-type]
        assert shown["content"] == post["content"]
        assert shown["language"] == "zh"
        assert "translation" not in shown


async def test_poll_options_and_descriptions_are_translated_and_nothing_is_translated_twice(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(bob, "append")
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    question = await said(alice, poll={"options": ["茶", "咖啡"], "expires_in": 600})
    media = (await alice.post("/api/v2/media", parts=[("file", File("a.png", picture()))])).json
    await alice.put(f"/api/v1/media/{media['id']}", {"description": "我的猫"})
    pictured = await said(alice, media_ids=[media["id"]])
    await alice.post(f"/api/v1/statuses/{question['id']}/reblog")
    await settle(app)
    page = (await bob.get("/api/v1/timelines/home")).json
    asked = [one["reblog"] or one for one in page if (one["reblog"] or one)["id"] == question["id"]]
    for one in asked:
        assert [option["title"] for option in one["poll"]["options"]] == ["茶 / Tea", "咖啡 / Coffee"]
        assert one["translation"]["original"]["poll"] == {"options": [{"title": "茶"}, {"title": "咖啡"}]}
    shown = await seen(bob, pictured)
    assert shown["media_attachments"][0]["description"] == "我的猫 / My cat"
    assert shown["translation"]["original"]["media_attachments"] == [{"id": media["id"], "description": "我的猫"}]


async def everywhere(
    person: Person, author: Person, post: Mapping[str, Any], extra: Mapping[str, str]
) -> dict[str, Any]:
    """The post as each place shows it, by place."""
    number = post["id"]
    lists = {
        "home": "/api/v1/timelines/home",
        "public": "/api/v1/timelines/public",
        "tag": "/api/v1/timelines/tag/weather",
        "list": f"/api/v1/timelines/list/{extra['list']}",
        "account": f"/api/v1/accounts/{author.id}/statuses",
        "bookmarks": "/api/v1/bookmarks",
        "favourites": "/api/v1/favourites",
    }
    found = {name: (await person.get(path)).json for name, path in lists.items()}
    found["many"] = (await person.get("/api/v1/statuses", {"id[]": number})).json
    found["one"] = [await seen(person, post)]
    found["context"] = (await person.get(f"/api/v1/statuses/{extra['answer']}/context")).json["ancestors"]
    found["search"] = (await person.get("/api/v2/search", {"q": post["uri"]})).json["statuses"]
    found["quote"] = [(await seen(person, {"id": extra["quoting"]}))["quote"]["quoted_status"]]
    boosts = (await person.get(f"/api/v1/accounts/{extra['booster']}/statuses")).json
    found["boost"] = [one["reblog"] for one in boosts if one["reblog"]]
    notices = (await person.get("/api/v1/notifications")).json
    found["notifications"] = [one["status"] for one in notices if one["type"] == "mention"]
    found["groups"] = (await person.get("/api/v2/notifications")).json["statuses"]
    return {name: next(one for one in page if one["id"] == number) for name, page in found.items()}


async def test_every_place_that_shows_a_post_shows_the_translation(
    app: App, engine: Recorder, alice: Person, bob: Person, town: Town
) -> None:
    carol = await town.person("carol")
    await reads(bob, "replace")
    for one in (alice, carol):
        await bob.post(f"/api/v1/accounts/{one.id}/follow")
    extra = {"list": (await bob.post("/api/v1/lists", {"title": "l"})).json["id"]}
    await bob.post(f"/api/v1/lists/{extra['list']}/accounts", {"account_ids": [alice.id]})
    post = await said(alice, f"@bob {SAID} #weather")
    path = f"/api/v1/statuses/{post['id']}"
    await carol.post(f"{path}/reblog")
    await bob.post(f"{path}/bookmark")
    await bob.post(f"{path}/favourite")
    extra["booster"] = carol.id
    extra["answer"] = (await carol.post("/api/v1/statuses", {"status": "yes", "in_reply_to_id": post["id"]})).json["id"]
    quoting = {"status": "see", "quoted_status_id": post["id"]}
    extra["quoting"] = (await carol.post("/api/v1/statuses", quoting)).json["id"]
    await settle(app)
    shown = await everywhere(bob, alice, post, extra)
    for place, one in shown.items():
        assert READ in one["content"], place
        assert one["language"] == "en", place
        assert one["translation"]["mode"] == "replace", place
    assert (await seen(carol, post))["content"] == post["content"]


async def test_a_conversation_is_read_in_translation(app: App, engine: Recorder, alice: Person, bob: Person) -> None:
    await reads(bob, "replace")
    await said(alice, f"@bob {SAID}", visibility="direct")
    await settle(app)
    last = (await bob.get("/api/v1/conversations")).json[0]["last_status"]
    assert READ in last["content"]
    assert (await alice.get("/api/v1/conversations")).json[0]["last_status"]["language"] == "zh"


async def test_history_source_and_the_authors_own_view_have_the_authors_words(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(alice, "replace")
    await reads(bob, "replace")
    post = await said(alice)
    await seen(bob, post)
    await settle(app)
    assert READ in (await seen(bob, post))["content"]
    history = (await bob.get(f"/api/v1/statuses/{post['id']}/history")).json
    assert [one["content"] for one in history] == [post["content"]]
    assert (await seen(alice, post))["content"] == post["content"]
    source = (await alice.get(f"/api/v1/statuses/{post['id']}/source")).json
    assert source["text"] == SAID
    edited = (await alice.put(f"/api/v1/statuses/{post['id']}", {"status": source["text"] + "！"})).json
    assert edited["content"] == f"<p>{SAID}！</p>"
    assert await app.db.value("SELECT content AS value FROM posts WHERE id = ?", int(post["id"])) == f"<p>{SAID}！</p>"
    assert (await alice.delete(f"/api/v1/statuses/{post['id']}")).json["text"] == f"{SAID}！"


async def test_an_edit_makes_the_translation_void_until_the_new_version_is_translated(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(bob, "replace")
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    post = await said(alice)
    await settle(app)
    await alice.put(f"/api/v1/statuses/{post['id']}", {"status": "明天下雨"})
    assert (await seen(bob, post))["content"] == "<p>明天下雨</p>"
    await settle(app)
    assert (await seen(bob, post))["content"].startswith("<p>It will rain tomorrow</p>")


async def test_with_replace_translate_gives_the_original_back(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(bob, "replace")
    post = await said(alice, spoiler_text="天气", poll={"options": ["茶", "咖啡"], "expires_in": 600})
    await seen(bob, post)
    await settle(app)
    calls = engine.calls
    back = (await bob.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": "en"})).json
    assert back["content"] == post["content"]
    assert back["spoiler_text"] == "天气"
    assert [one["title"] for one in back["poll"]["options"]] == ["茶", "咖啡"]
    assert back["provider"] == "author"
    assert engine.calls == calls
    other = (await alice.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": "en"})).json
    assert other["content"] == f"<p>{READ}</p>"


def offers(table: Mapping[str, list[str]], language: str, locale: str) -> bool:
    """What the official web client asks before it shows the button: the status's exact tag, the short interface tag."""
    return locale.partition("-")[0] in table.get(language or "und", [])


async def test_the_official_client_offers_the_button_that_shows_the_original(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    path = "/api/v1/instance/translation_languages"
    await reads(bob, "replace")
    post = await said(alice)
    await seen(bob, post)
    await settle(app)
    shown = await seen(bob, post)
    assert offers((await bob.get(path)).json, shown["language"], "en-GB")
    assert not offers((await alice.get(path)).json, "en", "en")
    english = (await alice.post("/api/v1/statuses", {"status": "Good morning everybody", "language": "en"})).json
    back = await bob.post(f"/api/v1/statuses/{english['id']}/translate", {"lang": "en"})
    assert back.status == 200
    assert back.json["content"] == english["content"]


async def test_a_language_that_the_reader_understands_is_left_alone(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(bob, "replace", understood=["zh"])
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    chinese = await said(alice)
    english = (await alice.post("/api/v1/statuses", {"status": "Good morning everybody", "language": "en"})).json
    spanish = (await alice.post("/api/v1/statuses", {"status": "Buenos días a todos", "language": "es"})).json
    await settle(app)
    for post in (chinese, english):
        assert (await seen(bob, post))["content"] == post["content"]
    assert (await seen(bob, spanish))["content"].startswith("<p>Good morning everybody")
    assert engine.sent == ["Buenos días a todos"]


async def test_exceptions_by_account_and_by_language(
    app: App, engine: Recorder, alice: Person, bob: Person, town: Town
) -> None:
    carol = await town.person("carol")
    await reads(bob, "button", languages={"es": "always"})
    await bob.put(f"/api/fedinote/v1/translation/accounts/{alice.id}", {"rule": "never"})
    await bob.put(f"/api/fedinote/v1/translation/accounts/{carol.id}", {"rule": "always"})
    posts = {
        "never": await said(alice, "Buenos días a todos", language="es"),
        "always": await said(carol),
    }
    dora = await town.person("dora")
    posts["language"] = await said(dora, "Buenos días a todos", language="es")
    posts["mode"] = await said(dora)
    for post in posts.values():
        await seen(bob, post)
    await settle(app)
    shown = {name: "translation" in await seen(bob, post) for name, post in posts.items()}
    assert shown == {"never": False, "always": True, "language": True, "mode": False}


async def test_the_authors_own_version_is_preferred_to_a_machine(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(bob, "replace")
    post = await said(alice, translations={"en": {"status": "The weather is lovely today"}})
    await seen(bob, post)
    await settle(app)
    shown = await seen(bob, post)
    assert shown["content"].startswith("<p>The weather is lovely today</p><p>The author's own version · ")
    assert shown["translation"]["kind"] == "author"
    assert shown["translation"]["provider"] == "author"
    assert shown["translation"]["location"] is None
    assert engine.sent == []


@pytest.mark.parametrize("location", [Location.NETWORK, Location.THIRD_PARTY])
@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_a_private_post_stays_as_it_is_where_the_engine_is_elsewhere(
    app: App, alice: Person, bob: Person, location: Location, visibility: str
) -> None:
    engine = fluent(app, location)
    await reads(bob, "replace")
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    post = await said(alice, f"@bob {SAID}", visibility=visibility)
    for _ in range(2):
        await settle(app)
        assert "translation" not in await seen(bob, post)
    assert engine.sent == []


async def test_what_an_author_does_not_want_translated_is_not(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(bob, "replace")
    await alice.patch("/api/v1/accounts/update_credentials", {"source": {"machine_translation": "none"}})
    post = await said(alice, machine_translation="none")
    for _ in range(2):
        await seen(bob, post)
        await settle(app)
    assert (await seen(bob, post))["content"] == post["content"]
    assert engine.sent == []


async def test_one_job_and_one_call_serve_all_readers_of_a_language(
    app: App, engine: Recorder, alice: Person, town: Town
) -> None:
    readers = [await town.person(f"reader{number}") for number in range(4)]
    for one in readers:
        await reads(one, "replace")
        await one.post(f"/api/v1/accounts/{alice.id}/follow")
    post = await said(alice)
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE kind = ?", ahead.JOB) == 1
    for one in readers:
        await seen(one, post)
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE kind = ?", ahead.JOB) == 1
    await settle(app)
    assert engine.calls == 1
    for one in readers:
        assert READ in (await seen(one, post))["content"]
    assert engine.calls == 1


async def test_where_nobody_reads_automatically_publishing_asks_nothing_more(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    await said(alice)
    before = app.db.statements
    await said(alice)
    plain = app.db.statements - before
    carol_reads = {"mode": "replace", "target": "en"}
    await alice.put(PREFERENCES, carol_reads)  # the author reads automatically: that is nobody who gets the post
    await said(alice)
    before = app.db.statements
    await said(alice)
    assert app.db.statements - before == plain
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE kind = ?", ahead.JOB) == 0


async def test_a_page_costs_one_statement_more_for_who_reads_translations_and_none_for_others(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    for number in range(8):
        await said(alice, f"{SAID} {number}")
    await settle(app)

    async def cost() -> int:
        await bob.get("/api/v1/timelines/home")
        before = app.db.statements
        await bob.get("/api/v1/timelines/home")
        return app.db.statements - before

    plain = await cost()
    await alice.put(PREFERENCES, {"mode": "replace", "target": "en"})
    assert await cost() == plain
    await reads(bob, "replace")
    await bob.get("/api/v1/timelines/home")
    await settle(app)
    assert "translation" in (await bob.get("/api/v1/timelines/home")).json[0]
    assert await cost() == plain + 1


async def test_a_failing_engine_leaves_the_original_and_a_later_look_gets_the_translation(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    engine.down = True
    await reads(bob, "replace")
    post = await said(alice)
    await seen(bob, post)
    await settle(app)
    assert (await seen(bob, post))["content"] == post["content"]
    engine.down = False
    app.translator = type(app.translator)((engine,))
    app.clock.shift(3600)
    await seen(bob, post)
    await settle(app)
    assert READ in (await seen(bob, post))["content"]


async def test_a_filter_still_finds_the_authors_words(app: App, engine: Recorder, alice: Person, bob: Person) -> None:
    await reads(bob, "replace")
    terms = {"title": "weather", "context": ["thread"], "keywords_attributes": [{"keyword": "天气"}]}
    await bob.post("/api/v2/filters", terms)
    post = await said(alice)
    await seen(bob, post)
    await settle(app)
    shown = await seen(bob, post)
    assert READ in shown["content"]
    assert shown["filtered"][0]["keyword_matches"] == ["天气"]


async def test_a_filter_finds_the_translation_but_not_the_line_that_says_what_it_is(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(bob, "replace")
    words = ("good today", "Translated", "original", engine.name)
    for word in words:
        terms = {"title": word, "context": ["thread"], "keywords_attributes": [{"keyword": word}]}
        assert (await bob.post("/api/v2/filters", terms)).status == 200
    post = await said(alice)
    await seen(bob, post)
    await settle(app)
    shown = await seen(bob, post)
    assert all(word in html.to_text(shown["content"]) for word in words)
    assert [one["filter"]["title"] for one in shown["filtered"]] == ["good today"]


async def test_bios_are_translated(app: App, engine: Recorder, alice: Person, bob: Person) -> None:
    fields = [{"name": "城市", "value": "北京"}]
    await alice.patch("/api/v1/accounts/update_credentials", {"note": "我喜欢猫和茶", "fields_attributes": fields})
    await reads(bob, "replace")
    path = f"/api/v1/accounts/{alice.id}"
    assert (await bob.get(path)).json["note"] == "<p>我喜欢猫和茶</p>"
    await settle(app)
    shown = (await bob.get(path)).json
    assert shown["note"].startswith("<p>I like cats and tea</p><p>Translated from ")
    assert shown["fields"][0]["name"] == "City"
    assert shown["fields"][0]["value"] == "Beijing"
    assert shown["translation"]["original"]["note"] == "<p>我喜欢猫和茶</p>"
    assert (await bob.get("/api/v1/accounts/lookup", {"acct": "alice"})).json["note"] == shown["note"]
    assert (await bob.get("/api/v1/accounts", {"id[]": alice.id})).json[0]["note"] == shown["note"]
    await reads(bob, "append")
    assert (await bob.get(path)).json["note"].startswith("<p>我喜欢猫和茶</p><p>I like")
    for reader in (alice, Person(alice.asgi)):
        assert (await reader.get(path)).json["note"] == "<p>我喜欢猫和茶</p>"
    await alice.patch("/api/v1/accounts/update_credentials", {"note": "你好"})
    assert (await bob.get(path)).json["note"] == "<p>你好</p>"


async def test_nothing_outside_the_readers_own_token_is_translated(
    app: App, engine: Recorder, alice: Person, bob: Person, town: Town
) -> None:
    await reads(bob, "replace")
    post = await said(alice)
    await seen(bob, post)
    await settle(app)
    assert READ in (await seen(bob, post))["content"]
    page = (await town.stranger.get(f"/@alice/{post['id']}", headers={"accept": "text/html"})).body.decode()
    assert SAID in page  # visitors get what is kept of a public post, beside the original and named as what it is
    assert page.index(SAID) < page.index(READ)
    assert "Machine translation: Recorder, local" in page
    document = await town.stranger.get(
        f"/users/alice/statuses/{post['id']}", headers={"accept": "application/activity+json"}
    )
    assert READ not in document.body.decode()
    assert [one["content"] for one in await statuses(app, [int(post["id"])], None)] == [post["content"]]


async def test_the_preferences_are_gone_with_their_account_and_translations_with_their_post(
    app: App, engine: Recorder, alice: Person, bob: Person
) -> None:
    await reads(bob, "replace")
    post = await said(alice)
    await seen(bob, post)
    await settle(app)
    assert await app.db.value("SELECT COUNT(*) AS value FROM post_translations") == 1
    await alice.delete(f"/api/v1/statuses/{post['id']}")
    assert await app.db.value("SELECT COUNT(*) AS value FROM post_translations") == 0
