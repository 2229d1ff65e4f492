from datetime import timedelta

from fedinote.posts import publishing
from fedinote.relations import blocks, follows
from fedinote.timelines import fanout, queries, tags
from fedinote.timelines.window import Window
from tests.timelines.world import World

FIRST = Window(40)


async def home(world: World, account: int) -> list[int]:
    return (await queries.home(world.app, account, FIRST)).ids


async def test_a_post_reaches_its_author_and_accepted_local_followers(world: World) -> None:
    ann, ben, eve = [await world.person(name) for name in ("ann", "ben", "eve")]
    far = await world.person("far@far.example")
    await world.follow(ben, ann)
    await world.follow(far, ann)
    post = await world.post(ann)
    assert await home(world, ann) == [post]
    assert await home(world, ben) == [post]
    assert await home(world, eve) == []
    assert await world.app.db.value("SELECT COUNT(*) AS value FROM home_entries") == 2


async def test_a_request_that_waits_brings_nothing(world: World) -> None:
    ann, ben = await world.person("ann", locked=True), await world.person("ben")
    await follows.request(world.app, ben, ann)
    await world.post(ann, visibility="private")
    await world.post(ann)
    assert await home(world, ben) == []


async def test_private_posts_reach_followers_and_direct_ones_nobodys_home(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    await world.follow(ben, ann)
    private = await world.post(ann, visibility="private")
    await world.post(ann, "@ben psst", visibility="direct")
    assert await home(world, ben) == [private]
    assert await home(world, ann) == [private]


async def test_an_answer_is_shown_only_to_those_who_follow_both(world: World) -> None:
    ann, ben, cat, dan = [await world.person(name) for name in ("ann", "ben", "cat", "dan")]
    for follower, target in ((cat, ann), (dan, ann), (dan, ben)):
        await world.follow(follower, target)
    parent = await world.post(ben)
    answer = await world.post(ann, in_reply_to_id=parent)
    thread = await world.post(ann, in_reply_to_id=answer)
    assert await home(world, cat) == [thread]
    assert await home(world, dan) == [thread, answer, parent]
    assert await home(world, ben) == [parent]


async def test_an_answer_to_the_follower_is_shown_and_one_to_an_unknown_post_is_not(world: World) -> None:
    far, ben = await world.person("far@far.example"), await world.person("ben")
    await world.follow(ben, far)
    mine = await world.post(ben)
    answer = await world.arrives(far, in_reply_to_id=mine, in_reply_to_account_id=ben)
    await world.arrives(far, in_reply_to_uri="https://else.example/1")
    assert await home(world, ben) == [answer, mine]


async def test_old_posts_arrive_silently(world: World) -> None:
    far, ben = await world.person("far@far.example"), await world.person("ben")
    await world.follow(ben, far)
    await world.arrives(far, created_at=world.app.now() - timedelta(days=3))
    assert await home(world, ben) == []


async def test_boosts_come_unless_the_follower_switched_them_off(world: World) -> None:
    ann, ben, cat, dan = [await world.person(name) for name in ("ann", "ben", "cat", "dan")]
    await world.follow(cat, ben)
    await world.follow(dan, ben, reblogs=False)
    post = await world.post(ann)
    boost = await world.boost(ben, post)
    assert await home(world, cat) == [boost]
    assert await home(world, dan) == []
    assert await home(world, ben) == [boost]
    assert await home(world, ann) == [post]


async def test_a_boost_of_ones_own_post_does_not_come_back(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    await world.follow(ann, ben)
    post = await world.post(ann)
    await world.boost(ben, post)
    assert await home(world, ann) == [post]


async def test_a_post_that_is_at_home_already_is_not_shown_again_as_a_boost(world: World) -> None:
    ann, ben, cat, dan = [await world.person(name) for name in ("ann", "ben", "cat", "dan")]
    for target in (ann, ben):
        await world.follow(dan, target)
    await world.follow(dan, cat)
    post = await world.post(ann)
    await world.boost(ben, post)
    await world.boost(cat, post)
    assert await home(world, dan) == [post]


async def test_of_two_boosts_only_the_first_is_shown(world: World) -> None:
    ann, ben, cat, dan = [await world.person(name) for name in ("ann", "ben", "cat", "dan")]
    await world.follow(dan, ben)
    await world.follow(dan, cat)
    post = await world.post(ann)
    first = await world.boost(ben, post)
    await world.boost(cat, post)
    assert await home(world, dan) == [first]


async def test_a_boost_of_somebody_blocked_muted_or_blocking_does_not_come(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    post = await world.post(ann)
    readers = [await world.person(name) for name in ("blocker", "muter", "blocked")]
    for reader in readers:
        await world.follow(reader, ben)
    await world.block(readers[0], ann)
    await world.mute(readers[1], ann)
    await world.block(ann, readers[2])
    await world.boost(ben, post)
    assert await world.app.db.rows("SELECT 1 FROM home_entries WHERE account_id IN_INTS(?)", readers) == []


async def test_a_post_that_names_somebody_muted_stays_away_until_the_mute_ends(world: World) -> None:
    ann, ben, pest = [await world.person(name) for name in ("ann", "ben", "pest")]
    await world.follow(ben, ann)
    await world.mute(ben, pest, until=world.app.now() + timedelta(hours=1))
    await world.post(ann, "about @pest")
    assert await home(world, ben) == []
    world.app.clock.shift(3700)
    later = await world.post(ann, "about @pest again")
    assert await home(world, ben) == [later]


async def test_ones_own_post_is_at_home_whomever_it_names(world: World) -> None:
    ann, pest = await world.person("ann"), await world.person("pest")
    await world.mute(ann, pest)
    post = await world.post(ann, "@pest stop it")
    assert await home(world, ann) == [post]


async def test_only_the_languages_of_the_follow_come(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    await world.follow(ben, ann, languages=["en", "zh"])
    english = await world.post(ann, "one", language="en")
    await world.post(ann, "zwei", language="de")
    taiwan = await world.post(ann, "三", language="zh-TW")
    await world.post(ann, "apat", language="fil")
    assert await home(world, ben) == [taiwan, english]


async def test_a_language_that_begins_like_another_is_not_that_one(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    await world.follow(ben, ann, languages=["fi"])
    await world.post(ann, "apat", language="fil")
    assert await home(world, ben) == []


async def test_members_of_an_exclusive_list_stay_out_of_home(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    await world.follow(ben, ann)
    await world.list_of(ben, ann, exclusive=True)
    await world.post(ann)
    assert await home(world, ben) == []


async def test_a_followed_tag_brings_public_posts_of_strangers(world: World) -> None:
    ann, ben, low = await world.person("ann"), await world.person("ben"), await world.person("low")
    await tags.follow(world.app, ben, "Cats")
    post = await world.post(ann, "look #cats #cats")
    await world.post(ann, "quietly #cats", visibility="unlisted")
    await world.app.db.execute("UPDATE accounts SET silenced_at = ? WHERE id = ?", world.app.now(), low)
    await world.post(low, "buy #cats")
    assert await home(world, ben) == [post]


async def test_a_new_follow_fills_home_with_the_newest_twenty(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    posts = [await world.post(ann, f"post {n}") for n in range(fanout.FILL + 3)]
    await world.post(ann, "@ben direct", visibility="direct")
    await world.follow(ben, ann)
    assert await home(world, ben) == posts[:2:-1]


async def test_filling_follows_the_same_rules(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    others, mine = await world.post(cat), await world.post(ben)
    await world.post(ann, "answer", in_reply_to_id=others)
    await world.boost(ann, others)
    await world.boost(ann, mine)
    await world.post(ann, "deutsch", language="de")
    kept = await world.post(ann, "english", language="en")
    await world.follow(ben, ann, reblogs=False, languages=["en"])
    assert await home(world, ben) == [kept, mine]


async def test_unfollowing_takes_posts_and_boosts_out_of_home(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    await world.follow(ben, ann)
    await world.post(ann)
    await world.boost(ann, await world.post(cat))
    own = await world.post(ben)
    await follows.undo(world.app, ben, ann)
    assert await home(world, ben) == [own]


async def test_a_remote_follower_is_not_filled(world: World) -> None:
    ann, far = await world.person("ann"), await world.person("far@far.example")
    await world.post(ann)
    await world.follow(far, ann)
    assert await world.app.db.row("SELECT 1 FROM home_entries WHERE account_id = ?", far) is None


async def test_a_deleted_post_leaves_every_home(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    await world.follow(ben, ann)
    post = await world.post(ann)
    await publishing.delete(world.app, post)
    assert await world.app.db.rows("SELECT 1 FROM home_entries") == []


async def test_trimming_keeps_the_newest_entries(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    many = fanout.KEPT + fanout.SLACK + 5
    post = await world.post(ann)
    await world.app.db.execute_many(
        "INSERT INTO posts (id, account_id, uri, local, object_type, visibility, content, source, spoiler_text,"
        " sensitive, conversation_id, mentions, tags, emojis, media_count, replies_count, reblogs_count,"
        " favourites_count, created_at) SELECT CAST(? AS BIGINT), account_id, CAST(? AS TEXT), local, object_type,"
        " visibility, '', '', '', sensitive, conversation_id, mentions, tags, emojis, 0, 0, 0, 0, created_at"
        " FROM posts WHERE id = ?",
        [(n, f"urn:{n}", post) for n in range(1, many)],
    )
    await world.app.db.execute_many(
        "INSERT INTO home_entries (account_id, post_id, author_id) VALUES (?, ?, ?)",
        [(ann, n, ann) for n in range(1, many)] + [(ben, n, ann) for n in range(1, 11)],
    )
    assert await fanout.trim(world.app) == fanout.SLACK + 5
    kept = await world.app.db.rows("SELECT post_id FROM home_entries WHERE account_id = ? ORDER BY post_id", ann)
    assert [row["post_id"] for row in kept] == [*range(fanout.SLACK + 6, many), post]
    assert await world.app.db.value("SELECT COUNT(*) AS value FROM home_entries WHERE account_id = ?", ben) == 10


async def test_what_somebody_wrote_while_muted_is_in_home_once_the_mute_is_over(world: World) -> None:
    ann, ben, eve = [await world.person(name) for name in ("ann", "ben", "eve")]
    await world.follow(ben, ann)
    await blocks.mute(world.app, ben, ann)
    await blocks.mute(world.app, eve, ann)
    post = await world.post(ann)
    assert await home(world, ben) == []
    await blocks.unmute(world.app, ben, ann)
    await blocks.unmute(world.app, eve, ann)
    assert await home(world, ben) == [post]
    assert await home(world, eve) == [], "who does not follow gets nothing by that"


async def test_a_mute_for_a_time_gives_back_what_it_kept_away(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    await world.follow(ben, ann)
    await blocks.mute(world.app, ben, ann, duration=60)
    post = await world.post(ann)
    assert await blocks.forget_expired_mutes(world.app) == 0
    assert await home(world, ben) == []
    world.app.clock.shift(61)
    assert await blocks.forget_expired_mutes(world.app) == 1
    assert await home(world, ben) == [post]
