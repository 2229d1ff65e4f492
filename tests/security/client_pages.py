"""The pages of the client in the leak matrix: what each shows to whom, by the same rules as the API's routes."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from tests.security import matrix
from tests.security.matrix import UNKNOWN, Ask, Asks
from tests.security.stage import FAR, Post, Stage, Viewer

Asked = tuple[str, int | None, list[Post]]
Page = Callable[[Stage, Viewer], list[Asked]]


def _member(path: str, asks: Asks) -> Page:
    """Return the page for what routes of the API answer; visitors are sent to sign in."""

    def page(stage: Stage, viewer: Viewer) -> list[Asked]:
        if not viewer.somebody:
            return [(path.format(id=UNKNOWN), 303, [])]
        return [_asked(path, one) for one in asks(stage, viewer)]

    return page


def _asked(path: str, one: Ask) -> Asked:
    query = urlencode({key: value for key, value in one.query.items() if key in ("q", "show", "key")})
    return f"{path.format(**one.path)}{'?' if query else ''}{query}", one.status, list(one.shown)


def _public(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    yield Ask(shown=[post for post in stage.posts if post.visibility == "public" and viewer.sees(post)])


def _house(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    kinds = ("public", "local")
    yield Ask(shown=[post for post in stage.posts if post.local and post.visibility in kinds and viewer.sees(post)])


def _notices(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    yield Ask(shown=[post for post in stage.posts if viewer.sees(post)])


def _search(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """A word that all posts have finds what the API finds by their markers, which a page would only repeat.

    The address of a post leads there, and shows nothing by itself.
    """
    asks = list(matrix._search(stage, viewer))
    found = [post for ask in asks if ask.query.get("type") == "statuses" for post in ask.shown]
    yield Ask(query={"q": "says"}, shown=found)
    for ask in asks:
        if str(ask.query["q"]).startswith("http"):
            yield Ask(query={"q": ask.query["q"]}, status=303 if ask.shown else None)


def _request(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """All that a sender whose notifications wait has to tell; to whom it is told, and nobody else."""
    for ask in matrix._request(stage, viewer):
        about = {post.author for post in ask.shown}
        shown = [post for post in stage.posts if post.author in about and viewer.sees(post)]
        yield Ask(ask.path, shown=shown, status=ask.status)


def _post(*, shows: bool = True, own: bool = False) -> Asks:
    """One post: to those who may see it, or to its author alone."""

    def asks(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
        for post in stage.posts:
            seen = viewer.sees(post) and (not own or (post.local and viewer.name == "author"))
            status = (200 if shows else 303) if seen else 404
            yield Ask({"id": post.id}, shown=[post] if seen and shows else [], status=status)

    return asks


def _reported(stage: Stage, viewer: Viewer) -> list[Asked]:
    """The form shows the post that is meant: one of that account, which the reporter may see."""
    asked: list[Asked] = []
    for post in stage.posts:
        about = stage.authors[post.author]
        if not viewer.somebody:
            asked.append((f"/accounts/{about}/report?post={post.id}", 303, []))
            continue
        mine = viewer.account_id == about
        shown = [post] if viewer.sees(post) and not mine else []
        asked.append((f"/accounts/{about}/report?post={post.id}", 404 if mine else 200, shown))
        other = next(one for name, one in stage.authors.items() if name != post.author)
        asked.append((f"/accounts/{other}/report?post={post.id}", None, []))
    return asked


def _elsewhere(stage: Stage, viewer: Viewer) -> list[Asked]:
    if not viewer.somebody:
        return [(f"/@rhea@{FAR}", 303, [])]
    return [(f"/@rhea@{FAR}", None, [post for post in stage.posts if post.author == "rhea" and viewer.sees(post)])]


def _thread_elsewhere(stage: Stage, viewer: Viewer) -> list[Asked]:
    """A post from elsewhere; one of ours is led to its own page, and under another name nothing is shown."""
    asked: list[Asked] = []
    for post in stage.posts:
        if not viewer.somebody:
            asked.append((f"/@rhea@{FAR}/{post.id}", 303, []))
        elif not viewer.sees(post):
            asked.append((f"/@rhea@{FAR}/{post.id}", 404, []))
        elif post.local:
            asked.append((f"/@rhea@{FAR}/{post.id}", 303, []))
        else:
            asked += [(f"/@rhea@{FAR}/{post.id}", 200, [post]), (f"/@other@{FAR}/{post.id}", 303, [])]
    return asked


def _nothing(path: str) -> Page:
    return lambda _, viewer: [(path, None, [])]


WEB: Mapping[str, Page] = {
    "/home": _member("/home", matrix._page()),
    "/public": _member("/public", _public),
    "/public/local": _member("/public/local", _house),
    "/lists": _nothing("/lists"),
    "/lists/{list_id:int}": _member("/lists/{id}", matrix._list),
    "/lists/{list_id:int}/edit": _nothing(f"/lists/{UNKNOWN}/edit"),
    "/bookmarks": _member("/bookmarks", matrix._liked),
    "/favourites": _member("/favourites", matrix._liked),
    "/notifications": _member("/notifications", _notices),
    "/notifications/people": _member("/notifications/people?key=ungrouped-1", lambda *_: [Ask()]),
    "/notifications/requests": _member("/notifications/requests", matrix._requests),
    "/notifications/requests/{request_id:int}": _member("/notifications/requests/{id}", _request),
    "/conversations": _member("/conversations", matrix._conversations),
    "/conversations/{exchange_id:int}": _nothing(f"/conversations/{UNKNOWN}"),
    "/search": _member("/search", _search),
    "/followed_tags": _nothing("/followed_tags"),
    "/follow_requests": _nothing("/follow_requests"),
    "/posts/{post_id:int}": _member("/posts/{id}", _post(shows=False)),
    "/posts/{post_id:int}/favourites": _member("/posts/{id}/favourites", _post()),
    "/posts/{post_id:int}/boosts": _member("/posts/{id}/boosts", _post()),
    "/posts/{post_id:int}/menu": _member("/posts/{id}/menu", _post()),
    "/posts/{post_id:int}/delete": _member("/posts/{id}/delete", _post(own=True)),
    "/accounts/{account_id:int}/report": _reported,
    "/accounts/{account_id:int}/mute": _nothing(f"/accounts/{UNKNOWN}/mute"),
    "/accounts/{account_id:int}/block": _nothing(f"/accounts/{UNKNOWN}/block"),
    "/@{name}@{domain}": _elsewhere,
    "/@{name}@{domain}/{post_id:int}": _thread_elsewhere,
    "/live": _nothing("/live?stream=nonsense"),
}
