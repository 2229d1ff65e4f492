"""Reactions with an emoji: one for each emoji and person, counted truly, of what may be seen alone."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import emojis
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.posts import interactions, publishing, purging, reactions
from fedinote.posts.drafts import Draft
from fedinote.posts.reactions import Emoji
from tests.media.pictures import encoded, picture
from tests.support import accounts

PICTURE = "https://remote.example/blob.png"


async def _shown(app: App, post_id: int, viewer_id: int | None = None) -> list[tuple[str, int, int]]:
    sql, params = reactions.of_posts([post_id], viewer_id)
    return [(row["name"], row["count"], row["mine"]) for row in await app.db.rows(sql, *params)]


async def _counts(app: App, post_id: int) -> tuple[int, int]:
    row = await app.db.row("SELECT reactions_count, favourites_count FROM posts WHERE id = ?", post_id)
    assert row is not None
    return row["reactions_count"], row["favourites_count"]


async def test_the_same_emoji_counts_once_and_several_emoji_each(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.remote(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    for number, name in enumerate(("👍", "👍", "🔥", "👍")):
        await reactions.react(app, bob.id, post_id, Emoji(name), uri=f"https://remote.example/r/{number}")
    await reactions.react(app, alice.id, post_id, Emoji("👍"))
    assert await _shown(app, post_id, alice.id) == [("👍", 2, 1), ("🔥", 1, 0)]
    assert await _counts(app, post_id) == (3, 0)
    for _ in range(3):
        await reactions.unreact(app, bob.id, post_id, "👍")
    assert await _shown(app, post_id) == [("🔥", 1, 0), ("👍", 1, 0)]
    assert await _counts(app, post_id) == (2, 0)


async def test_a_reaction_is_no_like_and_neither_takes_the_other_back(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    await interactions.favourite(app, bob.id, post_id)
    await reactions.react(app, bob.id, post_id, Emoji("❤"))
    assert await _counts(app, post_id) == (1, 1)
    await reactions.unreact(app, bob.id, post_id, "❤")
    assert await _counts(app, post_id) == (0, 1)


async def test_two_spellings_of_an_emoji_are_one_reaction(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    await reactions.react(app, alice.id, post_id, Emoji("❤"))
    await reactions.react(app, alice.id, post_id, Emoji("❤️"))
    await reactions.react(app, bob.id, post_id, Emoji("❤️"))
    assert await _shown(app, post_id) == [("❤️", 2, 0)]
    assert await reactions.unreact(app, bob.id, post_id, "❤")


async def test_a_reaction_to_a_boost_is_one_to_the_post(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    boost_id = await interactions.boost(app, bob.id, post_id)
    await reactions.react(app, bob.id, boost_id, Emoji("👍"))
    assert await _counts(app, post_id) == (1, 0)
    assert await reactions.unreact(app, bob.id, boost_id, "👍")
    assert await _counts(app, post_id) == (0, 0)


@pytest.mark.parametrize("visibility", ["direct", "private"])
async def test_nobody_reacts_to_what_they_may_not_see(app: App, visibility: str) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.remote(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello", visibility=visibility))
    with pytest.raises(NotFound):
        await reactions.react(app, bob.id, post_id, Emoji("👍"), uri="https://remote.example/r/1")
    assert await _counts(app, post_id) == (0, 0)


@pytest.mark.parametrize(
    "emoji", [Emoji("~"), Emoji("👍👍"), Emoji(":tea:"), Emoji(""), Emoji('a"b@remote.example', PICTURE)]
)
async def test_what_is_not_one_emoji_is_refused(app: App, emoji: Emoji) -> None:
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    with pytest.raises(Invalid):
        await reactions.react(app, alice.id, post_id, emoji)


async def test_the_twenty_first_emoji_of_one_person_is_refused(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    faces = [chr(0x1F600 + number) for number in range(21)]
    for face in faces[:20]:
        await reactions.react(app, bob.id, post_id, Emoji(face))
    await reactions.react(app, bob.id, post_id, Emoji(faces[0]))
    with pytest.raises(Invalid, match="too many"):
        await reactions.react(app, bob.id, post_id, Emoji(faces[20]))
    await reactions.react(app, alice.id, post_id, Emoji(faces[20]))
    assert await _counts(app, post_id) == (21, 0)


async def test_people_here_react_with_our_emoji_and_join_others_that_are_there(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.remote(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    await emojis.add(app, "tea", encoded(picture(), "PNG"))
    ours = await reactions.chosen(app, post_id, ":tea:")
    assert ours == await reactions.chosen(app, post_id, f"tea@{app.settings.host}")
    assert ours.name == "tea"
    assert ours.url is not None
    for unknown in ("coffee", "blob@remote.example", "", "~", "👍👍"):
        with pytest.raises(Invalid):
            await reactions.chosen(app, post_id, unknown)
    await reactions.react(app, bob.id, post_id, Emoji("blob@remote.example", PICTURE), uri="https://remote.example/r/1")
    joined = await reactions.chosen(app, post_id, "blob@Remote.example")
    assert joined == Emoji("blob@remote.example", PICTURE, PICTURE)
    await reactions.react(app, alice.id, post_id, joined)
    assert await _shown(app, post_id, alice.id) == [("blob@remote.example", 2, 1)]


async def test_reactions_go_with_their_post(app: App) -> None:
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    await reactions.react(app, alice.id, post_id, Emoji("👍"))
    await publishing.delete(app, post_id)
    assert await app.db.value("SELECT COUNT(*) AS value FROM reactions") == 0


async def test_the_pictures_of_a_server_whose_media_are_refused_go_with_their_reactions(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.remote(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    for number, name in enumerate(("blob@remote.example", "blob@other.example")):
        emoji = Emoji(name, f"https://{name.partition('@')[2]}/blob.png")
        await reactions.react(app, bob.id, post_id, emoji, uri=f"https://remote.example/r/{number}")
        await reactions.react(app, alice.id, post_id, emoji)
    await reactions.react(app, bob.id, post_id, Emoji("👍"), uri="https://remote.example/r/9")
    await domains.block(app, "remote.example", Terms(severity="noop", reject_media=True), by=None)
    assert await _shown(app, post_id) == [("blob@other.example", 2, 0), ("👍", 1, 0)]
    assert await _counts(app, post_id) == (3, 0)


async def test_reactions_of_a_deleted_account_are_counted_out(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.remote(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    for number, name in enumerate(("👍", "🔥")):
        await reactions.react(app, bob.id, post_id, Emoji(name), uri=f"https://remote.example/r/{number}")
    await reactions.react(app, alice.id, post_id, Emoji("👍"))
    await app.db.execute("UPDATE accounts SET deleted_at = ? WHERE id = ?", app.now(), bob.id)
    await purging.purge(app, bob.id)
    assert await _shown(app, post_id) == [("👍", 1, 0)]
    assert await _counts(app, post_id) == (1, 0)
