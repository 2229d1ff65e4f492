"""The leak matrix on pages and on what other servers fetch: by browsers, and by signed and unsigned GETs (G03)."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from starlette.routing import Route

from fedinote.federation.endpoints import ROUTES as FEDERATION
from fedinote.infra.settings import DEMO_VARIABLES
from fedinote.web.admin.routes import ROUTES as ADMIN
from fedinote.web.explore.routes import FEEDS
from fedinote.web.routes import ROUTES as WEB_PAGES
from tests.api.client import Client
from tests.security import client_pages, data_pages, desk_pages, member_pages
from tests.security.matrix import UNKNOWN
from tests.security.stage import FAR, TAG, Post, Stage, Viewer
from tests.security.test_leaks import wrong
from tests.support.fakefedi import ACTIVITY
from tests.support.signing import Way, signed

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = (*FEEDS, *WEB_PAGES)

Asked = tuple[str, int | None, list[Post]]
"""A path, what is answered (None: anything but a server error), and whose markers are in it."""

GET = Way(names="(request-target) host date", method="GET", headers={"digest": None, "content-type": None})
SIGNERS = ("", "fan", "stranger", "foe")


def paths(routes: Iterable[Any]) -> set[str]:
    return {route.path for route in routes if isinstance(route, Route) and "GET" in (route.methods or ())}


# -- pages ----------------------------------------------------------------------------------------------------------


def _open(stage: Stage, **fields: Any) -> list[Post]:
    return [p for p in stage.posts if p.open and all(getattr(p, name) == value for name, value in fields.items())]


def _seen(viewer: Viewer, post: Post) -> bool:
    """Visitors see what is open; members what the rule of visibility lets them see."""
    return viewer.sees(post) if viewer.somebody else post.open


def _profile(stage: Stage, viewer: Viewer) -> list[Asked]:
    return [("/@alice", 200, [post for post in stage.posts if post.local and _seen(viewer, post)])]


def _post(stage: Stage, viewer: Viewer) -> list[Asked]:
    """What whoever asks may see, and that alone; above and below it too."""
    thread = [post for post in stage.posts if post.local and _seen(viewer, post)]
    hidden = viewer.somebody and viewer.name == "blocked"
    asked: list[Asked] = [(f"/@alice/{stage.roots['alice']}", 404 if hidden else 200, [] if hidden else thread)]
    for post in stage.posts:
        seen = post.local and _seen(viewer, post)
        asked.append((f"/@alice/{post.id}", 200 if seen else 404, [post] if seen else []))
        asked.append((f"/@alice/{post.boost_id or UNKNOWN}", 404, []))
        asked.append((f"/@other/{post.id}", 404, []))
        name = "mentioned" if post.visibility == "direct" else "follower"
        asked.append((f"/@{name}/{stage.answers[post.id]}", None, [post] if _seen(viewer, post) else []))
    return asked


def _history(stage: Stage, viewer: Viewer) -> list[Asked]:
    """All posts were edited once; who may see one sees its versions."""
    asked: list[Asked] = []
    for post in filter(lambda one: one.local, stage.posts):
        seen = _seen(viewer, post)
        asked.append((f"/@alice/{post.id}/history", 200 if seen else 404, [post] if seen else []))
    return asked


def _beside(stage: Stage, viewer: Viewer) -> list[Asked]:
    """Of every post, wherever it was written, and whether or not an engine may have it."""
    asked: list[Asked] = []
    for post in stage.posts:
        seen = viewer.somebody and viewer.sees(post)
        status = 303 if not viewer.somebody else None if seen else 404
        asked.append((f"/posts/{post.id}/translation?to=zh", status, [post] if seen else []))
    return asked


def _feed(stage: Stage, ending: str) -> list[Asked]:
    """Public posts alone, unlisted ones neither."""
    shown = _open(stage, local=True, visibility="public")
    return [(f"/@alice.{ending}", 200, shown), (f"/@rhea@{FAR}.{ending}", 404, [])]


def _tag_feed(stage: Stage, ending: str) -> list[Asked]:
    return [(f"/tags/{TAG}.{ending}", 200, _open(stage, visibility="public"))]


def _tag(stage: Stage, viewer: Viewer) -> list[Asked]:
    """Visitors see public posts; members those of them whose authors neither block them nor are blocked."""
    posts = [one for one in _open(stage, visibility="public") if not viewer.somebody or viewer.sees(one)]
    return [(f"/tags/{TAG}", 200, posts)]


def _embed(stage: Stage, _: Viewer) -> list[Asked]:
    """The page for frames on other websites: the post alone."""
    asked: list[Asked] = []
    for post in stage.posts:
        shown = post.open and post.local
        asked.append((f"/@alice/{post.id}/embed", 200 if shown else 404, [post] if shown else []))
        asked.append((f"/@alice/{post.boost_id or UNKNOWN}/embed", 404, []))
        asked.append((f"/@other/{post.id}/embed", 404, []))
    return asked


def _translation(stage: Stage, viewer: Viewer) -> list[Asked]:
    asked: list[Asked] = []
    for post in filter(lambda one: one.local, stage.posts):
        status = 200 if post.open else 404
        if post.open and not viewer.somebody:
            status = 303
        elif post.open and not viewer.sees(post):
            status = 404
        asked.append((f"/@alice/{post.id}/translation?to=zh", status, [post] if status == 200 else []))
    return asked


def _suggest(stage: Stage, viewer: Viewer) -> list[Asked]:
    asked = _translation(stage, viewer)
    return [(path.replace("/translation?to=zh", "/suggest"), status, posts) for path, status, posts in asked]


def _interaction(stage: Stage, viewer: Viewer) -> list[Asked]:
    asked: list[Asked] = []
    for post in filter(lambda one: one.local, stage.posts):
        status = 303 if not viewer.somebody else 200 if viewer.sees(post) else 404
        shown = [post] if status == 200 else []
        uris = (post.uri, post.uri.replace("/users/alice/statuses/", "/@alice/"))
        asked += [(f"/authorize_interaction?uri={uri}", status, shown) for uri in uris]
    return asked


def _answering(stage: Stage, viewer: Viewer) -> list[Asked]:
    """The form for an answer or a quote shows the other post to whoever may see it."""
    asked: list[Asked] = []
    for post in stage.posts:
        status = 303 if not viewer.somebody else 200 if viewer.sees(post) else 404
        shown = [post] if status == 200 else []
        asked.append((f"/publish?reply={post.id}", status, shown))
        asked.append((f"/publish?quote={post.id}", status if status != 200 else None, shown))  # 403: no quotes wanted
    return asked


def _editing(stage: Stage, viewer: Viewer) -> list[Asked]:
    """The form for an edit is its author's."""
    asked: list[Asked] = []
    for post in stage.posts:
        mine = post.local and viewer.name == "author"
        status = 303 if not viewer.somebody else 200 if mine else 404
        asked.append((f"/posts/{post.id}/edit", status, [post] if mine else []))
    return asked


def _nothing(path: str) -> Callable[[Stage, Viewer], list[Asked]]:
    return lambda _, __: [(path, None, [])]


_HOLE = re.compile(r"\{\w+(?::int)?\}")
WEB: Mapping[str, Callable[[Stage, Viewer], list[Asked]]] = {
    # What runs the server shows no posts; those of the desk that do are below.
    **{one: _nothing(_HOLE.sub("1", one)) for one in paths(ADMIN)},
    "/about/moderation": _nothing("/about/moderation"),
    "/": lambda _, viewer: [("/", 303 if viewer.somebody else 200, [])],
    "/explore": _nothing("/explore"),
    "/explore/topics": _nothing("/explore/topics"),
    "/explore/topics/{slug}": _nothing("/explore/topics/unknown"),
    "/publish": _answering,
    "/posts/{post_id}/edit": _editing,
    "/compose/media/{media_id}": _nothing("/compose/media/1"),
    "/compose/suggest": _nothing("/compose/suggest?q=%23te"),
    "/scheduled": _nothing("/scheduled"),
    "/scheduled/{plan_id}/edit": _nothing("/scheduled/1/edit"),
    "/drafts": _nothing("/drafts"),
    "/settings/push": _nothing("/settings/push"),
    "/manifest.webmanifest": _nothing("/manifest.webmanifest"),
    "/sw.js": _nothing("/sw.js"),
    "/offline": _nothing("/offline"),
    "/about/ranking": _nothing("/about/ranking"),
    "/@{name}.atom": lambda stage, _: _feed(stage, "atom"),
    "/@{name}.json": lambda stage, _: _feed(stage, "json"),
    "/tags/{name}.atom": lambda stage, _: _tag_feed(stage, "atom"),
    "/tags/{name}.json": lambda stage, _: _tag_feed(stage, "json"),
    "/@{name}": _profile,
    "/@{name}/{post_id}": _post,
    "/@{name}/{post_id}/embed": _embed,
    "/@{name}/{post_id}/history": _history,
    "/posts/{post_id:int}/translation": _beside,
    "/interact": _nothing("/interact?uri=http://localhost:8000/@alice"),
    "/explore/videos": _nothing("/explore/videos"),
    "/@{name}/{post_id}/suggest": _suggest,
    "/@{name}/{post_id}/translation": _translation,
    "/about": _nothing("/about"),
    "/about/translation": _nothing("/about/translation"),
    "/collections/{collection_id}": _nothing("/collections/1"),
    "/settings/translation": _nothing("/settings/translation"),
    "/settings/writing": _nothing("/settings/writing"),
    "/privacy-policy": _nothing("/privacy-policy"),
    "/terms-of-service": _nothing("/terms-of-service"),
    "/admin/trace": _nothing("/admin/trace?url=https://far.example/1"),
    "/auth/password": _nothing("/auth/password"),
    "/auth/sign_in": _nothing("/auth/sign_in"),
    "/auth/sign_out": _nothing("/auth/sign_out"),
    "/auth/sign_up": _nothing("/auth/sign_up"),
    "/authorize_interaction": _interaction,
    "/demo": _nothing("/demo"),
    "/invite/{code}": _nothing("/invite/unknown"),
    "/oauth/authorize": _nothing("/oauth/authorize?client_id=client&response_type=code"),
    "/tags/{name}": _tag,
    **client_pages.WEB,
    **member_pages.WEB,
    **data_pages.WEB,
    **desk_pages.WEB,
}


async def test_every_page_is_in_the_matrix() -> None:
    assert not paths(PAGES) - set(WEB)


@pytest.mark.parametrize("path", sorted(paths(PAGES)))
async def test_a_page_shows_public_and_unlisted_posts_alone(stage: Stage, path: str) -> None:
    problems = []
    for viewer in stage.viewers:
        for asked, status, shown in WEB[path](stage, viewer):
            answer = await viewer.browser.get(asked)
            about = answer.body + repr(answer.headers).encode()
            found = wrong(stage, about, shown)
            if answer.status >= 500 or status not in (None, answer.status):
                found.append(f"{answer.status} instead of {status}")
            problems += [f"{viewer.name} {asked}: {one}" for one in found]
    assert not problems


async def test_the_demo_page_shows_nothing_that_its_person_alone_may_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEMO_VARIABLES[0], "follower")
    assert (await stage.viewer("follower").client.post("/api/v1/statuses", {"status": "good day"})).status == 200
    answer = await stage.viewer("anonymous").browser.get("/demo")
    assert answer.status == 200
    found = [post for post in stage.posts if post.marker.encode() in answer.body]
    assert [post.author for post in found] == ["rhea"]
    assert all(post.open for post in found)


async def test_a_page_of_a_hidden_post_is_the_page_of_an_unknown_one(stage: Stage) -> None:
    hidden = [post for post in stage.posts if post.local and not post.open]
    for viewer in stage.viewers:
        unknown = await viewer.browser.get(f"/@alice/{UNKNOWN}")
        for post in hidden:
            if not _seen(viewer, post):
                answer = await viewer.browser.get(f"/@alice/{post.id}")
                assert (answer.status, _lasting(answer.body)) == (unknown.status, _lasting(unknown.body))


def _lasting(body: bytes) -> bytes:
    """A page without what is another each time: the token of its forms."""
    return re.sub(rb"[0-9a-f]{16}\.[0-9a-f]{64}", b"", body)


# -- other servers ----------------------------------------------------------------------------------------------------


def _granted(stage: Stage, name: str, *, boost: bool = False) -> list[Post]:
    """Which of alice's posts (or of her boosts) a server's account may fetch."""
    kinds = {"": ("public", "unlisted"), "stranger": ("public", "unlisted"), "fan": ("public", "unlisted", "private")}
    return [p for p in stage.posts if p.local and p.visibility in kinds.get(name, ()) and (p.boost_id or not boost)]


def _object(pattern: str, *, content: bool = True) -> Callable[[Stage, str], list[Asked]]:
    def asks(stage: Stage, name: str) -> list[Asked]:
        asked: list[Asked] = []
        for post in stage.posts:
            seen = post in _granted(stage, name)
            shown = [post] if seen and content else []
            asked.append((pattern.format(name="alice", post_id=post.id), 200 if seen else 404, shown))
            asked.append((pattern.format(name="other", post_id=post.id), 404, []))
            if post.boost_id:
                status = 200 if post in _granted(stage, name, boost=True) else 404
                asked.append((pattern.format(name="alice", post_id=post.boost_id), status, []))
        return asked

    return asks


def _replies(stage: Stage, name: str) -> list[Asked]:
    """Of a post who may see it; and the answers to a public post are named as far as they are public."""
    pattern = "/users/{name}/statuses/{post_id}/replies"
    return [*_object(pattern, content=False)(stage, name), *_object(f"{pattern}?page=true", content=False)(stage, name)]


def _conversation(stage: Stage, name: str) -> list[Asked]:
    """Of a public post that began it, to all whom its author does not block; nothing else begins one."""
    top = stage.roots["alice"]
    found: list[Asked] = [(f"/contexts/{top}{more}", 404 if name == "foe" else 200, []) for more in ("", "?page=true")]
    return [*found, *((f"/contexts/{post.id}?page=true", 404, []) for post in stage.posts)]


def _own(stage: Stage, _: str) -> list[Asked]:
    shown = _open(stage, local=True)
    return [("/users/alice/outbox", 200, []), ("/users/alice/outbox?page=true", 200, shown)]


def _inbox(_: Stage, __: str) -> list[Asked]:
    """Nobody reads it by a signature."""
    return [(f"/users/{name}/inbox{more}", 401, []) for name in ("alice", "follower") for more in ("", "?page=true")]


def _featured(stage: Stage, _: str) -> list[Asked]:
    return [("/users/alice/collections/featured", 200, _open(stage, local=True))]


def _board(stage: Stage, _: str) -> list[Asked]:
    """A board and its page are ids alone: what is not for everybody is not named in them (`test_boards`)."""
    return [(f"/users/follower/boards/{stage.board_id}{more}", 200, []) for more in ("", "?page=true")]


def _none(pattern: str) -> Callable[[Stage, str], list[Asked]]:
    def asks(stage: Stage, _: str) -> list[Asked]:
        ids = [stage.posts[2].id, stage.posts[3].id]
        found = [pattern.format(name="alice", version="2.0", post_id=one) for one in ids]
        return [(path + more, None, []) for path in found for more in ("", "?page=true", "?resource=acct:alice@x")]

    return asks


_POST = "/users/{name}/statuses/{post_id:int}"
AP: Mapping[str, Callable[[Stage, str], list[Asked]]] = {
    "/.well-known/webfinger": _none("/.well-known/webfinger"),
    "/.well-known/nodeinfo": _none("/.well-known/nodeinfo"),
    "/.well-known/host-meta": _none("/.well-known/host-meta"),
    "/.well-known/host-meta.json": _none("/.well-known/host-meta.json"),
    "/nodeinfo/{version}": _none("/nodeinfo/{version}"),
    "/actor": _none("/actor"),
    "/emojis/{shortcode}": _none("/emojis/smile"),
    "/contexts/{post_id:int}": _conversation,
    "/activities/reactions/{reaction_id:int}": _none("/activities/reactions/{post_id}"),
    "/robots.txt": _none("/robots.txt"),
    "/activities/likes/{like_id:int}": _none("/activities/likes/{post_id}"),
    "/users/{name}": _none("/users/{name}"),
    "/users/{name}/activities/{activity_id:int}": _none("/users/{name}/activities/{post_id}"),
    "/users/{name}/blocks/{block_id:int}": _none("/users/{name}/blocks/{post_id}"),
    "/users/{name}/follows/{follow_id:int}": _none("/users/{name}/follows/{post_id}"),
    "/users/{name}/inbox": _inbox,
    "/users/{name}/liked": _none("/users/{name}/liked"),
    "/users/{name}/outbox": _own,
    "/users/{name}/authorizations/{approval_id:int}": _none("/users/{name}/authorizations/{post_id}"),
    "/users/{name}/quote_authorizations/{post_id:int}": _none("/users/{name}/quote_authorizations/{post_id}"),
    "/users/{name}/followers": _none("/users/{name}/followers"),
    "/users/{name}/following": _none("/users/{name}/following"),
    "/users/{name}/collections/featured": _featured,
    "/users/{name}/collections/tags": _none("/users/{name}/collections/tags"),
    "/users/{name}/collections/{collection_id:int}": _none("/users/{name}/collections/{post_id}"),
    "/users/{name}/boards": _none("/users/{name}/boards"),
    "/users/{name}/boards/{board_id:int}": _board,
    "/users/{name}/featured_collections": _none("/users/{name}/featured_collections"),
    "/users/{name}/feature_authorizations/{item_id:int}": _none("/users/{name}/feature_authorizations/{post_id}"),
    "/users/{name}/followers_synchronization": _none("/users/{name}/followers_synchronization"),
    _POST: _object("/users/{name}/statuses/{post_id}"),
    f"{_POST}/activity": _object("/users/{name}/statuses/{post_id}/activity"),
    f"{_POST}/replies": _replies,
    f"{_POST}/likes": _object("/users/{name}/statuses/{post_id}/likes", content=False),
    f"{_POST}/shares": _object("/users/{name}/statuses/{post_id}/shares", content=False),
    f"{_POST}/reactions": _object("/users/{name}/statuses/{post_id}/reactions", content=False),
    "/@{name}": _none("/@{name}"),
    "/@{name}/{post_id:int}": _object("/@{name}/{post_id}"),
}


async def test_every_document_is_in_the_matrix() -> None:
    assert not paths(FEDERATION) - set(AP)


@pytest.mark.parametrize("name", SIGNERS)
@pytest.mark.parametrize("path", sorted(paths(FEDERATION)))
async def test_a_document_shows_each_post_to_those_servers_only_that_may_see_it(
    stage: Stage, path: str, name: str
) -> None:
    problems = []
    for asked, status, shown in AP[path](stage, name):
        answer = await fetched(stage, asked, name)
        found = wrong(stage, answer.body, shown)
        if answer.status >= 500 or status not in (None, answer.status):
            found.append(f"{answer.status} instead of {status}")
        private = any(not post.open for post in shown)
        if answer.status == 200 and private and answer.header("cache-control") != "private, no-store":
            found.append(f"may be cached: {answer.header('cache-control')}")
        problems += [f"{name} {asked}: {one}" for one in found]
    assert not problems


async def fetched(stage: Stage, path: str, name: str) -> Any:
    headers = {"accept": ACTIVITY}
    if name:
        headers |= dict(signed(stage.signers[name], stage.app.settings.host, path, b"", GET))
    return await Client(stage.town.asgi).get(path, headers=headers)


@pytest.mark.parametrize("kind", ["replies", "likes", "shares"])
async def test_what_hangs_on_a_followers_only_post_is_in_no_cache(stage: Stage, kind: str) -> None:
    post = next(one for one in stage.posts if one.local and one.visibility == "private")
    answer = await fetched(stage, f"/users/alice/statuses/{post.id}/{kind}", "fan")
    assert answer.status == 200
    assert answer.header("cache-control") == "private, no-store"


@pytest.mark.parametrize("name", SIGNERS)
async def test_the_answers_of_a_post_name_those_only_that_the_asker_may_see(stage: Stage, name: str) -> None:
    answer = await fetched(stage, f"/users/alice/statuses/{stage.roots['alice']}/replies?page=true", name)
    hidden = [post.uri for post in stage.posts if post.local and post not in _granted(stage, name)]
    if name == "foe":
        assert answer.status == 404
        return
    named = answer.json.get("orderedItems") or answer.json["items"]
    assert not set(named) & set(hidden)
    assert set(named) >= {post.uri for post in stage.posts if post.local and post.open}


async def test_a_conversation_names_its_public_posts_alone_whoever_asks(stage: Stage) -> None:
    answer = await fetched(stage, f"/contexts/{stage.roots['alice']}?page=true", "fan")
    named = set(answer.json["orderedItems"])
    assert not named & {post.uri for post in stage.posts if not post.open}
    assert named >= {post.uri for post in stage.posts if post.local and post.open}


# -- clients that speak ActivityPub -----------------------------------------------------------------------------------


def _name(viewer: Viewer) -> str:
    return {"author": "alice", "moderator": "warden"}.get(viewer.name, viewer.name)


async def test_a_document_shows_each_post_to_those_clients_only_whose_person_may_see_it(stage: Stage) -> None:
    problems = []
    for viewer in stage.viewers:
        for post in stage.posts:
            for more in ("", "/activity", "/likes", "/replies?page=true"):
                path = f"/users/alice/statuses/{post.id}{more}"
                answer = await viewer.client.get(path, headers={"accept": ACTIVITY})
                status = 200 if post.local and post.federated and viewer.sees(post) else 404
                status = 422 if viewer.name == "app" else status
                shown = [post] if status == 200 and more in ("", "/activity") else []
                found = wrong(stage, answer.body, shown) + [f"{answer.status}"] * (answer.status != status)
                problems += [f"{viewer.name} {path}: {one}" for one in found]
    assert not problems


async def test_boxes_show_their_owner_what_is_for_them_and_others_what_is_public(stage: Stage) -> None:
    problems = []
    for viewer in filter(lambda one: one.somebody, stage.viewers):
        own = await viewer.client.get(f"/users/{_name(viewer)}/inbox?page=true", headers={"accept": ACTIVITY})
        seen = {post.marker for post in stage.posts if post.marker.encode() in own.body}
        problems += [f"{viewer.name} {own.status}"] * (own.status != 200)
        problems += [
            f"{viewer.name} +{one.marker}" for one in stage.posts if one.marker in seen and not viewer.sees(one)
        ]
        if viewer.name == "mentioned" and len(seen) < len([post for post in stage.posts if post.federated]):
            problems.append("mentioned: something addressed is missing")
        outbox = await viewer.client.get("/users/alice/outbox?page=true", headers={"accept": ACTIVITY})
        mine = [p for p in stage.posts if p.local and p.federated and (p.open or viewer.name == "author")]
        problems += [f"{viewer.name} outbox: {one}" for one in wrong(stage, outbox.body, mine)]
        other = "follower" if viewer.name == "author" else "alice"
        for box in (f"/users/{other}/inbox", f"/users/{other}/inbox?page=true"):
            refused = await viewer.client.get(box, headers={"accept": ACTIVITY})
            problems += [f"{viewer.name} {box}: {refused.status}"] * (refused.status != 403)
    assert not problems
