"""Posts that are out of sight until a moderator has looked: for whom, what stays, and what other servers learn."""

from datetime import timedelta
from typing import Any

import pytest

from fedinote.events import PostDeleted
from fedinote.federation import documents
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.moderation.automatic import held
from fedinote.moderation.cases import statements
from fedinote.posts import holding, interactions, publishing, revising, visibility, withdrawn
from fedinote.posts.drafts import Draft, NewPost
from fedinote.timelines import queries
from fedinote.timelines.window import Window
from tests.relations.people import person

WORDS = "Tea at five"


async def take(app: App, post_id: int) -> int:
    """Take a post out of sight; return the number under which it is held."""
    async with app.db.transaction():
        row = await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)
        assert row is not None
        assert await withdrawn.take(app, row, "because")
    found: int = await app.db.value("SELECT id AS value FROM held_posts WHERE post_id = ?", post_id)
    return found


async def one(app: App, post_id: int) -> Any:
    return await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)


@pytest.mark.parametrize("level", ["public", "unlisted", "private", "direct", "local"])
async def test_nobody_sees_it_neither_its_author_nor_whom_it_names(app: App, level: str) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    post_id = await publishing.publish(app, alice, Draft(f"@bob {WORDS}", visibility=level))
    before = [await visibility.visible(app, who, [post_id]) for who in (None, alice, bob)]
    number = await take(app, post_id)
    for who in (None, alice, bob):
        assert await visibility.visible(app, who, [post_id]) == set()
    assert (await queries.home(app, alice, Window(5))).ids == []
    await held.release(app, number, by=None)
    assert [await visibility.visible(app, who, [post_id]) for who in (None, alice, bob)] == before
    assert (await one(app, post_id))["visibility"] == level


async def test_what_belongs_to_it_is_there_again_with_it(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    post_id = await publishing.publish(app, alice, Draft(WORDS))
    boost = await interactions.boost(app, bob, post_id)
    await interactions.favourite(app, bob, post_id)
    answer = await publishing.publish(app, bob, Draft("Yes", in_reply_to_id=post_id))
    number = await take(app, post_id)
    assert await visibility.visible(app, bob, [boost, answer]) == {answer}
    await held.release(app, number, by=None)
    assert await visibility.visible(app, bob, [boost, answer, post_id]) == {boost, answer, post_id}
    found = await one(app, post_id)
    assert (found["favourites_count"], found["reblogs_count"], found["replies_count"]) == (1, 1, 1)
    assert found["edited_at"] is None


async def test_other_servers_get_no_document_of_it(app: App) -> None:
    alice = await person(app, "alice")
    post_id = await publishing.publish(app, alice, Draft(WORDS))
    await take(app, post_id)
    with pytest.raises(NotFound):
        await documents.post(app, post_id)
    with pytest.raises(NotFound):
        await revising.edit(app, alice, post_id, Draft("Coffee"))


async def test_a_new_version_of_it_changes_what_is_held_and_not_that_it_is(app: App) -> None:
    far = await person(app, "far", "far.example")
    new = NewPost(author_id=far, visibility="public", content=WORDS, created_at=app.now(), uri="https://far.example/1")
    post_id = await publishing.store(app, new)
    assert post_id is not None
    number = await take(app, post_id)
    newer = NewPost(
        author_id=far, visibility="public", content="Coffee", created_at=app.now(), uri="https://far.example/1",
        edited_at=app.now() + timedelta(minutes=1),
    )  # fmt: skip
    assert not await revising.revise(app, await one(app, post_id), newer)
    assert (await one(app, post_id))["content"] == WORDS  # or what no moderator saw would be released
    (waits,) = await holding.waiting(app, Window(5).sql)
    assert (waits["id"] != number, waits["former"]) == (True, "public")
    await held.release(app, waits["id"], by=None)
    found = await one(app, post_id)
    assert (found["content"], found["visibility"]) == ("Coffee", "public")


async def test_who_drops_it_deletes_it_and_other_servers_are_told_as_of_any_post(app: App) -> None:
    alice = await person(app, "alice")
    post_id = await publishing.publish(app, alice, Draft(WORDS))
    uri, number = (await one(app, post_id))["uri"], await take(app, post_id)
    seen: list[str] = []

    async def watch(_: App, event: Any) -> None:
        seen.append(event.visibility)

    app.reactions = {**app.reactions, PostDeleted: [watch]}
    await held.drop(app, number, by=None)
    assert seen == ["public"]
    assert await one(app, post_id) is None
    assert await publishing.is_deleted(app, uri)
    assert [made.action for made in await statements.about(app, alice)] == ["delete_statuses"]


async def test_what_nobody_looks_at_for_a_month_is_deleted(app: App) -> None:
    alice = await person(app, "alice")
    old, new = [await publishing.publish(app, alice, Draft(f"{WORDS} {n}")) for n in range(2)]
    number = await take(app, old)
    await take(app, new)
    await app.db.execute("UPDATE held_posts SET created_at = ? WHERE id = ?", app.now() - timedelta(days=31), number)
    await holding.tidy(app)
    assert await one(app, old) is not None  # by itself it would be out of sight for ever
    await held.tidy(app)
    assert (await one(app, old), (await one(app, new))["visibility"]) == (None, "held")
