"""Rules about known pictures: uploads are caught before a post is there, others as soon as somebody knows them."""

from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid
from fedinote.media import portraits, recognising, uploads
from fedinote.moderation.automatic import held, rules, trying
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.pictures import entries, library
from fedinote.moderation.pictures.entries import About, Entry
from fedinote.policy.rules.book import matcher
from fedinote.posts import holding, publishing, revising
from fedinote.posts.drafts import Draft
from fedinote.timelines.window import Window
from fedinote.worker import settle
from tests.media.drawings import CHANGES, saved, scene
from tests.media.pictures import gif, png, webp
from tests.moderation.staff import staff
from tests.relations.people import person

SPAM, OTHER = scene(1), scene(2)


@pytest.fixture
async def alice(app: App) -> int:
    return await person(app, "alice")


@pytest.fixture
async def spam(app: App) -> int:
    """A set that has one drawing."""
    made = await library.create(app, library.Wanted("spam"), by=None)
    await entries.add_file(app, made["id"], saved(SPAM), About("pills"), by=None)
    return int(made["id"])


async def on(app: App, action: str = "reject", terms: Mapping[str, Any] | None = None, **more: Any) -> int:
    wanted = Wanted("pictures", {"set": "spam", **(terms or {})}, action, "Known spam", **more)
    made = await rules.create(app, wanted, by=None)
    await rules.switch(app, made["id"], "on", by=None)
    return int(made["id"])


async def posts(app: App, author: int, data: bytes, text: str = "look", **more: Any) -> int:
    media = await uploads.upload(app, author, data)
    return await publishing.publish(app, author, Draft(text, media_ids=(media.id,), **more))


async def why(app: App, rule_id: int) -> list[str]:
    return [one["why"] for one in await rules.hits(app, rule_id, Window(10).sql)]


@pytest.mark.parametrize("visibility", ["public", "private", "direct"])
async def test_a_post_with_a_known_picture_is_refused_before_it_is_stored(
    app: App, alice: int, spam: int, visibility: str
) -> None:
    rule_id = await on(app)
    with pytest.raises(Forbidden):
        await posts(app, alice, saved(CHANGES["half the size"](SPAM)), visibility=visibility)
    assert await app.db.value("SELECT COUNT(*) AS value FROM posts") == 0
    (found,) = await why(app, rule_id)
    assert found.startswith("file 1 is “pills” of the pictures “spam” (")
    assert "of 256 bits differ" in found
    assert await posts(app, alice, saved(OTHER), visibility=visibility)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("note", {"sensitive": False, "spoiler_text": "", "visibility": "public"}),
        ("sensitive", {"sensitive": True, "spoiler_text": "", "visibility": "public"}),
        ("warn", {"sensitive": True, "spoiler_text": "Known spam", "visibility": "public"}),
        ("limit", {"sensitive": False, "spoiler_text": "", "visibility": "unlisted"}),
    ],
)
async def test_what_mild_actions_do(app: App, alice: int, spam: int, action: str, expected: Mapping[str, Any]) -> None:
    await on(app, action)
    found = await app.db.row("SELECT * FROM posts WHERE id = ?", await posts(app, alice, saved(SPAM)))
    assert found is not None
    assert {name: found[name] for name in expected} == expected


async def test_a_held_post_is_released_with_its_picture(app: App, alice: int, spam: int) -> None:
    await on(app, "hold")
    with pytest.raises(Forbidden):
        await posts(app, alice, saved(SPAM))
    (waiting,) = await holding.waiting(app, Window(5).sql)
    assert "Known spam: file 1 is “pills”" in waiting["reason"]
    post_id = await held.release(app, waiting["id"], by=None)
    assert await app.db.value("SELECT COUNT(*) AS value FROM media WHERE post_id = ?", post_id) == 1


async def test_a_new_version_of_a_post_is_judged_by_its_pictures(app: App, alice: int, spam: int) -> None:
    await on(app)
    post_id = await posts(app, alice, saved(OTHER))
    media = await uploads.upload(app, alice, saved(SPAM))
    with pytest.raises(Forbidden):
        await revising.edit(app, alice, post_id, Draft("look again", media_ids=(media.id,)))


async def test_mirrored_and_turned_pictures_are_known_unless_the_rule_says_otherwise(
    app: App, alice: int, spam: int
) -> None:
    upright = await on(app, "note", {"turned": False})
    turned = await on(app, "note")
    await posts(app, alice, saved(CHANGES["mirrored"](SPAM)))
    assert await why(app, upright) == []
    assert "mirrored or turned, " in (await why(app, turned))[0]


async def test_the_distance_says_how_near_is_near(app: App, alice: int, spam: int) -> None:
    near, far = await on(app, "note", {"distance": 2}), await on(app, "note")
    await posts(app, alice, saved(CHANGES["a thumbnail"](SPAM)))
    assert await why(app, near) == []
    assert len(await why(app, far)) == 1


async def test_a_plain_picture_is_known_by_its_file_alone(app: App, alice: int) -> None:
    """Of a white page everything that is white would be a copy."""
    made = await library.create(app, library.Wanted("spam"), by=None)
    white = saved(Image.new("RGB", (300, 200), "white"), "PNG")
    await entries.add_file(app, made["id"], white, About("white"), by=None)
    assert {one["kind"] for one in await entries.page(app, made["id"], Window(5).sql)} == {"sha256"}
    rule_id = await on(app, "note")
    await posts(app, alice, saved(Image.new("RGB", (400, 300), "white"), "PNG"))
    await posts(app, alice, white)
    assert [one.endswith("(the same file)") for one in await why(app, rule_id)] == [True]


async def test_what_is_too_plain_to_tell_is_no_match_unless_the_rule_says_so(app: App, alice: int) -> None:
    made = await library.create(app, library.Wanted("spam"), by=None)
    grey = Image.linear_gradient("L")
    known = await recognising.of_bytes(app, saved(grey, "PNG"))
    assert known.quality < 50
    await entries.add(app, made["id"], [Entry("pdq", f"{known.looks[0]:064x}")], by=None)
    usual, all_of_them = await on(app, "note"), await on(app, "note", {"quality": 0})
    await posts(app, alice, saved(grey, "PNG"))
    assert await why(app, usual) == []
    assert len(await why(app, all_of_them)) == 1


async def test_what_is_downloaded_here_and_sent_again_is_the_same_file(app: App, alice: int) -> None:
    made = await library.create(app, library.Wanted("spam"), by=None)
    media = await uploads.upload(app, alice, saved(SPAM, "PNG"))
    kept = await app.storage.read(media.key)
    await entries.add_media(app, made["id"], [media.id], About("pills"), by=None)
    await app.db.execute("DELETE FROM known_pictures WHERE kind = 'pdq'")
    rule_id = await on(app, "note")
    await posts(app, alice, kept)
    assert (await why(app, rule_id))[0].endswith("(the same file)")


async def test_the_cover_that_somebody_chose_is_judged_too(app: App, alice: int, spam: int) -> None:
    rule_id = await on(app, "note")
    media = await uploads.upload(app, alice, saved(OTHER), thumbnail=saved(SPAM))
    await publishing.publish(app, alice, Draft("look", media_ids=(media.id,)))
    assert len(await why(app, rule_id)) == 1


async def test_a_known_picture_becomes_nobodys_portrait(app: App, alice: int, spam: int) -> None:
    rule_id = await on(app, "sensitive")
    for store in (portraits.store_avatar, portraits.store_header):
        with pytest.raises(Invalid, match="not accepted"):
            await store(app, saved(SPAM), account_id=alice)
        assert await store(app, saved(OTHER), account_id=alice)
    assert len(await why(app, rule_id)) == 2
    assert await app.db.value("SELECT sensitized_at AS value FROM accounts WHERE id = ?", alice) is None


async def test_rules_that_only_note_leave_portraits_alone(app: App, alice: int, spam: int) -> None:
    await on(app, "warn")
    assert await portraits.store_avatar(app, saved(SPAM), account_id=alice)


async def test_a_trial_shows_what_would_have_been_caught_by_stored_hashes(app: App, alice: int, spam: int) -> None:
    post_id = await posts(app, alice, saved(SPAM))
    await posts(app, alice, saved(OTHER))
    await posts(app, alice, saved(SPAM), visibility="private")
    draft = await rules.create(app, Wanted("pictures", {"set": "spam"}, "hold", "Known spam"), by=None)
    found = await trying.run(app, draft)
    assert (found.looked_at, [one.post_id for one in found.examples]) == (2, [post_id])


async def test_a_picture_of_a_post_is_added_whoever_may_see_it(app: App, alice: int) -> None:
    post_id = await posts(app, alice, saved(SPAM), visibility="direct")
    made = await library.create(app, library.Wanted("spam"), by=None)
    moderator = await staff(app, "admin", "mod")
    added = await entries.add_post(app, made["id"], post_id, About("pills", reason="report 7"), by=moderator)
    assert added == 3  # as it came, as it is kept, and what it looks like
    found = await entries.page(app, made["id"], Window(5).sql)
    assert {(one["label"], one["reason"], one["added_by"]) for one in found} == {
        ("pills", "report 7", moderator.account_id)
    }
    assert await entries.add_post(app, made["id"], post_id, About(), by=moderator) == 0


async def test_files_from_before_hashes_were_kept_are_opened_once_more(app: App, alice: int) -> None:
    media = await uploads.upload(app, alice, saved(SPAM))
    before = await recognising.known(app, media.id)
    await app.db.execute("DELETE FROM media_prints")
    (found,) = await recognising.known(app, media.id)
    assert found.digests == before[0].digests[1:]
    assert (found.looks[0] ^ before[0].looks[0]).bit_count() < 8


@pytest.mark.parametrize(
    "terms",
    [{}, {"set": ""}, {"set": 3}, {"set": "spam", "distance": 32}, {"set": "spam", "distance": -1},
     {"set": "spam", "distance": "far"}, {"set": "spam", "quality": 101}],
)  # fmt: skip
def test_terms_that_say_nothing_or_too_much_are_refused(terms: Mapping[str, Any]) -> None:
    with pytest.raises(Invalid):
        matcher("pictures", terms)


async def test_a_rule_names_a_set_that_is_there_and_the_set_stays_as_long(app: App, spam: int) -> None:
    with pytest.raises(Invalid, match="no set of pictures"):
        await rules.create(app, Wanted("pictures", {"set": "ham"}, "note", "Ham"), by=None)
    rule_id = await on(app)
    with pytest.raises(Invalid, match="A rule is about these pictures"):
        await library.remove(app, spam, by=None)
    await rules.remove(app, rule_id, by=None)
    await library.remove(app, spam, by=None)
    assert await library.listing(app) == []


@pytest.mark.parametrize("role", ["moderator", "admin"])
async def test_whoever_may_write_rules_may_change_sets(app: App, spam: int, role: str) -> None:
    by = await staff(app, role, role)
    new = [Entry("pdq", "0" * 64)]
    if role == "admin":
        assert await entries.add(app, spam, new, by=by) == 1
        return
    for work in (
        entries.add(app, spam, new, by=by),
        entries.add_file(app, spam, saved(SPAM), About(), by=by),
        entries.remove(app, spam, [1], by=by),
        library.create(app, library.Wanted("x"), by=by),
        library.remove(app, spam, by=by),
    ):
        with pytest.raises(Forbidden):
            await work


async def test_every_change_is_in_the_audit_log_without_hashes(app: App, spam: int) -> None:
    (entry,) = [one for one in await entries.page(app, spam, Window(9).sql) if one["kind"] == "pdq"]
    await entries.remove(app, spam, [entry["id"]], by=None)
    await library.remove(app, spam, by=None)
    rows = await app.db.rows("SELECT action, detail FROM audit_log ORDER BY id")
    assert [row["action"] for row in rows] == [f"picture_set.{one}" for one in ("create", "add", "take_out", "remove")]
    assert not any(entry["hash"] in row["detail"] for row in rows)


async def test_without_rules_about_pictures_nothing_is_asked(app: App, alice: int, spam: int) -> None:
    await posts(app, alice, saved(SPAM))
    await settle(app)
    before = app.db.statements
    await portraits.store_avatar(app, saved(SPAM), account_id=alice)
    assert app.db.statements == before


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        saved(SPAM)[:900],
        png(60_000, 60_000),
        gif(3_000, 3_000, 2_000),
        webp((b"VP8X", b"\0" * 10)),
    ],
    ids=["nothing", "SVG", "cut off", "sixty thousand pixels a side", "a film of a GIF", "no frames"],
)
async def test_what_cannot_be_opened_safely_is_known_by_nothing(app: App, alice: int, spam: int, data: bytes) -> None:
    before = await entries.page(app, spam, Window(9).sql)
    with pytest.raises(Invalid):
        await entries.add_file(app, spam, data, About(), by=None)
    with pytest.raises(Invalid):
        await uploads.upload(app, alice, data)
    assert await app.db.value("SELECT COUNT(*) AS value FROM media_prints") == 0
    assert len(await entries.page(app, spam, Window(9).sql)) == len(before)
