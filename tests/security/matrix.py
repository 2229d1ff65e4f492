"""Which route shows which post to whom. A GET route of the tables that is not here makes the tests fail.

An `Ask` is one request: `shown` are the posts whose MARKER must be in the answer (all others' must not), `status` what
is answered to somebody whom the route lets in.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fedinote.api.routing import Route
from tests.security.stage import FAR, NOT_BOOSTED, TAG, Post, Stage, Viewer

UNKNOWN = 123456789012345678


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to a route. `status` None: any but a server error."""

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    shown: Collection[Post] = ()
    status: int | None = 200


Asks = Callable[[Stage, Viewer], Iterable[Ask]]


def sees_boost(viewer: Viewer, post: Post) -> bool:
    """A boost of a followers-only post is for followers, and not for those whom the post names."""
    return viewer.sees(post) and (post.open or viewer.name != "mentioned")


def _by_post(*, content: bool = True) -> Asks:
    def asks(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
        for post in stage.posts:
            seen = viewer.sees(post)
            yield Ask({"id": post.id}, shown=[post] if seen and content else [], status=200 if seen else 404)

    return asks


def _by_post_or_boost(*, content: bool = True) -> Asks:
    def asks(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
        yield from _by_post(content=content)(stage, viewer)
        for post in filter(lambda one: one.boost_id, stage.posts):
            seen = sees_boost(viewer, post)
            yield Ask({"id": post.boost_id}, shown=[post] if seen and content else [], status=200 if seen else 404)

    return asks


def _reacted(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    for ask in _by_post_or_boost(content=False)(stage, viewer):
        yield Ask({**ask.path, "emoji": "👍"}, status=ask.status)


def _history(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """Of a boost there is a history too, of one empty version."""
    yield from _by_post()(stage, viewer)
    for post in filter(lambda one: one.boost_id, stage.posts):
        yield Ask({"id": post.boost_id}, status=200 if sees_boost(viewer, post) else 404)


def _polls(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    for post in stage.posts:
        seen = viewer.sees(post)
        yield Ask({"id": post.poll_id}, shown=[post] if seen else [], status=200 if seen else 404)


def _sources(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    for post in stage.posts:
        own = viewer.name == "author" and post.local
        yield Ask({"id": post.id}, shown=[post] if own else [], status=200 if own else 404)


def _context(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """Above and below: of the post itself, of a public answer to it, and of what all of an author's posts answer."""
    yield from _by_post_or_boost(content=False)(stage, viewer)
    for post in stage.posts:
        yield Ask({"id": stage.answers[post.id]}, shown=[post] if viewer.sees(post) else [])
    for author, root in stage.roots.items():
        seen = [post for post in _seen(stage, viewer) if post.author == author]
        yield Ask({"id": root}, shown=seen, status=404 if viewer.name == "blocked" else 200)


def _seen(stage: Stage, viewer: Viewer, also: Callable[[Post], bool] = lambda _: True) -> list[Post]:
    return [post for post in stage.posts if viewer.sees(post) and also(post)]


def _page(also: Callable[[Post], bool] = lambda _: True, **query: Any) -> Asks:
    """One page with everything that the viewer sees and that is of this page."""
    return lambda stage, viewer: [Ask(query={"limit": 80} | query, shown=_seen(stage, viewer, also))]


def _all(*several: Asks) -> Asks:
    return lambda stage, viewer: [ask for asks in several for ask in asks(stage, viewer)]


def _public(post: Post) -> bool:
    return post.visibility == "public"


def _timeline(path: Mapping[str, Any] | None = None) -> Asks:
    def asks(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
        kinds: dict[str, Callable[[Post], bool]] = {
            "": _public,
            "local": lambda post: _public(post) and post.local,
            "remote": lambda post: _public(post) and not post.local,
            "only_media": lambda post: _public(post) and not post.local,
        }
        for name, also in kinds.items():
            query = {"limit": 40} | ({name: "true"} if name else {})
            yield Ask(path or {}, query, _seen(stage, viewer, also))

    return asks


def _list(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    shown = _seen(stage, viewer, lambda post: post.visibility != "direct")
    yield Ask({"id": viewer.list_id}, {"limit": 40}, shown)
    other = next(one for one in stage.viewers if one.somebody and one is not viewer)
    yield Ask({"id": other.list_id}, status=404)


def _profile(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    for name, author in stage.authors.items():

        def own(post: Post, name: str = name) -> bool:
            return post.author == name

        def pinned(post: Post, name: str = name) -> bool:
            return post.author == name and post.visibility not in NOT_BOOSTED

        def pictured(post: Post, name: str = name) -> bool:
            return post.author == name == "rhea"

        kinds: list[tuple[dict[str, str], Callable[[Post], bool]]] = [
            ({}, own),
            ({"exclude_replies": "true", "exclude_reblogs": "true"}, own),
            ({"tagged": TAG}, own),
            ({"pinned": "true"}, pinned),
            ({"only_media": "true"}, pictured),
        ]
        for query, also in kinds:
            yield Ask({"id": author}, {"limit": 40} | query, _seen(stage, viewer, also))


def _liked(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """What one liked and kept, as far as one may still see it."""
    most = ("public", "unlisted", "private", "local")
    liked = {"follower": most, "former": most, "mentioned": (*most, "direct")}
    kinds = liked.get(viewer.name, ())
    yield Ask(query={"limit": 40}, shown=_seen(stage, viewer, lambda post: post.visibility in kinds))


def _notifications(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    for kinds in ((), ("mention", "status", "favourite", "reblog", "poll")):
        yield Ask(query={"limit": 80, "types[]": kinds}, shown=_seen(stage, viewer))


def _notification(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    for notice, account_id, post_id in stage.notices:
        post = next(one for one in stage.posts if one.id == post_id)
        shown = account_id == viewer.account_id and viewer.sees(post)
        yield Ask({"id": notice}, shown=[post] if shown else [], status=200 if shown else 404)


def _waits(post: Post) -> bool:
    """Private mentions by people whom one does not follow wait as requests."""
    return post.visibility == "direct"


def _requests(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    yield Ask(query={"limit": 80}, shown=_seen(stage, viewer, _waits) if viewer.name == "mentioned" else [])


def _request(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    for request, account_id, author in stage.requests:
        mine = account_id == viewer.account_id and viewer.name == "mentioned"
        shown = [post for post in _seen(stage, viewer, _waits) if mine and stage.authors[post.author] == author]
        yield Ask({"id": request}, shown=shown, status=200 if shown else 404)


def _group(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    for ask in _notification(stage, viewer):
        yield Ask({"key": f"ungrouped-{ask.path['id']}"}, shown=ask.shown, status=ask.status)


def _group_people(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """An unknown group, and one of somebody else, has nobody in it."""
    for ask in _notification(stage, viewer):
        yield Ask({"key": f"ungrouped-{ask.path['id']}"})


def _conversations(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    yield Ask(query={"limit": 40}, shown=_seen(stage, viewer, lambda post: post.visibility == "direct"))


def _search(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    liked = next(iter(_liked(stage, viewer))).shown
    for post in stage.posts:
        related = post.visibility == "public" or post in liked or (viewer.name == "author" and post.local)
        found = [post] if viewer.somebody and viewer.sees(post) and related else []
        yield Ask(query={"q": post.marker}, shown=found)
        yield Ask(query={"q": f"{post.marker} says", "type": "statuses"}, shown=found)
        yield Ask(query={"q": post.uri}, shown=[post] if viewer.sees(post) else [])
        if viewer.somebody and post.local:
            yield Ask(query={"q": post.uri, "resolve": "true"}, shown=[post] if viewer.sees(post) else [])


def _many(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    ids = [post.id for post in stage.posts]
    boosts = [(post, post.boost_id) for post in stage.posts if post.boost_id]
    yield Ask(query={"id[]": ids}, shown=_seen(stage, viewer))
    yield Ask(query={"id[]": [b for _, b in boosts]}, shown=[post for post, _ in boosts if sees_boost(viewer, post)])


def _reports(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """Moderators see of a report's posts what they see anyway."""
    allowed = viewer.name == "moderator"
    yield Ask(shown=_seen(stage, viewer) if allowed else [], status=200 if allowed else 403)


def _report(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    for report, target in stage.reports:
        shown = [post for post in _seen(stage, viewer) if stage.authors[post.author] == target]
        allowed = viewer.name == "moderator"
        yield Ask({"id": report}, shown=shown if allowed else [], status=200 if allowed else 403)


def _never(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """Whatever is put into the path and the query: no post is shown."""
    ids = [stage.authors["alice"], stage.authors["rhea"], stage.posts[2].id, viewer.list_id, UNKNOWN]
    for one in ids:
        values = {"id": one, "name": TAG, "code": one, "version": "2.0", "post_id": one, "account_id": one}
        values |= {"lang": "de", "year": 2026, "date": "2026-01-01"}
        query = {"q": "alice", "acct": f"rhea@{FAR}", "id[]": ids, "timeline[]": ["home", "notifications"]}
        yield Ask(values, query, status=None)


def _embeds(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """What anybody may read is described, without its words; who asks makes no difference."""
    for post in stage.posts:
        status = 200 if post.open and post.local else 404
        yield Ask(query={"url": post.uri}, status=status)
        yield Ask(query={"url": post.uri.replace("/users/alice/statuses/", "/@alice/")}, status=status)


def _own_or_moderated(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """What people suggest for a post: nobody did, so there is nothing in it, for whoever sees the post."""
    yield from _by_post(content=False)(stage, viewer)


def _readings(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    for ask in _by_post_or_boost()(stage, viewer):
        yield Ask(ask.path, {"kind": "pinyin"}, ask.shown, ask.status)


def _topic(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """Of the hashtag that all posts of the stage have."""
    return _timeline({"id": stage.topic_id})(stage, viewer)


def _board(stage: Stage, viewer: Viewer) -> Iterable[Ask]:
    """All posts are on it; those are shown that are for everybody."""
    shown = _seen(stage, viewer, lambda post: post.open)
    yield Ask({"id": stage.board_id}, {"limit": 40}, shown)
    yield Ask({"id": UNKNOWN}, status=404)


STREAM: Asks = lambda _, __: ()  # noqa: E731  listened to by `test_leaks_streams`

_API: dict[str, Asks] = {
    "/api/fedinote/v1/statuses/{id}/readings": _readings,
    "/api/fedinote/v1/statuses/{id}/translation_suggestions": _own_or_moderated,
    "/api/fedinote/v1/statuses/{id}/translations": _by_post_or_boost(content=False),
    "/api/oembed": _embeds,
    "/api/fedinote/v1/timelines/topic/{id}": _topic,
    "/api/fedinote/v1/boards/{id}/statuses": _board,
    "/api/fedinote/v1/statuses/{id}/boards": _by_post_or_boost(content=False),
    "/api/v1/accounts/{id}/statuses": _profile,
    "/api/v1/admin/reports": _reports,
    "/api/v1/admin/reports/{id}": _report,
    "/api/v1/bookmarks": _liked,
    "/api/v1/conversations": _conversations,
    "/api/v1/favourites": _liked,
    "/api/v1/notifications": _notifications,
    "/api/v1/notifications/{id}": _notification,
    "/api/v1/notifications/requests": _requests,
    "/api/v1/notifications/requests/{id}": _request,
    "/api/v1/pleroma/statuses/{id}/reactions": _by_post_or_boost(content=False),
    "/api/v1/pleroma/statuses/{id}/reactions/{emoji}": _reacted,
    "/api/v1/polls/{id}": _polls,
    "/api/v1/search": _search,
    "/api/v1/statuses": _many,
    "/api/v1/statuses/{id}": _by_post_or_boost(),
    "/api/v1/statuses/{id}/card": _by_post_or_boost(content=False),
    "/api/v1/statuses/{id}/context": _context,
    "/api/v1/statuses/{id}/favourited_by": _by_post_or_boost(content=False),
    "/api/v1/statuses/{id}/history": _history,
    "/api/v1/statuses/{id}/quotes": _by_post_or_boost(content=False),
    "/api/v1/statuses/{id}/reblogged_by": _by_post_or_boost(content=False),
    "/api/v1/statuses/{id}/source": _sources,
    "/api/v1/streaming": STREAM,
    "/api/v1/streaming/direct": STREAM,
    "/api/v1/streaming/hashtag": STREAM,
    "/api/v1/streaming/hashtag/local": STREAM,
    "/api/v1/streaming/list": STREAM,
    "/api/v1/streaming/public": STREAM,
    "/api/v1/streaming/public/local": STREAM,
    "/api/v1/streaming/public/remote": STREAM,
    "/api/v1/streaming/user": STREAM,
    "/api/v1/streaming/user/notification": STREAM,
    "/api/v1/timelines/direct": _conversations,
    "/api/v1/timelines/home": _page(),
    "/api/v1/timelines/list/{id}": _list,
    "/api/v1/timelines/public": _timeline(),
    "/api/v1/timelines/tag/{name}": _timeline({"name": TAG}),
    "/api/v2/notifications": _notifications,
    "/api/v2/notifications/{key}": _group,
    "/api/v2/notifications/{key}/accounts": _group_people,
    "/api/v2/search": _search,
}
_NO_POSTS = """
/.well-known/oauth-authorization-server /api/v1/accounts /api/v1/accounts/familiar_followers /api/v1/accounts/lookup
/api/v1/accounts/relationships /api/v1/accounts/search /api/v1/accounts/verify_credentials /api/v1/accounts/{id}
/api/v1/accounts/{id}/featured_tags /api/v1/accounts/{id}/followers /api/v1/accounts/{id}/following
/api/fedinote/v1/admin/accounts/{id}/trust
/api/v1/accounts/{id}/lists /api/v1/admin/accounts /api/v1/admin/accounts/{id} /api/v1/admin/domain_blocks
/api/v1/admin/domain_blocks/{id} /api/v1/admin/domain_allows /api/v1/admin/domain_allows/{id}
/api/v1/admin/ip_blocks /api/v1/admin/ip_blocks/{id} /api/v1/admin/email_domain_blocks
/api/v1/admin/email_domain_blocks/{id} /api/v1/admin/canonical_email_blocks
/api/v1/admin/canonical_email_blocks/{id} /api/v1/announcements /api/v1/apps/verify_credentials /api/v1/blocks
/api/v1/custom_emojis /api/v1/domain_blocks /api/v1/featured_tags /api/v1/featured_tags/suggestions /api/v1/filters
/api/v1/filters/{id} /api/v1/follow_requests /api/v1/followed_tags /api/v1/instance /api/v1/instance/activity
/api/v1/instance/domain_blocks /api/v1/instance/extended_description /api/v1/instance/languages /api/v1/instance/peers
/api/v1/instance/rules /api/v1/instance/translation_languages /api/v1/lists /api/v1/lists/{id}
/api/v1/lists/{id}/accounts /api/v1/markers /api/v1/media/{id} /api/v1/mutes /api/v1/notifications/unread_count
/api/v1/preferences /api/v1/scheduled_statuses /api/v1/scheduled_statuses/{id} /api/v1/streaming/health
/api/v1/tags/{name} /api/v2/admin/accounts /api/v2/filters /api/v2/filters/keywords/{id} /api/v2/filters/statuses/{id}
/api/v2/filters/{id} /api/v2/filters/{id}/keywords /api/v2/filters/{id}/statuses /api/v2/instance
/api/fedinote/v1/boards /api/fedinote/v1/boards/{id} /api/fedinote/v1/boards/featuring
/api/fedinote/v1/accounts/{account_id}/boards
/api/v1/collections/{id} /api/v1/accounts/{account_id}/collections /api/v1/accounts/{account_id}/in_collections
/api/v1/notifications/requests/merged /api/v2/notifications/policy /api/v1/push/subscription
/api/fedinote/v1/account/move /api/v2/notifications/unread_count /oauth/userinfo /api/v1_alpha/async_refreshes/{id}
/api/fedinote/v1/admin/trace /api/fedinote/v1/admin/relays /api/openapi.json /api/fedinote/v1/admin/rules
/api/fedinote/v1/admin/rules/{id} /api/fedinote/v1/admin/rules/{id}/hits /api/fedinote/v1/admin/held
/api/v1/trends /api/v1/trends/tags /api/v1/trends/links /api/v1/trends/statuses /api/v1/timelines/link /api/v1/directory
/api/v1/admin/trends/tags /api/v1/admin/trends/links /api/v1/admin/trends/links/publishers /api/v1/admin/trends/statuses
/api/v1/admin/tags /api/v1/admin/tags/{id} /api/v1/endorsements /api/v1/accounts/{id}/endorsements
/api/v1/suggestions /api/v2/suggestions /api/v1/peers/search
/api/v1/annual_reports /api/v1/annual_reports/{year} /api/v1/annual_reports/{year}/state /api/v1/profile
/api/v1/reports /api/v1/accounts/{id}/identity_proofs /api/v1/instance/privacy_policy
/api/v1/instance/terms_of_service /api/v1/instance/terms_of_service/{date} /api/fedinote/v1/imports
/api/fedinote/v1/admin/lists /api/fedinote/v1/admin/lists/{id} /api/fedinote/v1/admin/list_entries
/api/fedinote/v1/admin/domain_blocks/foresight /api/fedinote/v1/admin/domain_changes
/api/fedinote/v1/severed_relationships /api/fedinote/v1/severed_relationships/{id}/accounts
/api/fedinote/v1/admin/rules/{id}/trial /api/fedinote/v1/topics /api/fedinote/v1/accountability
/api/fedinote/v1/topics/{id} /api/fedinote/v1/admin/topics
/api/fedinote/v1/admin/topics/suggestions /api/fedinote/v1/translation /api/fedinote/v1/admin/translation
/api/fedinote/v1/translation/preferences /api/fedinote/v1/translation/accounts
/api/fedinote/v1/imports/{id} /api/fedinote/v1/imports/{id}/failures.csv /api/fedinote/v1/exports/follows.csv
/api/fedinote/v1/exports/blocks.csv /api/fedinote/v1/exports/mutes.csv /api/fedinote/v1/exports/lists.csv
/api/fedinote/v1/exports/bookmarks.csv /api/fedinote/v1/exports/domain_blocks.csv
/api/fedinote/v1/glossary /api/fedinote/v1/glossary/proposals /api/fedinote/v1/admin/glossary/export
/api/fedinote/v1/admin/glossary/proposals /api/fedinote/v1/admin/glossary/{id}
/api/fedinote/v1/statuses/{id}/translations/{lang} /api/fedinote/v1/translation_suggestions
/api/fedinote/v1/decisions /api/fedinote/v1/decisions/{id} /api/fedinote/v1/decisions/{id}/appeal
/api/fedinote/v1/reports /api/fedinote/v1/admin/appeals /api/fedinote/v1/admin/appeals/{id}
/api/fedinote/v1/admin/reports/{id}/notes
"""
API: Mapping[str, Asks] = _API | dict.fromkeys(_NO_POSTS.split(), _never)


def admitted(route: Route, viewer: Viewer) -> int:
    """What the door of a route answers to a viewer with every scope of a person: 200, or the refusal."""
    if route.auth == "user" and not viewer.somebody:
        return 422 if viewer.name == "app" else 401
    if route.auth == "app" and viewer.name == "anonymous":
        return 401
    return 200
