"""Rules from their draft to their end: what they do to posts from either door, and what moderators see of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation.automatic import held, rules, trying
from fedinote.moderation.automatic.rules import Wanted
from fedinote.posts import holding, publishing, revising
from fedinote.posts.drafts import Draft, NewPost
from fedinote.relations import follows
from fedinote.timelines.window import Window
from tests.relations.people import person

CASINO = Wanted("words", {"words": ["casino"]}, "reject", "No gambling")


async def on(app: App, wanted: Wanted = CASINO, **other: Any) -> int:
    made = await rules.create(app, replace(wanted, **other), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    return int(made["id"])


def note(author_id: int, text: str = "my casino", number: int = 1, **values: Any) -> NewPost:
    found: Mapping[str, Any] = {"visibility": "public", "uri": f"https://far.example/posts/{number}"} | values
    return NewPost(author_id=author_id, content=f"<p>{text}</p>", **found)


@pytest.fixture
async def far(app: App) -> int:
    return await person(app, "far", "far.example")


@pytest.fixture
async def alice(app: App) -> int:
    return await person(app, "alice")


async def row(app: App, post_id: int | None) -> Any:
    return await app.db.row("SELECT * FROM posts WHERE id = ?", post_id or 0)


async def test_a_draft_does_nothing_and_a_rule_that_is_on_does(app: App, far: int) -> None:
    made = await rules.create(app, CASINO, by=None)
    assert await publishing.store(app, note(far, created_at=app.now())) is not None
    await rules.switch(app, made["id"], "on", by=None)
    assert await publishing.store(app, note(far, number=2, created_at=app.now())) is None
    await rules.switch(app, made["id"], "off", by=None)
    assert await publishing.store(app, note(far, number=3, created_at=app.now())) is not None


async def test_every_hit_is_kept_once_with_why(app: App, far: int) -> None:
    rule_id = await on(app)
    for _ in range(2):
        await publishing.store(app, note(far, created_at=app.now()))
    found = await rules.hits(app, rule_id, Window(10).sql)
    assert [(one["uri"], one["action"], one["why"]) for one in found] == [
        ("https://far.example/posts/1", "reject", "the word “casino”")
    ]
    told = await app.db.rows("SELECT detail FROM audit_log WHERE action = 'policy.reject'")
    assert "No gambling: the word “casino”" in told[0]["detail"]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("note", {"sensitive": False, "spoiler_text": "", "visibility": "public"}),
        ("sensitive", {"sensitive": True, "spoiler_text": "", "visibility": "public"}),
        ("warn", {"sensitive": True, "spoiler_text": "No gambling", "visibility": "public"}),
        ("limit", {"sensitive": False, "spoiler_text": "", "visibility": "unlisted"}),
    ],
)
async def test_what_mild_actions_do(app: App, far: int, action: str, expected: Mapping[str, Any]) -> None:
    await on(app, action=action)
    post = await row(app, await publishing.store(app, note(far, created_at=app.now())))
    assert {name: post[name] for name in expected} == expected


async def test_a_limit_makes_nothing_more_visible(app: App, far: int) -> None:
    await on(app, action="limit")
    post = await row(app, await publishing.store(app, note(far, visibility="private", created_at=app.now())))
    assert post["visibility"] == "private"


async def test_a_held_post_is_seen_by_nobody_until_it_is_released(app: App, far: int) -> None:
    await on(app, action="hold")
    new = note(far, created_at=app.now() - timedelta(minutes=3))
    assert await publishing.store(app, new) is None
    assert await publishing.store(app, new) is None
    [waits] = await holding.waiting(app, Window(10).sql)
    assert waits["uri"] == new.uri
    assert not await app.db.rows("SELECT id FROM posts WHERE uri = ?", new.uri)
    post = await row(app, await held.release(app, waits["id"], by=None))
    assert (post["uri"], post["content"]) == (new.uri, new.content)
    assert not await holding.waiting(app, Window(10).sql)
    with pytest.raises(NotFound):
        await held.release(app, waits["id"], by=None)


async def test_a_member_is_told_that_a_post_waits_and_it_comes_out_whole(app: App, alice: int) -> None:
    await on(app, action="hold")
    with pytest.raises(Forbidden, match="until a moderator"):
        await publishing.publish(app, alice, Draft("my casino #tag", spoiler_text="cards", visibility="unlisted"))
    [waits] = await holding.waiting(app, Window(10).sql)
    post = await row(app, await held.release(app, waits["id"], by=None))
    assert (post["spoiler_text"], post["visibility"], post["source"]) == ("cards", "unlisted", "my casino #tag")
    assert post["uri"].endswith(f"/statuses/{post['id']}")


async def test_a_held_version_leaves_the_post_as_it_is_until_it_is_released(app: App, alice: int) -> None:
    post_id = await publishing.publish(app, alice, Draft("harmless"))
    await on(app, action="hold")
    with pytest.raises(Forbidden, match="until a moderator"):
        await revising.edit(app, alice, post_id, Draft("my casino"))
    assert (await row(app, post_id))["source"] == "harmless"
    [waits] = await holding.waiting(app, Window(10).sql)
    await held.release(app, waits["id"], by=None)
    assert (await row(app, post_id))["source"] == "my casino"


async def test_what_is_dropped_never_comes(app: App, far: int) -> None:
    await on(app, action="hold")
    await publishing.store(app, note(far, created_at=app.now()))
    [waits] = await holding.waiting(app, Window(10).sql)
    await held.drop(app, waits["id"], by=None)
    assert not await holding.waiting(app, Window(10).sql)
    assert [one["action"] for one in await app.db.rows("SELECT action FROM audit_log WHERE action = 'held.drop'")]


async def test_the_strongest_of_several_rules_counts_and_all_are_noted(app: App, far: int) -> None:
    ids = [await on(app, action=action) for action in ("note", "hold", "warn")]
    assert await publishing.store(app, note(far, created_at=app.now())) is None
    assert [len(await rules.hits(app, one, Window(5).sql)) for one in ids] == [1, 1, 1]
    [waits] = await holding.waiting(app, Window(10).sql)
    assert holding.post_of(waits).spoiler_text == "No gambling"


async def test_a_rule_that_suspends_suspends_members_of_other_servers_and_never_staff(app: App, far: int) -> None:
    boss = await person(app, "boss")
    await app.db.execute("UPDATE users SET role = 'owner' WHERE account_id = ?", boss)
    await on(app, action="suspend")
    assert await publishing.store(app, note(far, created_at=app.now())) is None
    with pytest.raises(Forbidden):
        await publishing.publish(app, boss, Draft("my casino"))
    found = {one["id"]: one["suspended_at"] for one in await app.db.rows("SELECT id, suspended_at FROM accounts")}
    assert found[far] is not None
    assert found[boss] is None


async def test_origin_follow_and_end_limit_a_rule(app: App, far: int, alice: int) -> None:
    local = await on(app, origin="local")
    assert await publishing.store(app, note(far, created_at=app.now())) is not None
    await rules.remove(app, local, by=None)
    await on(app, spares="followed")
    await follows.request(app, alice, far)
    await follows.accept(app, alice, far)
    assert await publishing.store(app, note(far, number=2, created_at=app.now())) is not None
    with pytest.raises(Invalid, match="future"):
        await on(app, expires_at=app.now() - timedelta(days=1))


async def test_a_trial_shows_what_a_rule_would_have_caught_and_changes_nothing(app: App, far: int) -> None:
    for number in range(6):
        text = "my casino" if number % 3 == 0 else "tea"
        await publishing.store(app, note(far, text, number, created_at=app.now()))
    await publishing.store(app, note(far, number=9, visibility="private", created_at=app.now()))
    made = await rules.create(app, CASINO, by=None)
    trial = await trying.run(app, made)
    assert (trial.looked_at, trial.caught, len(trial.authors)) == (6, 2, 1)
    assert [one.uri for one in trial.examples] == ["https://far.example/posts/3", "https://far.example/posts/0"]
    assert not await rules.hits(app, made["id"], Window(5).sql)
