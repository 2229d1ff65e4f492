"""Moderators read everything in their language, and no text goes to an engine that may not have it."""

import pytest

from fedinote.infra.app import App
from fedinote.moderation.cases import understanding
from fedinote.translation.engine import Location
from tests.moderation.staff import user
from tests.relations.people import person, post
from tests.translation.recorders import engines

LOCAL, NETWORK, THIRD = Location.LOCAL, Location.NETWORK, Location.THIRD_PARTY
WORDS = "good morning"


async def test_a_comment_is_read_beside_its_translation_by_an_engine_on_this_machine_alone(app: App) -> None:
    recorders = engines(app)
    found = await understanding.read(app, understanding.private(WORDS, "en"), "es")
    assert (found.text, found.language, found.html) == (WORDS, "en", False)
    assert found.translated.startswith("es ")
    assert found.engine == "Recorder, local"
    assert [place for place, one in recorders.items() if one.calls] == [LOCAL]


@pytest.mark.parametrize(
    ("visibility", "where"), [("public", THIRD), ("unlisted", THIRD), ("private", LOCAL), ("direct", LOCAL)]
)
async def test_a_private_post_is_translated_on_this_machine_only(app: App, visibility: str, where: Location) -> None:
    author = await user(app, "author")
    post_id = await post(app, author.account_id, WORDS, visibility=visibility)
    recorders = engines(app)
    passage = (await understanding.posts(app, [post_id]))[post_id]
    found = await understanding.read(app, passage, "es")
    assert found.html
    assert "es " in found.translated
    assert [place for place, one in recorders.items() if one.calls] == [where]


async def test_without_an_engine_that_may_have_it_the_reading_says_so_and_nothing_is_sent(app: App) -> None:
    author = await user(app, "author")
    post_id = await post(app, author.account_id, WORDS, visibility="private")
    recorders = engines(app, THIRD, NETWORK)
    found = await understanding.read(app, (await understanding.posts(app, [post_id]))[post_id], "es")
    assert (found.translated, found.engine) == ("", "")
    assert "not on this machine" in found.problem
    assert not any(one.calls for one in recorders.values())


async def test_what_its_author_withheld_from_machines_is_not_translated_for_moderators_either(app: App) -> None:
    author = await user(app, "author")
    await app.db.execute("UPDATE accounts SET machine_translation = 'none' WHERE id = ?", author.account_id)
    post_id = await post(app, author.account_id, WORDS)
    recorders = engines(app)
    found = await understanding.read(app, (await understanding.posts(app, [post_id]))[post_id], "es")
    assert found.problem
    assert not any(one.calls for one in recorders.values())


async def test_what_the_moderator_reads_anyway_is_not_translated(app: App) -> None:
    recorders = engines(app)
    found = await understanding.read(app, understanding.private(WORDS, "en"), "en")
    assert (found.translated, found.problem) == ("", "")
    assert not any(one.calls for one in recorders.values())


async def test_a_bio_is_read_as_its_owner_keeps_it(app: App) -> None:
    far = await person(app, "far", "far.example")
    await app.db.execute("UPDATE accounts SET note = ?, locked = TRUE WHERE id = ?", f"<p>{WORDS}</p>", far)
    recorders = engines(app)
    found = await understanding.read(app, (await understanding.bios(app, [far]))[far], "es")
    assert found.translated
    assert [place for place, one in recorders.items() if one.calls] == [LOCAL]


async def test_hostile_markup_from_an_engine_stays_words(app: App) -> None:
    author = await user(app, "author")
    post_id = await post(app, author.account_id, "<script>x</script> bad words here")
    engines(app)
    found = await understanding.read(app, (await understanding.posts(app, [post_id]))[post_id], "es")
    assert "<script" not in found.translated
