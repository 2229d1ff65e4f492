"""Posts judged once more when a translation of them is finished: what is done to them, once, and how it ends."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from fedinote.events import AccountWishChanged
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.moderation.automatic import held, rejudging, rules, trying, undoing
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases import appeals, statements
from fedinote.policy.rules import book
from fedinote.posts import attached, holding, publishing, revising, visibility
from fedinote.posts.drafts import Draft, NewPost
from fedinote.posts.languages import VersionDraft
from fedinote.timelines.window import Window
from fedinote.translation import translations
from fedinote.translation.ledger import Purpose
from fedinote.worker import settle
from tests.moderation.staff import log, staff
from tests.relations.people import change, person
from tests.translation.fluent import SAID, fluent

WEATHER = {"words": ["weather"], "translations": True}
LATER = timedelta(minutes=1)


@pytest.fixture
async def far(app: App) -> int:
    fluent(app)
    return await person(app, "far", "far.example")


async def on(app: App, action: str = "hold", terms: Mapping[str, Any] = WEATHER, **more: Any) -> int:
    made = await rules.create(app, Wanted("words", terms, action, "No weather", **more), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    return int(made["id"])


async def arrives(app: App, author: int, *, text: str = SAID, number: int = 1, **values: Any) -> int:
    found: Mapping[str, Any] = {"visibility": "public", "language": "zh"} | values
    new = NewPost(
        author_id=author, content=f"<p>{text}</p>", created_at=app.now(), uri=f"https://far.example/{number}", **found
    )
    post_id = await publishing.store(app, new)
    assert post_id is not None
    return post_id


async def read(app: App, post_id: int, target: str = "en") -> None:
    """Somebody reads the post in a language; then all that follows happens."""
    await translations.finish(app, post_id, target, purpose=Purpose.MODERATION)
    await settle(app)


async def row(app: App, post_id: int) -> Any:
    return await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)


async def hits(app: App, rule_id: int) -> list[tuple[str, str]]:
    return [(one["action"], one["why"]) for one in await rules.hits(app, rule_id, Window(10).sql)]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("note", {"sensitive": False, "spoiler_text": "", "visibility": "public"}),
        ("sensitive", {"sensitive": True, "spoiler_text": "", "visibility": "public"}),
        ("warn", {"sensitive": True, "spoiler_text": "No weather", "visibility": "public"}),
        ("limit", {"sensitive": False, "spoiler_text": "", "visibility": "unlisted"}),
        ("hold", {"sensitive": False, "spoiler_text": "", "visibility": "held"}),
    ],
)
async def test_a_translation_is_judged_when_it_is_finished(
    app: App, far: int, action: str, expected: Mapping[str, Any]
) -> None:
    rule_id = await on(app, action)
    post_id = await arrives(app, far)
    assert await hits(app, rule_id) == []
    await read(app, post_id)
    assert await hits(app, rule_id) == [(action, "the word “weather” in its translation into en by Recorder, local")]
    found = await row(app, post_id)
    assert {name: found[name] for name in expected} == expected


async def test_a_rejected_post_is_deleted_with_a_statement_of_reasons(app: App) -> None:
    fluent(app)
    alice = await person(app, "alice")
    rule_id = await on(app, "reject")
    post_id = await publishing.publish(app, alice, Draft(SAID, language="zh"))
    uri = (await row(app, post_id))["uri"]
    await read(app, post_id)
    assert await row(app, post_id) is None
    assert await publishing.is_deleted(app, uri)
    (made,) = await statements.about(app, alice)
    assert (made.action, made.automated, made.rule_id, made.post_ids) == ("delete_statuses", True, rule_id, (post_id,))
    assert "into en" in made.text
    assert "post.delete" in [action for action, _ in await log(app)]


async def test_whom_a_rule_suspends_is_suspended_and_comes_back_with_the_post(app: App, far: int) -> None:
    rule_id = await on(app, "suspend")
    post_id = await arrives(app, far)
    await read(app, post_id)
    assert await visibility.visible(app, None, [post_id]) == set()
    done = await undoing.undo(app, rule_id, by=None)
    assert (done.restored, done.gone) == (1, 0)
    assert await visibility.visible(app, None, [post_id]) == {post_id}


async def test_rules_that_do_not_say_so_leave_translations_alone(app: App, far: int) -> None:
    rule_id = await on(app, "hold", {"words": ["weather"]})
    post_id = await arrives(app, far)
    await read(app, post_id)
    assert await hits(app, rule_id) == []
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE kind = ?", rejudging.JOB) == 0


async def test_a_rule_hits_the_same_version_of_a_post_once(app: App, far: int) -> None:
    rule_id = await on(app, "warn")
    post_id = await arrives(app, far)
    await read(app, post_id)
    await app.db.execute("UPDATE posts SET spoiler_text = '' WHERE id = ?", post_id)
    assert await rejudging.again(app, post_id, concerns=lambda rule: True) == ()
    assert (await row(app, post_id))["spoiler_text"] == ""
    assert len(await hits(app, rule_id)) == 1


async def test_an_edit_does_not_slip_past_a_rule_that_had_hit_the_former_version(app: App, far: int) -> None:
    await on(app, "warn")
    post_id = await arrives(app, far)
    await read(app, post_id)
    new = NewPost(
        author_id=far, visibility="public", content=f"<p>{SAID}!</p>", created_at=app.now(), language="zh",
        uri="https://far.example/1", edited_at=app.now() + LATER,
    )  # fmt: skip
    assert await revising.revise(app, await row(app, post_id), new)
    assert (await row(app, post_id))["spoiler_text"] == ""
    await read(app, post_id)
    assert (await row(app, post_id))["spoiler_text"] == "No weather"


async def test_what_a_moderator_released_is_not_caught_again(app: App, far: int) -> None:
    await on(app)
    post_id = await arrives(app, far)
    await read(app, post_id)
    (waits,) = await holding.waiting(app, Window(5).sql)
    assert (waits["post_id"], waits["former"], waits["uri"]) == (post_id, "public", "https://far.example/1")
    assert await held.release(app, waits["id"], by=None) == post_id
    assert await visibility.visible(app, None, [post_id]) == {post_id}
    assert await app.db.value("SELECT COUNT(*) AS value FROM post_edits") == 0  # it is no new version
    await on(app, "reject")  # another rule does not get it either
    await app.db.execute("DELETE FROM post_translations")
    await read(app, post_id)
    assert await visibility.visible(app, None, [post_id]) == {post_id}


async def test_what_was_held_at_first_and_released_is_not_caught_by_its_translation(app: App) -> None:
    fluent(app)
    alice = await person(app, "alice")
    await on(app, "hold", {"words": ["今天"]})
    new = NewPost(author_id=alice, visibility="public", content=f"<p>{SAID}</p>", created_at=app.now(), language="zh")
    assert await publishing.store(app, new) is None
    await on(app, "reject")
    (waits,) = await holding.waiting(app, Window(5).sql)
    post_id = await held.release(app, waits["id"], by=None)
    assert post_id is not None
    await read(app, post_id)
    assert await row(app, post_id) is not None


async def test_private_posts_are_never_judged_by_their_translation(app: App, far: int) -> None:
    rule_id = await on(app, "reject")
    alice = await person(app, "alice")
    private = await arrives(app, far, visibility="private")
    own = await publishing.publish(app, alice, Draft(SAID, language="zh", visibility="direct"))
    for post_id in (private, own):
        await read(app, post_id)
        kept = (await translations.finished(app, [post_id], "en"))[post_id]
        assert kept["state"] == "ready"  # an engine on this machine may read it
        assert await rejudging.again(app, post_id, concerns=lambda rule: True) == ()
        assert await row(app, post_id) is not None
    assert await hits(app, rule_id) == []


async def test_the_version_that_its_author_gave_is_judged_at_once_and_not_again(app: App, far: int) -> None:
    rule_id = await on(app, "warn")
    version = {"en": "<p>The weather is good</p>"}
    made = {"en": {"machine": False, "engine": "", "reviewed": False, "source_updated": 0}}
    post_id = await arrives(app, far, content_map=version, translations=made)
    assert "in the version in en that came with it" in (await hits(app, rule_id))[0][1]
    await app.db.execute("UPDATE posts SET spoiler_text = '', sensitive = FALSE WHERE id = ?", post_id)
    await read(app, post_id)
    assert (await row(app, post_id))["spoiler_text"] == ""


async def test_a_trial_matches_translations_that_are_there_and_has_none_made(app: App, far: int) -> None:
    engine = fluent(app)
    first, _ = await arrives(app, far), await arrives(app, far, number=2)
    await read(app, first)
    calls = engine.calls
    made = await rules.create(app, Wanted("words", WEATHER, "hold", "No weather"), by=None)
    found = await trying.run(app, made)
    assert (found.looked_at, found.caught, [one.post_id for one in found.examples]) == (2, 1, [first])
    assert "into en" in found.examples[0].why
    assert engine.calls == calls
    plain = await rules.create(app, Wanted("words", {"words": ["weather"]}, "hold", "No weather"), by=None)
    assert (await trying.run(app, plain)).caught == 0


async def test_undoing_a_rule_undoes_what_it_did_to_posts_that_were_there(app: App, far: int) -> None:
    numbers = {action: await on(app, action) for action in ("warn", "limit", "hold")}
    post_id = await arrives(app, far)
    await read(app, post_id)
    found = await row(app, post_id)
    assert (found["spoiler_text"], found["visibility"]) == ("No weather", "held")
    done = await undoing.undo(app, numbers["limit"], by=None)  # while it is held
    assert (done.released, done.unmarked) == (0, 0)
    done = await undoing.undo(app, numbers["hold"], by=None)
    assert (done.released, done.unmarked) == (1, 0)
    assert (await row(app, post_id))["visibility"] == "public"
    done = await undoing.undo(app, numbers["warn"], by=None)
    assert (done.released, done.unmarked) == (0, 1)
    found = await row(app, post_id)
    assert (found["spoiler_text"], bool(found["sensitive"])) == ("", False)
    assert (await undoing.undo(app, numbers["warn"], by=None)).unmarked == 0


async def test_what_another_rule_wants_as_well_stays_until_that_one_is_undone(app: App, far: int) -> None:
    first, second = await on(app, "sensitive"), await on(app, "warn")
    post_id = await arrives(app, far)
    await read(app, post_id)
    await undoing.undo(app, second, by=None)
    found = await row(app, post_id)
    assert (found["spoiler_text"], bool(found["sensitive"])) == ("", True)
    await undoing.undo(app, first, by=None)
    assert not (await row(app, post_id))["sensitive"]


async def test_an_undone_rule_ends_its_statements_and_tells_what_is_gone(app: App) -> None:
    fluent(app)
    alice = await person(app, "alice")
    rule_id = await on(app, "reject")
    post_id = await publishing.publish(app, alice, Draft(SAID, language="zh"))
    await read(app, post_id)
    assert (await undoing.undo(app, rule_id, by=None)).gone == 1
    (made,) = await statements.about(app, alice)
    assert made.lifted_why == "undone"


@pytest.mark.parametrize("action", ["hold", "limit", "warn"])
async def test_an_appeal_that_is_granted_takes_the_measure_back(app: App, action: str) -> None:
    fluent(app)
    by, alice = await staff(app, "moderator"), await person(app, "alice")
    await on(app, action)
    post_id = await publishing.publish(app, alice, Draft(SAID, language="zh"))
    await read(app, post_id)
    (made,) = await statements.about(app, alice)
    assert (made.automated, made.post_ids) == (True, (post_id,))
    appeal = await appeals.make(app, alice, made.id, "It was only tea.", "en")
    await appeals.decide(app, by, appeal.id, lift=True, text="You are right.", tongue="en")
    found = await row(app, post_id)
    assert (found["spoiler_text"], bool(found["sensitive"]), found["visibility"]) == ("", False, "public")
    await read(app, post_id)
    assert (await row(app, post_id))["visibility"] == "public"


async def test_nothing_happens_to_a_post_that_is_gone_or_edited_meanwhile(app: App, far: int) -> None:
    await on(app, "reject")
    post_id = await arrives(app, far)
    await translations.finish(app, post_id, "en", purpose=Purpose.MODERATION)
    await app.db.execute("UPDATE posts SET edited_at = ? WHERE id = ?", app.now() + LATER, post_id)
    assert await rejudging.again(app, post_id, concerns=lambda rule: True) == ()
    await publishing.delete(app, post_id)
    await settle(app)
    with pytest.raises(NotFound):
        await visibility.sees(app, None, post_id)


async def test_a_translation_that_its_author_took_back_is_not_judged(app: App, far: int) -> None:
    rule_id = await on(app, "hold")
    post_id = await arrives(app, far)
    await translations.finish(app, post_id, "en", purpose=Purpose.MODERATION)
    await change(app, far, machine_translation="none")
    async with app.db.transaction():
        await app.emit(AccountWishChanged(far))
    await settle(app)
    assert await hits(app, rule_id) == []


async def test_nothing_is_queued_without_a_rule_that_looks_into_translations(app: App, far: int) -> None:
    assert await book.in_force(app) == ()
    post_id = await arrives(app, far)
    await translations.finish(app, post_id, "en", purpose=Purpose.MODERATION)
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE kind = ?", rejudging.JOB) == 0


async def test_a_translation_that_a_rule_would_hold_is_not_attached(app: App) -> None:
    alice = await person(app, "alice")
    await on(app, "hold", {"words": ["casino"]})
    post_id = await publishing.publish(app, alice, Draft(SAID, language="zh"))
    with pytest.raises(Forbidden):
        await attached.attach(app, post_id, "en", VersionDraft("Come to my casino"), author_id=alice)
    await attached.attach(app, post_id, "en", VersionDraft("The weather is good"), author_id=alice)
