"""The leak matrix: every post by every viewer on every route of the tables that can show one (G01, G03, G09)."""

from typing import Any

import pytest

from fedinote.api.routes import ROUTES
from fedinote.api.routing import WEBSOCKET, Route
from tests.security.matrix import API, UNKNOWN, Ask, admitted
from tests.security.stage import Post, Stage, Viewer

pytestmark = pytest.mark.asyncio(loop_scope="module")

READS = {route.path: route for route in ROUTES if route.method in ("GET", WEBSOCKET)}
ON_POSTS = [route for route in ROUTES if route.method == "POST" and route.path.startswith("/api/v1/statuses/{id}/")]


def wrong(stage: Stage, body: bytes, shown: Any) -> list[str]:
    """Say which markers are in an answer and should not be, or the other way round."""
    found = {post.marker for post in stage.posts if post.marker.encode() in body}
    wanted = {post.marker for post in shown}
    return [f"+{one}" for one in sorted(found - wanted)] + [f"-{one}" for one in sorted(wanted - found)]


async def test_every_route_that_reads_is_in_the_matrix() -> None:
    assert not set(READS) - set(API)


@pytest.mark.parametrize("path", sorted(READS))
async def test_a_route_shows_each_post_to_those_only_who_may_see_it(stage: Stage, path: str) -> None:
    route, problems = READS[path], []
    for viewer in stage.viewers:
        for ask in API[path](stage, viewer):
            problems += await ask_api(stage, route, viewer, ask)
    assert not problems


async def ask_api(stage: Stage, route: Route, viewer: Viewer, ask: Ask) -> list[str]:
    path = route.path.format(**ask.path)
    answer = await viewer.client.get(path, ask.query)
    door = admitted(route, viewer)
    status, shown = (ask.status, ask.shown) if door == 200 else (door, ())
    problems = wrong(stage, answer.body, shown)
    if answer.status >= 500 or status not in (None, answer.status):
        problems.append(f"{answer.status} instead of {status}")
    return [f"{viewer.name} {path} {dict(ask.query)}: {problem}" for problem in problems]


@pytest.mark.parametrize("name", ["other", "blocked", "former", "pending", "moderator"])
async def test_what_may_not_be_seen_cannot_be_acted_upon_and_answers_as_if_it_were_not_there(
    stage: Stage, name: str
) -> None:
    viewer = stage.viewer(name)
    assert len(ON_POSTS) >= 11
    for route in ON_POSTS:
        absent = await viewer.client.post(route.path.format(id=UNKNOWN, emoji="👍", quoting_id=UNKNOWN), {})
        for post in hidden_from(stage, viewer):
            for one in filter(None, (post.id, post.boost_id)):
                answer = await viewer.client.post(route.path.format(id=one, emoji="👍", quoting_id=UNKNOWN), {})
                assert (answer.status, answer.body) == (404, absent.body), (route.path, post.marker)
    assert await counts(stage) == (0, 0)


def hidden_from(stage: Stage, viewer: Viewer) -> list[Post]:
    found = [post for post in stage.posts if not viewer.sees(post)]
    assert len(found) == (9 if viewer.name == "blocked" else 4)
    return found


async def counts(stage: Stage) -> tuple[int, int]:
    """How many likes there are by those who could never see, and boosts of what is not public by others."""
    ids = [stage.viewer(name).account_id for name in ("other", "moderator", "pending")]
    likes, boosts = await stage.app.db.many(
        ("SELECT COUNT(*) AS value FROM favourites WHERE account_id IN_INTS(?)", (ids,)),
        (
            "SELECT COUNT(*) AS value FROM posts b JOIN posts p ON p.id = b.reblog_of_id"
            " WHERE b.account_id <> p.account_id",
            (),
        ),
    )
    return likes[0]["value"], boosts[0]["value"]


@pytest.mark.parametrize("name", ["other", "blocked", "former", "pending", "moderator"])
async def test_what_may_not_be_seen_cannot_be_answered_voted_on_filtered_or_reported(stage: Stage, name: str) -> None:
    viewer = stage.viewer(name)
    made = await viewer.client.post("/api/v2/filters", {"title": name, "context": ["home"]})
    for post in hidden_from(stage, viewer):
        reply = {"status": "hello there", "in_reply_to_id": str(post.id)}
        named = {"status_id": str(post.id)}
        asked: list[tuple[str, Any]] = [
            ("/api/v1/statuses", reply),
            (f"/api/v1/polls/{post.poll_id}/votes", {"choices": [0]}),
            (f"/api/v2/filters/{made.json['id']}/statuses", named),
        ]
        for path, body in asked:
            assert (await viewer.client.post(path, body)).status == 404, (path, post.marker)
        target = str(stage.authors[post.author])
        filed = await viewer.client.post("/api/v1/reports", {"account_id": target, "status_ids": [str(post.id)]})
        assert filed.status == 200
        assert filed.json["status_ids"] == [], post.marker


async def test_only_public_texts_reach_a_translator_elsewhere(stage: Stage) -> None:
    stage.recorder.texts.clear()
    for viewer in stage.viewers:
        for post in stage.posts:
            answer = await viewer.client.post(f"/api/v1/statuses/{post.id}/translate", {"lang": "zh"})
            refused = {"anonymous": 401, "app": 422}.get(viewer.name, 404 if not viewer.sees(post) else 403)
            assert answer.status == (200 if viewer.somebody and viewer.sees(post) and post.open else refused)
            assert not wrong(stage, answer.body, [post] if answer.status == 200 else [])
    sent = "\n".join(stage.recorder.texts).encode()
    assert not wrong(stage, sent, [post for post in stage.posts if post.open])


async def test_a_translation_that_is_kept_is_not_given_to_somebody_who_may_not_see_the_post(stage: Stage) -> None:
    post = next(one for one in stage.posts if one.visibility == "unlisted" and one.local)
    path = f"/api/v1/statuses/{post.id}/translate"
    assert (await stage.viewer("other").client.post(path, {"lang": "zh"})).status == 200
    assert (await stage.viewer("blocked").client.post(path, {"lang": "zh"})).status == 404


async def test_a_hashtag_of_a_private_post_alone_is_told_to_nobody(stage: Stage) -> None:
    author = stage.viewer("author").client
    for visibility in ("direct", "private"):
        text = f"hush #zqsecret{visibility} @mentioned"
        assert (await author.post("/api/v1/statuses", {"status": text, "visibility": visibility})).status == 200
    for viewer in stage.viewers:
        answer = await viewer.client.get("/api/v2/search", {"q": "#zqsecret"})
        assert answer.status == 200
        assert b"zqsecretd" not in answer.body, viewer.name
        assert b"zqsecretp" not in answer.body, viewer.name
