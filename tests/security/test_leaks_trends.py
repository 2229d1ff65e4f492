"""What is talked about shows public posts alone, and to those only who may see them, whatever was counted."""

import pytest

from fedinote.infra.app import App
from fedinote.timelines import trends
from tests.security.stage import Post, Stage, Viewer
from tests.security.test_leaks import wrong

pytestmark = pytest.mark.asyncio(loop_scope="module")
URL = "https://news.example/tea"
PAGES = ("/api/v1/trends/statuses", "/api/v1/timelines/link", "/api/v1/admin/trends/statuses")


async def _count_all(app: App, posts: list[Post]) -> None:
    """Put every post among the trends, and let it link to a page that is there too, as if all had counted."""
    card_id = app.ids.next()
    await app.db.execute("UPDATE accounts SET discoverable = TRUE")
    await app.db.execute("UPDATE posts SET spoiler_text = '', sensitive = FALSE")
    await app.db.execute(
        "INSERT INTO preview_cards (id, link, state, url, host, kind, title, description, author_name, author_url,"
        " creator, provider_name, provider_url, html, embed_url, width, height, image_description, created_at)"
        " VALUES (?, ?, 'ready', ?, 'news.example', 'link', 'Tea', '', '', '', '', '', '', '', '', 0, 0, '', 0)",
        card_id,
        URL,
        URL,
    )
    await app.db.execute("DELETE FROM trends")
    await app.db.execute("INSERT INTO trends (kind, subject_id, score) VALUES ('link', ?, 1)", card_id)
    for post in posts:
        for one in filter(None, (post.id, post.boost_id)):
            await app.db.execute("INSERT INTO trends (kind, subject_id, score) VALUES ('post', ?, 1)", one)
            await app.db.execute("INSERT INTO post_links (post_id, card_id) VALUES (?, ?)", one, card_id)


def _may(viewer: Viewer, post: Post) -> bool:
    return post.visibility == "public" and viewer.sees(post)


async def test_pages_of_trends_show_public_posts_to_those_who_may_see_them(stage: Stage) -> None:
    await _count_all(stage.app, stage.posts)
    problems = []
    for viewer in stage.viewers:
        shown = [post for post in stage.posts if _may(viewer, post)]
        for path in PAGES:
            answer = await viewer.client.get(path, {"url": URL, "limit": 40})
            staff = "/admin/" in path
            wanted = shown if answer.status == 200 else []
            problems += [f"{viewer.name} {path}: {one}" for one in wrong(stage, answer.body, wanted)]
            assert answer.status == (200 if not staff or viewer.name == "moderator" else answer.status)
            assert not (staff and answer.status == 200 and viewer.name != "moderator")
    assert not problems


async def test_only_public_posts_are_counted(stage: Stage) -> None:
    await stage.app.db.execute("UPDATE posts SET in_reply_to_id = NULL")
    await trends.refresh(stage.app)
    rows = await stage.app.db.rows(
        "SELECT p.visibility FROM trends t JOIN posts p ON p.id = t.subject_id WHERE t.kind = 'post'"
    )
    assert {row["visibility"] for row in rows} == {"public"}
