"""Readings of posts by the client API: for whoever sees the post, and stored nowhere."""

import pytest

from tests.api.client import Client
from tests.api.conftest import Person, Town

pytest.importorskip("pypinyin")


def path(post_id: str) -> str:
    return f"/api/fedinote/v1/statuses/{post_id}/readings"


async def write(who: Person, text: str, **more: object) -> str:
    answer = await who.post("/api/v1/statuses", {"status": text, "language": "zh", **more})
    found: str = answer.json["id"]
    return found


async def test_a_post_is_given_with_pinyin_and_stays_as_it_is(alice: Person) -> None:
    post_id = await write(alice, "喝茶")
    found = (await alice.get(path(post_id))).json
    assert (found["language"], found["kind"]) == ("zh", "pinyin")
    assert "<ruby>茶<rp>(</rp><rt>chá</rt><rp>)</rp></ruby>" in found["content"]
    assert (await alice.get(f"/api/v1/statuses/{post_id}")).json["content"] == "<p>喝茶</p>"


async def test_a_version_in_another_language_has_readings_too(alice: Person) -> None:
    post_id = await write(alice, "Tea", language="en", translations={"ja": {"status": "お茶を飲む"}})
    found = (await alice.get(path(post_id), {"lang": "ja"})).json
    assert (found["language"], found["kind"]) == ("ja", "furigana")
    assert "<rt>の</rt>" in found["content"]
    assert (await alice.get(path(post_id), {"lang": "ko"})).status == 404
    assert (await alice.get(path(post_id))).status == 422, "there is nothing to read aloud in English"


async def test_what_one_may_not_see_one_does_not_hear(town: Town, alice: Person, stranger: Client) -> None:
    bob = await town.person("bob")
    post_id = await write(alice, "喝茶", visibility="private")
    assert (await bob.get(path(post_id))).status == 404
    assert (await stranger.get(path(post_id))).status == 401
    assert (await alice.get(path(post_id), {"kind": "pinyin"})).status == 200
    assert (await alice.get(path(post_id), {"kind": "runes"})).status == 422
