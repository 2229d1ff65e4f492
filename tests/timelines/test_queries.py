from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.posts import interactions, publishing
from fedinote.relations import follows
from fedinote.timelines import queries
from fedinote.timelines.queries import Profile, Tags
from fedinote.timelines.window import Window
from tests.timelines.world import World

FIRST = Window(40)


async def public(world: World, viewer: int | None, **options) -> list[int]:
    return (await queries.public(world.app, viewer, FIRST, **options)).ids


async def tagged(world: World, viewer: int | None, *names: str, **options) -> list[int]:
    return (await queries.tag(world.app, viewer, Tags(names, **options), FIRST)).ids


async def profile(world: World, viewer: int | None, account: int, **options) -> list[int]:
    return (await queries.account(world.app, viewer, account, FIRST, Profile(**options))).ids


async def listed(world: World, viewer: int, list_id: int) -> list[int]:
    return (await queries.list_(world.app, viewer, list_id, FIRST)).ids


async def limit(world: World, account: int) -> None:
    await world.app.db.execute("UPDATE accounts SET silenced_at = ? WHERE id = ?", world.app.now(), account)


async def suspend(world: World, account: int) -> None:
    await world.app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", world.app.now(), account)


async def attach(world: World, post: int) -> int:
    await world.app.db.execute("UPDATE posts SET media_count = 1 WHERE id = ?", post)
    return post


# -- public ---------------------------------------------------------------------------------------------------------


async def test_public_has_public_posts_and_no_boosts_or_answers_to_others(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    post = await world.post(ann)
    for visibility in ("unlisted", "private", "direct"):
        await world.post(ann, "@ben", visibility=visibility)
    await world.boost(ben, post)
    await world.post(ben, in_reply_to_id=post)
    thread = await world.post(ann, in_reply_to_id=post)
    for viewer in (None, ann, ben):
        assert await public(world, viewer) == [thread, post]


async def test_public_is_divided_by_where_posts_come_from_and_by_media(world: World) -> None:
    ann, far = await world.person("ann"), await world.person("far@far.example")
    here, there = await world.post(ann), await world.arrives(far)
    picture = await attach(world, await world.post(ann))
    assert await public(world, None) == [picture, there, here]
    assert await public(world, None, origin="local") == [picture, here]
    assert await public(world, None, origin="remote") == [there]
    assert await public(world, None, only_media=True) == [picture]
    assert await public(world, None, origin="remote", only_media=True) == []


async def test_limited_authors_are_public_only_for_followers_and_themselves(world: World) -> None:
    low, ann, ben = [await world.person(name) for name in ("low", "ann", "ben")]
    await limit(world, low)
    await world.follow(ann, low)
    post = await world.post(low, "#tag")
    for viewer, seen in ((None, []), (ben, []), (ann, [post]), (low, [post])):
        assert await public(world, viewer) == seen
        assert await tagged(world, viewer, "tag") == seen


async def test_those_whom_the_viewer_blocks_or_mutes_are_not_in_public(world: World) -> None:
    ann, blocked, muted, blocking = [await world.person(name) for name in ("ann", "b", "m", "k")]
    for author in (blocked, muted, blocking):
        await world.post(author, "#tag")
    await world.block(ann, blocked)
    await world.mute(ann, muted, until=world.app.now() + timedelta(minutes=1))
    await world.block(blocking, ann)
    assert await public(world, ann) == []
    assert await tagged(world, ann, "tag") == []
    world.app.clock.shift(61)
    assert len(await public(world, ann)) == 1


async def test_suspended_authors_are_nowhere(world: World) -> None:
    gone, ann = await world.person("gone"), await world.person("ann")
    await world.follow(ann, gone)
    post = await world.post(gone, "#tag")
    await interactions.favourite(world.app, ann, post)
    list_id = await world.list_of(ann, gone)
    await suspend(world, gone)
    assert await public(world, ann) == await tagged(world, ann, "tag") == await profile(world, ann, gone) == []
    assert await listed(world, ann, list_id) == (await queries.home(world.app, ann, FIRST)).ids == []
    assert (await queries.favourites(world.app, ann, FIRST)).ids == []


# -- home -----------------------------------------------------------------------------------------------------------


async def test_home_hides_what_may_not_or_should_not_be_seen_any_more(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    await world.follow(ann, ben)
    await world.follow(ann, cat)
    post = await world.post(ben)
    boost = await world.boost(ben, await world.post(await world.person("dan")))
    kept = await world.post(cat)
    assert (await queries.home(world.app, ann, FIRST)).ids == [kept, boost, post]
    await world.mute(ann, ben)
    assert (await queries.home(world.app, ann, FIRST)).ids == [kept]


async def test_home_hides_a_boost_when_the_boosted_author_blocks_the_viewer(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    await world.follow(ann, ben)
    await world.boost(ben, await world.post(cat))
    assert len((await queries.home(world.app, ann, FIRST)).ids) == 1
    await world.block(cat, ann)
    assert (await queries.home(world.app, ann, FIRST)).ids == []


# -- pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window(2), [4, 3]),
        (Window(2, max_id=3), [2, 1]),
        (Window(2, since_id=0), [4, 3]),
        (Window(2, min_id=0), [2, 1]),
        (Window(9, max_id=4, min_id=1), [3, 2]),
        (Window(9, max_id=4, since_id=1), [3, 2]),
        (Window(9, max_id=0), []),
        (Window.only(3), [3]),
    ],
)
async def test_a_window_gives_its_part_newest_first(world: World, window: Window, expected: list[int]) -> None:
    ann = await world.person("ann")
    posts = [await world.post(ann, f"#tag {n}") for n in range(5)]
    await world.follow(ann, await world.person("x"))
    list_id = await world.list_of(ann, ann)

    def real(bound: int | None) -> int | None:
        return None if bound is None else posts[bound]

    chosen = Window(window.limit, real(window.max_id), real(window.since_id), real(window.min_id))
    if window == Window.only(3):
        chosen = Window.only(posts[3])
    wanted = [posts[n] for n in expected]
    for found in (
        await queries.home(world.app, ann, chosen),
        await queries.public(world.app, None, chosen),
        await queries.tag(world.app, None, Tags(("tag",)), chosen),
        await queries.tag(world.app, None, Tags(("tag", "other")), chosen),
        await queries.list_(world.app, ann, list_id, chosen),
        await queries.account(world.app, None, ann, chosen, Profile()),
    ):
        assert found == (wanted, wanted)


async def test_favourites_and_bookmarks_page_by_their_own_ids(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    posts = [await world.post(ben, str(n)) for n in range(3)]
    for post in (posts[1], posts[2], posts[0]):
        await interactions.favourite(world.app, ann, post)
        await interactions.bookmark(world.app, ann, post)
    for query in (queries.favourites, queries.bookmarks):
        ids, keys = await query(world.app, ann, FIRST)
        assert ids == [posts[0], posts[2], posts[1]]
        assert keys == sorted(keys, reverse=True)
        assert (await query(world.app, ann, Window(5, max_id=keys[0]))).ids == [posts[2], posts[1]]
        assert (await query(world.app, ann, Window(1, min_id=keys[2]))).ids == [posts[2]]
        assert (await query(world.app, ben, FIRST)).ids == []


async def test_a_private_post_leaves_favourites_with_the_follow(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    await world.follow(ann, ben)
    post = await world.post(ben, visibility="private")
    await interactions.favourite(world.app, ann, post)
    assert (await queries.favourites(world.app, ann, FIRST)).ids == [post]
    await follows.undo(world.app, ann, ben)
    assert (await queries.favourites(world.app, ann, FIRST)).ids == []


# -- tags -----------------------------------------------------------------------------------------------------------


async def test_tags_are_combined_by_any_all_and_none(world: World) -> None:
    ann = await world.person("ann")
    one, two, both, three = [await world.post(ann, text) for text in ("#one", "#Two", "#one #two", "#one #three")]
    assert await tagged(world, None, "one") == [three, both, one]
    assert await tagged(world, None, "one", "two") == [three, both, two, one]
    assert await tagged(world, None, "one", all=("two",)) == [both]
    assert await tagged(world, None, "one", none=("two", "three")) == [one]
    assert await tagged(world, None, "nothing") == []


async def test_tag_timelines_have_public_posts_only_answers_too(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    for visibility in ("unlisted", "private", "direct"):
        await world.post(ann, "@ben #tag", visibility=visibility)
    post = await world.post(ann)
    answer = await world.post(ben, "#tag", in_reply_to_id=post)
    assert await tagged(world, ben, "tag") == await tagged(world, None, "tag") == [answer]


async def test_a_tag_timeline_is_divided_as_public_is(world: World) -> None:
    ann, far = await world.person("ann"), await world.person("far@far.example")
    here = await attach(world, await world.post(ann, "#tag"))
    there = await world.arrives(far, tags=(("tag", "tag"),))
    app, tags = world.app, Tags(("tag",))
    assert (await queries.tag(app, None, tags, FIRST, origin="local")).ids == [here]
    assert (await queries.tag(app, None, tags, FIRST, origin="remote")).ids == [there]
    assert (await queries.tag(app, None, tags, FIRST, only_media=True)).ids == [here]


# -- lists ----------------------------------------------------------------------------------------------------------


async def test_a_list_has_what_its_members_post_and_boost(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    await world.follow(ann, ben)
    list_id = await world.list_of(ann, ben)
    other = await world.post(cat)
    public_, private = await world.post(ben), await world.post(ben, visibility="private")
    await world.post(ben, "@ann", visibility="direct")
    boost = await world.boost(ben, other)
    assert await listed(world, ann, list_id) == [boost, private, public_]
    assert await listed(world, cat, list_id) == []
    await follows.request(world.app, ann, ben, reblogs=False)
    assert await listed(world, ann, list_id) == [private, public_]


@pytest.mark.parametrize(("policy", "shown"), [("followed", "01234"), ("list", "0124"), ("none", "012")])
async def test_a_list_shows_answers_by_its_policy(world: World, policy: str, shown: str) -> None:
    ann, ben, member, followed, stranger = [await world.person(name) for name in ("ann", "ben", "mem", "fol", "str")]
    for target in (ben, member, followed):
        await world.follow(ann, target)
    list_id = await world.list_of(ann, ben, member, replies=policy)
    parents = [await world.post(author, visibility="unlisted") for author in (ann, followed, stranger)]
    own = await world.post(member)
    posts = [await world.post(ben)]
    posts.append(await world.post(ben, in_reply_to_id=posts[0]))
    posts.append(await world.post(ben, in_reply_to_id=parents[0]))
    posts.append(await world.post(ben, in_reply_to_id=parents[1]))
    posts.append(await world.post(ben, in_reply_to_id=own))
    await world.post(ben, in_reply_to_id=parents[2])
    assert await listed(world, ann, list_id) == [posts[int(n)] for n in reversed(shown)] + [own]


# -- profiles -------------------------------------------------------------------------------------------------------


async def test_a_profile_shows_each_what_they_may_see(world: World) -> None:
    ann, fan, named, other = [await world.person(name) for name in ("ann", "fan", "named", "other")]
    await world.follow(fan, ann)
    public_, unlisted = await world.post(ann), await world.post(ann, visibility="unlisted")
    private = await world.post(ann, visibility="private")
    direct = await world.post(ann, "@named", visibility="direct")
    assert await profile(world, None, ann) == await profile(world, other, ann) == [unlisted, public_]
    assert await profile(world, fan, ann) == [private, unlisted, public_]
    assert await profile(world, named, ann) == [direct, unlisted, public_]
    assert await profile(world, ann, ann) == [direct, private, unlisted, public_]
    await world.block(ann, other)
    assert await profile(world, other, ann) == []


async def test_a_profile_is_shown_even_of_somebody_muted_but_not_boosts_of_them(world: World) -> None:
    ann, ben, muted = [await world.person(name) for name in ("ann", "ben", "muted")]
    post = await world.post(muted)
    await world.boost(ben, post)
    await world.mute(ann, muted)
    assert await profile(world, ann, muted) == [post]
    assert await profile(world, ann, ben) == []


async def test_a_boost_of_a_private_post_is_on_the_profile_for_followers_only(world: World) -> None:
    ann, fan = await world.person("ann"), await world.person("fan")
    await world.follow(fan, ann)
    post = await world.post(ann, visibility="private")
    boost = await world.boost(ann, post)
    assert await profile(world, None, ann) == []
    assert await profile(world, fan, ann) == [boost, post]


async def test_a_profile_is_filtered(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    other = await attach(world, await world.post(ben, "#tag"))
    plain = await world.post(ann)
    answer = await world.post(ann, in_reply_to_id=other)
    thread = await world.post(ann, in_reply_to_id=plain)
    boost = await world.boost(ann, other)
    picture = await attach(world, await world.post(ann, "#Tag"))
    assert await profile(world, None, ann) == [picture, boost, thread, answer, plain]
    assert await profile(world, None, ann, exclude_replies=True) == [picture, boost, thread, plain]
    assert await profile(world, None, ann, exclude_reblogs=True) == [picture, thread, answer, plain]
    assert await profile(world, None, ann, only_media=True) == [picture]
    assert await profile(world, None, ann, tagged="tag") == [picture]
    assert await profile(world, None, ann, tagged="none") == []


async def test_pinned_posts_come_by_when_they_were_pinned(world: World) -> None:
    ann = await world.person("ann")
    first, second = await world.post(ann), await world.post(ann, visibility="private")
    for post in (second, first):
        await interactions.pin(world.app, ann, post)
    assert await profile(world, ann, ann, pinned=True) == [first, second]
    assert await profile(world, None, ann, pinned=True) == [first]
    await publishing.delete(world.app, first)
    assert await profile(world, ann, ann, pinned=True) == [second]


# -- cost -----------------------------------------------------------------------------------------------------------


async def plan_of(world: World, call: Callable[[], Awaitable[object]]) -> list[str]:
    """Run a query; give the plan of the one statement that it took."""
    asked: list[Query] = []
    app, many = world.app, world.app.db.many

    async def spy(*wanted: Query) -> list[list[Row]]:
        asked.extend(wanted)
        return await many(*wanted)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.db, "many", spy)
        await call()
    [(sql, params)] = asked
    return [row["detail"] for row in await app.db.rows(f"EXPLAIN QUERY PLAN {sql}", *params)]


QUERIES: dict[str, Callable[[App, int], Awaitable[object]]] = {
    "home": lambda app, me: queries.home(app, me, FIRST),
    "public": lambda app, me: queries.public(app, me, FIRST),
    "public local": lambda app, me: queries.public(app, me, FIRST, origin="local"),
    "tag": lambda app, me: queries.tag(app, me, Tags(("a",)), FIRST),
    "profile": lambda app, me: queries.account(app, me, me, FIRST, Profile()),
    "own posts with media": lambda app, me: queries.account(
        app, me, me, FIRST, Profile(exclude_reblogs=True, only_media=True)
    ),
    "favourites": lambda app, me: queries.favourites(app, me, FIRST),
    "bookmarks": lambda app, me: queries.bookmarks(app, me, FIRST),
}
SORTED: dict[str, Callable[[App, int], Awaitable[object]]] = {
    "tags": lambda app, me: queries.tag(app, me, Tags(("a", "b"), ("c",), ("d",)), FIRST),
    "list": lambda app, me: queries.list_(app, me, 1, FIRST),
    "pinned": lambda app, me: queries.account(app, None, me, FIRST, Profile(pinned=True)),
}


@pytest.mark.parametrize("name", [*QUERIES, *SORTED])
async def test_a_page_takes_one_statement_and_reads_no_table_whole(world: World, name: str) -> None:
    if world.app.db.dialect != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole")
    ann = await world.person("ann")
    plan = await plan_of(world, lambda: (QUERIES | SORTED)[name](world.app, ann))
    assert plan
    assert [line for line in plan if line.startswith("SCAN") and "json_each" not in line and line != "SCAN t"] == []


@pytest.mark.parametrize("name", QUERIES)
async def test_what_may_be_long_is_read_in_the_order_of_the_page(world: World, name: str) -> None:
    if world.app.db.dialect != "sqlite":
        pytest.skip("PostgreSQL sorts a small table")
    ann = await world.person("ann")
    plan = await plan_of(world, lambda: QUERIES[name](world.app, ann))
    assert [line for line in plan if "TEMP B-TREE" in line] == []
