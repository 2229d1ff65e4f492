"""Threads of any size are answered within their limits; answers that came before their parents find their thread."""

from dataclasses import replace

from fedinote.infra.app import App
from fedinote.posts import publishing, threads
from fedinote.posts.drafts import Draft, NewPost
from tests.support import accounts

_INSERT = """
INSERT INTO posts (id, account_id, uri, local, object_type, visibility, content, source, spoiler_text, sensitive,
  in_reply_to_id, conversation_id, mentions, tags, emojis, media_count, replies_count, reblogs_count,
  favourites_count, created_at)
VALUES (?, ?, ?, FALSE, 'Note', 'public', 'x', '', '', FALSE, ?, ?, '[]', '[]', '[]', 0, 0, 0, 0, ?)
"""


async def _answers(app: App, author_id: int, root: int, *, many: int, deep: bool) -> list[int]:
    """Answers to a post, or each to the one before it."""
    ids, rows = [root], []
    for _ in range(many):
        post_id = app.ids.next()
        parent = ids[-1] if deep else root
        rows.append((post_id, author_id, f"https://far.example/{post_id}", parent, root, app.now()))
        ids.append(post_id)
    async with app.db.transaction():
        await app.db.execute_many(_INSERT, rows)
    return ids[1:]


async def test_a_thread_of_five_thousand_answers_is_cut_at_its_limits(app: App) -> None:
    alice = await accounts.local(app, "alice")
    root = await publishing.publish(app, alice.id, Draft("root"))
    answers = await _answers(app, alice.id, root, many=5000, deep=False)
    assert await threads.context(app, alice.id, root) == ([], answers[: threads.DESCENDANTS])
    assert await threads.context(app, None, root) == ([], answers[: threads.ANONYMOUS_DESCENDANTS])


async def test_a_thread_of_a_thousand_levels_is_cut_at_its_limits(app: App) -> None:
    alice = await accounts.local(app, "alice")
    root = await publishing.publish(app, alice.id, Draft("root"))
    answers = await _answers(app, alice.id, root, many=1000, deep=True)
    assert await threads.context(app, alice.id, root) == ([], answers[: threads.DEPTH])
    above, below = await threads.context(app, alice.id, answers[-1])
    assert (above, below) == (answers[-threads.ANCESTORS - 1 : -1], [])


async def test_all_that_hangs_on_an_answer_joins_the_conversation_of_a_parent_that_comes_later(app: App) -> None:
    alice = await accounts.local(app, "alice")
    base = "https://far.example/"
    new = NewPost(alice.id, "public", "x", app.now())
    top = f"{base}top"
    middle = await publishing.store(app, replace(new, uri=f"{base}middle", in_reply_to_uri=top))
    assert middle is not None
    conversation = await app.db.value("SELECT conversation_id AS value FROM posts WHERE id = ?", middle)
    below = replace(new, uri=f"{base}leaf", in_reply_to_id=middle, conversation_id=conversation)
    await publishing.store(app, below)
    root = await publishing.store(app, replace(new, uri=top))
    rows = await app.db.rows("SELECT DISTINCT conversation_id FROM posts")
    assert [row["conversation_id"] for row in rows] == [root]
