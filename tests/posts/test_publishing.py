"""Publishing, editing and deleting, by the verb that both doors use."""

import asyncio

import msgspec
import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import publishing, revising
from fedinote.posts.drafts import Draft, NewPost, PollDraft
from tests.support import accounts


async def _row(app: App, post_id: int):
    row = await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)
    assert row is not None
    return row


async def test_a_text_becomes_html_with_links_to_people_and_tags(app: App) -> None:
    alice, bao = await accounts.local(app, "alice"), await accounts.remote(app, "bao")
    post_id = await publishing.publish(app, alice.id, Draft("Hi @bao@remote.example, have #茶 & <tea>"))
    row = await _row(app, post_id)
    assert f'href="{bao.url}"' in row["content"]
    assert "&amp; &lt;tea&gt;" in row["content"]
    assert row["uri"] == f"{alice.uri}/statuses/{post_id}"
    assert [m["acct"] for m in msgspec.json.decode(row["mentions"])] == ["bao@remote.example"]
    assert [t["name"] for t in msgspec.json.decode(row["tags"])] == ["茶"]
    assert await app.db.value("SELECT COUNT(*) AS value FROM post_tags WHERE post_id = ?", post_id) == 1


async def test_an_empty_post_is_refused(app: App) -> None:
    alice = await accounts.local(app, "alice")
    with pytest.raises(Invalid, match="blank"):
        await publishing.publish(app, alice.id, Draft("  \n "))


async def test_a_text_that_is_too_long_is_refused_with_the_limit(app: App) -> None:
    alice = await accounts.local(app, "alice")
    with pytest.raises(Invalid, match="5000"):
        await publishing.publish(app, alice.id, Draft("x" * 4000, spoiler_text="y" * 1001))


@pytest.mark.parametrize(
    ("poll", "problem"),
    [
        (PollDraft(("one",), 600), "two different"),
        (PollDraft(("one", "one"), 600), "two different"),
        (PollDraft(tuple("abcdefg"), 600), "at most 6"),
        (PollDraft(("one", "x" * 101), 600), "100 characters"),
        (PollDraft(("one", "two"), 10), "5 minutes"),
    ],
)
async def test_a_poll_must_make_sense(app: App, poll: PollDraft, problem: str) -> None:
    alice = await accounts.local(app, "alice")
    with pytest.raises(Invalid, match=problem):
        await publishing.publish(app, alice.id, Draft("choose", poll=poll))


async def test_the_same_idempotency_key_gives_the_same_post_also_at_once(app: App) -> None:
    alice = await accounts.local(app, "alice")
    ids = await asyncio.gather(
        *(publishing.publish(app, alice.id, Draft("once"), idempotency_key="k") for _ in range(5)),
        return_exceptions=True,
    )
    made = {i for i in ids if isinstance(i, int)}
    assert len(made) == 1
    assert await app.db.value("SELECT COUNT(*) AS value FROM posts") == 1
    bob = await accounts.local(app, "bob")
    assert await publishing.publish(app, bob.id, Draft("mine"), idempotency_key="k") not in made


async def test_a_remote_post_is_stored_once(app: App) -> None:
    bao = await accounts.remote(app, "bao")
    new = NewPost(bao.id, "public", "<p>hi</p>", app.now(), uri="https://remote.example/1")
    first = await publishing.store(app, new)
    assert await publishing.store(app, new) == first
    assert await app.db.value("SELECT statuses_count AS value FROM accounts WHERE id = ?", bao.id) == 1


async def test_a_reply_that_came_before_its_parent_finds_it(app: App) -> None:
    bao = await accounts.remote(app, "bao")
    reply = NewPost(
        bao.id, "public", "<p>second</p>", app.now(), uri="https://remote.example/2",
        in_reply_to_uri="https://remote.example/1",
    )  # fmt: skip
    reply_id = await publishing.store(app, reply)
    parent_id = await publishing.store(
        app, NewPost(bao.id, "public", "<p>first</p>", app.now(), uri="https://remote.example/1")
    )
    assert reply_id is not None
    assert parent_id is not None
    assert (await _row(app, reply_id))["in_reply_to_id"] == parent_id
    assert (await _row(app, parent_id))["replies_count"] == 1


async def test_an_edit_keeps_the_former_version_and_the_audience(app: App) -> None:
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("one", visibility="private"))
    await revising.edit(app, alice.id, post_id, Draft("two", visibility="public"))
    row = await _row(app, post_id)
    assert "two" in row["content"]
    assert row["visibility"] == "private"
    edits = await app.db.rows("SELECT content FROM post_edits WHERE post_id = ?", post_id)
    assert ["one" in edit["content"] for edit in edits] == [True]


async def test_nobody_edits_the_post_of_another(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("mine"))
    with pytest.raises(NotFound):
        await revising.edit(app, bob.id, post_id, Draft("yours"))


async def test_a_deleted_post_is_gone_for_good(app: App) -> None:
    alice = await accounts.local(app, "alice")
    parent = await publishing.publish(app, alice.id, Draft("parent"))
    reply = await publishing.publish(app, alice.id, Draft("reply", in_reply_to_id=parent))
    uri = (await _row(app, reply))["uri"]
    await publishing.delete(app, reply)
    assert await publishing.is_deleted(app, uri)
    assert (await _row(app, parent))["replies_count"] == 0
    assert await app.db.value("SELECT statuses_count AS value FROM accounts WHERE id = ?", alice.id) == 1


async def _upload(app: App, account_id: int) -> int:
    media_id = app.ids.next()
    await app.db.execute(
        "INSERT INTO media (id, account_id, kind, media_type, key, preview_key, meta, position, state, created_at)"
        " VALUES (?, ?, 'image', 'image/png', 'k.png', 'p.png', '{}', 0, 'ready', ?)",
        media_id,
        account_id,
        app.now(),
    )
    return media_id


async def test_an_edit_puts_files_in_order_and_takes_out_those_left_out(app: App) -> None:
    alice = await accounts.local(app, "alice")
    one, two, three = [await _upload(app, alice.id) for _ in range(3)]
    post_id = await publishing.publish(app, alice.id, Draft("", media_ids=(one, two)))
    await revising.edit(app, alice.id, post_id, Draft("", media_ids=(three, two)))
    rows = await app.db.rows("SELECT id FROM media WHERE post_id = ? ORDER BY position", post_id)
    assert [row["id"] for row in rows] == [three, two]


async def test_the_file_of_another_person_or_post_cannot_be_taken(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    hers = await _upload(app, alice.id)
    with pytest.raises(Invalid):
        await publishing.publish(app, bob.id, Draft("mine", media_ids=(hers,)))
    await publishing.publish(app, alice.id, Draft("", media_ids=(hers,)))
    with pytest.raises(Invalid):
        await publishing.publish(app, alice.id, Draft("again", media_ids=(hers,)))
