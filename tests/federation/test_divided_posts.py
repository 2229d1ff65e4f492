"""Posts in several languages from apps that know of no such thing: written, read, edited, planned, deleted."""

from datetime import timedelta
from typing import Any

import pytest

from fedinote.infra.clock import from_iso, iso, to_ms
from fedinote.posts import scheduling
from tests.support.instances import Instance, Person, World

TEXT = "Tea at five, #Tea\n\n---zh---\n五点喝茶 #茶"


async def _document(one: Instance, status: Any) -> Any:
    path = "/" + status["uri"].split("/", 3)[3]
    return await one.call("GET", path, headers={"Accept": "application/activity+json"})


@pytest.fixture
async def alice(one: Instance) -> Person:
    return await one.person("alice")


async def test_a_divided_text_is_one_post_with_the_authors_language_first(one: Instance, alice: Person) -> None:
    posted = await alice.post(TEXT, language="en")
    document = await _document(one, posted)
    assert list(document["contentMap"]) == ["en", "zh"]
    assert document["contentMap"]["en"] == document["content"] == posted["content"]
    assert "---" not in document["content"] + document["contentMap"]["zh"] + document["source"]["content"]
    assert "五点喝茶" in document["contentMap"]["zh"]
    assert {tag["name"] for tag in document["tag"]} == {"#tea", "#茶"}
    assert [one["language"] for one in posted["translations"]] == ["zh"]


async def test_other_servers_show_each_reader_the_language_that_they_ask_for(
    world: World, two: Instance, alice: Person
) -> None:
    bao = await two.person("bao")
    two.app.translator = None
    await bao.follow(alice)
    await world.settle()
    await alice.post(TEXT, language="en")
    await world.settle()
    status = (await bao.home())[0]
    assert "Tea at five" in status["content"]
    assert "茶" not in status["content"]
    found = await bao.call("POST", f"/api/v1/statuses/{status['id']}/translate", json={"lang": "zh"})
    assert ("五点喝茶" in found["content"], found["provider"]) == (True, "author")


async def test_an_app_gets_back_what_was_typed_and_an_edit_that_changes_nothing_changes_nothing(
    one: Instance, alice: Person
) -> None:
    posted = await alice.post(TEXT, language="en")
    path = f"/api/v1/statuses/{posted['id']}"
    source = await alice.call("GET", f"{path}/source")
    assert source["text"] == TEXT
    edited = await alice.call("PUT", path, json={"status": source["text"], "spoiler_text": source["spoiler_text"]})
    assert (edited["content"], edited["translations"]) == (posted["content"], posted["translations"])
    assert (await alice.call("GET", f"{path}/source"))["text"] == TEXT


async def test_an_edit_in_any_app_changes_takes_off_and_adds_languages(one: Instance, alice: Person) -> None:
    posted = await alice.post(TEXT, language="en")
    path = f"/api/v1/statuses/{posted['id']}"
    changed = "Tea at six\n---zh---\n六点喝茶\n---de---\nTee um sechs"
    await alice.call("PUT", path, json={"status": changed})
    document = await _document(one, posted)
    assert list(document["contentMap"]) == ["en", "zh", "de"]
    assert "六点喝茶" in document["contentMap"]["zh"]
    assert "translations" not in document, "all of it is the author's, and of this version"
    only = await alice.call("PUT", path, json={"status": "Tea at six\n---de---\nTee um sechs"})
    assert [one["language"] for one in only["translations"]] == ["de"]
    assert (await alice.call("PUT", path, json={"status": "Tea at six"}))["translations"] == []


async def test_what_was_said_of_a_divided_language_by_the_api_survives_an_edit_by_another_app(alice: Person) -> None:
    said = {"zh": {"spoiler_text": "饮料"}, "fr": {"status": "Thé"}}
    posted = await alice.post(TEXT, language="en", spoiler_text="drinks", translations=said)
    path = f"/api/v1/statuses/{posted['id']}"
    changed = {"status": TEXT.replace("五", "六"), "spoiler_text": "drinks"}
    edited = await alice.call("PUT", path, json=changed)
    assert {one["language"] for one in edited["translations"]} == {"zh", "fr"}
    found = await alice.call("POST", f"{path}/translate", json={"lang": "zh"})
    assert ("六点喝茶" in found["content"], found["spoiler_text"]) == (True, "饮料")


async def test_an_edit_that_leaves_the_text_out_keeps_its_languages(alice: Person) -> None:
    posted = await alice.post(TEXT, language="en")
    edited = await alice.call("PUT", f"/api/v1/statuses/{posted['id']}", json={"sensitive": True})
    assert [one["language"] for one in edited["translations"]] == ["zh"]


async def test_a_planned_post_shows_what_was_typed_and_is_published_divided(one: Instance, alice: Person) -> None:
    due = iso(one.app.now() + timedelta(minutes=10))
    planned = await alice.call("POST", "/api/v1/statuses", json={"status": TEXT, "language": "en", "scheduled_at": due})
    assert planned["params"]["text"] == TEXT
    assert planned["params"]["translations"]["zh"]["status"] == "五点喝茶 #茶"
    await scheduling.publish(one.app, int(planned["id"]), to_ms(from_iso(planned["scheduled_at"])))
    posted = (await alice.home())[0]
    assert list((await _document(one, posted))["contentMap"]) == ["en", "zh"]
    assert (await alice.call("GET", f"/api/v1/statuses/{posted['id']}/source"))["text"] == TEXT


async def test_delete_and_redraft_gives_back_what_was_typed(alice: Person) -> None:
    posted = await alice.post(TEXT, language="en")
    gone = await alice.call("DELETE", f"/api/v1/statuses/{posted['id']}")
    assert gone["text"] == TEXT


async def test_somebody_who_does_not_want_dividers_has_none(alice: Person) -> None:
    wish = {"source": {"language_divider": False}}
    account = await alice.call("PATCH", "/api/v1/accounts/update_credentials", json=wish)
    assert account["source"]["language_divider"] is False
    posted = await alice.post(TEXT, language="en")
    assert "---zh---" in posted["content"]
    assert posted["translations"] == []
    assert (await alice.call("GET", f"/api/v1/statuses/{posted['id']}/source"))["text"] == TEXT


async def test_dividers_switched_off_later_leave_the_languages_that_are_there(alice: Person) -> None:
    posted = await alice.post(TEXT, language="en")
    await alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"source": {"language_divider": False}})
    path = f"/api/v1/statuses/{posted['id']}"
    assert (await alice.call("GET", f"{path}/source"))["text"] == "Tea at five, #Tea"
    edited = await alice.call("PUT", path, json={"status": "Tea at six, #Tea"})
    assert [(one["language"], one["outdated"]) for one in edited["translations"]] == [("zh", True)]


async def test_more_than_ten_languages_or_a_wrong_tag_are_ordinary_text(alice: Person) -> None:
    tags = ["af", "br", "bs", "ca", "cs", "da", "de", "es", "et", "eu", "fi"]
    posted = await alice.post("a\n" + "\n".join(f"---{tag}---\nx" for tag in tags), language="en")
    assert posted["translations"] == []
    assert "---fi---" in posted["content"]
