"""Explore: which posts are there for whom, in which order, page by page."""

import msgspec
import pytest

from fedinote.infra.errors import NotFound
from fedinote.moderation.house import topics as keeping
from fedinote.posts import interactions
from fedinote.timelines import explore, explore_pool, filter_rules, tags, topics, trend_reviews
from fedinote.timelines.explore_pool import View
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange
from tests.timelines.world import World


async def author(world, handle, **columns):
    return await world.person(handle, discoverable=True, **columns)


async def shown(app, viewer=None, **view):
    """The ids of the first page, chosen anew."""
    app.caches.pop("explore.pools", None)
    return list((await explore.page(app, viewer, View(**view))).ids)


def switch(app, **values):
    app.settings = msgspec.structs.replace(
        app.settings, explore=msgspec.structs.replace(app.settings.explore, **values)
    )


async def translated(app, post_id, target):
    await app.db.execute(
        "INSERT INTO post_translations (post_id, target, version, state, source, content, options, descriptions,"
        " kind, tries, made_at, spoiler_text, mark, told, engine, location)"
        " VALUES (?, ?, 0, 'ready', 'en', '', '[]', '{}', 'machine', 0, ?, '', '', '', '', '')",
        post_id,
        target,
        app.now(),
    )


async def picture(app, post_id, account_id, *, kind="image", description=""):
    await app.db.execute(
        "INSERT INTO media (id, account_id, post_id, kind, media_type, key, preview_key, meta, position, state,"
        " created_at, description) VALUES (?, ?, ?, ?, '', 'a', 'a', '{}', 0, 'ready', ?, ?)",
        app.ids.next(),
        account_id,
        post_id,
        kind,
        app.now(),
        description,
    )
    await app.db.execute("UPDATE posts SET media_count = 1 WHERE id = ?", post_id)


async def test_only_public_posts_of_people_who_want_to_be_discovered_are_there(world: World, app):
    ann, shy = await author(world, "ann"), await world.person("shy")
    limited = await author(world, "limited", silenced_at=app.now())
    await author(world, "gone", suspended_at=app.now())
    kept = await world.post(ann, "hello")
    for visibility in ("unlisted", "private", "direct", "local"):
        await world.post(ann, "hidden", visibility=visibility)
    await world.post(ann, "with a warning", spoiler_text="careful")
    await world.post(ann, "sensitive", sensitive=True)
    await world.post(ann, "an answer", in_reply_to_id=kept)
    await world.boost(shy, kept)
    await world.post(shy, "I do not want to be found")
    await world.post(limited, "limited")
    assert await shown(app) == [kept]


async def test_who_is_suspended_limited_or_hidden_after_the_choice_was_made_is_gone_at_once(world: World, app):
    ann, ben = await author(world, "ann"), await author(world, "ben")
    await world.post(ann)
    stays = await world.post(ben)
    assert len((await explore.page(app, None, View())).ids) == 2
    for column, value in (("silenced_at", app.now()), ("suspended_at", app.now()), ("discoverable", False)):
        await app.db.execute(f"UPDATE accounts SET {column} = ? WHERE id = ?", value, ann)
        assert list((await explore.page(app, None, View())).ids) == [stays], column
        restored = True if column == "discoverable" else None
        await app.db.execute(f"UPDATE accounts SET {column} = ? WHERE id = ?", restored, ann)


async def test_liked_posts_are_higher_and_the_author_s_own_like_and_limited_people_do_not_count(world: World, app):
    ann, ben, cat, limited = [await author(world, name) for name in ("ann", "ben", "cat", "limited")]
    await app.db.execute("UPDATE accounts SET silenced_at = ? WHERE id = ?", app.now(), limited)
    liked, plain, other = await world.post(ann), await world.post(ben), await world.post(cat)
    assert await shown(app) == [other, plain, liked]
    await interactions.favourite(app, ben, liked)
    await interactions.favourite(app, ben, plain)
    await interactions.favourite(app, limited, other)
    assert await shown(app) == [liked, other, plain]
    switch(app, popular=False)
    assert await shown(app) == [other, plain, liked]


async def test_a_like_and_a_boost_of_one_person_count_once(world: World, app):
    ann, ben, cat, dan = [await author(world, name) for name in ("ann", "ben", "cat", "dan")]
    two, one = await world.post(ann), await world.post(ben)
    await interactions.favourite(app, cat, one)
    await world.boost(cat, one)
    await interactions.favourite(app, cat, two)
    await world.boost(dan, two)
    entries = {entry.id: entry.points for entry in await explore_pool.of(app, View())}
    assert entries[two] > entries[one]
    assert await shown(app) == [two, one]


async def test_what_crosses_languages_is_higher(world: World, app):
    people = [await author(world, f"p{number}") for number in range(4)]
    plain, read, answered, other = [
        await world.post(person, "a fine day in the garden", language="en") for person in people
    ]
    await translated(app, read, "zh")
    await world.post(people[0], "真好，我也想去看看花园", language="zh", in_reply_to_id=answered)
    await world.post(people[0], "lovely, I want to see the garden too", language="en", in_reply_to_id=other)
    assert await shown(app) == [answered, read, other, plain]
    switch(app, crossing=False)
    assert await shown(app) == [other, answered, read, plain]


async def test_a_post_in_two_languages_is_higher_and_in_the_view_of_both(world: World, app):
    ann, ben = await author(world, "ann@far.example"), await author(world, "ben@far.example")
    both = await world.arrives(ann, content="<p>hello</p>", language="en")
    await app.db.execute("UPDATE posts SET content_map = ? WHERE id = ?", '{"zh-Hans":"<p>你好</p>"}', both)
    plain = await world.arrives(ben, content="<p>hello</p>", language="en")
    assert await shown(app) == [both, plain]
    assert await shown(app, language="en") == [both, plain]
    assert await shown(app, language="zh") == [both]
    assert await shown(app, language="ja") == []


async def test_a_view_has_one_language_whatever_its_script(world: World, app):
    ann = await author(world, "ann")
    posts = [await world.post(ann, "看书喝茶", language=tag) for tag in ("zh", "zh-Hant", "zh-Hans")]
    await world.post(ann, "本を読みます", language="ja")
    assert set(await shown(app, language="zh")) == set(posts)


async def test_a_view_has_one_kind(world: World, app):
    ann = await author(world, "ann")
    made = {}
    for kind in ("image", "video", "audio"):
        made[kind] = await world.post(ann, kind)
        await picture(app, made[kind], ann, kind=kind)
    words = await world.post(ann, "words")
    assert await shown(app, kind="pictures") == [made["image"]]
    assert await shown(app, kind="videos") == [made["video"]]
    assert await shown(app, kind="music") == [made["audio"]]
    assert await shown(app, kind="text") == [words]


async def test_a_picture_with_a_description_is_higher_than_one_without(world: World, app):
    ann, ben = await author(world, "ann"), await author(world, "ben")
    described, plain = await world.post(ann), await world.post(ben)
    await picture(app, described, ann, description="a cat on a roof")
    await picture(app, plain, ben)
    assert await shown(app) == [described, plain]


async def test_a_topic_shows_its_hashtags_of_all_languages_and_raises_posts(world: World, app):
    ann, ben, cat = [await author(world, name) for name in ("ann", "ben", "cat")]
    await keeping.create(app, None, "cats", ["cat", "猫"])
    one, other = await world.post(ann, "#cat"), await world.post(ben, "我家的 #猫")
    plain = await world.post(cat, "#dog")
    assert await shown(app, topic="cats") == [other, one]
    assert await shown(app, topic="dogs") == []
    assert await shown(app) == [other, one, plain]


async def test_a_list_of_hashtags_is_about_nothing(world: World, app):
    ann, ben = await author(world, "ann"), await author(world, "ben")
    await keeping.create(app, None, "cats", ["cat"])
    await world.post(ann, " ".join(["#cat", *(f"#t{number}" for number in range(10))]))
    await world.post(ben, "#cat")
    stuffed, plain = sorted(entry.points for entry in await explore_pool.of(app, View()))
    assert stuffed < plain


async def test_what_a_member_follows_is_higher_for_that_member_alone(world: World, app):
    ann, ben, me = [await author(world, name) for name in ("ann", "ben", "me")]
    topic = await keeping.create(app, None, "cats", ["cat", "猫"])
    await keeping.create(app, None, "dogs", ["dog"])
    cats, dogs = await world.post(ann, "我家的 #猫"), await world.post(ben, "#dog")
    assert await shown(app, me) == await shown(app) == [dogs, cats]
    await topics.follow(app, me, topic.id)
    assert await shown(app, me) == [cats, dogs]
    assert await shown(app) == [dogs, cats]
    await topics.unfollow(app, me, topic.id)
    await tags.follow(app, me, "猫")
    assert await shown(app, me) == [cats, dogs]


async def test_members_do_not_see_whom_they_block_or_mute_nor_what_their_filters_match(world: World, app):
    me = await author(world, "me")
    blocked, muted, blocks_me, far = [
        await author(world, name) for name in ("blocked", "muted", "blocker", "far@far.example")
    ]
    stays = await world.post(await author(world, "ann"), "good morning")
    for person in (blocked, muted, blocks_me):
        await world.post(person, "hello")
    remote = await world.arrives(far)
    spoilt = await world.post(await author(world, "ben"), "the football match")
    await world.block(me, blocked)
    await world.block(blocks_me, me)
    await world.mute(me, muted)
    await app.db.execute(
        "INSERT INTO account_domain_blocks (id, account_id, domain, created_at) VALUES (?, ?, 'far.example', ?)",
        app.ids.next(),
        me,
        app.now(),
    )
    assert await shown(app, me) == [spoilt, stays]
    changes = FilterChanges(title="sport", context=("public",), keywords=(KeywordChange(keyword="football"),))
    await filter_rules.create(app, me, changes)
    assert await shown(app, me) == [stays]
    assert remote in await shown(app)


async def test_what_moderators_keep_from_the_trends_is_not_there(world: World, app):
    ann = await author(world, "ann")
    post = await world.post(ann)
    await trend_reviews.decide(app, "post", post, allowed=False)
    assert await shown(app) == []
    await trend_reviews.decide(app, "post", post, allowed=True)
    assert await shown(app) == [post]


async def test_where_trends_are_reviewed_only_the_likes_of_approved_posts_count(world: World, app):
    ann, ben, cat = [await author(world, name) for name in ("ann", "ben", "cat")]
    liked, plain = await world.post(ann), await world.post(ben)
    await interactions.favourite(app, cat, liked)
    app.settings = msgspec.structs.replace(
        app.settings, moderation=msgspec.structs.replace(app.settings.moderation, trends="reviewed")
    )
    assert await shown(app) == [plain, liked]
    await trend_reviews.decide(app, "post", liked, allowed=True)
    assert await shown(app) == [liked, plain]


async def test_the_operator_switches_off_other_servers_and_visitors_at_once(world: World, app):
    ann, far = await author(world, "ann"), await author(world, "far@far.example")
    here, there = await world.post(ann), await world.arrives(far)
    assert list((await explore.page(app, None, View())).ids) == [there, here]
    switch(app, remote=False)
    assert list((await explore.page(app, None, View())).ids) == [here]
    switch(app, visitors=False)
    assert list((await explore.page(app, None, View())).ids) == []
    assert list((await explore.page(app, ann, View())).ids) == [here]


async def test_pages_go_on_without_a_gap_or_a_repetition_and_end(world: World, app):
    people = [await author(world, f"p{number}") for number in range(3)]
    posts = {await world.post(people[number % 3]) for number in range(11)}
    seen: list[int] = []
    after, pages = None, 0
    while True:
        found = await explore.page(app, None, View(), after=after, limit=4)
        seen += found.ids
        pages += 1
        if found.after is None:
            break
        after = found.after
        app.clock.shift(0.01)
        await world.post(people[0], "newer than the first page")
        app.caches.pop("explore.pools")
    assert (len(seen), set(seen), pages) == (11, posts, 3)


@pytest.mark.parametrize("cursor", ["", "x", "1_2", "1_2_3_4", "1_2_x", "9" * 40, "1_2_-3", "１_２_３"])
async def test_what_is_no_cursor_is_not_found(app, cursor):
    with pytest.raises(NotFound):
        await explore.page(app, None, View(), after=cursor)


async def test_a_page_takes_the_same_number_of_queries_however_much_it_holds(world: World, app):
    people = [await author(world, f"p{number}") for number in range(4)]

    async def queries(viewer):
        app.caches.pop("explore.pools", None)
        await explore.page(app, viewer, View())  # filters are read once
        app.caches.pop("explore.pools", None)
        before = app.db.statements
        await explore.page(app, viewer, View())
        return app.db.statements - before

    for person in people:
        await world.post(person)
    few = await queries(None), await queries(people[0])
    for number in range(20):
        post = await world.post(people[number % 4], "#tea")
        await interactions.favourite(app, people[0], post)
        await picture(app, post, people[number % 4])
    assert (await queries(None), await queries(people[0])) == few


async def test_a_choice_is_kept_for_half_a_minute(world: World, app):
    ann = await author(world, "ann")
    first = await world.post(ann)
    assert list((await explore.page(app, None, View())).ids) == [first]
    second = await world.post(ann)
    assert second not in (await explore.page(app, None, View())).ids
    app.clock.shift(explore_pool.SECONDS + 1)
    assert second in (await explore.page(app, None, View())).ids


async def test_a_stranger_s_post_from_the_future_is_not_there_yet(world: World, app):
    far = await author(world, "far@far.example")
    post = await world.arrives(far)
    await app.db.execute("UPDATE posts SET created_at = ? WHERE id = ?", app.now().replace(year=2999), post)
    assert await shown(app) == []
