"""A post in several languages: written here, delivered, read, edited and translated without an engine."""

from typing import Any

import aiohttp
import pytest

from fedinote.infra.clock import iso
from fedinote.text import html
from tests.api.conftest import picture
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, stamp
from tests.support.instances import Instance, World

ENGLISH = {"status": "Tea at five, @bao #Tea", "language": "en", "spoiler_text": "drinks"}
CHINESE = {"status": "五点喝茶 #茶", "spoiler_text": "饮料"}
MACHINE = {"machine": True, "outdated": False, "translators": []}


async def _document(world: World, status: Any) -> Any:
    headers = {"Accept": "application/activity+json"}
    path = "/" + status["uri"].split("/", 3)[3]
    return await world.instances[0].call("GET", path, headers=headers)


async def test_a_post_in_two_languages_has_the_authors_first_and_equal_to_content(world: World, one: Instance) -> None:
    alice = await one.person("alice")
    posted = await alice.post(**_text(ENGLISH), translations={"zh-Hans": CHINESE, "de": {"status": "Tee um fünf"}})
    document = await _document(world, posted)
    assert list(document["contentMap"]) == ["en", "zh-Hans", "de"]
    assert document["contentMap"]["en"] == document["content"] == posted["content"]
    assert "五点喝茶" in document["contentMap"]["zh-Hans"]
    assert document["summaryMap"] == {"en": "drinks", "zh-Hans": "饮料"}
    assert "translations" not in document, "a language without an entry was written by the author"
    assert {tag["name"] for tag in document["tag"]} >= {"#tea", "#茶"}
    assert posted["language"] == "en"
    assert [(one["language"], one["machine"], one["outdated"]) for one in posted["translations"]] == [
        ("zh-Hans", False, False),
        ("de", False, False),
    ]


def _text(fields: dict[str, Any]) -> dict[str, Any]:
    return {"text": fields["status"], **{name: value for name, value in fields.items() if name != "status"}}


async def test_the_languages_of_a_post_cross_over_and_are_read_without_an_engine(
    world: World, one: Instance, two: Instance
) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    two.app.translator = None
    await bao.follow(alice)
    await world.settle()
    poll = {"options": ["Green", "Black"], "expires_in": 3600}
    chinese = {**CHINESE, "poll_options": ["绿茶", "红茶"], "machine": "MorningCloud", "reviewed": True}
    await alice.post(**_text(ENGLISH), poll=poll, translations={"zh-Hans": chinese, "de": {"status": "Tee um fünf"}})
    await world.settle()
    status = (await bao.home())[0]
    assert (status["language"], status["spoiler_text"]) == ("en", "drinks")
    assert status["translations"] == [
        {**MACHINE, "language": "zh-Hans", "reviewed": True, "provider": "MorningCloud"},
        {**MACHINE, "language": "de", "machine": False, "reviewed": False, "provider": None},
    ]
    path = f"/api/v1/statuses/{status['id']}/translate"
    found = await bao.call("POST", path, json={"lang": "zh-CN"})
    assert "五点喝茶" in found["content"]
    assert (found["spoiler_text"], found["language"], found["provider"]) == ("饮料", "zh-Hans", "MorningCloud")
    assert [option["title"] for option in found["poll"]["options"]] == ["绿茶", "红茶"]
    assert found["detected_source_language"] == "en"
    german = await bao.call("POST", path, json={"lang": "de"})
    assert (german["provider"], german["spoiler_text"]) == ("author", "drinks")
    await bao.call("POST", path, json={"lang": "zh-TW"}, status=404)
    await bao.call("POST", path, json={"lang": "fr"}, status=404)


async def test_a_machine_is_credited_as_an_application_and_a_reviewer_beside_it(world: World, one: Instance) -> None:
    alice = await one.person("alice")
    machine = {"machine": "MorningCloud"}
    versions = {"fr": {"status": "Le thé", **machine}, "de": {"status": "Tee", **machine, "reviewed": True}}
    posted = await alice.post("Tea", language="en", translations=versions)
    document = await _document(world, posted)
    raw, reviewed = document["translations"]
    actor = f"http://{one.host}/actor"
    assert raw == {
        "type": "Translation",
        "inLanguage": "fr",
        "translator": [actor],
        "translationOfWork": posted["uri"],
        "name": "MorningCloud",
    }
    assert set(reviewed["translator"]) == {actor, posted["account"]["uri"]}
    assert reviewed["sourceUpdated"] == document["published"]
    terms = document["@context"][1]
    assert {"translations", "Translation", "translator", "inLanguage", "translationOfWork", "sourceUpdated"} <= set(
        terms
    )
    told = [(one["machine"], one["reviewed"], one["provider"]) for one in posted["translations"]]
    assert told == [(True, False, "MorningCloud"), (True, True, "MorningCloud")]


async def test_an_edit_keeps_languages_that_it_does_not_name_and_says_that_they_are_behind(
    world: World, one: Instance, two: Instance
) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await bao.follow(alice)
    await world.settle()
    versions = {"zh-Hans": CHINESE, "de": {"status": "Tee"}, "fr": {"status": "Du thé", "machine": "MorningCloud"}}
    posted = await alice.post("Tea", language="en", spoiler_text="drinks", translations=versions)
    path = f"/api/v1/statuses/{posted['id']}"
    source = await alice.call("GET", f"{path}/source")
    assert source["translations"]["zh-Hans"]["status"] == CHINESE["status"]
    edited = await alice.call(
        "PUT", path, json={"status": "Tea at six", "translations": {"de": {"status": "Tee um sechs"}}}
    )
    behind = {"zh-Hans": True, "de": False, "fr": True}
    assert {one["language"]: one["outdated"] for one in edited["translations"]} == behind
    document = await _document(world, posted)
    assert document["translations"][0]["sourceUpdated"] == document["published"] < document["updated"]
    assert document["contentMap"]["de"] == "<p>Tee um sechs</p>"
    await world.settle()
    there = (await bao.home())[0]
    assert {one["language"]: one["outdated"] for one in there["translations"]} == behind
    same = await alice.call("PUT", path, json={"translations": {"zh-Hans": {"status": "六点喝茶"}}})
    assert {one["language"]: one["outdated"] for one in same["translations"]} == {**behind, "zh-Hans": False}
    rows = await one.app.db.rows("SELECT content_map FROM post_edits ORDER BY id")
    assert ["五点喝茶" in row["content_map"] for row in rows] == [True, True]
    gone = await alice.call("PUT", path, json={"translations": {"de": {"status": ""}}})
    assert [one["language"] for one in gone["translations"]] == ["zh-Hans", "fr"]


async def test_versions_must_fit_their_post(one: Instance) -> None:
    alice = await one.person("alice")
    long = "a" * (one.app.settings.posts.max_characters + 1)
    poll = {"options": ["Green", "Black"], "expires_in": 3600}
    for fields in (
        {"translations": {"no language": {"status": "x"}}},
        {"translations": {"en": {"status": "x"}}},
        {"translations": {"zh": {"status": "x"}, "zh-": {"status": "x"}}},
        {"translations": {"de": {"status": long}}},
        {"translations": {"de": {"status": "x", "machine": "m" * 101}}},
        {"translations": {"de": {"status": "x", "media_descriptions": {"12": "x"}}}},
        {"translations": {"de": {"status": "x", "poll_options": ["only one"]}}, "poll": poll},
        {"translations": {f"de-{number:03}": {"status": "x"} for number in range(11)}},
        {"translations": "de"},
    ):
        body = {"status": "Tea", "language": "en", **fields}
        answer = await alice.call("POST", "/api/v1/statuses", json=body, status=422)
        assert "Validation failed" in answer["error"], fields
    assert await one.app.db.value("SELECT COUNT(*) AS value FROM posts") == 0


async def test_a_scheduled_post_keeps_its_languages(one: Instance) -> None:
    alice = await one.person("alice")
    due = iso(one.app.now().replace(year=one.app.now().year + 1))
    body = {"status": "Tea", "language": "en", "translations": {"de": {"status": "Tee"}}, "scheduled_at": due}
    planned = await alice.call("POST", "/api/v1/statuses", json=body)
    assert planned["params"]["translations"]["de"]["status"] == "Tee"
    read = await alice.call("GET", f"/api/v1/scheduled_statuses/{planned['id']}")
    assert read["params"]["translations"]["de"]["status"] == "Tee"


def _note(scene: Scene, **fields: Any) -> dict[str, Any]:
    words = {
        "content": "<p>Hello</p>",
        "contentMap": {"en": "<p>Hello</p>", "zh-Hans": "<p>你好</p>", "fr": "<p>Salut</p>"},
    }
    return scene.bob.note() | words | fields


async def test_a_translation_of_another_server_is_a_machines_only_where_its_maker_is_known_to_be_one(
    scene: Scene,
) -> None:
    await scene.follow(scene.alice, scene.bob)
    machine = scene.victim.actor("mt", kind="Application")
    note = _note(scene)
    note["translations"] = [
        {"type": "Translation", "inLanguage": "zh-Hans", "translator": [machine.id], "translationOfWork": note["id"]},
        {
            "type": "Translation",
            "inLanguage": "fr",
            "translator": "https://away.example/u",
            "translationOfWork": note["id"],
        },
        {"type": "Translation", "inLanguage": "fr", "translator": [machine.id]},
        {"type": "Translation", "inLanguage": "it", "translator": [machine.id], "translationOfWork": note["id"]},
        {
            "type": "Translation",
            "inLanguage": "en",
            "translator": [machine.id],
            "translationOfWork": "https://x.example/",
        },
        "nonsense",
        {"type": "Translation"},
    ]
    await scene.done(scene.bob, scene.bob.create(note))
    shown = (await scene.alice.home())[0]
    assert shown["language"] == "en"
    assert [(one["language"], one["machine"], one["provider"]) for one in shown["translations"]] == [
        ("zh-Hans", True, "Mt"),
        ("fr", None, None),
    ]
    path = f"/api/v1/statuses/{shown['id']}/translate"
    assert (await scene.alice.call("POST", path, json={"lang": "zh"}))["provider"] == "Mt"
    assert (await scene.alice.call("POST", path, json={"lang": "fr"}))["provider"] == "unknown translator"
    note |= {"updated": stamp(60), "contentMap": {"en": "<p>Hello</p>"}, "translations": []}
    await scene.done(scene.bob, scene.bob.activity("Update", note, to=[PUBLIC]))
    assert (await scene.alice.home())[0]["translations"] == [], "what an Update leaves out is withdrawn"


async def test_names_of_options_and_files_in_other_languages_are_kept_and_answered(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    picture = {
        "type": "Image",
        "url": "https://a.example/1.png",
        "name": "A cup",
        "nameMap": {"en": "A cup", "zh-Hans": "一个杯子"},
    }
    options = [
        {"type": "Note", "name": "Yes", "nameMap": {"en": "Yes", "zh-Hans": "是"}},
        {"type": "Note", "name": "No", "nameMap": {"en": "No", "zh-Hans": "否"}},
    ]
    question = _note(scene, type="Question", oneOf=options, attachment=[picture])
    await scene.done(scene.bob, scene.bob.create(question))
    shown = (await scene.alice.home())[0]
    found = await scene.alice.call("POST", f"/api/v1/statuses/{shown['id']}/translate", json={"lang": "zh"})
    assert [option["title"] for option in found["poll"]["options"]] == ["是", "否"]
    assert [one["description"] for one in found["media_attachments"]] == ["一个杯子"]


async def test_a_vote_for_an_option_by_its_translated_name_counts(scene: Scene) -> None:
    poll = {"options": ["Green", "Black"], "expires_in": 3600}
    versions = {"zh-Hans": {"status": "茶", "poll_options": ["绿茶", "红茶"]}}
    posted = await scene.alice.post("Tea", language="en", poll=poll, translations=versions)
    vote: dict[str, Any] = {"id": scene.bob.url("votes/1"), "type": "Note", "name": "红茶"}
    vote |= {"attributedTo": scene.bob.id, "inReplyTo": posted["uri"], "to": [scene.uri(scene.alice)]}
    await scene.done(scene.bob, scene.bob.create(vote))
    status = await scene.alice.call("GET", f"/api/v1/statuses/{posted['id']}")
    assert [option["votes_count"] for option in status["poll"]["options"]] == [0, 1]
    assert await scene.count("posts") == 1


async def test_hostile_words_in_another_language_are_cleaned_like_the_rest(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = _note(scene)
    note["contentMap"]["fr"] = '<p onclick="x()">Salut<script>alert(1)</script><a href="javascript:x">x</a></p>'
    await scene.done(scene.bob, scene.bob.create(note))
    shown = (await scene.alice.home())[0]
    found = await scene.alice.call("POST", f"/api/v1/statuses/{shown['id']}/translate", json={"lang": "fr"})
    assert found["content"] == "<p>Salutx</p>"


async def test_the_page_of_a_post_shows_its_languages_and_which_a_program_wrote(one: Instance) -> None:
    alice = await one.person("alice")
    versions = {"de": {"status": "Tee <b>"}, "fr": {"status": "Le thé", "machine": "<i>Cloud"}}
    posted = await alice.post("Tea", language="en", translations=versions)
    async with one.http.get(posted["url"], headers={"Accept": "text/html"}) as answer:
        page = await answer.text()
    assert '<div class="words" lang="de" dir="auto"><p>Tee &lt;b&gt;</p></div>' in page
    assert page.count("&lt;i&gt;Cloud") == 1
    assert "<i>Cloud" not in page


async def test_the_description_of_a_file_is_there_in_every_language(one: Instance) -> None:
    alice = await one.person("alice")
    form = aiohttp.FormData()
    form.add_field("file", picture(), filename="cup.png", content_type="image/png")
    form.add_field("description", "A cup")
    upload = await alice.call("POST", "/api/v2/media", data=form)
    said = {"status": "Tee", "media_descriptions": {upload["id"]: "Eine Tasse"}}
    posted = await alice.post("Tea", language="en", media_ids=[upload["id"]], translations={"de": said})
    path = "/" + posted["uri"].split("/", 3)[3]
    document = await one.call("GET", path, headers={"Accept": "application/activity+json"})
    assert document["attachment"][0]["nameMap"] == {"en": "A cup", "de": "Eine Tasse"}
    found = await alice.call("POST", f"/api/v1/statuses/{posted['id']}/translate", json={"lang": "de"})
    assert found["media_attachments"] == [{"id": upload["id"], "description": "Eine Tasse"}]
    without = await alice.call("PUT", f"/api/v1/statuses/{posted['id']}", json={"status": "Tea", "media_ids": []})
    assert [one["language"] for one in without["translations"]] == ["de"]


async def test_a_language_that_an_activitypub_client_wrote_survives_an_edit_in_an_app(one: Instance) -> None:
    alice = await one.person("alice")
    note = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "type": "Note",
        "content": "<p>Tea</p>",
        "contentMap": {"en": "<p>Tea</p>", "zh-Hans": "<p>喝<em>茶</em></p>"},
        "to": [PUBLIC],
    }
    headers = {"Authorization": f"Bearer {alice.token}", "Content-Type": "application/activity+json"}
    async with one.http.post(f"http://{one.host}/users/alice/outbox", json=note, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
    status = (await alice.home())[0]
    edited = await alice.call("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Green tea"})
    assert [(one["language"], one["outdated"]) for one in edited["translations"]] == [("zh-Hans", True)]
    document = await one.call(
        "GET", "/" + edited["uri"].split("/", 3)[3], headers={"Accept": "application/activity+json"}
    )
    assert "<em>茶</em>" in document["contentMap"]["zh-Hans"]


async def test_a_divider_is_for_apps_and_means_nothing_in_what_an_activitypub_client_or_a_server_sends(
    scene: Scene,
) -> None:
    await scene.follow(scene.alice, scene.bob)
    text = "<p>Tea<br>---zh---<br>茶</p>"
    note = _note(scene) | {"content": text, "contentMap": {"en": text}}
    await scene.done(scene.bob, scene.bob.create(note))
    shown = (await scene.alice.home())[0]
    assert ("---zh---" in shown["content"], shown["translations"]) == (True, [])


async def test_readings_that_an_author_wrote_are_kept_and_sent_on(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    ruby = "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>"
    await scene.done(scene.bob, scene.bob.create(_note(scene) | {"content": ruby, "contentMap": {"ja": ruby}}))
    assert (await scene.alice.home())[0]["content"] == ruby
    note = {"@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "content": ruby, "to": [PUBLIC]}
    home = scene.alice.instance
    headers = {"Authorization": f"Bearer {scene.alice.token}", "Content-Type": "application/activity+json"}
    async with home.http.post(f"http://{home.host}/users/alice/outbox", json=note, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
    own = (await scene.alice.home())[0]
    path = "/" + own["uri"].split("/", 3)[3]
    document = await home.call("GET", path, headers={"Accept": "application/activity+json"})
    assert document["content"] == ruby


async def test_a_server_names_its_own_people_as_translators_and_nobody_elses(scene: Scene) -> None:
    """Else anybody could put a text into the mouth of anybody."""
    await scene.follow(scene.alice, scene.bob)
    note = _note(scene)
    entry = {"type": "Translation", "inLanguage": "zh-Hans"}
    for translator, provider in (
        (scene.mallory.id, f"@mallory@{scene.victim.name}"),
        (scene.uri(scene.carol), "unknown translator"),
        (scene.bob.id, "author"),
    ):
        identity = scene.bob.url(f"notes/{len(provider)}")
        made = entry | {"translator": translator, "translationOfWork": identity}
        sent = note | {"id": identity, "translations": [made]}
        await scene.done(scene.bob, scene.bob.create(sent))
        shown = (await scene.alice.home())[0]
        found = await scene.alice.call("POST", f"/api/v1/statuses/{shown['id']}/translate", json={"lang": "zh"})
        assert found["provider"] == provider


async def test_a_key_that_no_version_has_is_refused_and_not_passed_over(one: Instance) -> None:
    alice = await one.person("alice")
    body = {"status": "Tea", "language": "en", "translations": {"de": {"text": "Tee"}}}
    refused = await alice.call("POST", "/api/v1/statuses", json=body, status=422)
    assert refused["error"] == "Validation failed: Translations: de cannot have 'text'"
    posted = await alice.post("Tea", language="en", translations={"de": {"status": "Tee"}})
    path = f"/api/v1/statuses/{posted['id']}"
    await alice.call("PUT", path, json={"status": "Tea!", "translations": {"de": {"content": "Tee!"}}}, status=422)
    given = (await alice.call("GET", f"{path}/source"))["translations"]
    await alice.call("PUT", path, json={"status": "Tea!", "translations": given})


@pytest.mark.parametrize(("wish", "said"), [("any", "飲料 五點喝茶"), ("none", "")])
async def test_the_authors_chinese_is_read_in_the_other_script_before_an_engines(
    one: Instance, wish: str, said: str
) -> None:
    alice, bao = await one.person("alice"), await one.person("bao")
    chinese = {"status": "五点喝茶", "spoiler_text": "饮料", "poll_options": ["绿茶", "红茶"]}
    poll = {"options": ["Green", "Black"], "expires_in": 3600}
    text = {**_text(ENGLISH), "translations": {"zh": chinese}, "poll": poll, "machine_translation": wish}
    path = f"/api/v1/statuses/{(await alice.post(**text))['id']}"
    if not said:
        await bao.call("POST", f"{path}/translate", json={"lang": "zh-TW"}, status=403)
        return
    found = await bao.call("POST", f"{path}/translate", json={"lang": "zh-TW"})
    assert f"{found['spoiler_text']} {html.to_text(found['content'])}" == said
    assert (found["language"], found["provider"], found["kind"]) == ("zh-TW", "OpenCC", "conversion")
    assert [option["title"] for option in found["poll"]["options"]] == ["綠茶", "紅茶"]
