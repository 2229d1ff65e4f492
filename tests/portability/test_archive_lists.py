"""Lists and filters that come with an archive, where its owner asked for them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from fedinote import worker
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.portability import archives, imports
from fedinote.relations import blocks, follows, lookup
from fedinote.timelines import filter_rules, filters, lists
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange
from tests.portability.test_archive_imports import files, handed_in, note, zipped
from tests.support.people import person
from tests.web.reading import write

HOUR = 3600


async def furnished(app: App) -> tuple[int, int]:
    """Make somebody with one thing of each kind, and whom they know; the ids of both."""
    old, friend = await person(app, "old"), await person(app, "friend")
    me, other = old.account_id, friend.account_id
    post = await write(app, friend, "hello")
    made = await filter_rules.create(
        app, me, FilterChanges("coffee", ("home", "public"), "hide", keywords=(KeywordChange("coffee", False),))
    )
    await filter_rules.add_post(app, me, made.id, post)
    await follows.request(app, me, other)
    listed = await lists.create(app, me, "Friends", replies_policy="none", exclusive=True)
    await lists.add(app, me, listed.id, [other])
    for name, duration in (("loud", HOUR), ("rude", 0)):
        await blocks.mute(app, me, (await person(app, name)).account_id, duration=duration)
    await blocks.block(app, me, (await person(app, "foe")).account_id)
    return me, other


async def archive(app: App, account_id: int) -> bytes:
    await archives.request(app, account_id)
    await worker.settle(app)
    return Path(await archives.file(app, account_id)).read_bytes()


async def muted(app: App, me: int) -> dict[str, Any]:
    found = await lookup.mutes_page(app, me, lambda _: ("TRUE", (), ""))
    rows = await app.db.rows("SELECT id, username FROM accounts")
    names = {row["id"]: row["username"] for row in rows}
    return {names[one.account_id]: one.expires_at for one in found}


async def test_an_archive_brings_lists_and_filters_to_another_account(app: App) -> None:
    old, friend = await furnished(app)
    packed = await archive(app, old)
    ends = (await muted(app, old))["loud"]
    me = (await person(app, "new")).account_id
    await handed_in(app, me, packed, also_lists=True)
    (rule,) = await filters.of(app, me)
    assert (rule.title, rule.context, rule.action) == ("coffee", ("home", "public"), "hide")
    assert [(word.keyword, word.whole_word) for word in rule.keywords] == [("coffee", False)]
    assert [one.post_id for one in rule.posts] == [one.post_id for one in (await filters.of(app, old))[0].posts]
    (listed,) = await lists.of(app, me)
    assert (listed.title, listed.replies_policy, listed.exclusive) == ("Friends", "none", True)
    assert [one.id for one in await lists.containing(app, me, friend)] == [listed.id]
    found = await muted(app, me)
    assert found.keys() == {"loud", "rude"}
    assert found["rude"] is None
    assert abs(found["loud"] - ends) < timedelta(seconds=5), "a mute for an hour does not become one for ever"
    assert len(await lookup.blocks_page(app, me, lambda _: ("TRUE", (), ""))) == 1
    kinds = {row["kind"]: (row["imported"], row["failed"]) for row in await imports.of(app, me)}
    assert kinds == {"posts": (0, 0), "follows": (1, 0), "blocks": (1, 0), "mutes": (2, 0), "lists": (1, 0)}


async def test_without_being_asked_for_they_stay_in_the_archive(app: App) -> None:
    old, _ = await furnished(app)
    packed = await archive(app, old)
    me = (await person(app, "new")).account_id
    await handed_in(app, me, packed)
    assert await filters.of(app, me) == []
    assert await lists.of(app, me) == []
    assert [row["kind"] for row in await imports.of(app, me)] == ["posts"]


async def test_what_is_there_already_is_not_made_twice(app: App) -> None:
    old, _ = await furnished(app)
    packed = await archive(app, old)
    await blocks.mute(app, old, (await person(app, "late")).account_id)
    before = (await filters.of(app, old), await lists.of(app, old), await muted(app, old))
    await handed_in(app, old, packed, also_lists=True)
    assert (await filters.of(app, old), await lists.of(app, old), await muted(app, old)) == before


async def test_what_is_over_or_damaged_is_left_out(app: App) -> None:
    await person(app, "loud")
    past = iso(app.now() - timedelta(seconds=1))
    records = {
        "filters": [
            {"title": "over", "context": ["home"], "words": [{"keyword": "x"}], "expires_at": past},
            {"title": "no place", "context": ["nowhere"], "words": [{"keyword": "x"}]},
            {"title": "no time", "context": ["home"], "words": [{"keyword": "x"}], "expires_at": "soon"},
            {"title": "nul\x00", "context": ["home"], "words": [{"keyword": "x"}]},
            "no filter",
            {"title": "good", "context": ["home"], "words": [{"keyword": "x"}], "posts": ["https://far.example/1"]},
        ],
        "lists": [{"title": ""}, {"title": "odd", "replies_policy": "whatever"}, 5],
        "mutes": [{"address": "loud@localhost:8000", "expires_at": past}, {}],
    }
    me = (await person(app, "new")).account_id
    more = {"account.json": json.dumps(records).encode(), "muted_accounts.csv": b"loud@localhost:8000\n"}
    row = await handed_in(app, me, zipped(files(note(1), **more)), also_lists=True)
    assert (row["imported"], row["error"]) == (1, "")
    assert [one.title for one in await filters.of(app, me)] == ["good"]
    assert await lists.of(app, me) == []
    assert await muted(app, me) == {}
    assert from_ms(row["finished_at"]) <= app.now()


async def test_a_file_that_cannot_be_read_stops_nothing(app: App) -> None:
    me = (await person(app, "new")).account_id
    for number, text in enumerate((b"[]", b"{", b"\xff", b'{"filters": 1}')):
        more = {"account.json": text, "blocked_accounts.csv": b"\xff\xfe"}
        row = await handed_in(app, me, zipped(files(note(number + 1), **more)), also_lists=True)
        assert (row["imported"], row["error"]) == (1, "")
