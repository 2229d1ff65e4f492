"""Whose words may go where: visibility, the wishes of authors, and marks in the text."""

from typing import Any

import pytest

from fedinote.accounts import profiles, wishes
from fedinote.accounts.profiles import Changes
from fedinote.accounts.wishes import MachineTranslation, strictest
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import publishing, revising
from fedinote.posts import wishes as post_wishes
from fedinote.posts.drafts import Draft
from fedinote.translation import consent, translations
from fedinote.translation.consent import EVERYWHERE, HERE, NOWHERE, OWN
from fedinote.translation.engine import Location, Translated
from fedinote.translation.models import PostTranslation
from fedinote.translation.routing import Router
from tests.support import accounts
from tests.translation.recorders import Recorder


def _post(visibility: str = "public", wish: str = "any", content: str = "<p>Good morning</p>") -> Any:
    return {"visibility": visibility, "machine_translation": wish, "content": content}


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
@pytest.mark.parametrize(
    ("of_post", "of_author", "where"),
    [
        ("any", "any", EVERYWHERE),
        ("no_third_party", "any", OWN),
        ("any", "no_third_party", OWN),
        ("none", "any", NOWHERE),
        ("any", "none", NOWHERE),
        ("none", "no_third_party", NOWHERE),
    ],
)
def test_public_words_go_where_the_stricter_wish_lets_them(
    visibility: str, of_post: str, of_author: str, where: consent.Clearance
) -> None:
    assert consent.for_post(_post(visibility, of_post), of_author) == where


@pytest.mark.parametrize("visibility", ["private", "direct", "local", "", "list", "PUBLIC"])
def test_what_is_not_known_to_be_public_stays_on_the_machine(visibility: str) -> None:
    assert consent.for_post(_post(visibility), "any") == HERE
    assert consent.for_post(_post(visibility, "no_third_party"), "any") == HERE
    assert consent.for_post(_post(visibility), "none") == NOWHERE


def test_a_wish_that_nobody_knows_is_taken_for_the_strictest() -> None:
    assert strictest(("any", "something new")) is MachineTranslation.NONE
    assert consent.for_post(_post(wish="something new"), "any") == NOWHERE


def test_only_words_that_never_go_to_the_network_are_private() -> None:
    assert [consent.private(one) for one in (EVERYWHERE, OWN, HERE, NOWHERE)] == [False, False, True, True]


_LINK = '<a href="https://x.example/">https://x.example/</a>'
_MENTION = '<span class="h-card" translate="no"><a href="https://x.example/@bao" class="u-url mention">@bao</a></span>'


@pytest.mark.parametrize(
    ("content", "closed"),
    [
        ('<p translate="no">Good morning</p>', True),
        (f'<p><span translate="no">Good morning</span> 🙂 {_LINK}</p>', True),
        ('<p>Good <span translate="no">morning</span></p>', False),
        (f"<p>{_MENTION}</p>", False),
        ("<p>Good morning</p>", False),
        ("", False),
    ],
)
def test_a_text_closed_as_a_whole_is_a_wish_and_a_mention_is_none(content: str, closed: bool) -> None:
    assert consent.closed(content) is closed
    assert (consent.for_post(_post(content=content), "any") == NOWHERE) is closed


@pytest.mark.parametrize(
    ("locked", "wish", "where"),
    [(False, "any", EVERYWHERE), (True, "any", HERE), (False, "no_third_party", OWN), (True, "none", NOWHERE)],
)
def test_profiles_of_people_who_approve_followers_stay_here(locked: bool, wish: str, where: consent.Clearance) -> None:
    assert consent.for_profile({"locked": locked, "machine_translation": wish, "note": "<p>Cook</p>"}) == where


async def test_the_wish_of_the_author_counts_at_the_moment_of_asking(app: App) -> None:
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("good morning"))
    row = await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)
    assert row is not None
    assert await consent.of_post(app, row) == EVERYWHERE
    await profiles.update(app, alice.id, Changes(machine_translation="none"))
    assert await consent.of_post(app, row) == NOWHERE


async def test_an_author_says_it_with_a_post_and_changes_it_without_an_edit(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    draft = Draft("good morning", machine_translation="no_third_party")
    post_id = await publishing.publish(app, alice.id, draft)
    stored = "SELECT machine_translation, edited_at FROM posts WHERE id = ?"
    row = await app.db.row(stored, post_id)
    assert row is not None
    assert row["machine_translation"] == "no_third_party"
    with pytest.raises(NotFound):
        await post_wishes.change(app, bob.id, post_id, "any")
    with pytest.raises(Invalid):
        await post_wishes.change(app, alice.id, post_id, "perhaps")
    await post_wishes.change(app, alice.id, post_id, "none")
    row = await app.db.row(stored, post_id)
    assert row is not None
    assert (row["machine_translation"], row["edited_at"]) == ("none", None)


async def test_an_edit_keeps_what_the_author_wished(app: App) -> None:
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("good morning", machine_translation="none"))
    await revising.edit(app, alice.id, post_id, Draft("good evening"))
    found = await app.db.value("SELECT machine_translation AS value FROM posts WHERE id = ?", post_id)
    assert found == "none"


async def test_a_post_with_a_wish_that_does_not_exist_is_refused(app: App) -> None:
    alice = await accounts.local(app, "alice")
    with pytest.raises(Invalid, match="no_third_party"):
        await publishing.publish(app, alice.id, Draft("good morning", machine_translation="maybe"))
    assert wishes.checked("no-third-party") is MachineTranslation.NO_THIRD_PARTY


@pytest.mark.parametrize(
    ("wish", "left"),
    [("none", set()), ("no_third_party", {"local", "network"}), ("any", {"local", "network", "third-party"})],
)
async def test_translations_made_before_go_with_the_consent(app: App, wish: str, left: set[str]) -> None:
    alice = await accounts.local(app, "alice")
    first = await publishing.publish(app, alice.id, Draft("one"))
    second = await publishing.publish(app, alice.id, Draft("two"))
    for post_id in (first, second):
        await _kept(app, post_id)
    await post_wishes.change(app, alice.id, first, wish)
    assert await _locations(app, first) == left
    assert await _locations(app, second) == {"local", "network", "third-party"}
    await profiles.update(app, alice.id, Changes(machine_translation=wish))
    assert await _locations(app, second) == left


@pytest.mark.parametrize("who", ["post", "author"])
async def test_a_translation_that_is_made_while_the_consent_goes_is_not_kept(app: App, who: str) -> None:
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("good morning", language="en"))

    class Slow(Recorder):
        async def translate(self, *texts: Any, **asked: Any) -> Translated:
            if who == "post":
                await post_wishes.change(app, alice.id, post_id, "no_third_party")
            else:
                await profiles.update(app, alice.id, Changes(machine_translation="none"))
            return await super().translate(*texts, **asked)

    app.translator = Router((Slow(Location.THIRD_PARTY),))
    reader = Viewer(alice.id, 1, "member", frozenset({"read"}), 1, 1, "es")
    with pytest.raises(NotFound):
        await translations.of_post(app, post_id, "es", reader)
    assert await _locations(app, post_id) == set()


async def _kept(app: App, post_id: int) -> None:
    for target, place in zip(("de", "es", "ja"), Location, strict=True):
        await PostTranslation.create(
            using_db=app.db.orm,
            post_id=post_id,
            target=target,
            version=1,
            state="ready",
            source="en",
            location=place.value,
            kind="machine",
            made_at=app.now(),
        )


async def _locations(app: App, post_id: int) -> set[str]:
    rows = await app.db.rows("SELECT location FROM post_translations WHERE post_id = ?", post_id)
    return {row["location"] for row in rows}
