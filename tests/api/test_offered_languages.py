"""Which language clients are told that a post is in, so that they offer a translation; and who is told what."""

import pytest

from fedinote.text import language
from fedinote.translation.engine import Location
from fedinote.translation.engines.conversion import Conversion
from fedinote.translation.routing import Router
from fedinote.worker import settle
from tests.api.test_statuses import write
from tests.timelines.world import World
from tests.translation.recorders import Recorder, engines

SAID = "今天天气很好，我们去公园吧"
MIXED = "今天 meeting 太 long 了，累死"


class Phrases(Recorder):
    """Knows one sentence."""

    def answer(self, text, target):
        return {"en": "The weather is lovely, let us go to the park", "es": "Hace buen tiempo, vamos al parque"}[target]


async def seen(person, post):
    return (await person.get(f"/api/v1/statuses/{post['id']}")).json


@pytest.mark.parametrize(
    ("text", "stated", "shown"), [(SAID, "en", "zh-Hans"), (MIXED, "en", "mul"), (MIXED, "zh", "mul")]
)
async def test_a_wrong_tag_is_put_right_for_readers_and_kept_for_the_author_and_in_what_is_stored(
    town, alice, bob, stranger, text, stated, shown
):
    post = await write(alice, text, language=stated)
    for reader in (bob, stranger):
        told = await seen(reader, post)
        assert (told["language"], told["stated_language"]) == (shown, stated)
    own = await seen(alice, post)
    assert own["language"] == stated
    assert "stated_language" not in own
    row = await town.app.db.row("SELECT language, shown_language FROM posts WHERE id = ?", int(post["id"]))
    assert (row["language"], row["shown_language"]) == (stated, shown)


async def test_a_right_tag_is_told_as_it_is(alice, bob):
    told = await seen(bob, await write(alice, SAID, language="zh-CN"))
    assert told["language"] == "zh-CN"
    assert "stated_language" not in told


async def test_an_edit_looks_at_the_language_again(alice, bob):
    post = await write(alice, SAID, language="en")
    await alice.put(f"/api/v1/statuses/{post['id']}", {"status": "Good morning", "language": "en"})
    assert (await seen(bob, post))["language"] == "en"
    await alice.put(f"/api/v1/statuses/{post['id']}", {"status": SAID, "language": "en"})
    assert (await seen(bob, post))["language"] == "zh-Hans"


async def test_a_post_of_another_server_without_a_tag_gets_the_language_of_its_text(town, alice):
    world = World(town.app)
    eve = await world.person("eve@far.example")
    for text, shown in ((SAID, "zh-Hans"), ("猫がソファで寝ている", "ja"), ("👍", None)):
        post_id = await world.arrives(eve, content=f"<p>{text}</p>")
        told = (await alice.get(f"/api/v1/statuses/{post_id}")).json
        assert told["language"] == shown
        assert "stated_language" not in told


async def test_the_tag_of_each_post_is_a_key_of_the_table_that_clients_look_up(town, alice, bob):
    engines(town.app)
    table = (await bob.get("/api/v1/instance/translation_languages")).json
    for text, stated in ((SAID, "en"), (MIXED, "en"), (SAID, "zh-TW"), ("佢哋今日去咗邊度食飯呀", "zh-HK")):
        told = await seen(bob, await write(alice, text, language=stated))
        assert "en" in table[told["language"]], (text, stated)
    assert "en" in table["und"]
    assert language.SEVERAL in table


async def test_a_filter_matches_what_its_owner_is_shown_in_translation(town, alice, bob):
    town.app.translator = Router([Phrases(Location.LOCAL)])
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    await bob.put("/api/fedinote/v1/translation/preferences", {"mode": "replace", "target": "en"})
    terms = {
        "title": "no",
        "context": ["home"],
        "filter_action": "hide",
        "keywords_attributes": [{"keyword": "the park"}],
    }
    assert (await bob.post("/api/v2/filters", terms)).status == 200
    post = await write(alice, SAID, language="zh")
    await settle(town.app)
    assert [one["id"] for one in (await bob.get("/api/v1/timelines/home")).json] == []
    found = (await seen(bob, post))["filtered"]
    assert [one["keyword_matches"] for one in found] == [["the park"]]


async def test_search_tells_in_which_language_it_found_a_post(town, alice, bob):
    town.app.translator = Router([Phrases(Location.LOCAL)])
    await alice.patch("/api/v1/accounts/update_credentials", {"indexable": True})
    post = await write(alice, SAID, language="zh")
    by_text = (await bob.get("/api/v2/search", {"q": "公园"})).json["statuses"]
    assert [(one["id"], one["matched_by"], one["matched_language"]) for one in by_text] == [(post["id"], "text", "zh")]
    answer = await bob.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": "es"})
    assert answer.status == 200
    town.app.translator = None
    in_translation = (await bob.get("/api/v2/search", {"q": "parque"})).json["statuses"]
    assert [(one["id"], one["matched_by"], one["matched_language"]) for one in in_translation] == [
        (post["id"], "translation", "es")
    ]


@pytest.mark.parametrize(("lang", "source"), [("en", "zh"), ("es", "zh")])
async def test_a_mixed_post_is_translated_from_the_part_that_the_reader_does_not_read(town, alice, bob, lang, source):
    town.app.translator = Router([Phrases(Location.LOCAL)])
    post = await write(alice, MIXED, language="en")
    answer = await bob.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": lang})
    assert answer.status == 200, answer.json
    assert language.base_of(answer.json["detected_source_language"]) == source


async def test_cantonese_is_not_turned_into_mandarin_by_its_characters(town, alice, bob):
    town.app.translator = Router([Conversion()])
    post = await write(alice, "佢哋今日去咗邊度食飯呀", language="zh-HK")
    for lang in ("zh-CN", "zh-TW"):
        assert (await bob.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": lang})).status == 422
    assert "zh-CN" not in (await bob.get("/api/v1/instance/translation_languages")).json.get("yue", ())
